/**
 * Records a log as `ritma ingest` does, on a simulated disk, and keeps what the sealer handed to
 * the press: the last place where atoms and entities are as they were projected, before anything is
 * cut or coded.
 *
 * @module
 */
import { encodeUtf8, type PrivacyMode } from "@ritma/evidence";
import type { InputFile } from "../../packages/ritma/src/base/disk/input-file.ts";
import { SimDisk } from "../../packages/ritma/src/base/disk/sim-disk.ts";
import { Binder } from "../../packages/ritma/src/flow/seal/binder.ts";
import { directPress } from "../../packages/ritma/src/flow/seal/direct-press.ts";
import type { EntityPiece, WindowPiece } from "../../packages/ritma/src/flow/seal/order.ts";
import type { Press } from "../../packages/ritma/src/flow/seal/press.ts";
import { Sealer } from "../../packages/ritma/src/flow/seal/sealer.ts";
import { Pipeline } from "../../packages/ritma/src/services/recorder/pipeline.ts";
import { auditdSensor } from "../../packages/ritma/src/services/recorder/sensor.ts";
import {
  type Files,
  filesBelow,
  init,
  open,
  OUT,
  primitives,
} from "../../packages/ritma/test/recorder/recording.ts";

const WINDOW_SECS = 60;
const NODE = "host1";

/** What went into the press, in order. */
export interface Given {
  readonly entities: readonly EntityPiece[];
  readonly windows: readonly WindowPiece[];
}

interface Keeping extends Given {
  readonly entities: EntityPiece[];
  readonly windows: WindowPiece[];
}

export interface Recorded {
  readonly events: number;
  readonly given: Given;
  /** The evidence store. */
  readonly files: Files;
}

/** @param inputs one log, in reading order */
export async function recordKeeping(
  inputs: readonly InputFile[],
  privacy: PrivacyMode,
): Promise<Recorded> {
  const disk = new SimDisk();
  const settings = { privacy, windowSecs: WINDOW_SECS };
  await init(disk, settings);
  const root = await open(disk, settings);
  const { store } = root;
  const { storeFile } = store;
  const given: Keeping = { entities: [], windows: [] };
  await using press = keeping(directPress(primitives, storeFile.store, store.logs), given);
  const sealer = new Sealer({
    primitives,
    storeFile,
    interner: store.interner,
    state: store.state,
    press,
    generationSalt: (generation) => store.generationSalt(generation),
    inputs: () => [],
  });
  const context = { primitives, storeFile, sensor: auditdSensor(primitives.sha256) };
  const binder = new Binder(context, store, store.link);
  const pipeline = new Pipeline(sealer, encodeUtf8(NODE), root.privacy);
  const seal = async (): Promise<void> => {
    binder.take(sealer.takeOrders());
    await binder.done();
  };
  pipeline.beginInput([]);
  for (const input of inputs) {
    for await (const chunk of input.chunks()) {
      pipeline.parser.feed(chunk);
      await seal();
    }
    pipeline.parser.endOfFile();
  }
  pipeline.end();
  sealer.finish("end-of-input");
  await seal();
  const { events } = pipeline.parser.counts;
  return { events, given, files: filesBelow(disk, OUT) };
}

/** Nothing is copied: whoever gives a piece is done with it, and a press reads it only. */
function keeping(press: Press, given: Keeping): Press {
  return {
    ...press,
    entities: (piece) => {
      given.entities.push(piece);
      press.entities(piece);
    },
    window: async (piece) => {
      given.windows.push(piece);
      return await press.window(piece);
    },
    [Symbol.asyncDispose]: async () => {
      await press[Symbol.asyncDispose]();
    },
  };
}
