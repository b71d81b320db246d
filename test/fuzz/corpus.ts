/**
 * Good inputs of every target: what the golden store holds, what a recorder seals of a made log,
 * random records coded afresh, and reference frames of beats. Small ones, so that most of the time
 * goes into what differs.
 *
 * @module
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  BLOCK_UNPACKED_MAX,
  type ConeLibrary,
  conesPath,
  entitiesPath,
  type Facts,
  FRAME_UNPACKED_MAX,
  Generation,
  type Section,
  splitFrames,
  STORE_PATH,
  decodeStoreFile,
} from "@ritma/evidence";
import { sample } from "fast-check";
import { story } from "../../packages/evidence/test/ctgf/entity-story.ts";
import {
  blocksOfSections,
  FACTS,
  SIZE,
} from "../../packages/evidence/test/ctgf/section-arbitrary.ts";
import { loadPrimitives } from "../../packages/ritma/src/base/primitives.ts";
import { unzstd } from "../../packages/ritma/src/base/zstd.ts";
import type { Files } from "../tamper/memory-tree.ts";
import { sealStore, SMALL } from "../tamper/reference-store.ts";
import { beatFrameSamples, cepFrameSamples } from "./beat-sample.ts";
import { BlockReading } from "./block-reading.ts";
import { EntitiesReading } from "./entities-reading.ts";
import { CONES_READING, ConesLogReading, EntitiesLogReading } from "./log-reading.ts";
import { LogSample } from "./log-sample.ts";
import {
  codedBlock,
  conesLog,
  entitiesLog,
  GENERATION,
  inPieces,
  inSmallSections,
  plainBlock,
  STORE,
} from "./making.ts";
import { Content } from "./mutate.ts";
import type { Reading, Sample } from "./reading.ts";

/** What is fuzzed, in the order in which summaries show it. */
export const TARGETS = [
  "block@1",
  "block@2",
  "entities@1",
  "entities@2",
  "cones",
  "entities-log",
  "cones-log",
  "beat-frame",
  "cep-frame",
] as const;
export type Target = (typeof TARGETS)[number];

export type Corpus = Readonly<Record<Target, readonly Sample[]>>;

const FRAMES_FOLDER = join(import.meta.dirname, "../../fixtures/cps/frames");
/** Of a reference frame that is worth its time here. */
const FRAME_BYTES_MAX = 4096;
const GOLDEN = join(import.meta.dirname, "../compat/store-1");
/** Of the random part: always the same. */
const SEED = 20_261_121;
const RANDOM_BLOCKS = 60;
const RANDOM_STORIES = 40;
const FRAME_ENTITIES = 12;
const FRAMES = 4;
const FRAME_CONES = 5;

export async function makeCorpus(): Promise<Corpus> {
  const making = new Making();
  making.store("golden", filesBelow(GOLDEN));
  making.store("sealed", (await sealStore(SMALL)).files);
  const blocks = sample(blocksOfSections, { seed: SEED, numRuns: RANDOM_BLOCKS });
  const library = Generation.of(STORE, GENERATION).cones;
  making.blocks("random", blocks, FACTS, library, SIZE);
  making.cones(library);
  for (const told of sample(story, { seed: SEED, numRuns: RANDOM_STORIES })) {
    making.entities(told.slice(0, FRAME_ENTITIES * FRAMES));
  }
  const { blake3 } = await loadPrimitives();
  const frames = [...filesBelow(FRAMES_FOLDER).values()].filter((frame) => frame !== null);
  const small = frames.filter((frame) => frame.length < FRAME_BYTES_MAX);
  making.corpus["beat-frame"].push(...beatFrameSamples(blake3, small));
  making.corpus["cep-frame"].push(...cepFrameSamples(blake3));
  return making.corpus;
}

class Making {
  readonly corpus: Record<Target, Sample[]> = {
    "block@1": [],
    "block@2": [],
    "entities@1": [],
    "entities@2": [],
    cones: [],
    "entities-log": [],
    "cones-log": [],
    "beat-frame": [],
    "cep-frame": [],
  };
  readonly #frames = new EntitiesReading("entities");
  readonly #entitiesLog = new EntitiesLogReading("entities-log", STORE, GENERATION);
  readonly #conesLog = new ConesLogReading("cones-log", STORE, GENERATION);

  /** A store of one generation: its logs as they are, and its records in small pieces. */
  store(name: string, files: Files): void {
    const { store } = decodeStoreFile(bytesAt(files, STORE_PATH));
    const generation = Generation.of(store, GENERATION);
    const { facts, cones } = generation;
    const entityFrames = contentsOf(files, entitiesPath(GENERATION));
    const coneFrames = contentsOf(files, conesPath(GENERATION));
    const entities = entityFrames.flatMap((frame) => generation.addEntities(frame).entities);
    for (const frame of coneFrames) generation.addCones(frame);
    const log = new EntitiesLogReading(`entities-log/${name}`, store, GENERATION);
    this.corpus["entities-log"].push(new LogSample(log, entityFrames));
    if (coneFrames.length > 0) {
      const reading = new ConesLogReading(`cones-log/${name}`, store, GENERATION);
      this.corpus["cones-log"].push(new LogSample(reading, coneFrames));
    }
    for (const piece of inPieces(entities, FRAME_ENTITIES * FRAMES)) this.entities(piece);
    const sections: Section[] = [];
    for (const [path, bytes] of files) {
      if (!path.includes("/blocks/") || bytes === null) continue;
      sections.push(...generation.block(unzstd(bytes, BLOCK_UNPACKED_MAX)).sections);
    }
    this.blocks(name, inSmallSections(sections), facts, cones, facts.size);
    this.cones(cones);
  }

  /** @param cones grow by what these blocks need; read with them from then on */
  blocks(
    name: string,
    list: readonly (readonly Section[])[],
    facts: Facts,
    cones: ConeLibrary,
    size: number,
  ): void {
    const reading = new BlockReading(`blocks/${name}`, facts, cones);
    for (const sections of list) {
      this.#add("block@1", reading, plainBlock(sections));
      this.#add("block@2", reading, codedBlock(sections, facts, cones, size));
    }
  }

  cones(library: ConeLibrary): void {
    const log = conesLog(library.since(1), FRAME_CONES);
    if (log.length === 0) return;
    for (const frame of log) this.#add("cones", CONES_READING, frame);
    this.corpus["cones-log"].push(new LogSample(this.#conesLog, log.slice(0, FRAMES)));
  }

  /** @param list canonical, of which none may be an entity of many bytes */
  entities(list: readonly Uint8Array[]): void {
    const head = list.slice(0, FRAME_ENTITIES);
    for (const frame of entitiesLog(head, FRAME_ENTITIES, "plain")) {
      this.#add("entities@1", this.#frames, frame);
    }
    for (const frame of entitiesLog(head, FRAME_ENTITIES, "coded")) {
      this.#add("entities@2", this.#frames, frame);
    }
    const log = entitiesLog(list, FRAME_ENTITIES, "coded");
    const mixed = entitiesLog(list, FRAME_ENTITIES, "plain", "coded", "coded");
    const logs = this.corpus["entities-log"];
    logs.push(new LogSample(this.#entitiesLog, log), new LogSample(this.#entitiesLog, mixed));
  }

  #add(target: Target, reading: Reading, bytes: Uint8Array): void {
    const content = new Content(bytes);
    const mutate: Sample["mutate"] = (draw, other) => content.mutate(draw, other);
    this.corpus[target].push({ reading, bytes, mutate });
  }
}

function filesBelow(dir: string): Files {
  const entries = globSync("**/*", { cwd: dir, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile());
  return new Map(
    paths.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(dir.length + 1), new Uint8Array(readFileSync(path))];
    }),
  );
}

function contentsOf(files: Files, path: string): readonly Uint8Array[] {
  const log = files.get(path) ?? new Uint8Array(0);
  return splitFrames(log).map((frame) => unzstd(frame, FRAME_UNPACKED_MAX));
}

function bytesAt(files: Files, path: string): Uint8Array {
  const bytes = files.get(path);
  if (bytes === undefined || bytes === null) throw new TypeError(`no ${path}`);
  return bytes;
}
