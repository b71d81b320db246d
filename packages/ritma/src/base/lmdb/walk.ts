/**
 * Finds out whether an LMDB file can be opened and read from one end to the other, without trying
 * it here: a damaged one kills who does.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { RitmaError } from "../error.ts";
import { TABLE_WALK_MS_MAX } from "../limits.ts";
import { WALK_UNAVAILABLE } from "./walk-child.ts";

const CHILD = fileURLToPath(new URL("walk-child.ts", import.meta.url));

/**
 * Makes a lock file beside `path`.
 *
 * @returns how many entries it has, null when the child died or gave up.
 * @throws RitmaError `beat/unavailable` where LMDB does not run
 */
export async function walkThrough(path: string): Promise<number | null> {
  const child = spawn(process.execPath, [CHILD, path], {
    env: {},
    stdio: ["ignore", "pipe", "ignore"],
    timeout: TABLE_WALK_MS_MAX,
    killSignal: "SIGKILL",
  });
  const told: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => void told.push(chunk));
  let ended: unknown[];
  try {
    ended = await once(child, "close");
  } catch (cause) {
    throw new RitmaError("beat/unavailable", "no process can be started", { cause });
  }
  if (ended[0] === 0) return Number(Buffer.concat(told).toString());
  if (ended[0] !== WALK_UNAVAILABLE) return null;
  throw new RitmaError("beat/unavailable", "LMDB cannot be loaded");
}
