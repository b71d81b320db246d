/**
 * The socket on which auditd's `af_unix` plugin offers its records, as a stream of bytes.
 *
 * Source: af_unix_plugin(8): a stream socket, records as lines of text.
 *
 * @module
 */
import { connect } from "node:net";
import { RitmaError } from "./error.ts";

/** @throws RitmaError `input/missing`, `input/denied`, `disk/io` at the first read */
export async function* readSocket(path: string): AsyncGenerator<Uint8Array> {
  const socket = connect(path);
  try {
    for await (const chunk of socket) if (chunk instanceof Uint8Array) yield chunk;
  } catch (error) {
    throw translated(error, path);
  } finally {
    socket.destroy();
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
