/**
 * Whether a record is still of the process that its pid had, and who ran under its ppid.
 *
 * @module
 */
import type { ProcessKey } from "@ritma/evidence";
import { type Identity, sameImage } from "./identities.ts";
import type { NodeState } from "./node-state.ts";
import type { Moment, TrackedProcess } from "./process.ts";

/** Threads of a process that ended can be heard of for a moment; no pid comes back so soon. */
const LINGER_US = 100_000;

/** True when the record cannot be of `known`: it has ended, or this is another image. */
export function isOver(
  known: TrackedProcess,
  moment: Moment,
  ppid: number,
  identity: Identity,
): boolean {
  if (known.identity !== identity && !sameImage(known.identity.exe, identity.exe)) return true;
  return hasEnded(known, moment, ppid);
}

export function hasEnded(known: TrackedProcess, moment: Moment, ppid: number): boolean {
  if (known.exitTime >= 0 && moment.time > known.exitTime + LINGER_US) return true;
  const { successor } = known;
  return successor?.forker.key.pid === ppid && moment.time >= successor.time;
}

/** Who runs under `ppid` at that moment, or null. */
export function parentKey(
  node: NodeState,
  pid: number,
  ppid: number,
  moment: Moment,
): ProcessKey | null {
  const parent = ppid === pid ? undefined : node.processes.get(ppid);
  if (parent === undefined) return null;
  if (parent.exitTime >= 0 && moment.time > parent.exitTime + LINGER_US) return null;
  if (parent.birth === "inferred" || !parent.isAfter(moment)) return parent.key;
  return parent.previous === null ? parent.parent : parent.previous.key;
}
