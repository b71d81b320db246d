/**
 * A PATH record without its item number: the file a system call named.
 *
 *     name="/etc/passwd" inode=1234 dev=fe:01 mode=0100644 ouid=0 ogid=0 rdev=00:00
 *     nametype=NORMAL …
 *
 * `dev` is two hexadecimal numbers, `mode` is octal. Linux 3.10 of RHEL 7 writes `objtype=` for
 * `nametype=`. Labels and file capabilities (`obj=`, `cap_fp=` …) are not kept.
 *
 * @module
 */
import { NAME_TYPES, type NameType, type PathInfo, type PathRecord } from "../audit-event.ts";
import { HEX_DIGIT } from "./line.ts";
import { nameOf } from "./names.ts";
import { leadingDecimal, stringBytesOrNull, Tokens, wholeNumber } from "./value.ts";

/** One bit for each field that is kept; the walk ends when all were seen. */
const MARKS: ReadonlyMap<string, number> = new Map([
  ["name", 1],
  ["inode", 2],
  ["dev", 4],
  ["mode", 8],
  ["ouid", 16],
  ["ogid", 32],
  ["nametype", 64],
  ["objtype", 64],
]);
const ALL_SEEN = 127;

/** An interned path with its records by item number, made when first asked for. */
export interface KnownPath {
  readonly info: PathInfo;
  readonly records: PathRecord[];
}

/** Items beyond this many are rare, and get a record of their own each time. */
const ITEMS_KEPT = 8;

export function pathRecord(known: KnownPath, item: number): PathRecord {
  const { records, info } = known;
  const kept = records[item];
  if (kept !== undefined) return kept;
  if (item !== records.length || item >= ITEMS_KEPT) return { item, info };
  const record = { item, info };
  records.push(record);
  return record;
}

/** Reads `bytes[start..end)`. A key that comes twice counts the first time. */
export function parsePath(bytes: Uint8Array, start: number, end: number): KnownPath {
  const info: { -readonly [Key in keyof PathInfo]: PathInfo[Key] } = {
    name: null,
    inode: -1,
    devMajor: -1,
    devMinor: -1,
    mode: -1,
    ouid: -1,
    ogid: -1,
    nameType: "UNKNOWN",
  };
  const tokens = new Tokens(bytes, start, end);
  let seen = 0;
  while (seen !== ALL_SEEN && tokens.next()) {
    if (tokens.kind === "word") continue;
    const key = tokens.key();
    const mark = MARKS.get(key) ?? 0;
    if (mark === 0 || (seen & mark) !== 0) continue;
    seen |= mark;
    if (key === "name") info.name = stringBytesOrNull(tokens);
    else if (key === "inode") info.inode = leadingDecimal(tokens);
    else if (key === "ouid") info.ouid = leadingDecimal(tokens);
    else if (key === "ogid") info.ogid = leadingDecimal(tokens);
    else if (key === "mode") info.mode = wholeNumber(tokens, 8) ?? -1;
    else if (key === "dev") [info.devMajor, info.devMinor] = deviceOf(tokens);
    else info.nameType = nameTypeOf(tokens);
  }
  return { info, records: [] };
}

function nameTypeOf({ bytes, valueStart, valueEnd }: Tokens): NameType {
  const text = nameOf(bytes, valueStart, Math.min(valueEnd, valueStart + 16));
  return NAME_TYPES.find((each) => each === text) ?? "UNKNOWN";
}

/** `fe:01`; [-1, -1] for anything else, such as a name. */
function deviceOf({ bytes, valueStart, valueEnd }: Tokens): [number, number] {
  const parts: [number, number] = [0, 0];
  let part: 0 | 1 = 0;
  let digits = 0;
  for (let position = valueStart; position < valueEnd; position += 1) {
    if (bytes[position] === 0x3a && part === 0 && digits > 0) {
      part = 1;
      digits = 0;
      continue;
    }
    const digit = HEX_DIGIT[bytes[position] ?? 0] ?? 0xff;
    if (digit > 0x0f || digits > 7) return [-1, -1];
    parts[part] = parts[part] * 16 + digit;
    digits += 1;
  }
  return part === 1 && digits > 0 ? parts : [-1, -1];
}
