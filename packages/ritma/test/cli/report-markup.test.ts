/**
 * Goal: whatever stands in a hole of a template is text: it ends no element and no attribute, and
 * holds nothing that a reader must not meet. And the page's colours can be read.
 *
 * Method: any string, and strings made of what is dangerous, in an element and in an attribute;
 * what comes out is read back by the rules of HTML. Contrast by the formula of WCAG 2.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as forAll, constantFrom, oneof, property, string } from "fast-check";
import { escapeText } from "../../src/base/text.ts";
import { type Markup, markup, markupText } from "../../src/cli/report/markup.ts";
import { STYLE } from "../../src/cli/report/style.ts";

const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const DANGEROUS = [
  "<script>",
  "</td>",
  '"',
  "'",
  "&",
  "&lt;",
  "`",
  "=",
  "-->",
  "]]>",
  "\\",
  "\u0000",
  "\n",
  "\u001b[2J",
  "\u0085",
  "\u009b",
  "\u202e",
  "\u2066",
  "\u200b",
  "\ufeff",
  "\u2028",
  "\ud800",
  "\udfff",
  "𝔘",
  "é",
] as const;
const hostile = oneof(
  string({ unit: "binary" }),
  array(constantFrom(...DANGEROUS)).map((parts) => parts.join("")),
);

const REFERENCES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
};

/** As a browser reads text. */
function read(text: string): string {
  return text.replaceAll(/&([^;&]*);/gu, (_, name: string) => REFERENCES[name] ?? "unknown");
}

/** What a reader sees of it: the same, what is not to be met as an escape. */
function seen(text: string): string {
  return text.replaceAll(new RegExp(OBEYED.source, "gu"), escapeText);
}

test("in an element and in an attribute it is text", () => {
  forAll(
    property(hostile, (text) => {
      const made = markupText(markup`<p title="${text}">${text}</p>`);
      const [, title = "?", content = "?"] =
        /^<p title="([^"]*)">([^<>"]*)<\/p>$/u.exec(made) ?? [];
      assert.equal(title, content, made);
      assert.doesNotMatch(content, OBEYED);
      assert.doesNotMatch(content, /['<>"]|&(?!(?:amp|lt|gt|quot|#39);)/u);
      assert.equal(read(content), seen(text));
    }),
    { numRuns: 2_000 },
  );
});

test("two different texts never look the same", () => {
  const texts = ["<", "&lt;", "&amp;lt;", "\\u{202e}", "\\\\u{202e}"];
  const made = texts.map((text) => markupText(markup`${text}`));
  assert.equal(new Set(made).size, texts.length);
});

test("what a template made stands as it is, alone and in a list", () => {
  const inner = ["<", ">"].map((text) => markup`<b>${text}</b>`);
  assert.equal(markupText(markup`<i>${inner}</i>`), "<i><b>&lt;</b><b>&gt;</b></i>");
  assert.equal(markupText(markup`${markup`<br>`}${[]}`), "<br>");
});

test("nobody else makes markup", () => {
  // @ts-expect-error -- nothing but what `markup` made has the type.
  const forged: Markup = { text: "<script>" };
  assert.throws(() => markupText(markup`<p>${forged}</p>`), TypeError);
});

test("every colour can be read on what is behind it, light and dark", () => {
  const css = markupText(STYLE);
  const themes = [...css.matchAll(/:root \{([^}]*)\}/gu)].map(([, body = ""]) => coloursOf(body));
  assert.equal(themes.length, 2);
  for (const theme of themes) {
    for (const ink of ["ink", "dim", "good", "attention", "bad"]) {
      for (const behind of ["paper", "panel"]) {
        const ratio = contrast(theme.get(ink) ?? "", theme.get(behind) ?? "");
        assert.ok(ratio >= 4.5, `${ink} on ${behind}: ${ratio.toFixed(2)}`);
      }
    }
  }
});

test("the style loads nothing", () => {
  assert.doesNotMatch(markupText(STYLE), /url\(|@import|@font-face|expression|</iu);
});

function coloursOf(body: string): ReadonlyMap<string, string> {
  return new Map(
    [...body.matchAll(/--(\w+): #([0-9a-f]{6});/gu)].map(([, name = "", hex = ""]) => [name, hex]),
  );
}

/** 1 to 21. */
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = Array.from(Uint8Array.fromHex(hex), (byte) => {
    const part = byte / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
