/**
 * Makes the printed page of one hour, from what is sealed of it.
 *
 * Format: spec/24-print.md. Not here: what a line looks like (`print-page.ts`), and counting
 * (`print-tally.ts`).
 *
 * @module
 */
import { PRINT_FILE } from "@ritma/evidence";
import type { FileToWrite } from "../../base/disk/disk.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { type PrintFacts, printPage } from "./print-page.ts";
import type { PrintTally } from "./print-tally.ts";
import { flowText, pathText, plainText, valueText } from "./print-text.ts";

/**
 * @param tally has counted all of the hour and nothing else
 * @returns the page, by its name in the folder of the hour's page
 * @throws RitmaError `store/damaged`
 */
export async function printHour(
  reader: StoreReader,
  hour: SealedHour,
  tally: PrintTally,
): Promise<FileToWrite> {
  const facts = await printFacts(reader, hour, tally);
  return { path: PRINT_FILE, bytes: new TextEncoder().encode(printPage(facts)) };
}

async function printFacts(
  reader: StoreReader,
  hour: SealedHour,
  tally: PrintTally,
): Promise<PrintFacts> {
  const { namespace, node, privacy, counts } = await reader.header(hour);
  const { sequence, session, folder, t1, t2, gap, windows, hasLate, entry } = hour;
  const { programs, users, destinations } = tally.actors;
  return {
    node: valueText(node),
    namespace: plainText(namespace),
    privacy,
    store: reader.file.store.toHex(),
    fingerprint: reader.fingerprint,
    hourRoot: hour.hourRoot.toHex(),
    seal: hour.seal.toHex(),
    entry,
    sequence,
    session,
    folder,
    t1,
    t2,
    gap,
    windows,
    hasLate,
    counts,
    tables: {
      programs: programs.map(({ count, path }) => ({ count, text: pathText(path) })),
      users: users.map(({ count, uid }) => ({ count, text: `uid ${uid}` })),
      destinations: destinations.map(({ count, flow }) => ({ count, text: flowText(flow) })),
      signIns: tally.signIns,
      refused: tally.refused,
    },
  };
}
