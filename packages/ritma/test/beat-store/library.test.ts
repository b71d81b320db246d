/**
 * Goal: what the header of `ritma/beat` shows works as it stands there, over processes' lives, and
 * one process at a time.
 *
 * Method: the package imported by its name, on the real disk.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { BEAT_ENGINES, BeatTree, openBeatStore, Operations, recordKey } from "ritma/beat";

function folder(context: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "ritma-beat-"));
  context.after(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, "beats");
}

for (const engine of BEAT_ENGINES) {
  test(`${engine}: what was put is there when it is opened again`, async (t) => {
    const dir = folder(t);
    const key = recordKey("name", [], new Uint8Array(8));
    {
      await using beats = await openBeatStore({ dir, engine });
      const { cells } = beats.store;
      await new Operations(beats.store, () => {}).boot();
      await beats.store.apply(async (beat) => {
        await cells.put(beat, "notes", ["host"], new TextEncoder().encode("web-01"));
      });
      await beats.store.append("notes", [{ key, body: Uint8Array.of(0, 65) }]);
    }
    await using beats = await openBeatStore({ dir, engine });
    const read = await beats.store.cells.get("notes", ["host"]);
    assert.equal(new TextDecoder().decode(read?.bytes ?? undefined), "web-01");
    assert.deepEqual((await beats.store.get("notes", key))?.body, Uint8Array.of(0, 65));
    const names = (await new BeatTree(beats.store).list([])).map(({ name }) => name);
    assert.deepEqual(names, ["cas", "data", "notes", "rt"]);
  });
}

test("a second opener is refused, and the id stays", async (t) => {
  const dir = folder(t);
  let id = new Uint8Array(0);
  {
    await using beats = await openBeatStore({ dir });
    id = beats.storeId.slice();
    await assert.rejects(openBeatStore({ dir }), { code: "store/busy" });
  }
  await using beats = await openBeatStore({ dir });
  assert.deepEqual(beats.storeId, id);
});

test("a damaged id is not replaced", async (t) => {
  const dir = folder(t);
  await (await openBeatStore({ dir }))[Symbol.asyncDispose]();
  writeFileSync(join(dir, "store.id"), "nothing\n");
  await assert.rejects(openBeatStore({ dir }), { code: "store/damaged" });
});
