/**
 * What is open, as if it were sealed now: the hours that a recorder has in its journal.
 *
 * On a copy of one moment (`moment.ts`), all in memory, is done what a recorder does that was
 * killed, is started and then stopped: an intent is finished or undone, the journal is applied to a
 * session, the session ends, its hours are sealed. So an open hour is read by the same code as a
 * sealed one, and what it answers is what it would answer if the recorder stopped here.
 *
 * It is no evidence. What comes later may be of the same hour, the last window goes on, and what is
 * signed here with the node's keys is signed for this process alone: nothing of it is written.
 *
 * Invariant: of the data root, not a byte changes, and nobody is kept from writing to it.
 *
 * Cost: the journal in memory while it is applied, what a session holds, and the sealed bytes of
 * what is open, which stay. Time is that of a recorder's start: the whole session is read again.
 *
 * Format: spec/18-journal.md, "Going on".
 *
 * @module
 */
import type { Config } from "../../base/config.ts";
import type { Journal } from "../../flow/journal/journal.ts";
import { beatFault } from "../../stores/beat/frame-fault.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import { type OpenedStore, openUnlocked, placeOf, type World } from "./data-root.ts";
import { applyAll, isClosed, sessionIn } from "./live.ts";
import { type LiveOptions, LiveSession } from "./live-session.ts";
import { takeMoment } from "./moment.ts";
import { type OpenedJournal, openJournal } from "./open-journal.ts";
import { openPress } from "./open-press.ts";

/**
 * @param limits as the recorder's, for tests
 * @returns the store with its open hours behind the sealed ones: `StoreReader.isOpen` tells them
 * apart; null when all is sealed
 * @throws RitmaError `store/key-missing` and others of the keys; `beat/damaged`; `store/damaged`
 * when journal and evidence store do not fit; `store/busy`; of the disk
 */
export async function openPreview(
  world: World,
  config: Config,
  limits?: LiveOptions["limits"],
): Promise<StoreReader | null> {
  const { primitives } = world;
  const dataRoot = config.dataRoot.value;
  const moment = await takeMoment(placeOf(config, world.disk), dataRoot);
  if (moment === null) return null;
  const inMemory = { ...world, disk: moment.evidence };
  const { hours } = await StoreReader.open(inMemory.disk, primitives, config.outDir.value);
  const root = await openUnlocked(inMemory, config);
  await using opened = await journalOf({ ...world, disk: moment.journal }, root, dataRoot);
  const options = { node: config.nodeId.value, limits, threads: 0 };
  await sealOpen(inMemory, root, opened.journal, options);
  const reader = await StoreReader.open(inMemory.disk, primitives, root.out, hours.length);
  return reader.hours.length > hours.length ? reader : null;
}

/** What is told of it while it is opened comes again when it is read. */
async function journalOf(
  world: World,
  root: OpenedStore,
  dataRoot: string,
): Promise<OpenedJournal> {
  try {
    return await openJournal(world, root, dataRoot, () => {});
  } catch (error) {
    throw beatFault(error, "the journal");
  }
}

/** Nothing is left to do when the journal holds no session, or one whose close is signed. */
async function sealOpen(
  world: World,
  root: OpenedStore,
  journal: Journal,
  options: LiveOptions,
): Promise<void> {
  const number = await sessionIn(journal);
  if (number === null || isClosed(root, number)) return;
  await using press = openPress(world.primitives, root.store, options.threads ?? 0);
  const session = new LiveSession(world, root, press, number, options);
  const { hasEnded } = await applyAll(session, journal);
  if (!hasEnded) session.apply({ kind: "end", reason: "stopped" });
  await session.recording.done();
}
