/**
 * The flags of an exec.
 *
 * @module
 */
import { encodeUtf8 } from "@ritma/evidence";
import type { AuditEvent, SyscallRecord } from "../audit-event.ts";
import { succeeded } from "./call-values.ts";
import { isGone, startsWith } from "./raw-path.ts";

const SCRIPT = 1;
const GONE = 2;
const BY_DESCRIPTOR = 4;

const SLASH = 0x2f;

/** How the dynamic linkers of all ports and libraries are named. */
const LINKERS = ["ld-", "ld.", "ld64", "linker"].map(encodeUtf8);
/** What fexecve names where execveat cannot be given an empty path. */
const DESCRIPTOR_PATHS = ["/proc/self/fd/", "/dev/fd/"].map(encodeUtf8);

export function programFlags(event: AuditEvent, call: SyscallRecord): number {
  const name = event.paths[0]?.info.name ?? null;
  let flags = 0;
  if (succeeded(call)) {
    const { exe } = call.subject;
    if (isScript(event)) flags |= SCRIPT;
    if (exe !== null && isGone(exe)) flags |= GONE;
  }
  const empty = call.name === "execveat" && event.paths.length > 0 && (name?.length ?? 0) === 0;
  const named = name !== null && DESCRIPTOR_PATHS.some((path) => startsWith(name, path));
  return empty || named ? flags | BY_DESCRIPTOR : flags;
}

/**
 * The kernel looks up what it runs (item 0) and then what that asks for (item 1): the dynamic
 * linker of a program, or the interpreter of a script or of a foreign binary.
 */
function isScript({ paths }: AuditEvent): boolean {
  const name = paths[1]?.info.name;
  if (name === undefined || name === null) return false;
  const base = name.subarray(name.lastIndexOf(SLASH) + 1);
  return !LINKERS.some((linker) => startsWith(base, linker));
}
