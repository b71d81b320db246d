/**
 * Checks the blocks of an hour: every atom is hashed again, and compared with its window's root.
 *
 * Format: spec/06-store.md, "Blocks"; spec/05-record.md, "Leaf".
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import type { Block } from "../record/block.ts";
import type { HourHeader } from "../record/hour.ts";
import { blockPath } from "../record/layout.ts";
import { LeafHasher } from "../record/leaf.ts";
import type { Section } from "../record/section.ts";
import { type HourPlace, report } from "./hour-place.ts";
import type { ReadGeneration } from "./verify-generation.ts";
import type { WindowFacts } from "./verify-micro.ts";

/** A block is unpacked whole: 4 M atoms take less. */
export const BLOCK_UNPACKED_MAX = 512 * 1024 * 1024;

/** @param blocks the stored bytes of each, by path, whose digests were checked */
export async function verifyBlocks(
  place: HourPlace,
  header: HourHeader,
  windows: readonly WindowFacts[],
  blocks: ReadonlyMap<string, Uint8Array>,
  read: ReadGeneration | null,
): Promise<void> {
  if (read === null) {
    place.reading.ledger.notChecked.push(`${place.folder}: records, for want of its generation`);
    return;
  }
  const { dictionary, generation } = read;
  const hasher = new LeafHasher(place.reading.primitives.sha256, (writer, id) =>
    dictionary.writeCommitment(writer, id),
  );
  const checker = new SectionChecker(place, hasher, windows);
  for (const { path } of header.files) {
    if (!path.startsWith("blocks/")) continue;
    const bytes = blocks.get(path);
    if (bytes === undefined) {
      checker.missing = true;
      continue;
    }
    const block = place.reading.attempt("block/format", `${place.folder}/${path}`, () =>
      generation.block(place.reading.primitives.unzstd(bytes, BLOCK_UNPACKED_MAX)),
    );
    if (block === null) checker.missing = true;
    else checker.block(path, block, header);
  }
  checker.finish();
}

class SectionChecker {
  readonly #place: HourPlace;
  readonly #hasher: LeafHasher;
  readonly #windows: readonly WindowFacts[];
  #next = 0;
  #blocks = { inst: 0, late: 0 };
  /** True once a block could not be read: what follows cannot be put in its place. */
  missing = false;

  constructor(place: HourPlace, hasher: LeafHasher, windows: readonly WindowFacts[]) {
    this.#place = place;
    this.#hasher = hasher;
    this.#windows = windows;
  }

  block(path: string, block: Block, header: HourHeader): void {
    const kind = block.sections.some(({ window }) => window === null) ? "late" : "inst";
    const here =
      equalBytes(block.store, header.store) &&
      block.sequence === header.sequence &&
      block.generation === header.generation.number &&
      block.number === this.#blocks[kind] &&
      path === blockPath(kind, block.number);
    if (!here) report(this.#place, "block/format", path, "is not the block that belongs here");
    this.#blocks[kind] += 1;
    for (const section of block.sections) this.#section(path, section);
  }

  finish(): void {
    if (this.missing || this.#next === this.#windows.length) return;
    const message = `${this.#windows.length - this.#next} windows have no records in any block`;
    report(this.#place, "block/format", "blocks", message);
  }

  #section(path: string, section: Section): void {
    const at = this.#windows.findIndex(({ entry }) => entry.window === section.window);
    const facts = this.#windows[at];
    if (facts === undefined || (!this.missing && at !== this.#next)) {
      const name = section.window ?? "late";
      report(this.#place, "block/format", path, `holds window ${name}, which is not next`);
      return;
    }
    this.#next = at + 1;
    const { header, entry } = facts;
    const instantiations = section.starts.length - 1;
    const where = `${this.#place.folder}/${path}#${section.window ?? "late"}`;
    const { reading } = this.#place;
    const root = reading.attempt("micro/root", where, () => this.#hasher.root(section));
    if (root !== null && entry.microRoot !== null && !equalBytes(root, entry.microRoot)) {
      reading.ledger.add("micro/root", where, "its records hash to another root than was sealed");
    }
    if (header !== null) {
      if (header.atoms !== section.atoms.length || header.instantiations !== instantiations) {
        reading.ledger.add("hour/counts", where, "the window's header counts otherwise");
      }
    }
    if (!inTime(section, entry.t1, entry.t2)) {
      reading.ledger.add("micro/time", where, "an atom lies outside the window's interval");
    }
  }
}

/** On time: t1 <= t < t2. Late: before the end of the hour, or a stamp outside 2000 to 2100. */
function inTime({ window, atoms }: Section, t1: number, t2: number): boolean {
  for (let row = 0; row < atoms.length; row += 1) {
    if (!isInTime(window, atoms.time[row] ?? 0, t1, t2)) return false;
  }
  return true;
}

/** The same of one stamp; null is the window of late atoms. */
export function isInTime(window: number | null, t: number, t1: number, t2: number): boolean {
  return window === null ? t < t2 || t < TIME_MIN || t >= TIME_MAX : t >= t1 && t < t2;
}

/** 2000-01-01 and 2100-01-01, in µs: spec/06-store.md, "Times". */
const TIME_MIN = 946_684_800_000_000;
const TIME_MAX = 4_102_444_800_000_000;
