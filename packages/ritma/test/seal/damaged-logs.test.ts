/**
 * Goal: a recorder never goes on from logs of a generation that are not those it sealed.
 *
 * Method: each byte of both logs changed, one at a time, and the store opened again.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { conesPath, entitiesPath } from "@ritma/evidence";
import type { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { bytesOf, memoryInput, opened } from "../recorder/audit-lines.ts";
import { open, OUT, recorded } from "../recorder/recording.ts";

async function rewrite(disk: SimDisk, path: string, bytes: Uint8Array): Promise<void> {
  await disk.truncate(path, 0);
  await using file = await disk.append(path);
  await file.write(bytes);
}

const lines = Array.from({ length: 60 }, (_, at) =>
  opened(`09:${String(at).padStart(2, "0")}:00`, at + 1),
);
const whole = await recorded([[memoryInput(bytesOf(...lines))]]);

for (const path of [entitiesPath(1), conesPath(1)]) {
  test(`${path}: every byte changed is damage, named`, async () => {
    const sealed = await whole.read(`${OUT}/${path}`);
    assert.ok(sealed.length > 20, `${sealed.length} bytes`);
    for (let at = 0; at < sealed.length; at += 1) {
      const disk = whole.snapshot();
      await rewrite(
        disk,
        `${OUT}/${path}`,
        sealed.map((byte, index) => (index === at ? byte ^ 0x81 : byte)),
      );
      await assert.rejects(
        open(disk),
        (error) =>
          error instanceof RitmaError &&
          error.code === "store/damaged" &&
          /ctgf\/cones|generation 1/.test(error.message),
        `byte ${at}`,
      );
    }
  });
}
