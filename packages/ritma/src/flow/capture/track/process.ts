/**
 * One process as the tracker sees it: a program image in one pid, and what is known of its state.
 *
 * @module
 */
import type { Birth, EntityRef, ProcessKey, Value } from "@ritma/evidence";
import type { Descriptors } from "./descriptors.ts";
import type { Identity } from "./identities.ts";
import type { NodeState } from "./node-state.ts";
import type { RawPath } from "./raw-path.ts";

/** The place of an event in a node's history. */
export interface Moment {
  readonly time: number;
  readonly serial: number;
}

/** A child that a call returned and that has not said anything yet. */
export interface PendingFork extends Moment {
  readonly forker: TrackedProcess;
  /** The forker's at the fork. */
  readonly identity: Identity;
  readonly descriptors: Descriptors;
}

/** How a process began. */
export interface Origin {
  readonly key: ProcessKey;
  readonly birth: Birth;
  readonly parent: ProcessKey | null;
  readonly ppid: number;
  readonly identity: Identity;
  readonly descriptors: Descriptors;
  /** Null where absent. */
  readonly container?: Value | null;
}

export class TrackedProcess {
  readonly node: NodeState;
  readonly key: ProcessKey;
  readonly birth: Birth;
  readonly parent: ProcessKey | null;
  readonly ref: EntityRef;
  readonly container: Value | null;
  /** As last seen: 1 for an orphan. -1 as long as no record told. */
  ppid: number;
  /** As last seen. */
  identity: Identity;
  descriptors: Descriptors;
  /** As last seen; null when no record told. */
  cwd: Uint8Array | null = null;
  directory: RawPath | null = null;
  /** Time of its end, -1 while it lives. */
  exitTime = -1;
  /** The image that this one replaced in its pid, for events that come late. */
  previous: TrackedProcess | null = null;
  /** A fork that returned this pid again while the process seemed alive. */
  successor: PendingFork | null = null;
  /** Neighbours in the order of last use, over all nodes. */
  older: TrackedProcess | null = null;
  newer: TrackedProcess | null = null;

  constructor(node: NodeState, origin: Origin, ref: EntityRef) {
    this.node = node;
    this.key = origin.key;
    this.birth = origin.birth;
    this.parent = origin.parent;
    this.ppid = origin.ppid;
    this.identity = origin.identity;
    this.descriptors = origin.descriptors;
    this.ref = ref;
    this.container = origin.container ?? null;
  }

  /**
   * True for a moment before this image began. A fork's serial is drawn when the call returns, and
   * by then the child may have spoken; its time is drawn when the call begins.
   */
  isAfter({ time, serial }: Moment): boolean {
    const { start } = this.key;
    if (time !== start) return time < start;
    return this.birth !== "fork" && serial < this.key.serial;
  }
}
