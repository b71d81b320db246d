/**
 * `ritma/investigate`: who did what to what, asked of a store.
 *
 *     import { openInvestigator } from "ritma/investigate";
 *
 *     const store = await openInvestigator({ out: "/var/lib/ritma/RITMA_OUT" });
 *     const shadow = await store.find("/etc/shadow");
 *     const touchers = await store.who(shadow);
 *     const { steps, cuts } = await store.trace(shadow, { direction: "back" });
 *     for await (const { time } of store.events({ by: "nginx" })) seen.push(time);
 *
 * Nothing is returned that was not checked against its seal. Times are microseconds since the Unix
 * epoch, spans are half open. Each act names the sealed place of its first time: hour sequence,
 * window, leaf. Names in entities are bytes that others chose: escape them before they are shown.
 *
 * Needs no lock and no key. Hours that a recorder has open are asked too where its data root is
 * given:
 *
 *     const both = await openInvestigator({ out: "/data/RITMA_OUT", dataRoot: "/data" });
 *     const isSealed = !both.isOpen(act.seat);
 *
 * They are of the moment of opening, are held in memory, and answer what they would if the recorder
 * stopped there. They are no evidence. It takes the keys of the data root, and writes nothing.
 *
 * @module
 */
import { resolve } from "node:path";
import { realClock } from "./base/clock.ts";
import { type Config, resolveConfig } from "./base/config.ts";
import type { Disk } from "./base/disk/disk.ts";
import { RealDisk } from "./base/disk/real-disk.ts";
import { RitmaError } from "./base/error.ts";
import { loadPrimitives } from "./base/primitives.ts";
import { realRng } from "./base/rng.ts";
import { type Investigator, investigatorOf } from "./services/investigator/open-investigator.ts";
import { placeOf, requireDataRoot } from "./services/recorder/data-root.ts";
import { openPreview } from "./services/recorder/preview.ts";
import { readPrivacyKey } from "./stores/keys/keystore.ts";
import { StoreReader } from "./stores/sealed/store-reader.ts";

export { RitmaError } from "./base/error.ts";
export type { Act } from "./flow/investigate/acts.ts";
export type { Bisected } from "./flow/investigate/bisect.ts";
export type { Blame } from "./flow/investigate/blame.ts";
export type { Differences } from "./flow/investigate/diff.ts";
export type { Window } from "./flow/investigate/windows.ts";
export type { EventView } from "./stores/sealed/event-view.ts";
export type { Continuation } from "./flow/investigate/going-on.ts";
export type { Coverage } from "./flow/investigate/coverage.ts";
export type { Seat } from "./flow/investigate/hour-edges.ts";
export type { Span, Thing } from "./flow/investigate/investigation.ts";
export type { Launch, Life } from "./flow/investigate/lives.ts";
export type { Cut, Link, Step, Trace, TraceQuery } from "./flow/investigate/trace.ts";
export type { Toucher } from "./flow/investigate/who.ts";
export type { Investigator, OpenHours } from "./services/investigator/open-investigator.ts";

export interface InvestigatorOptions {
  /** The evidence store, a folder. */
  readonly out: string;
  /** The data root of that store: then its open hours are asked too. */
  readonly dataRoot?: string;
  /**
   * Of a hash-only store: 32 bytes, to ask for exact values. Without it, and without a data root
   * that has it, they are refused.
   */
  readonly privacyKey?: Uint8Array;
}

/**
 * @throws RitmaError `store/missing`, `store/damaged`, of the disk; with a data root also
 * `usage/bad-argument` when it has another store, `config/bad`, `store/key-missing` and others of
 * the keys, `beat/damaged`, and `store/busy` when a recorder writes too fast
 */
export async function openInvestigator(options: InvestigatorOptions): Promise<Investigator> {
  const { out, dataRoot } = options;
  const world = {
    disk: new RealDisk(),
    clock: realClock,
    rng: realRng,
    primitives: await loadPrimitives(),
  };
  const { disk, primitives } = world;
  const config = dataRoot === undefined ? null : await configOf(disk, dataRoot, out);
  const preview = config === null ? null : await openPreview(world, config);
  const reader = preview ?? (await StoreReader.open(disk, primitives, out));
  if (options.privacyKey !== undefined) return investigatorOf(reader, options.privacyKey);
  if (config === null || reader.file.privacy === "raw") return investigatorOf(reader, null);
  return investigatorOf(reader, await readPrivacyKey(disk, placeOf(config, disk).keys));
}

/** Settings of a data root: what the environment says is meant for the command line. */
async function configOf(disk: Disk, dataRoot: string, out: string): Promise<Config> {
  const workingDir = process.cwd();
  const around = { environment: {}, isRoot: false, home: "/", hostname: "unknown", workingDir };
  const config = await resolveConfig(disk, { ...around, flags: { dataRoot } });
  await requireDataRoot(disk, config.dataRoot.value);
  if (config.outDir.value === resolve(out)) return config;
  const message = `${config.dataRoot.value} is the data root of another store than ${out}`;
  throw new RitmaError("usage/bad-argument", message);
}
