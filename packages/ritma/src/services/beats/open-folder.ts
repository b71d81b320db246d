/**
 * A beat store in a folder of its own, for who has no data root: `ritma/beat`.
 *
 *     store.id     16 bytes in hex, drawn when the folder is made
 *     node.lock    held while the store is open
 *
 * @module
 */
import { decodeUtf8, encodeUtf8, FormatError, fromHex, toHex } from "@ritma/evidence";
import { writeDurably } from "../../base/disk/disk.ts";
import { RealDisk } from "../../base/disk/real-disk.ts";
import { RitmaError } from "../../base/error.ts";
import { loadPrimitives } from "../../base/primitives.ts";
import { realRng } from "../../base/rng.ts";
import type { BeatStore } from "../../stores/beat/beat-store.ts";
import type { NoticeSink } from "../../stores/beat/notice.ts";
import { type BeatEngineName, openBeats } from "./open-beats.ts";

export interface OpenOptions {
  /** Made when it is not there. */
  readonly dir: string;
  /** Default "flat". */
  readonly engine?: BeatEngineName;
  /** Told what happens. Default: nobody is. */
  readonly notice?: NoticeSink;
}

/** An open store. Disposing it commits what waits, closes it and frees the folder. */
export interface OpenedBeats extends AsyncDisposable {
  readonly store: BeatStore;
  /** 16 bytes. */
  readonly storeId: Uint8Array;
}

const ID_FILE = "store.id";
const ID_BYTES = 16;

/**
 * @throws RitmaError `store/busy` while another process has it open; `store/damaged`;
 * `beat/damaged`; `beat/unavailable` for an engine that does not run here; of the disk
 */
export async function openBeatStore({
  dir,
  engine = "flat",
  notice = () => {},
}: OpenOptions): Promise<OpenedBeats> {
  const disk = new RealDisk();
  await disk.makeDir(dir);
  await using stack = new AsyncDisposableStack();
  stack.use(await disk.lock(dir));
  const storeId = await idOf(disk, dir);
  const primitives = await loadPrimitives();
  const place = { engine, dir: `${dir}/branches`, primitives, rng: realRng, storeId, notice };
  const store = stack.use(await openBeats(place));
  const kept = stack.move();
  return { store, storeId, [Symbol.asyncDispose]: async () => await kept.disposeAsync() };
}

async function idOf(disk: RealDisk, dir: string): Promise<Uint8Array> {
  const path = `${dir}/${ID_FILE}`;
  if ((await disk.size(path)) === null) {
    const id = realRng.bytes(ID_BYTES);
    await writeDurably(disk, path, encodeUtf8(`${toHex(id)}\n`));
    return id;
  }
  try {
    const id = fromHex(decodeUtf8(await disk.read(path)).trimEnd());
    if (id.length === ID_BYTES) return id;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  throw new RitmaError("store/damaged", `${path} does not hold the id of a store`);
}
