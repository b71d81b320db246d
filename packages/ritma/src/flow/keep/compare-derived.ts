/**
 * Builds what is derived again, in memory, and compares it with what lies there.
 *
 * A digest under a signature says that a file is as it was written; this says that it was written
 * right. Whoever holds the seal key could sign a wrong index, and so could a mistake of ours.
 *
 * Format: spec/13-derived.md, "Checking".
 *
 * @module
 */
import {
  type Account,
  ACCOUNT_FILE,
  accountFolder,
  CATALOG_FILE,
  catalogFolder,
  coneIndexPath,
  decodeCatalog,
  derivedNames,
  encodeAccount,
  encodeCatalog,
  encodeConeIndex,
  encodeRolling,
  equalBytes,
  type Finding,
  HEALTH_FOLDER,
  indexFolder,
  lineagePlace,
  PRINT_FILE,
  printFolder,
  ROLLING_FILE,
} from "@ritma/evidence";
import { namesContent } from "../../stores/names/names-builder.ts";
import { openNames } from "../../stores/names/names-reader.ts";
import { readConeUses } from "../../stores/sealed/cone-uses.ts";
import type { DerivedFile } from "../../stores/sealed/derived-file.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { dayOf } from "./accounts.ts";
import { ActorTally } from "./actors.ts";
import { buildCatalog, entriesOfDay } from "./catalog.ts";
import { entitiesOf, NAMES_FILE, NAMES_FOLDER, newestHeaders } from "./dictionaries.ts";
import { tallyOf } from "./hour-tally.ts";
import { indexHour } from "./jumps.ts";
import { isLineageOf } from "./lineage.ts";
import { accountDays, sumsOfNewest } from "./ledger.ts";
import { printHour } from "./print.ts";
import { PrintTally } from "./print-tally.ts";

export interface DerivedComparison {
  /** Files that were built again. */
  compared: number;
  readonly findings: Finding[];
  /** Files that hold less than is sealed by now, and are not compared. */
  readonly notes: string[];
}

const UNPACKED_MAX = 1 << 22;

/** @throws RitmaError `store/damaged`, `index/…`, of the disk */
export async function compareDerived(reader: StoreReader): Promise<DerivedComparison> {
  const comparison = new Comparison(reader);
  await comparison.ledger();
  await comparison.dictionaries();
  return comparison;
}

class Comparison implements DerivedComparison {
  compared = 0;
  readonly findings: Finding[] = [];
  readonly notes: string[] = [];
  readonly #reader: StoreReader;

  constructor(reader: StoreReader) {
    this.#reader = reader;
  }

  async ledger(): Promise<void> {
    const { hours, file } = this.#reader;
    if (hours.length === 0) return;
    const days = await accountDays(this.#reader, 0);
    for (const day of days) {
      const folder = accountFolder(day.day);
      const last = hours.findLast((hour) => dayOf(hour) === day.day)?.entry ?? 0;
      const bytes = encodeAccount({ store: file.store, ...day });
      await this.#unpacked(folder, ACCOUNT_FILE, last + 1, bytes);
      await this.#day(day);
    }
    const { size } = this.#reader.head;
    const rolling = encodeRolling({ store: file.store, days: sumsOfNewest(days) });
    await this.#unpacked(HEALTH_FOLDER, ROLLING_FILE, size, rolling);
  }

  async dictionaries(): Promise<void> {
    const newest = await newestHeaders(this.#reader);
    for (const [generation, { sequence }] of newest) {
      const path = coneIndexPath(generation);
      const slash = path.lastIndexOf("/");
      const needed = (this.#reader.hours[sequence]?.entry ?? 0) + 1;
      const kept = await this.#whole(path.slice(0, slash), path.slice(slash + 1), needed);
      if (kept === null) continue;
      const uses = await readConeUses(this.#reader, generation, null);
      const built = uses === null ? new Uint8Array(0) : encodeConeIndex(uses.index);
      this.#judge(path, equalBytes(await kept.read(), built));
    }
    const kept = await this.#whole(NAMES_FOLDER, NAMES_FILE, this.#reader.head.size);
    if (kept === null) return;
    const { out, primitives } = this.#reader.files;
    const path = `${NAMES_FOLDER}/${NAMES_FILE}`;
    await using names = await openNames(primitives, `${out}/${path}`, kept.entry);
    const found = await names.content();
    const built = await namesContent(primitives, entitiesOf(this.#reader, newest));
    this.#judge(path, equalBytes(found, built));
  }

  /**
   * The catalog of a day, and the indexes of its hours. Blocks are read where one of these was made
   * from them.
   */
  async #day(account: Omit<Account, "store">): Promise<void> {
    const reader = this.#reader;
    const { day } = account;
    const folder = catalogFolder(day);
    const path = `${folder}/${CATALOG_FILE}`;
    const kept = await this.#whole(folder, CATALOG_FILE, entriesOfDay(reader, day));
    const found = kept === null ? null : this.#unzstd(path, await kept.read());
    const isTold =
      found !== null && reader.files.decode(path, () => decodeCatalog(found)).actors !== null;
    const tally = isTold ? new ActorTally() : null;
    for (const hour of reader.hours) {
      if (dayOf(hour) !== day) continue;
      await this.#hour(hour, tally);
      await this.#lineage(hour);
    }
    if (found === null) return;
    const built = await buildCatalog(reader, account, tally?.actors() ?? null);
    this.#judge(path, equalBytes(found, encodeCatalog(built)));
  }

  async #lineage(hour: SealedHour): Promise<void> {
    const { folder, name } = lineagePlace(hour.folder);
    const kept = await this.#whole(folder, name, hour.entry + 1);
    if (kept === null) return;
    this.#judge(`${folder}/${name}`, await isLineageOf(this.#reader, hour, kept));
  }

  async #hour(hour: SealedHour, tally: ActorTally | null): Promise<void> {
    const folder = indexFolder(hour.folder);
    const kept = new Map<string, DerivedFile>();
    for (const name of derivedNames(folder) ?? []) {
      const file = await this.#whole(folder, name, hour.entry + 1);
      if (file !== null) kept.set(name, file);
    }
    const page = await this.#whole(printFolder(hour.folder), PRINT_FILE, hour.entry + 1);
    if (kept.size === 0 && tally === null && page === null) return;
    const counted = page === null ? null : new PrintTally();
    const built = await indexHour(this.#reader, hour, tallyOf([tally, counted]));
    if (page !== null && counted !== null) {
      const { path, bytes } = await printHour(this.#reader, hour, counted);
      this.#judge(`${printFolder(hour.folder)}/${path}`, equalBytes(await page.read(), bytes));
    }
    for (const [name, file] of kept) {
      const bytes = built.find((each) => each.path === name)?.bytes ?? new Uint8Array(0);
      this.#judge(`${folder}/${name}`, equalBytes(await file.read(), bytes));
    }
  }

  async #unpacked(folder: string, name: string, needed: number, built: Uint8Array): Promise<void> {
    const kept = await this.#whole(folder, name, needed);
    if (kept === null) return;
    const path = `${folder}/${name}`;
    this.#judge(path, equalBytes(this.#unzstd(path, await kept.read()), built));
  }

  #unzstd(path: string, bytes: Uint8Array): Uint8Array {
    const { files } = this.#reader;
    return files.decode(path, () => files.primitives.unzstd(bytes, UNPACKED_MAX));
  }

  /** @returns null when it is absent, or was built from less than `needed` entries of the log. */
  async #whole(folder: string, name: string, needed: number): Promise<DerivedFile | null> {
    const kept = await this.#reader.derived(folder, name);
    if (kept === null || kept.logSize >= needed) return kept;
    const what = `${folder}/${name}: built before the newest hours, not compared`;
    this.notes.push(`${what}; \`ritma reindex\` builds it again`);
    return null;
  }

  #judge(path: string, isSame: boolean): void {
    this.compared += 1;
    if (isSame) return;
    const message = "what is built from the sealed files is something else";
    this.findings.push({ code: "derived/content", where: path, message });
  }
}
