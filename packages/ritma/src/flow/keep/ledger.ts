/**
 * Keeps the ledger: an account and a catalog for each day with hours, and how the newest seven did.
 *
 * The health statement is written last. What it was built from therefore tells which hours are not
 * in the others yet, however the last run ended.
 *
 * Nothing here reads a block: who did most in a day is told by whoever has read them.
 *
 * Format: spec/13-derived.md, "Account", "Health".
 *
 * @module
 */
import {
  type Account,
  ACCOUNT_FILE,
  accountFolder,
  type Actors,
  type DaySum,
  decodeAccount,
  decodeRolling,
  encodeAccount,
  encodeRolling,
  HEALTH_FOLDER,
  type HourAccount,
  ROLLING_DAYS,
  ROLLING_FILE,
} from "@ritma/evidence";
import { ZSTD_LEVEL_CONES } from "../../base/limits.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { accountsFrom, dayOf, storedBytesOf } from "./accounts.ts";
import { catalogDays, writeCatalog } from "./catalog.ts";
import { type Keeping, writeDerived } from "./write-derived.ts";

const ACCOUNT_BYTES_MAX = 1 << 22;

/**
 * Brings the ledger up to the newest hour. Durable on return; nothing is written when it is.
 *
 * @param actors of all days: then what is there already is written too
 * @returns of how many days an account was written
 */
export async function keepLedger(
  keeping: Keeping,
  actors: ReadonlyMap<string, Actors> | null = null,
): Promise<number> {
  const { reader, primitives } = keeping;
  const { store } = reader.file;
  const health = actors !== null ? null : await reader.derived(HEALTH_FOLDER, ROLLING_FILE);
  const done = health?.logSize ?? 0;
  if (reader.hours.length === 0 || (done === reader.head.size && actors === null)) return 0;
  const first = reader.hours.findIndex(({ entry }) => entry >= done);
  const days = first < 0 ? [] : await accountDays(reader, first);
  for (const { day, hours } of days) {
    const bytes = primitives.zstd(encodeAccount({ store, day, hours }), ZSTD_LEVEL_CONES);
    await writeDerived(keeping, accountFolder(day), [{ path: ACCOUNT_FILE, bytes }]);
  }
  for (const day of first < 0 ? [] : catalogDays(reader, first)) {
    const account = days.find((each) => each.day === day) ?? (await accountOfDay(reader, day));
    if (account !== null) await writeCatalog(keeping, account, actors?.get(day) ?? null);
  }
  const rolling = encodeRolling({ store, days: await newestDays(reader, days) });
  const bytes = primitives.zstd(rolling, ZSTD_LEVEL_CONES);
  await writeDerived(keeping, HEALTH_FOLDER, [{ path: ROLLING_FILE, bytes }]);
  return days.length;
}

/** Accounts of whole days, from that of hour `first` on. Hours may go back to an earlier day. */
export async function accountDays(
  reader: StoreReader,
  first: number,
): Promise<Omit<Account, "store">[]> {
  const wanted = new Set(reader.hours.slice(first).map(dayOf));
  const begin = reader.hours.findIndex((hour) => wanted.has(dayOf(hour)));
  const accounts = await accountsFrom(reader, Math.max(begin, 0));
  const days = new Map<string, HourAccount[]>();
  for (const account of accounts) {
    const hour = reader.hours[account.sequence];
    if (hour === undefined || !wanted.has(dayOf(hour))) continue;
    days.getOrInsertComputed(dayOf(hour), () => []).push(account);
  }
  return [...days]
    .map(([day, hours]) => ({ day, hours }))
    .toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

/** The newest seven days' sums as they were built; null when they were not, or hours came since. */
export async function readRolling(reader: StoreReader): Promise<readonly DaySum[] | null> {
  const kept = await reader.derived(HEALTH_FOLDER, ROLLING_FILE);
  if (kept === null || kept.logSize !== reader.head.size) return null;
  const { primitives } = reader.files;
  const bytes = await kept.read();
  const path = `${HEALTH_FOLDER}/${ROLLING_FILE}`;
  const { days } = reader.files.decode(path, () =>
    decodeRolling(primitives.unzstd(bytes, ACCOUNT_BYTES_MAX)),
  );
  return days;
}

/** @returns the account of a day as it is kept, if it has all of the day's hours, else counted. */
export async function accountOfDay(reader: StoreReader, day: string): Promise<Account | null> {
  const hours = reader.hours.filter((hour) => dayOf(hour) === day);
  const [first, last] = [hours[0], hours.at(-1)];
  if (first === undefined || last === undefined) return null;
  const kept = await reader.derived(accountFolder(day), ACCOUNT_FILE);
  if (kept !== null && kept.logSize > last.entry) {
    const { primitives } = reader.files;
    const bytes = await kept.read();
    const path = `${accountFolder(day)}/${ACCOUNT_FILE}`;
    return reader.files.decode(path, () =>
      decodeAccount(primitives.unzstd(bytes, ACCOUNT_BYTES_MAX)),
    );
  }
  const counted = (await accountDays(reader, first.sequence)).find((each) => each.day === day);
  return counted === undefined ? null : { store: reader.file.store, ...counted };
}

/** Of the newest seven of all `days`. */
export function sumsOfNewest(days: readonly Omit<Account, "store">[]): DaySum[] {
  return days.slice(-ROLLING_DAYS).map(sumOf);
}

async function newestDays(
  reader: StoreReader,
  fresh: readonly Omit<Account, "store">[],
): Promise<DaySum[]> {
  const names = [...new Set(reader.hours.map(dayOf))].toSorted().slice(-ROLLING_DAYS);
  const days: DaySum[] = [];
  for (const day of names) {
    const known = fresh.find((each) => each.day === day) ?? (await accountOfDay(reader, day));
    if (known !== null) days.push(sumOf(known));
  }
  return days;
}

function sumOf({ day, hours }: Omit<Account, "store">): DaySum {
  const sum = (field: keyof HourAccount): number =>
    hours.reduce((total, hour) => total + hour[field], 0);
  return {
    day,
    hours: hours.length,
    events: sum("events"),
    atoms: sum("atoms"),
    lost: sum("lost"),
    late: sum("late"),
    rawBytes: sum("rawBytes"),
    storedBytes: hours.reduce((total, hour) => total + storedBytesOf(hour), 0),
  };
}
