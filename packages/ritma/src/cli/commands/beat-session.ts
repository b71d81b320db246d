/**
 * What the actions of `ritma beat` have in common: the open store, the document, the arguments.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Config } from "../../base/config.ts";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import {
  BEAT_ENGINES,
  type BeatEngineName,
  engineDir,
  openBeats,
} from "../../services/beats/open-beats.ts";
import { requireDataRoot, type World } from "../../services/recorder/data-root.ts";
import type { BeatStore } from "../../stores/beat/beat-store.ts";
import type { Notice } from "../../stores/beat/notice.ts";
import { isBranchName } from "../../stores/beat/trailer.ts";
import { parseTreePath } from "../../stores/beat/tree.ts";
import type { CellPath } from "../../stores/beat/record.ts";
import { readStoreFacts } from "../../stores/sealed/store-facts.ts";
import { StoreFiles } from "../../stores/sealed/store-files.ts";
import type { Context } from "../command.ts";
import { placeFlags } from "../place-flags.ts";

/** Below the data root. */
const FOLDER = "branches";

const LIMIT_DEFAULT = 100;

export interface Session {
  readonly context: Context;
  readonly world: World;
  readonly config: Config;
  readonly store: BeatStore;
  readonly storeId: Uint8Array;
  readonly engine: BeatEngineName;
  /** Of the engine's data. */
  readonly dir: string;
  /** Warnings and errors so far; what is only information is not kept. */
  readonly notices: readonly Notice[];
}

/** The document with everything that an action does not have. */
const NOTHING = {
  path: null,
  branches: null,
  entries: null,
  cell: null,
  beats: null,
  operations: null,
  committed: null,
  stats: null,
  reclaimed: null,
  bundle: null,
  deviations: null,
  verified: null,
  faults: null,
  bench: null,
} as const;

/** Runs `work` on the open store, under the lock of the data root. */
export async function inSession(
  context: Context,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  const world = await context.world();
  const config = await context.config();
  const { disk, primitives, rng } = world;
  const root = config.dataRoot.value;
  await requireDataRoot(disk, root);
  using _ = await disk.lock(root);
  const files = new StoreFiles(disk, primitives, config.outDir.value);
  const { file } = await readStoreFacts(files);
  const engine = engineOf(context);
  const dir = `${root}/${FOLDER}`;
  const notices: Notice[] = [];
  const notice = (each: Notice): void => {
    if (each.severity !== "info") notices.push(each);
  };
  const place = { engine, dir, primitives, rng, storeId: file.store, notice };
  const store = await openBeats(place);
  const session = { context, world, config, store, storeId: file.store, engine, notices };
  const status = await closing(
    store,
    async () => await work({ ...session, dir: engineDir(place) }),
  );
  for (const { severity, topic, branch, detail } of notices) {
    const where = branch === "" ? "" : ` ${branch}`;
    context.io.err(`${severity}: ${topic}${where}: ${escapeText(detail)}`);
  }
  return status;
}

/** What went wrong in the work is said, and not what closing then could not do. */
async function closing(store: BeatStore, work: () => Promise<number>): Promise<number> {
  await using _ = store;
  return await work();
}

/** Prints the document, or the lines. */
export function show(
  { context, store, engine }: Pick<Session, "context" | "store" | "engine">,
  facts: Readonly<Record<string, unknown>>,
  lines: () => readonly string[],
): void {
  const action = context.operands[0];
  const common = { action, engine, lastBeat: store.lastBeat };
  context.show({ ...common, ...NOTHING, ...facts }, lines);
}

/** The same where no store was opened. */
export function showWithout(
  context: Context,
  facts: Readonly<Record<string, unknown>>,
  lines: () => readonly string[],
): void {
  const common = { action: context.operands[0], engine: null, lastBeat: null };
  context.show({ ...common, ...NOTHING, ...facts }, lines);
}

/** A line to type next, with the flags that find this place. */
export function next({ context, config }: Session, what: string): string {
  const engine = context.text("engine");
  const flag = engine === null ? "" : ` --engine ${engine}`;
  return `${context.io.program} beat ${what}${placeFlags(config)}${flag}`;
}

/** The path that TARGET is; null when there is none. @throws RitmaError `usage/bad-argument` */
export function pathOf(context: Context): CellPath | null {
  const text = context.operands[1];
  if (text === undefined) return null;
  try {
    return parseTreePath(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refused(`"${escapeText(text.slice(0, 100))}" is no path of a cell`);
  }
}

/** The branch that TARGET is; null when there is none. @throws RitmaError `usage/bad-argument` */
export function branchOf(context: Context): string | null {
  const text = context.operands[1];
  if (text === undefined) return null;
  return branchNamed(text.replaceAll(/^\/|\/$/gu, ""), "TARGET");
}

/** @throws RitmaError `usage/bad-argument` */
export function branchNamed(text: string, what: string): string {
  if (isBranchName(text)) return text;
  const shown = escapeText(text.slice(0, 100));
  throw refused(`${what} is "${shown}", and must be a branch: a-z, 0-9, dot, dash, underscore`);
}

/** @throws RitmaError `usage/bad-argument` */
export function limitOf(context: Context): number {
  const limit = countOf(context, "limit") ?? LIMIT_DEFAULT;
  return limit === 0 ? Number.POSITIVE_INFINITY : limit;
}

/** A whole number; null when it was not given. @throws RitmaError `usage/bad-argument` */
export function countOf(context: Context, option: string): number | null {
  const text = context.text(option);
  if (text === null) return null;
  if (/^\d{1,9}$/u.test(text)) return Number(text);
  throw refused(`--${option} is "${escapeText(text.slice(0, 100))}", and must be a whole number`);
}

/** A file or folder as it was named, absolute. */
export function fileNamed({ io }: Context, name: string): string {
  return resolve(io.around.workingDir, name);
}

export function refused(message: string): RitmaError {
  return new RitmaError("usage/bad-argument", message);
}

function engineOf(context: Context): BeatEngineName {
  const asked = context.text("engine") ?? "flat";
  return BEAT_ENGINES.find((name) => name === asked) ?? "flat";
}
