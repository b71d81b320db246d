/**
 * Names that somebody chose to harm whoever reads them: controls, escapes, marks of direction, line
 * ends, lone surrogates, bytes that are no UTF-8, names of 4 KB, markup.
 *
 * @module
 */

const PIECES: readonly Uint8Array[] = [
  "\u001b[31m",
  "\u001b]0;owned\u0007",
  "\n",
  "\r",
  "\t",
  "\b",
  "\u007f",
  "\u0085",
  "\u009b2J",
  "\u2028",
  "\u2029",
  "\u202e",
  "\u2066",
  "\u200b",
  "\ufeff",
  "\u{e0041}",
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "'\"`$(id)\\;",
  "&lt;&#x1b;",
  "•deadbeef",
  "日本",
  "é",
  "e\u0301",
  "👩‍👩‍👧",
  "a",
  " ",
  "--json",
]
  .map((text) => new TextEncoder().encode(text))
  .concat([
    // A lone surrogate, an overlong slash, a byte that begins nothing, one that is cut off.
    Uint8Array.of(0xed, 0xa0, 0x80),
    Uint8Array.of(0xc0, 0xaf),
    Uint8Array.of(0xff),
    Uint8Array.of(0xf0, 0x9f, 0x98),
  ]);

const LONG_EVERY = 97;
const LONG_BYTES = 4_000;
const PIECES_MAX = 6;

/** As audit writes them, in hex; the same for the same seed, none twice. */
export function hostileNames(count: number, seed: number): string[] {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: count }, (_, at) => {
    const parts: Uint8Array[] = [new TextEncoder().encode(`n${at}`)];
    const wanted = at % LONG_EVERY === 0 ? LONG_BYTES / 10 : 1 + next(PIECES_MAX);
    for (let length = 0; parts.length <= wanted && length < LONG_BYTES;) {
      const piece = PIECES[next(PIECES.length)] ?? new Uint8Array(0);
      parts.push(piece);
      length += piece.length;
    }
    return Buffer.concat(parts).subarray(0, LONG_BYTES).toString("hex").toUpperCase();
  });
}
