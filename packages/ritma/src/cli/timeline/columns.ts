/**
 * How wide a text is in a terminal, and making it shorter there.
 *
 * An approximation: terminals differ about emoji and rare scripts. A column that is off by one is
 * all that can come of it.
 *
 * Invariant: what is shortened is never cut inside of an escape (`\x07`, `\u{202e}`), of a hash
 * (`•a1b2c3d4`) or of a character and its marks, so that nothing else can be read out of it.
 *
 * @module
 */
const WIDE = new RegExp(
  "[\\p{Script=Han}\\p{Script=Hangul}\\p{Script=Hiragana}\\p{Script=Katakana}" +
    "\\p{Emoji_Presentation}\\u3000-\\u303f\\uff01-\\uff60\\uffe0-\\uffe6]",
  "u",
);
const NOTHING = /[\p{Mn}\p{Me}]/u;
const ASCII = /^[ -~]*$/u;
const UNITS = /\\(?:u\{[0-9a-f]+\}|x[0-9a-f]{2}|.)|•[0-9a-f]{8}|.[\p{Mn}\p{Me}]*/gsu;
const CUT = "…";
/** Below this many columns for its directories, a path is shown by its last name alone. */
const DIRECTORY_MIN = 4;
const PROCESS = /^(?<name>.*)(?<pid>\[\d+\])$/su;

export function columnsOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/** The most that any item takes, 0 without items. There may be more than a call can take. */
export function largestOf<Item>(items: Iterable<Item>, sizeOf: (item: Item) => number): number {
  let largest = 0;
  for (const item of items) largest = Math.max(largest, sizeOf(item));
  return largest;
}

/** @returns `text` in at most `columns`, with `…` where something was cut off. */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  return columns < 1 ? "" : headOf(text, columns - 1) + CUT;
}

/** The same with both ends kept: `contain…shim`. */
export function cutMiddle(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  if (columns < 3) return cutTo(text, columns);
  const tail = tailOf(text, (columns - 1) >> 1);
  return headOf(text, columns - 1 - columnsOf(tail)) + CUT + tail;
}

/** `/srv/…/catalog.txt`: the last name is what a path is about, and then where it begins. */
export function cutPath(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  const slash = text.lastIndexOf("/", text.length - 2);
  if (slash === -1) return cutMiddle(text, columns);
  const last = text.slice(slash);
  const room = columns - 1 - columnsOf(last);
  if (room < 0) {
    return columns < 4 ? cutTo(text, columns) : `…/${cutMiddle(last.slice(1), columns - 2)}`;
  }
  const head = room < DIRECTORY_MIN ? "" : headOf(text.slice(0, slash), room);
  return wholeNames(head) + CUT + last;
}

/** `contain…shim[5496]`: who acts is told by its number. */
export function cutProcess(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  const { name, pid } = PROCESS.exec(text)?.groups ?? {};
  if (name === undefined || pid === undefined) return cutMiddle(text, columns);
  if (columns <= pid.length) return cutTo(pid, columns);
  return cutMiddle(name, columns - pid.length) + pid;
}

export function padTo(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/** Without the beginning of a name that did not fit: `/srv/we` -> `/srv/`. */
function wholeNames(head: string): string {
  return head.slice(0, head.lastIndexOf("/") + 1);
}

function headOf(text: string, columns: number): string {
  let [kept, used] = ["", 0];
  for (const [unit] of text.matchAll(UNITS)) {
    used += columnsOf(unit);
    if (used > columns) break;
    kept += unit;
  }
  return kept;
}

function tailOf(text: string, columns: number): string {
  const units = Array.from(text.matchAll(UNITS), ([unit]) => unit);
  let [kept, used] = ["", 0];
  for (const unit of units.toReversed()) {
    used += columnsOf(unit);
    if (used > columns) break;
    kept = unit + kept;
  }
  return kept;
}

function widthOf(character: string): number {
  if (NOTHING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
