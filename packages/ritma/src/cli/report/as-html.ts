/**
 * A report as one HTML document that needs nothing but itself.
 *
 * No script, no address of anything else, no style of an element's own. The policy in its head
 * says so to the browser as well: nothing may be loaded or run, and of styles only this one, by its
 * digest.
 *
 * Invariant: what evidence named stands in holes of `markup` alone.
 *
 * @module
 */
import { type Markup, markup, markupText } from "./markup.ts";
import type { Block, CommandLine, FactRow, ReportPage, Section, Table } from "./page.ts";
import { STYLE } from "./style.ts";

type Digest = (bytes: Uint8Array) => Uint8Array;

/** Ends with a newline. The same page gives the same bytes. */
export function htmlText(page: ReportPage, sha256: Digest): string {
  const { title, subtitle, sections, imprint } = page;
  const made = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(sha256)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${subtitle}</p>
<nav aria-label="Sections"><ul>
${sections.map(linkTo)}</ul></nav>
</header>
<main>
${sections.map(sectionHtml)}</main>
<footer><p>${imprint}</p></footer>
</body>
</html>
`;
  return markupText(made);
}

function policy(sha256: Digest): string {
  const digest = sha256(new TextEncoder().encode(markupText(STYLE))).toBase64();
  return `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
}

function linkTo({ id, title }: Section): Markup {
  return markup`<li><a href="#${id}">${title}</a></li>\n`;
}

function sectionHtml({ id, title, blocks }: Section): Markup {
  return markup`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${blocks.map(blockHtml)}</section>
`;
}

function blockHtml(block: Block): Markup {
  switch (block.kind) {
    case "words":
      return markup`<p class="${block.tone}">${block.text}</p>\n`;
    case "result":
      return markup`<p class="result ${block.tone}"><strong>${block.word}</strong>
<span>${block.text}</span></p>
`;
    case "facts":
      return markup`<dl>\n${block.rows.map(factHtml)}</dl>\n`;
    case "drawing":
      return markup`<pre>${block.lines.map(lineHtml)}</pre>\n`;
    case "commands":
      return markup`${block.commands.map(commandHtml)}`;
    case "table":
      break;
  }
  return tableHtml(block);
}

function factHtml([label, text]: FactRow): Markup {
  return markup`<dt>${label}</dt><dd>${text}</dd>\n`;
}

/** The line break is for who copies it: a block that ends with one shows no other line. */
function lineHtml(line: string): Markup {
  return markup`<span>${line}\n</span>`;
}

function commandHtml({ what, parts }: CommandLine): Markup {
  return markup`<p class="dim">${what}</p>
<pre class="command"><code>${parts.join(" ")}</code></pre>
`;
}

function tableHtml({ caption, columns, groups }: Table): Markup {
  const heads = columns.map(
    ({ name, kind }) => markup`<th scope="col" class="${kind}">${name}</th>`,
  );
  return markup`<table>
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
${groups.map((group) => groupHtml(columns, group))}</table>
`;
}

function groupHtml(columns: Table["columns"], { heading, rows }: Table["groups"][number]): Markup {
  const span = String(columns.length);
  const head = markup`<tr><th scope="rowgroup" colspan="${span}">${heading}</th></tr>\n`;
  const shown = rows.map(({ cells, isBad }) => {
    const own = columns.map(({ kind }, at) => markup`<td class="${kind}">${cells[at] ?? ""}</td>`);
    return markup`<tr class="${isBad ? "refused" : "plain"}">${own}</tr>\n`;
  });
  return markup`<tbody>\n${heading === "" ? [] : [head]}${shown}</tbody>\n`;
}
