/**
 * Which process a record speaks for.
 *
 * The kernel names a process by its pid and reuses pids within minutes. Here a process is one image
 * in one pid, and it exists from its first record on:
 *
 * - a pid never seen that a fork of its ppid returned was born by that fork; any other is inferred;
 * - a successful exec begins a new process. Its parent is the image it replaced, or, where that one
 *   never said anything, what would have been that one's parent;
 * - one that was observed in /proc began when that says, and so did those above it, though they
 *   said nothing;
 * - a pid is another process after exit_group, after another fork that returned it, or with another
 *   executable. An orphan (ppid 1) stays who it was.
 *
 * Invariant: a parent's key always names a process that has atoms of its own; `announce` gives one
 * to those that have no record.
 * Invariant: at most LIVE_PROCESSES_MAX are remembered; the one not heard of for longest is
 * dropped. One that ended is dropped ENDED_KEPT_US later: nothing but late events could name it.
 *
 * Format: spec/08-projection.md, "Processes".
 *
 * @module
 */
import { encodeEntity, entityRef, type ProcessKey, type Value } from "@ritma/evidence";
import type { ObservedProcess } from "../../../base/disk/process-table.ts";
import { ANCESTORS_MAX, LIVE_PROCESSES_MAX, PROCESS_START_ERROR_US } from "../../../base/limits.ts";
import type { Containers } from "./containers.ts";
import { Descriptors } from "./descriptors.ts";
import { EndedProcesses } from "./ended-processes.ts";
import { type Identity, sameImage } from "./identities.ts";
import type { NodeState } from "./node-state.ts";
import type { ObservedProcesses } from "./observed-processes.ts";
import { type Moment, type Origin, type PendingFork, TrackedProcess } from "./process.ts";
import { Recency } from "./recency.ts";
import { hasEnded, isOver, parentKey } from "./succession.ts";

const INIT = 1;

/** What was seen of processes outside of the log. */
export interface Sightings {
  readonly containers: Containers;
  readonly observed: ObservedProcesses;
  readonly identityOf: (process: ObservedProcess) => Identity;
  /** Told of a process that was made of a sighting alone, before anything names it. */
  readonly announce: (process: TrackedProcess) => void;
}

export class Processes {
  readonly counts = { processes: 0, inferred: 0, evictedProcesses: 0 };
  readonly #recency = new Recency();
  readonly #ended = new EndedProcesses();
  readonly #sightings: Sightings;

  constructor(sightings: Sightings) {
    this.#sightings = sightings;
  }

  /** The process of a record, begun if it is new. @param ppid -1 when the record has none. */
  speaker(
    node: NodeState,
    moment: Moment,
    pid: number,
    ppid: number,
    identity: Identity,
  ): TrackedProcess {
    const known = node.processes.get(pid);
    if (known === undefined) return this.#begin(node, moment, pid, ppid, identity, null);
    const late = known.isAfter(moment);
    if (late && known.birth !== "inferred") {
      known.previous ??= this.#make(node, inferred(node, moment, pid, ppid, identity));
      return known.previous;
    }
    if (!late && isOver(known, moment, ppid, identity)) {
      return this.#begin(node, moment, pid, ppid, identity, known);
    }
    if (ppid > 0) known.ppid = ppid;
    this.#recency.touch(known);
    return known;
  }

  /** The process that a successful exec begins. */
  execed(
    node: NodeState,
    moment: Moment,
    pid: number,
    ppid: number,
    identity: Identity,
  ): TrackedProcess {
    const known = node.processes.get(pid) ?? null;
    if (known !== null && known.isAfter(moment)) {
      return this.#execedLate(known, moment, ppid, identity);
    }
    const replaced = known !== null && !hasEnded(known, moment, ppid) ? known : null;
    const fork = replaced === null ? node.forks.take(pid, ppid, identity, moment.time, true) : null;
    const before = replaced ?? fork;
    const made = this.#make(node, {
      key: { boot: node.boot, pid, start: moment.time, serial: moment.serial },
      birth: "exec",
      parent: before === null ? this.#parentOfExec(node, moment, pid, ppid) : keyOf(before),
      ppid,
      identity,
      descriptors: before?.descriptors.exec() ?? new Descriptors(),
    });
    made.previous = replaced;
    this.#enter(made, known);
    return made;
  }

  /** A call of `forker` returned `pid`. Nothing begins until that pid says something. */
  forked(forker: TrackedProcess, moment: Moment, pid: number): void {
    const { node, key, identity } = forker;
    const ppid = key.pid;
    if (ppid <= 0) return;
    const child = node.processes.get(pid);
    if (child !== undefined && child.ppid === ppid && child.key.start >= moment.time) return;
    const descriptors = forker.descriptors.fork();
    const { time, serial } = moment;
    const fork: PendingFork = { time, serial, forker, identity, descriptors };
    node.forks.add(pid, fork);
    if (child !== undefined) child.successor = fork;
  }

  exited(process: TrackedProcess, time: number): void {
    if (process.exitTime < 0) this.#ended.add(process);
    process.exitTime = time;
    process.descriptors.clear();
    this.#sightings.observed.gone(process.key.pid, time);
    this.#ended.take(time, (ended) => {
      const { processes } = ended.node;
      if (processes.get(ended.key.pid) !== ended) return;
      processes.delete(ended.key.pid);
      this.#recency.remove(ended);
    });
  }

  /** @returns who lives under `pid`, as far as is known. */
  find(node: NodeState, pid: number): TrackedProcess | null {
    const known = node.processes.get(pid);
    return known === undefined || known.exitTime >= 0 ? null : known;
  }

  /** Forgets a node's processes, without counting them. */
  forget(node: NodeState): void {
    for (const process of node.processes.values()) this.#recency.remove(process);
    node.processes.clear();
  }

  /** The same for a node of which there is no more room, counting those that lived. */
  evict(node: NodeState): void {
    for (const process of node.processes.values()) {
      if (process.exitTime < 0) this.counts.evictedProcesses += 1;
    }
    this.forget(node);
  }

  #begin(
    node: NodeState,
    moment: Moment,
    pid: number,
    ppid: number,
    identity: Identity,
    known: TrackedProcess | null,
  ): TrackedProcess {
    const made = this.#make(node, this.#originOf(node, moment, pid, ppid, identity, known));
    if (known !== null && made.parent === known.key) made.previous = known;
    this.#enter(made, known);
    return made;
  }

  #originOf(
    node: NodeState,
    moment: Moment,
    pid: number,
    ppid: number,
    identity: Identity,
    known: TrackedProcess | null,
  ): Origin {
    const origin = inferred(node, moment, pid, ppid, identity);
    const fork = node.forks.take(pid, ppid, identity, moment.time, false);
    if (fork === null) {
      const isNew = known === null || hasEnded(known, moment, ppid);
      if (isNew || (known.ppid !== ppid && ppid > 0)) {
        return this.#seenOrigin(node, moment, origin, known);
      }
      return { ...origin, parent: known.key, descriptors: known.descriptors.exec() };
    }
    const { forker, descriptors } = fork;
    const parent = forker.key;
    if (!sameImage(fork.identity.exe, identity.exe)) {
      return { ...origin, parent, descriptors: descriptors.exec() };
    }
    const key = { boot: node.boot, pid, start: fork.time, serial: fork.serial };
    return { key, birth: "fork", parent, ppid, identity: fork.identity, descriptors };
  }

  /** As it was observed, if that was this process; in any case its ancestors are. */
  #seenOrigin(
    node: NodeState,
    moment: Moment,
    origin: Origin,
    known: TrackedProcess | null,
  ): Origin {
    const { key, ppid, identity } = origin;
    const { pid } = key;
    const seen = this.#sightings.observed.take(pid, moment.time);
    const isOwn =
      seen !== null &&
      (ppid <= INIT || seen.ppid === ppid) &&
      sameImage(seen.executable, identity.exe) &&
      (known === null || seen.startUs > known.key.start);
    if (!isOwn) return { ...origin, parent: this.#parentOf(node, moment, pid, ppid, 0) };
    const parent = this.#parentOf(node, bornAt(seen, moment), pid, seen.ppid, 0);
    return { ...origin, key: { ...key, start: seen.startUs, serial: 0 }, parent };
  }

  /** Of an exec of which neither the image before nor the fork is known. An orphan's was seen. */
  #parentOfExec(node: NodeState, moment: Moment, pid: number, ppid: number): ProcessKey | null {
    const seen = this.#sightings.observed.take(pid, moment.time);
    const parent = ppid <= INIT ? (seen?.ppid ?? ppid) : ppid;
    return this.#parentOf(node, moment, pid, parent, 0);
  }

  /** Who runs under `ppid` at that moment; one that said nothing is made of what was observed. */
  #parentOf(
    node: NodeState,
    moment: Moment,
    pid: number,
    ppid: number,
    depth: number,
  ): ProcessKey | null {
    const heard = parentKey(node, pid, ppid, moment);
    if (heard !== null || ppid <= 0 || ppid === pid || depth === ANCESTORS_MAX) return heard;
    const known = node.processes.get(ppid) ?? null;
    if (known !== null && known.exitTime < 0) return null;
    const seen = this.#sightings.observed.take(ppid, moment.time);
    if (seen === null || (known !== null && seen.startUs <= known.key.start)) return null;
    const made = this.#make(node, {
      key: { boot: node.boot, pid: ppid, start: seen.startUs, serial: 0 },
      birth: "inferred",
      parent: this.#parentOf(node, bornAt(seen, moment), ppid, seen.ppid, depth + 1),
      ppid: seen.ppid,
      identity: this.#sightings.identityOf(seen),
      descriptors: new Descriptors(),
    });
    this.#enter(made, known);
    this.#sightings.announce(made);
    return made.key;
  }

  /** An exec whose image has spoken already takes its place; one that is long over stays behind. */
  #execedLate(
    known: TrackedProcess,
    moment: Moment,
    ppid: number,
    identity: Identity,
  ): TrackedProcess {
    const { node, previous } = known;
    const { pid } = known.key;
    const takesOver = known.birth === "inferred" && sameImage(known.identity.exe, identity.exe);
    const made = this.#make(node, {
      key: { boot: node.boot, pid, start: moment.time, serial: moment.serial },
      birth: "exec",
      parent: previous === null ? known.parent : previous.key,
      ppid,
      identity,
      descriptors: takesOver ? known.descriptors : new Descriptors(),
    });
    if (!takesOver) {
      known.previous = made;
      return made;
    }
    made.exitTime = known.exitTime;
    made.successor = known.successor;
    made.previous = previous;
    known.previous = null;
    this.#enter(made, known);
    return made;
  }

  #make(node: NodeState, origin: Origin): TrackedProcess {
    const { key, birth, parent, identity } = origin;
    const container = this.#containerOf(node, origin);
    this.counts.processes += 1;
    if (birth === "inferred") this.counts.inferred += 1;
    const bytes = encodeEntity({
      kind: "process",
      node: node.name,
      ...key,
      birth,
      parent,
      executable: identity.executable,
      name: identity.name,
      credentials: identity.credentials,
      container,
    });
    return new TrackedProcess(node, { ...origin, container }, entityRef(bytes));
  }

  /** As it was seen, else that of the image before it, or of its parent. */
  #containerOf(node: NodeState, { key, ppid }: Origin): Value | null {
    const seen = this.#sightings.containers.of(key.pid);
    if (seen !== undefined) return seen;
    const before = node.processes.get(key.pid);
    if (before?.ppid === ppid) return before.container;
    return node.processes.get(ppid)?.container ?? null;
  }

  /** Puts `made` under its pid, in the place of `known`. */
  #enter(made: TrackedProcess, known: TrackedProcess | null): void {
    if (known !== null) {
      this.#recency.remove(known);
      known.previous = null;
      if (made.descriptors !== known.descriptors) known.descriptors = new Descriptors();
    }
    made.node.processes.set(made.key.pid, made);
    this.#recency.add(made);
    if (this.#recency.size > LIVE_PROCESSES_MAX) this.#evictOldest();
  }

  #evictOldest(): void {
    const { oldest } = this.#recency;
    if (oldest === null) return;
    if (oldest.exitTime < 0) this.counts.evictedProcesses += 1;
    this.#recency.remove(oldest);
    oldest.node.processes.delete(oldest.key.pid);
  }
}

function inferred(
  node: NodeState,
  moment: Moment,
  pid: number,
  ppid: number,
  identity: Identity,
): Origin {
  return {
    key: { boot: node.boot, pid, start: moment.time, serial: moment.serial },
    birth: "inferred",
    parent: parentKey(node, pid, ppid, moment),
    ppid,
    identity,
    descriptors: new Descriptors(),
  };
}

function keyOf(before: TrackedProcess | PendingFork): ProcessKey {
  return "forker" in before ? before.forker.key : before.key;
}

/** The latest moment at which it can have begun: until then who runs under its ppid is asked. */
function bornAt({ startUs }: ObservedProcess, { time, serial }: Moment): Moment {
  return { time: Math.min(time, startUs + PROCESS_START_ERROR_US), serial };
}
