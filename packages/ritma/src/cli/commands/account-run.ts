/**
 * `ritma account`, run.
 *
 * @module
 */
import type { HourAccount } from "@ritma/evidence";
import { openInput } from "../../base/disk/input-file.ts";
import { RitmaError } from "../../base/error.ts";
import { startProgress } from "../../base/progress.ts";
import { escapeText } from "../../base/text.ts";
import { dayOf } from "../../flow/keep/accounts.ts";
import { type ComparedSizes, compareSizes } from "../../flow/keep/compare-sizes.ts";
import { type BytesByKind, bytesByKind } from "../../flow/keep/kinds.ts";
import { storedBytesOf } from "../../flow/keep/accounts.ts";
import { accountOfDay } from "../../flow/keep/ledger.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import { listTree } from "../../services/verifier/disk-tree.ts";
import type { Context } from "../command.ts";
import { accountLines } from "./account-report.ts";

export interface AccountRow {
  readonly name: string;
  readonly events: number;
  readonly rawBytes: number;
  readonly storedBytes: number;
  readonly bytesPerEvent: number | null;
  readonly ratio: number | null;
}

export interface AccountFacts {
  readonly path: string;
  readonly days: readonly AccountRow[];
  readonly total: AccountRow;
  readonly bytes: BytesByKind;
  readonly allocated: BytesByKind;
  readonly files: number;
  readonly dedupe: Pick<HourAccount, "atoms" | "entities" | "instantiations" | "cones">;
  readonly compared: ComparedSizes | null;
}

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/u;

export async function run(context: Context): Promise<number> {
  const { outDir } = await context.config();
  const path = outDir.value;
  const { disk, primitives } = await context.world();
  const reader = await StoreReader.open(disk, primitives, path);
  const day = dayAsked(context, reader);
  const accounts = await accountsOf(reader, day);
  const rows = accounts.map(([name, hours]) => rowOf(name, hours));
  const all = accounts.flatMap(([, hours]) => hours);
  const compared = await comparedWith(context, reader);
  const tree = await listTree(disk, path);
  const spaces: [string, number][] = [];
  for (const file of tree) {
    spaces.push([
      file.path,
      file.kind === "file" ? ((await disk.space(`${path}/${file.path}`)) ?? 0) : 0,
    ]);
  }
  const sum = (field: keyof HourAccount): number =>
    all.reduce((total, hour) => total + hour[field], 0);
  const facts: AccountFacts = {
    path,
    days: rows,
    total: rowOf("all", all),
    bytes: bytesByKind(tree.map((file) => [file.path, file.length] as const)),
    allocated: bytesByKind(spaces),
    files: tree.length,
    dedupe: {
      atoms: sum("atoms"),
      entities: sum("entities"),
      instantiations: sum("instantiations"),
      cones: sum("cones"),
    },
    compared,
  };
  context.show(facts, () => accountLines(facts, day, context.io.columns));
  return 0;
}

/** @throws RitmaError `usage/bad-argument`, `query/unknown` */
function dayAsked(context: Context, { hours }: StoreReader): string | null {
  const day = context.text("day");
  if (day === null) return null;
  if (!DAY.test(day)) {
    const shown = escapeText(day.slice(0, 40));
    throw new RitmaError("usage/bad-argument", `--day is "${shown}", and a day is YYYY-MM-DD`);
  }
  if (hours.some((hour) => dayOf(hour) === day)) return day;
  throw new RitmaError("query/unknown", `no hour begins on ${day}`);
}

/** Accounts by day; by hour when one day is asked for. */
async function accountsOf(
  reader: StoreReader,
  asked: string | null,
): Promise<[name: string, hours: readonly HourAccount[]][]> {
  const days = asked === null ? [...new Set(reader.hours.map(dayOf))].toSorted() : [asked];
  const accounts: [string, readonly HourAccount[]][] = [];
  for (const day of days) {
    const hours = (await accountOfDay(reader, day))?.hours ?? [];
    if (asked === null) accounts.push([day, hours]);
    else for (const hour of hours) accounts.push([`hour ${hour.sequence}`, [hour]]);
  }
  return accounts;
}

function rowOf(name: string, hours: readonly HourAccount[]): AccountRow {
  const sum = (of: (hour: HourAccount) => number): number =>
    hours.reduce((total, hour) => total + of(hour), 0);
  const events = sum((hour) => hour.events);
  const rawBytes = sum((hour) => hour.rawBytes);
  const storedBytes = sum(storedBytesOf);
  return {
    name,
    events,
    rawBytes,
    storedBytes,
    bytesPerEvent: events === 0 ? null : Math.round((storedBytes / events) * 100) / 100,
    ratio: storedBytes === 0 ? null : Math.round((rawBytes / storedBytes) * 10) / 10,
  };
}

async function comparedWith(context: Context, reader: StoreReader): Promise<ComparedSizes | null> {
  const path = context.text("compare");
  if (path === null) return null;
  await using input = await openInput(path);
  const what = `compress ${path}`;
  const stream = context.io.errorStream;
  const bar = startProgress({ what, total: input.storedBytes, unit: "bytes", stream });
  try {
    return await compareSizes(reader, input, (done) => bar.update(done));
  } finally {
    bar.stop();
  }
}
