/**
 * From the kernel's error names to ours.
 *
 * @module
 */
import { type ErrorCode, RitmaError } from "../error.ts";

/** What is not named here is `disk/io`. */
const CODES: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ["ENOENT", "disk/missing"],
  ["EEXIST", "disk/exists"],
  ["ENOSPC", "disk/full"],
  ["EDQUOT", "disk/full"],
  ["EFBIG", "disk/full"],
  ["EACCES", "disk/denied"],
  ["EPERM", "disk/denied"],
  // Node.js's own, under --permission.
  ["ERR_ACCESS_DENIED", "disk/denied"],
  ["EROFS", "disk/read-only"],
  ["ELOOP", "disk/wrong-kind"],
  ["EISDIR", "disk/wrong-kind"],
  ["ENOTDIR", "disk/wrong-kind"],
  // A named pipe nobody reads, or a socket, opened for writing.
  ["ENXIO", "disk/wrong-kind"],
]);

/** The kernel's name for the failure ("ENOENT"), or undefined when `error` is no failed call. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  if (error.code === "ERR_ACCESS_DENIED") return error.code;
  if (!("syscall" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

export function isErrno(error: unknown, name: string): boolean {
  return codeOf(error) === name;
}

/** The operating error for a failed call. The message names the path and the kernel's words. */
export function refusal(path: string, error: unknown): RitmaError {
  const code = CODES.get(codeOf(error) ?? "") ?? "disk/io";
  const words = error instanceof Error ? error.message.replace(/, \w+( '.*)?$/su, "") : "failed";
  return new RitmaError(code, `${path}: ${words}`, { cause: error });
}
