/**
 * Goal: whatever lies in a store, verification ends soon, in bounded memory, with a report.
 *
 * Method: garbage in every file, from random bytes to heads that declare more than there is; many
 * files changed at once; then sheer numbers. What is sealed properly and hostile all the same is in
 * `hostile-sealed.test.ts`.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeLogEntry } from "@ritma/evidence";
import { array, assert as forAll, asyncProperty, constantFrom, nat, uint8Array } from "fast-check";
import { bytesAt } from "./forge.ts";
import { missed } from "./mutation.ts";
import { primitives, sealStore, SMALL } from "./reference-store.ts";
import { verifying } from "./verifying.ts";

const store = await sealStore(SMALL);
const { files } = store;
const paths = [...files.keys()];
const { verify, refuse } = verifying(store);

/** Beginnings that make a careless reader allocate, recurse or loop. */
const GARBAGE: readonly (readonly [string, Uint8Array])[] = [
  ["an array of 2^53 items", Uint8Array.fromHex("9b001fffffffffffff")],
  ["an array of 2^32 items", Uint8Array.fromHex("9affffffff")],
  ["a byte string of 2^63 bytes", Uint8Array.fromHex("5b7fffffffffffffff")],
  ["a map of 2^32 pairs", Uint8Array.fromHex("baffffffff")],
  ["an indefinite array", Uint8Array.fromHex("9f")],
  ["arrays in arrays", new Uint8Array(1_000_000).fill(0x81)],
  ["arrays of arrays of arrays", new Uint8Array(1_000_000).fill(0x9f)],
  ["tags in tags", new Uint8Array(1_000_000).fill(0xd2)],
  ["zeros", new Uint8Array(1_000_000)],
  ["nulls", new Uint8Array(1_000_000).fill(0xf6)],
  ["newlines", new Uint8Array(100_000).fill(10)],
];

test("garbage in the place of any file", async () => {
  for (const [kind, [name, bytes]] of GARBAGE.entries()) {
    for (const [at, path] of paths.entries()) {
      if ((at + kind) % 6 !== 0) continue;
      const head = (files.get(path) ?? bytes).subarray(0, 20);
      const contents = [bytes, Uint8Array.of(...head, ...bytes.subarray(0, 1000))];
      for (const content of contents) {
        const attack = { name, files: new Map(files).set(path, content), changed: [path] };
        assert.equal(await missed(attack, primitives, store.trust), null);
      }
    }
  }
});

test("any number of files with any bytes changed, cut or made longer gives a report", async () => {
  const edit = array(
    nat().chain((number) =>
      array(nat(), { minLength: 1, maxLength: 4 }).map((offsets) => ({ number, offsets })),
    ),
    { minLength: 1, maxLength: 6 },
  );
  await forAll(
    asyncProperty(
      edit,
      constantFrom(0, 1, 3),
      uint8Array({ maxLength: 9 }),
      async (edits, cut, more) => {
        const changed = new Map(files);
        for (const { number, offsets } of edits) {
          const path = paths[number % paths.length] ?? "";
          const bytes = bytesAt(files, path).slice(cut);
          for (const offset of offsets) bytes[offset % bytes.length] = offset;
          changed.set(path, Uint8Array.of(...bytes, ...more));
        }
        const { result } = await verify(changed);
        assert.ok(
          result === "TAMPERED" || [...changed].every(([path, bytes]) => same(bytes, path)),
        );
      },
    ),
    { numRuns: 300 },
  );
});

function same(bytes: Uint8Array | null, path: string): boolean {
  return bytes !== null && Buffer.compare(bytes, bytesAt(files, path)) === 0;
}

test("sixty-four thousand entries of hours that never were", async () => {
  const digest = new Uint8Array(32);
  const hostile = new Map([...files].filter(([path]) => !path.startsWith("_tlog/tile")));
  const width = 256;
  for (let bundle = 0; bundle < 250; bundle += 1) {
    const lines: Uint8Array[] = [];
    for (let at = 0; at < width; at += 1) {
      const sequence = bundle * width + at;
      const times = { t1: sequence * 3_600_000_000, t2: (sequence + 1) * 3_600_000_000 };
      const entry = encodeLogEntry({
        type: "hour",
        sequence,
        ...times,
        hourRoot: digest,
        seal: digest,
      });
      lines.push(Uint8Array.of(0, entry.length), entry);
    }
    const name = String(bundle).padStart(3, "0");
    hostile.set(`_tlog/tile/entries/${name}`, Buffer.concat(lines));
  }
  hostile.delete("_tlog/checkpoint");
  const report = await refuse(hostile, 60);
  assert.ok(report.findings.length <= 100_000, "the list has an end");
  assert.match(report.notes.join(), /more findings are not listed/u);
});

test("two hundred thousand files that nothing names", async () => {
  const hostile = new Map(files);
  for (let at = 0; at < 200_000; at += 1) hostile.set(`windows/x/${at}`, new Uint8Array(0));
  const report = await refuse(hostile, 60);
  assert.ok(report.findings.length <= 100_000);
});
