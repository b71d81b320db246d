/**
 * Goal: the same log into the same store gives the same bytes, whatever the time zone, the
 * language, the number of threads, or the order in which files were made or named.
 *
 * Method: a data root is made once, because keys and store id are random, and copied. The real
 * program records a rotated set of a real recording into each copy, each time in another
 * environment; then every file below the data root is compared.
 */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { recordingPath } from "../compat/golden.ts";
import { madePlace, place, ritma } from "./processes.ts";

const RECORDING = recordingPath("pod-pidns");
/** Newest first: the names of a rotated set. */
const NAMES = ["audit.log", "audit.log.1", "audit.log.2"] as const;

interface Setting {
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  /** Of FILE arguments: indexes into `NAMES`. */
  readonly order?: readonly number[];
  /** Folders get their entries in the opposite order. */
  readonly isReversed?: boolean;
}

const SETTINGS: readonly Setting[] = [
  { name: "TZ=UTC", environment: { TZ: "UTC" } },
  { name: "TZ=Asia/Kathmandu", environment: { TZ: "Asia/Kathmandu" } },
  { name: "TZ=America/St_Johns", environment: { TZ: "America/St_Johns" } },
  { name: "the C locale", environment: { LANG: "C", LC_ALL: "C" } },
  { name: "Turkish", environment: { LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" } },
  { name: "German", environment: { LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8" } },
  { name: "one thread more", flags: ["--threads", "1"] },
  { name: "two threads more", flags: ["--threads", "2"] },
  { name: "files named newest first", order: [0, 1, 2] },
  { name: "files named in no order", order: [1, 0, 2] },
  { name: "folders filled in the opposite order", isReversed: true },
  {
    name: "all of it",
    environment: { TZ: "Pacific/Chatham", LANG: "ar_EG.UTF-8", LC_ALL: "tr_TR.UTF-8" },
    flags: ["--threads", "2"],
    order: [0, 2, 1],
    isReversed: true,
  },
];

type Contents = ReadonlyMap<string, Uint8Array>;

/** Says which process has the data root, or had it last. */
const LOCK = "node.lock";

/** Every regular file below `dir` but the lock, by path relative to it. */
function contentsOf(dir: string): Contents {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile() && entry.name !== LOCK);
  return new Map(
    paths
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path.slice(dir.length + 1), new Uint8Array(readFileSync(path))] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function fill(dir: string, contents: Contents, isReversed: boolean): void {
  const list = [...contents];
  for (const [path, bytes] of isReversed ? list.toReversed() : list) {
    const at = join(dir, path);
    mkdirSync(dirname(at), { recursive: true, mode: 0o700 });
    writeFileSync(at, bytes, { mode: 0o600 });
  }
}

/** The recording, cut behind whole lines as a rotation does. */
function rotated(): Contents {
  const log = new Uint8Array(zstdDecompressSync(readFileSync(RECORDING)));
  const cut = (part: number): number => log.indexOf(10, Math.floor(log.length * part)) + 1;
  const ends = [0, cut(0.3), cut(0.7), log.length];
  return new Map(
    NAMES.map((name, at) => [name, log.subarray(ends[2 - at], ends[3 - at])] as const),
  );
}

/** Copies `root`, records the set into the copy, and returns all that is there then. */
function recordedInto(root: Contents, setting: Setting): Contents {
  using copy = place();
  const { environment = {}, flags = ["--threads", "0"], order = [2, 1, 0] } = setting;
  const isReversed = setting.isReversed === true;
  const logs = join(copy.dir, "log");
  fill(copy.root, root, isReversed);
  fill(logs, rotated(), isReversed);
  const files = order.map((at) => join(logs, NAMES[at] ?? ""));
  const args = ["ingest", ...files, "--data", copy.root, ...flags];
  const { status, err } = ritma(args, [process.execPath], environment);
  assert.equal(status, 0, err);
  return contentsOf(copy.root);
}

for (const [privacy, settings] of [
  ["raw", SETTINGS],
  ["hash-only", SETTINGS.slice(-1)],
] as const) {
  test(`${privacy}: no file depends on where and how it was made`, () => {
    using made = madePlace("--privacy", privacy);
    const root = contentsOf(made.root);
    const wanted = recordedInto(root, { name: "as it is" });
    const paths = [...wanted.keys()];
    for (const kind of ["blocks/", "entities.cbor.zst", "hour_root.sig", "_tlog/checkpoint"]) {
      assert.ok(
        paths.some((path) => path.includes(kind)),
        kind,
      );
    }
    for (const setting of settings) {
      const found = recordedInto(root, setting);
      assert.deepEqual([...found.keys()], paths, setting.name);
      const different = paths.filter((path) => !isSame(found.get(path), wanted.get(path)));
      assert.deepEqual(different, [], setting.name);
    }
  });
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}
