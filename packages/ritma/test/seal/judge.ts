/**
 * Judges what a crash left of a data root.
 *
 * A workload that is not interrupted passes through a known row of evidence stores: the empty one,
 * then one after each batch. Whatever happens, recovery must arrive at a member of that row, not
 * before the newest one that was acknowledged, and going on from there must arrive at its end. So
 * the strong checks are comparisons of bytes. What is derived may be missing or older in between;
 * at the end it must be there, with the same bytes, too.
 *
 * Costly steps are functions of bytes, and are done once for the same bytes. A verifier and a
 * recovery read no draft, so for them two images that differ only inside drafts are the same; of
 * these every SAMPLE-th is looked at all the same.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import {
  CborReader,
  decodeHourSeal,
  isDerived,
  parseCheckpoint,
  parseCose1,
  parseNote,
} from "@ritma/evidence";
import { type Disk, DRAFT_SUFFIX } from "../../src/base/disk/disk.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { decodeEpochKey } from "../../src/stores/keys/epoch-chain.ts";
import { DATA, type Files, open, OUT, verify } from "../recorder/recording.ts";
import { perform, performAgain, type Workload } from "./workload.ts";

/** Puts a mistake between the recorder and its disk. */
export type Wrap = (disk: SimDisk) => Disk;

export interface JudgeCounts {
  images: number;
  distinct: number;
  verified: number;
  recovered: number;
  finished: number;
}

const SAMPLE = 97;
const EVIDENCE = "RITMA_OUT/";

/** The keys of all hours that are sealed, and of no other. */
function mustHaveForgotten(files: Files): void {
  const sealed = [...files.keys()].filter((path) => path.endsWith("/hour_root.sig")).length;
  const { sequence } = decodeEpochKey(files.get("keys/epoch.key") ?? new Uint8Array(0));
  assert.equal(sequence, sealed, "the newest hour that has a key");
}

/** Digests of bytes that no longer change. */
const PRINTS = new WeakMap<Uint8Array, string>();

export class Judge {
  readonly workload: Workload;
  readonly #wrap: Wrap;
  /** The evidence store after `init` and after each batch. */
  readonly #row: readonly Files[];
  readonly #prints: readonly string[];
  /** Of the evidence store at the end, with what is derived. */
  #end = "";
  readonly #disks: readonly SimDisk[];
  readonly #signed = new Map<string, string>();
  readonly #seen = new Set<string>();
  readonly #verified = new Set<string>();
  readonly #untampered = new Set<string>();
  readonly #finished = new Set<string>();
  readonly counts: JudgeCounts = { images: 0, distinct: 0, verified: 0, recovered: 0, finished: 0 };

  private constructor(
    workload: Workload,
    wrap: Wrap,
    row: readonly Files[],
    disks: readonly SimDisk[],
  ) {
    this.workload = workload;
    this.#wrap = wrap;
    this.#row = row;
    this.#disks = disks;
    this.#prints = row.map(printOf);
    assert.equal(new Set(this.#prints).size, row.length, "each batch changes the store");
  }

  /** Runs the workload once, without any mistake, to know what must come out. */
  static async of(workload: Workload, wrap: Wrap = (disk) => disk): Promise<Judge> {
    const disk = new SimDisk();
    const disks: SimDisk[] = [];
    await perform(workload, disk, () => {
      disks.push(disk.snapshot());
    });
    const row: Files[] = [];
    for (const each of disks) row.push(sealedIn(each));
    const judge = new Judge(workload, wrap, row, disks);
    judge.#end = printOf(filesIn(disk, OUT));
    await judge.#mustBeDone(disk);
    return judge;
  }

  /** Batches of the workload. */
  get batches(): number {
    return this.#row.length - 1;
  }

  /** The disk of the whole run after `init` (0) or a batch; to be copied, not written to. */
  diskAt(place: number): SimDisk {
    return this.#disks[place] ?? assert.fail(`no batch ${place}`);
  }

  wrap(disk: SimDisk): Disk {
    return this.#wrap(disk);
  }

  /**
   * Where in the row the store stands now.
   *
   * @throws AssertionError when nowhere
   */
  placeOf(disk: SimDisk): number {
    const files = sealedIn(disk);
    const place = this.#prints.indexOf(printOf(files));
    if (place === -1) {
      const differences = this.#row.map((each) => differenceOf(files, each));
      const least = differences.toSorted((a, b) => a.length - b.length)[0] ?? [];
      assert.fail(`no whole run passes through this store: ${least.slice(0, 3).join(", ")}`);
    }
    return place;
  }

  /**
   * Judges one image; it is used up. The seeded sampling is by count, so a run repeats.
   *
   * @param acknowledged what `perform` reported by then; -1 when `init` had not returned
   */
  async examine(image: SimDisk, acknowledged: number): Promise<void> {
    this.counts.images += 1;
    const files = filesIn(image, DATA);
    const prints = printsOf(files);
    const key = `${acknowledged} ${join(prints)}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.counts.distinct += 1;
    if (!files.has("config.yaml")) {
      assert.equal(acknowledged, -1, "the data root is lost");
      return;
    }
    const sampled = this.counts.distinct % SAMPLE === 0;
    this.#compareSigned(files);
    for (const path of prints.keys()) if (path.endsWith(".draft")) prints.set(path, "");
    const keyWithoutDrafts = `${acknowledged} ${join(prints)}`;
    if (this.#verified.has(keyWithoutDrafts) && !sampled) return;
    this.#verified.add(keyWithoutDrafts);
    await this.#mustNotBeTampered(below(files, EVIDENCE), sampled);
    await this.#recover(image, Math.max(0, acknowledged));
  }

  /** What anybody could have seen signed must never be contradicted. */
  #compareSigned(files: Files): void {
    let size = 0;
    for (const [path, bytes] of files) {
      if (path.endsWith(".sig")) {
        const { payload } = parseCose1(bytes);
        const isHour = path.endsWith("/hour_root.sig");
        this.#mustBeOne(path, payload.toHex());
        if (isHour) this.#mustBeOne(`hour ${decodeHourSeal(payload).sequence}`, payload.toHex());
      } else if (path === `${EVIDENCE}_tlog/checkpoint`) {
        const checkpoint = parseCheckpoint(parseNote(bytes).text);
        ({ size } = checkpoint);
        this.#mustBeOne(`checkpoint of ${size} entries`, checkpoint.root.toHex());
      }
    }
    const lock = files.get("keys/node-log.lock");
    const locked = lock === undefined ? 0 : lockedSize(lock);
    assert.ok(locked >= size, `the lock is at ${locked}, and a checkpoint of ${size} was signed`);
  }

  #mustBeOne(what: string, value: string): void {
    const before = this.#signed.get(what) ?? value;
    assert.equal(value, before, `two different ${what} were signed`);
    this.#signed.set(what, value);
  }

  async #mustNotBeTampered(evidence: Files, sampled: boolean): Promise<void> {
    this.counts.verified += 1;
    const prints = printsOf(evidence);
    for (const path of prints.keys()) if (path.endsWith(".draft")) prints.set(path, "");
    const print = join(prints);
    if (this.#untampered.has(print) && !sampled) return;
    this.#untampered.add(print);
    const { result, findings } = await verify(evidence);
    if (result === "VALID" || result === "INCOMPLETE") return;
    const list = findings.map(({ code, where, message }) => `${code} ${where} ${message}`);
    assert.fail(`${result}: ${list.join("; ")}`);
  }

  async #recover(image: SimDisk, acknowledged: number): Promise<void> {
    this.counts.recovered += 1;
    await open(this.#wrap(image), this.workload.settings);
    const place = this.placeOf(image);
    if (place < acknowledged) assert.fail(`batch ${acknowledged} was acknowledged, and is lost`);
    if (place > acknowledged + 1) assert.fail(`at ${place}, only ${acknowledged} acknowledged`);
    const files = filesIn(image, DATA);
    this.#compareSigned(files);
    mustHaveForgotten(files);
    const print = printOf(files);
    if (this.#finished.has(print)) return;
    this.#finished.add(print);
    this.counts.finished += 1;
    await performAgain(this.workload, this.#wrap(image));
    await this.#mustBeDone(image);
  }

  async #mustBeDone(disk: SimDisk): Promise<void> {
    assert.equal(this.placeOf(disk), this.batches, "the same commands gave other bytes");
    assert.equal(printOf(filesIn(disk, OUT)), this.#end, "other bytes in what is derived");
    const files = filesIn(disk, DATA);
    this.#compareSigned(files);
    const { result, findings } = await verify(below(files, EVIDENCE));
    assert.deepEqual(findings, []);
    assert.equal(result, "VALID");
  }
}

function below(files: Files, prefix: string): Files {
  const inside = [...files].filter(([path]) => path.startsWith(prefix));
  return new Map(inside.map(([path, bytes]) => [path.slice(prefix.length), bytes]));
}

/** The same for the same names with the same bytes. */
function printOf(files: Files): string {
  return join(printsOf(files));
}

function printsOf(files: Files): Map<string, string> {
  const prints = new Map<string, string>();
  for (const [path, bytes] of files) {
    let print = PRINTS.get(bytes);
    if (print === undefined) PRINTS.set(bytes, (print = hash("sha1", bytes, "base64")));
    prints.set(path, print);
  }
  return prints;
}

/** As `filesBelow`, without copies: most images share most of their files. */
function filesIn(disk: SimDisk, dir: string): Files {
  const prefix = `${dir.slice(1)}/`;
  const files: (readonly [string, Uint8Array])[] = [];
  for (const [path, bytes] of disk.views()) {
    if (path.startsWith(prefix)) files.push([path.slice(prefix.length), bytes]);
  }
  return new Map(files.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The files of the evidence store that are not derived, nor drafts of such. */
function sealedIn(disk: SimDisk): Files {
  const sealed = [...filesIn(disk, OUT)].filter(
    ([path]) =>
      !isDerived(path.endsWith(DRAFT_SUFFIX) ? path.slice(0, -DRAFT_SUFFIX.length) : path),
  );
  return new Map(sealed);
}

function join(prints: ReadonlyMap<string, string>): string {
  return hash("sha1", [...prints].join("\n"), "base64");
}

function differenceOf(files: Files, wanted: Files): string[] {
  const extra = [...files.keys()].filter((path) => !wanted.has(path));
  const other = [...wanted].flatMap(([path, bytes]) => {
    const found = files.get(path);
    if (found === undefined) return [`${path} is missing`];
    return Buffer.compare(found, bytes) === 0 ? [] : [`${path} is another`];
  });
  return [...extra.map((path) => `${path} is there`), ...other];
}

function lockedSize(bytes: Uint8Array): number {
  const reader = new CborReader(bytes);
  reader.array(4);
  reader.textTag("ritma/log-lock@1");
  reader.bytes();
  return reader.uint();
}
