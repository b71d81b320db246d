/**
 * Goal: a sealed store gives back exactly the atoms and entities that the sealer handed to the
 * press.
 *
 * Method: the two small recordings of test/compat in both privacy modes; then the same with one
 * thing changed in what was given, which the comparison must count. `npm run campaign:exact` does
 * this for every recording at hand.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AtomTable, PRIVACY_MODES, type PrivacyMode } from "@ritma/evidence";
import { openInput } from "../../packages/ritma/src/base/disk/input-file.ts";
import { type Recording, recordingPath, RECORDINGS } from "../compat/golden.ts";
import { compare } from "./compare.ts";
import { type Given, type Recorded, recordKeeping } from "./recorded.ts";

async function recorded(name: Recording, privacy: PrivacyMode): Promise<Recorded> {
  await using input = await openInput(recordingPath(name));
  return await recordKeeping([input], privacy);
}

for (const name of RECORDINGS) {
  for (const privacy of PRIVACY_MODES) {
    test(`${name}, ${privacy}: what was sealed is what was given`, async () => {
      const { events, given, files } = await recorded(name, privacy);
      const { atoms, entities, mismatches } = compare(given, files);
      assert.equal(mismatches, 0);
      assert.ok(events > 400 && atoms > events && entities > 100, `${events} ${atoms} ${entities}`);
    });
  }
}

test("one atom or entity that is another, missing or too many is counted", async () => {
  const { given, files } = await recorded("pod-pidns", "raw");
  const [window, ...windows] = given.windows;
  const [piece, ...pieces] = given.entities;
  assert.ok(window !== undefined && piece !== undefined);
  const changes: readonly ((table: AtomTable) => void)[] = [
    (table) => table.time.set([1000], 3),
    (table) => table.num.set([12_345], 3),
    (table) => table.arg.set([7_654_321], 3),
    (table) => void (table.length -= 1),
    (table) => table.copy(table, 0),
  ];
  for (const change of changes) {
    const table = new AtomTable();
    for (let row = 0; row < window.table.length; row += 1) table.copy(window.table, row);
    change(table);
    const other: Given = { ...given, windows: [{ ...window, table }, ...windows] };
    assert.ok(compare(other, files).mismatches > 0);
  }
  const bytes = piece.bytes.with(5, (piece.bytes[5] ?? 0) ^ 1);
  const changed = { ...given, entities: [{ ...piece, bytes }, ...pieces] };
  assert.equal(compare(changed, files).mismatches, 1);
  assert.ok(compare({ ...given, entities: pieces }, files).mismatches > 0);
  assert.ok(compare({ ...given, windows }, files).mismatches > 0);
});
