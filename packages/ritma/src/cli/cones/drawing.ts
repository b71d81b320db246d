/**
 * One cone, told whole: how often it was used and by whom, its graph, and what varies.
 *
 * Invariant: a line holds no character that a terminal obeys, but for the colours made here, and
 * has at most the columns it is given.
 *
 * @module
 */
import { coneHash, isHotCone } from "@ritma/evidence";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { CountedCone } from "../../stores/sealed/cone-uses.ts";
import { counted, formatCount, formatTime, labelled } from "../format.ts";
import { columnsOf, cutPath, padTo } from "../timeline/columns.ts";
import { Namer } from "../timeline/names.ts";
import { fieldsOf } from "./fields.ts";
import { graphLines } from "./graph.ts";
import { closingText } from "./summary.ts";
import { heat, shareText, type Surface } from "./table.ts";
import { NOT_KNOWN, type User, usersOf } from "./users.ts";
import { varyingLines } from "./varying.ts";

const USERS_SHOWN = 3;
const WIDE = 4_000;

/**
 * @param limit of things that vary
 * @param next what a person may type then
 */
export function coneLines(
  surface: Surface,
  one: CountedCone,
  limit: number,
  primitives: NodePrimitives,
  next: readonly string[],
): string[] {
  const { uses, paint, columns } = surface;
  const namer = new Namer(8);
  const fields = fieldsOf(uses.entities, one);
  const users = usersOf(uses.entities, namer, one.tally);
  const hash = coneHash(primitives.sha256, one.cone).toHex().slice(0, 16);
  const isHot = isHotCone(uses.index, one.entry);
  const lines = [
    paint.strong(`Cone ${one.id}`) +
      ` · generation ${uses.index.generation} · ${heat(isHot)} · ${hash}…`,
    "",
    ...factLines(surface, one, users),
    "",
    ...graphLines(surface, one, fields, users, namer),
  ];
  const vary = varyingLines(surface, fields, limit, namer);
  if (vary.length > 0) lines.push("", ...vary);
  const closing = closingText(namer, columns).map((line) => paint.dim(line));
  if (closing.length > 0) lines.push("", ...closing);
  return next.length === 0 ? lines : [...lines, "", ...next];
}

function factLines({ uses, columns }: Surface, one: CountedCone, users: readonly User[]): string[] {
  const { entry, told, tally } = one;
  const share = shareText(told, uses.atoms);
  const rows: (readonly [string, string])[] = [["atoms", formatCount(entry.atoms)]];
  const width = columns ?? WIDE;
  if (tally === null) {
    rows.push(["used", "never: what came in this shape is written out"]);
    return labelled(rows, width);
  }
  const times = entry.uses === 1 ? "once" : `${formatCount(entry.uses)} times`;
  rows.push(
    ["used", `${times}, which tells ${counted(told, "atom")}, ${share} of the generation`],
    ["first", `${formatTime(tally.firstTime)} UTC`],
    ["last", `${formatTime(tally.lastTime)} UTC`],
  );
  const lines = labelled(rows, width);
  const indent = lines.at(-1)?.search(/\d{4}-/u) ?? 0;
  for (const [at, { executable, uses: by }] of users.slice(0, USERS_SHOWN).entries()) {
    const behind = users.length === 1 ? "" : `  ${formatCount(by)}×`;
    const name = cutPath(executable ?? NOT_KNOWN, width - indent - columnsOf(behind));
    lines.push(padTo(at === 0 ? "  by" : "", indent) + name + behind);
  }
  const others = users.length - USERS_SHOWN;
  if (others > 0) lines.push(`${" ".repeat(indent)}… and ${counted(others, "other program")}`);
  return lines;
}
