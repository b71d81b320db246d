/**
 * The LevelDB engine: beats in a folder of LevelDB, through classic-level.
 *
 * Named for what it is. A real RocksDB was tried and left out (docs/decisions); a table is what
 * this file needs, so that it could take LevelDB's place here.
 *
 * Damage is looked for before anything is used: a missing `CURRENT`, broken logs, entries that do
 * not add up. Then the engine refuses, and nothing in the folder is changed.
 *
 * @module
 */
import { type Disk, DRAFT_SUFFIX } from "../../../base/disk/disk.ts";
import { RitmaError } from "../../../base/error.ts";
import type { NodePrimitives } from "../../../base/primitives.ts";
import type { BeatEngine } from "../engine.ts";
import type { NoticeSink } from "../notice.ts";
import { damaged, headerEntry } from "../table/table-codec.ts";
import { auditNow, openTableEngine, tellBroken } from "../table/table-engine.ts";
import { checkLog } from "./level-log.ts";

export interface LevelEngineOptions {
  /** The host's: LevelDB does its own I/O. */
  readonly disk: Disk;
  /** The engine's alone. Made when it is not there. */
  readonly dir: string;
  readonly primitives: NodePrimitives;
  /** 16 bytes. */
  readonly store: Uint8Array;
  readonly notice: NoticeSink;
}

const FOLDER = "level";
const LOG_NAME = /^\d+\.log$/u;
/** Said by a library that is not there, or not for this machine. */
const ABSENT = new Set<unknown>(["ERR_MODULE_NOT_FOUND", "ERR_DLOPEN_FAILED"]);

type Library = typeof import("./level-table.ts");

/**
 * @throws RitmaError `beat/damaged`; `store/busy` when another process has it open;
 * `beat/unavailable` where LevelDB does not run; `disk/…`
 */
export async function openLevelEngine(options: LevelEngineOptions): Promise<BeatEngine> {
  const { disk, dir, primitives, store } = options;
  const library = await load();
  await disk.makeDir(dir);
  if (!(await disk.list(dir)).some(({ name }) => name === FOLDER)) await create(library, options);
  await checkFiles(options);
  const table = await library.openLevelTable(disk, `${dir}/${FOLDER}`, false);
  try {
    tellBroken(options.notice, await auditNow(table));
  } catch (error) {
    await table[Symbol.asyncDispose]();
    throw error;
  }
  return await openTableEngine({ name: "leveldb", table, blake3: primitives.blake3, store });
}

async function load(): Promise<Library> {
  try {
    return await import("./level-table.ts");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (!ABSENT.has(code) && !(cause instanceof Error && /native build/u.test(cause.message))) {
      throw cause;
    }
    throw new RitmaError("beat/unavailable", "LevelDB cannot be loaded", { cause });
  }
}

/** Under a draft name until it has its header: a folder with the final name is a whole table. */
async function create(
  { openLevelTable }: Library,
  { disk, dir, store }: LevelEngineOptions,
): Promise<void> {
  const draft = `${dir}/${FOLDER}${DRAFT_SUFFIX}`;
  await disk.makeDir(draft);
  for (const { name } of await disk.list(draft)) await disk.remove(`${draft}/${name}`);
  {
    await using table = await openLevelTable(disk, draft, true);
    await table.write({ puts: [headerEntry(store)], removals: [] });
  }
  await using names = await disk.openDir(dir);
  await disk.rename(draft, `${dir}/${FOLDER}`);
  await names.sync();
}

/** What LevelDB would pass over in silence. @throws RitmaError `beat/damaged` */
async function checkFiles({ disk, dir, notice }: LevelEngineOptions): Promise<void> {
  const names = (await disk.list(`${dir}/${FOLDER}`)).map(({ name }) => name);
  if (!names.includes("CURRENT")) throw damaged(`${dir}/${FOLDER} has no CURRENT`);
  for (const name of names.filter((each) => LOG_NAME.test(each))) {
    const state = checkLog(await disk.read(`${dir}/${FOLDER}/${name}`));
    if (state === "damaged") throw damaged(`${dir}/${FOLDER}/${name} is broken in the middle`);
    if (state === "whole") continue;
    const detail = "a batch at the end of a log was not whole, and is left out";
    notice({ topic: "persist.recover", severity: "warning", branch: "", detail });
  }
}
