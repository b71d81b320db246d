/**
 * A real folder for an engine whose library does its own I/O.
 *
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { RealDisk } from "../../src/base/disk/real-disk.ts";
import { loadPrimitives, type NodePrimitives } from "../../src/base/primitives.ts";
import type { BeatEngine } from "../../src/stores/beat/engine.ts";
import type { Notice, NoticeSink } from "../../src/stores/beat/notice.ts";
import type { Place } from "./conformance.ts";
import { STORE } from "./records.ts";

interface LibraryOptions {
  readonly disk: RealDisk;
  readonly dir: string;
  readonly primitives: NodePrimitives;
  readonly store: Uint8Array;
  readonly notice: NoticeSink;
}

export type OpenLibrary = (options: LibraryOptions) => Promise<BeatEngine>;

/** The engine's folder is `dir`; gone when the test is over. */
export async function libraryPlace(
  context: TestContext,
  openEngine: OpenLibrary,
  { canBeDamaged }: { readonly canBeDamaged: boolean },
): Promise<Place & { readonly dir: string }> {
  const above = mkdtempSync(join(tmpdir(), "ritma-engine-"));
  const dir = join(above, "beats");
  const primitives = await loadPrimitives();
  const notices: Notice[] = [];
  const notice: NoticeSink = (each) => void notices.push(each);
  const opened: BeatEngine[] = [];
  context.after(async () => {
    for (const engine of opened) await engine[Symbol.asyncDispose]();
    rmSync(above, { recursive: true });
  });
  const open = async (store: Uint8Array = STORE): Promise<BeatEngine> => {
    const engine = await openEngine({ disk: new RealDisk(), dir, primitives, store, notice });
    opened.push(engine);
    return engine;
  };
  if (!canBeDamaged) return { dir, notices, open };
  return { dir, notices, open, damage: async (bytes) => flipWhere(dir, bytes) };
}

/** Files below `dir`, with their paths. */
export function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile())
    .toSorted();
}

/** Changes one byte in the middle of each place. @returns how many there are */
function flipWhere(dir: string, wanted: Uint8Array): number {
  let places = 0;
  for (const path of filesBelow(dir)) {
    const content = readFileSync(path);
    for (let at = content.indexOf(wanted); at !== -1; at = content.indexOf(wanted, at + 1)) {
      const middle = at + (wanted.length >> 1);
      content[middle] = (content[middle] ?? 0) ^ 0x20;
      places += 1;
    }
    writeFileSync(path, content);
  }
  return places;
}
