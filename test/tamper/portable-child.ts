/**
 * Verifies a store that comes in on standard input, with no permission but to read the package, and
 * with what Node.js adds to JavaScript taken away.
 *
 * Run by `portable.test.ts`, as a process of its own.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { type FileTree, fingerprint, verifyStore } from "../../packages/evidence/src/index.ts";
import { primitives } from "../../packages/evidence/test/primitives.ts";

interface Input {
  readonly trust: string;
  /** Path and base64. */
  readonly files: readonly (readonly [path: string, bytes: string])[];
}

/** Globals of Node.js that no browser has, or that reach out of the program. */
const NODE_GLOBALS = [
  "Buffer",
  "process",
  "global",
  "setImmediate",
  "clearImmediate",
  "setTimeout",
  "setInterval",
  "fetch",
  "WebSocket",
  "performance",
  "crypto",
] as const;

function canRead(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ERR_ACCESS_DENIED") return false;
    throw error;
  }
}

function treeOf({ files }: Input): FileTree {
  const content = new Map(files.map(([path, bytes]) => [path, Uint8Array.fromBase64(bytes)]));
  return {
    list: () =>
      Promise.resolve(
        [...content].map(([path, bytes]) => ({
          path,
          length: bytes.length,
          kind: "file" as const,
        })),
      ),
    read: (path) => Promise.resolve(content.get(path) ?? new Uint8Array(0)),
  };
}

const { stdin, stdout } = process;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own test sent it.
const input = JSON.parse(await text(stdin)) as Input;
const confined = !canRead("/etc/passwd");
for (const name of NODE_GLOBALS) Reflect.deleteProperty(globalThis, name);
const report = await verifyStore(treeOf(input), primitives, { trust: fingerprint(input.trust) });
const missing = NODE_GLOBALS.filter((name) => name in globalThis);
stdout.write(
  JSON.stringify({ confined, missing, result: report.result, atoms: report.counts.atoms }),
);
