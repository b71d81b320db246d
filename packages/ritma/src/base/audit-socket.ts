/**
 * The socket on which auditd's `af_unix` plugin offers its records, as a stream of bytes.
 *
 * Source: af_unix_plugin(8): a stream socket, records as lines of text.
 *
 * @module
 */
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { RitmaError } from "./error.ts";
import { RECONNECT_MS } from "./limits.ts";

/**
 * Connects again when the other end goes away, as it does when auditd is started anew.
 *
 * @throws RitmaError `input/missing`, `input/denied`, `disk/io` when it cannot connect at first
 */
export async function* readSocket(path: string, stop: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let hasConnected = false; !stop.aborted;) {
    const socket = connect(path);
    const end = (): void => void socket.destroy();
    stop.addEventListener("abort", end, { once: true });
    socket.once("connect", () => {
      hasConnected = true;
    });
    try {
      for await (const chunk of socket) if (chunk instanceof Uint8Array) yield chunk;
    } catch (error) {
      if (!hasConnected && !stop.aborted) throw translated(error, path);
    } finally {
      stop.removeEventListener("abort", end);
      socket.destroy();
    }
    await pause(stop);
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(RECONNECT_MS, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function translated(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const cause = { cause: error };
  const code = String(error.code);
  if (code === "EACCES") return new RitmaError("input/denied", `${path} may not be read`, cause);
  if (code === "ENOENT" || code === "ECONNREFUSED") {
    return new RitmaError("input/missing", `nobody offers records at ${path}`, cause);
  }
  return new RitmaError("disk/io", `${path}: ${error.message}`, cause);
}
