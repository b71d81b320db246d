/**
 * What the tests of disks share: text and bytes, codes, and the content of a disk as one line.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Disk, FileHandle } from "../../src/base/disk/disk.ts";
import { type ErrorCode, RitmaError } from "../../src/base/error.ts";

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The call is refused with this code. */
export async function refuses(code: ErrorCode, call: () => Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof RitmaError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  });
}

/** Makes a file, syncs nothing and leaves it open. */
export async function put(disk: Disk, path: string, text: string): Promise<FileHandle> {
  const file = await disk.create(path);
  await file.write(bytesOf(text));
  return file;
}

export async function syncDir(disk: Disk, path: string): Promise<void> {
  await using dir = await disk.openDir(path);
  await dir.sync();
}

/** Everything on a disk: `a=text b/ b/c=`. A zero byte is 0, what is no name is a question mark. */
export async function show(disk: Disk, dir = ""): Promise<string> {
  const shown: string[] = [];
  for (const { name, kind } of await disk.list(`${dir}/`)) {
    const path = `${dir}/${name}`;
    if (kind === "dir") shown.push(`${path.slice(1)}/`, await show(disk, path));
    else shown.push(`${path.slice(1)}=${escaped(textOf(await disk.read(path)))}`);
  }
  return shown.filter((each) => each !== "").join(" ");
}

function escaped(text: string): string {
  return text.replaceAll("\0", "0").replaceAll(/[^\w!.-]/gu, "?");
}
