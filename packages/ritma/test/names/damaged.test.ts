/**
 * Goal: whatever lies where the index should, the process that asks goes on: it gets an answer, or
 * the code `index/damaged`. A file that is not what was built is not even opened.
 *
 * Method: real files, cut, overwritten at random places and replaced, under the digest of what was
 * built and under their own. The second may crash the reading process; that is what it is for.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { encodeEntity } from "@ritma/evidence";
import fc from "fast-check";
import { RitmaError } from "../../src/base/error.ts";
import { TableHost } from "../../src/base/lmdb/table-host.ts";
import { TableReader } from "../../src/base/lmdb/table-reader.ts";
import { type SealedTable, type TableEntry, writeTable } from "../../src/base/lmdb/table-writer.ts";
import { bucketKey, encodeHead, HEAD_KEY, pageKey } from "../../src/stores/names/layout.ts";
import { buildNames, type NamesPlace } from "../../src/stores/names/names-builder.ts";
import { openNames } from "../../src/stores/names/names-reader.ts";
import { refuses } from "../base/disk-helpers.ts";
import { file, numbered, path, place, primitives } from "./dictionary.ts";

const FILES = Array.from({ length: 5_000 }, (_, inode) =>
  file(`/srv/${inode % 91}/${inode}`, inode),
);

interface Built extends NamesPlace {
  readonly dir: string;
  readonly sealed: SealedTable;
  readonly bytes: Uint8Array;
}

async function build(context: TestContext): Promise<Built> {
  const at = place(context);
  const sealed = await buildNames(at, primitives, numbered(1, FILES));
  return { ...at, sealed, bytes: new Uint8Array(readFileSync(at.path)) };
}

/** As a statement would seal it that somebody signed without looking. */
function sealedAs(bytes: Uint8Array): SealedTable {
  const sha256 = createHash("sha256").update(bytes).digest();
  return { length: bytes.length, sha256: new Uint8Array(sha256) };
}

function put({ path }: NamesPlace, bytes: Uint8Array): void {
  writeFileSync(path, bytes);
}

/** Asks for much of the file. @returns how often the answer was not an entity that was put in. */
async function askAll(built: Built, sealed: SealedTable): Promise<number> {
  await using names = await openNames(primitives, built.path, sealed);
  let wrong = 0;
  for (let id = 1; id <= FILES.length; id += 499) {
    const entity = await names.entity(1, id);
    if (entity?.toHex() !== encodeEntity(FILES[id - 1] ?? file("/", 0)).toHex()) wrong += 1;
    await names.find({ kind: "path", path: path(`/srv/${(id - 1) % 91}/${id - 1}`) });
  }
  return wrong;
}

test("another length or digest than was built: refused before anything opens", async (context) => {
  const built = await build(context);
  const changed = built.bytes.slice();
  changed[40_000] = (changed[40_000] ?? 0) ^ 1;
  for (const bytes of [changed, built.bytes.subarray(0, -1), new Uint8Array(0)]) {
    put(built, bytes);
    const opened = openNames(primitives, built.path, built.sealed);
    await assert.rejects(opened, (error) => {
      assert.ok(error instanceof RitmaError);
      assert.equal(error.code, "index/damaged");
      assert.match(error.message, /another digest|and was built with/u);
      return true;
    });
  }
  put(built, built.bytes);
  assert.equal(await askAll(built, built.sealed), 0);
});

test("no file, a link, a pipe", { timeout: 20_000 }, async (context) => {
  const built = await build(context);
  const open = async (name: string): Promise<void> => {
    await using _ = await openNames(primitives, name, built.sealed);
  };
  await refuses("disk/missing", async () => await open(`${built.path}.no`));
  symlinkSync(built.path, `${built.path}.link`);
  await refuses("disk/wrong-kind", async () => await open(`${built.path}.link`));
  execFileSync("mkfifo", [`${built.path}.pipe`]);
  await refuses("disk/wrong-kind", async () => await open(`${built.path}.pipe`));
});

test("what is no table, under its own digest, is damage", async (context) => {
  const built = await build(context);
  const texts = [new Uint8Array(0), new Uint8Array(100).fill(65), new Uint8Array(65_536)];
  for (const bytes of [...texts, built.bytes.subarray(4_096), built.bytes.slice(0, 5_000)]) {
    put(built, bytes);
    await refuses("index/damaged", async () => await askAll(built, sealedAs(bytes)));
  }
});

test("cut at any page, the reader dies and nobody else", { timeout: 60_000 }, async (context) => {
  const built = await build(context);
  for (let pages = 1; pages < 12; pages += 2) {
    const bytes = built.bytes.subarray(0, pages * 4_096);
    put(built, bytes);
    await refuses("index/damaged", async () => await askAll(built, sealedAs(bytes)));
  }
});

test(
  "overwritten at random, the reader dies and nobody else",
  { timeout: 120_000 },
  async (context) => {
    const built = await build(context);
    const where = fc.nat({ max: built.bytes.length - 1 });
    const flips = fc.array(fc.tuple(where, fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 400,
    });
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        const bytes = built.bytes.slice();
        for (const [at, by] of changes) bytes[at] = (bytes[at] ?? 0) ^ by;
        put(built, bytes);
        try {
          await askAll(built, sealedAs(bytes));
        } catch (error) {
          assert.ok(error instanceof RitmaError, String(error));
          assert.equal(error.code, "index/damaged");
        }
      }),
      { numRuns: 20 },
    );
  },
);

test("a table that is none of names, or lies about them", async (context) => {
  const at = place(context);
  const head = encodeHead([{ generation: 1, firstId: 1, lastId: 9, bucketBits: 0 }]);
  const tables: (readonly (readonly [Uint8Array, Uint8Array])[])[] = [
    [[Uint8Array.of(1), Uint8Array.of(2)]],
    [[HEAD_KEY, Uint8Array.of(2)]],
    [
      [pageKey(0, 0), Uint8Array.of(1, 2, 3)],
      [HEAD_KEY, head],
    ],
    [
      [bucketKey(0, 0), Uint8Array.of(0xff, 0xff)],
      [HEAD_KEY, head],
    ],
  ];
  for (const table of tables) {
    async function* entries(): AsyncGenerator<TableEntry> {
      for (const [key, value] of table) yield { key, value };
    }
    const sealed = await writeTable(at.disk, at.path, at.scratch, entries());
    await refuses("index/damaged", async () => {
      await using names = await openNames(primitives, at.path, sealed);
      await names.find({ kind: "path", path: path("/etc") });
      await names.entity(1, 1);
    });
  }
});

test("when its reader is killed, an open index refuses, again and again", async (context) => {
  const built = await build(context);
  await using table = await TableReader.open(built.path, built.sealed);
  assert.ok((await table.get(HEAD_KEY)) !== null);
  assert.equal(await table.get(Uint8Array.of(9)), null);
  process.kill(table.pid, "SIGSEGV");
  for (let tries = 0; tries < 3; tries += 1) {
    await refuses("index/damaged", async () => await table.get(HEAD_KEY));
  }
});

async function* headAlone(): AsyncGenerator<TableEntry> {
  yield { key: HEAD_KEY, value: Uint8Array.of(7) };
}

test("tables in one process have their own values, and are closed alone", async (context) => {
  const [one, other] = [await build(context), place(context)];
  const sealed = await writeTable(other.disk, other.path, other.scratch, headAlone());
  await using host = await TableHost.start();
  await using first = await TableReader.open(one.path, one.sealed, host);
  const second = await TableReader.open(other.path, sealed, host);
  assert.equal(first.pid, second.pid);
  const heads = await Promise.all([first.get(HEAD_KEY), second.get(HEAD_KEY)]);
  assert.deepEqual(heads[1], Uint8Array.of(7));
  assert.ok((heads[0]?.length ?? 0) > 1);
  await second[Symbol.asyncDispose]();
  await refuses("index/damaged", async () => await second.get(HEAD_KEY));
  assert.deepEqual(await first.get(HEAD_KEY), heads[0]);
  process.kill(first.pid, "SIGKILL");
  await refuses("index/damaged", async () => await first.get(HEAD_KEY));
  await refuses("index/damaged", async () => await TableReader.open(other.path, sealed, host));
  assert.equal(host.isAlive, false);
});

test("a reader that hangs is given up", { timeout: 60_000 }, async (context) => {
  const built = await build(context);
  await using host = await TableHost.start(3_000);
  await using table = await TableReader.open(built.path, built.sealed, host);
  process.kill(table.pid, "SIGSTOP");
  await refuses("index/damaged", async () => await table.get(HEAD_KEY));
});

test("nothing is left among the temporary files", async (context) => {
  const built = await build(context);
  const [temporary, cut] = [`${built.dir}/temporary`, built.bytes.subarray(0, 4_096)];
  mkdirSync(temporary);
  writeFileSync(`${built.path}.cut`, cut);
  const module = JSON.stringify(join(import.meta.dirname, "../../src/base/lmdb/table-reader.ts"));
  const tables = [
    [built.path, built.sealed],
    [`${built.path}.cut`, sealedAs(cut)],
  ] as const;
  const script = tables
    .map(
      ([path, { length, sha256 }], at) => `
        const sealed${at} = { length: ${length}, sha256: Uint8Array.fromHex("${sha256.toHex()}") };
        const opened${at} = TableReader.open(${JSON.stringify(path)}, sealed${at});
        await opened${at}.then((table) => table[Symbol.asyncDispose](), () => null);`,
    )
    .join("");
  execFileSync(
    process.execPath,
    ["--input-type=module", "--eval", `import { TableReader } from ${module};${script}`],
    { env: { TMPDIR: temporary } },
  );
  assert.deepEqual(readdirSync(temporary), []);
});
