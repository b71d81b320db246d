/**
 * Children that calls returned and that have not said anything yet.
 *
 * Most never will: a thread's id is returned by the same call, and no pid speaks with it. Inside a
 * pid namespace the call returns a number of that namespace, so a pid alone does not name a child.
 * Its ppid does, which every SYSCALL record has in the log's own numbering. A child that was left
 * by its parent before it spoke (the double fork of a daemon) has lost that ppid, and is known by
 * its login session instead, and by the program that it still runs.
 *
 * @module
 */
import { LIVE_PROCESSES_MAX } from "../../../base/limits.ts";
import { type Identity, sameImage, sameSession } from "./identities.ts";
import type { PendingFork } from "./process.ts";

/** Forks of different parents that returned the same number; more than that are not children. */
const SAME_PID_MAX = 16;

const INIT = 1;

export class PendingForks {
  /** Newest first; the oldest pid is forgotten first. */
  readonly #byPid = new Map<number, readonly PendingFork[]>();

  add(pid: number, fork: PendingFork): void {
    const known = this.#byPid.get(pid);
    this.#byPid.delete(pid);
    if (this.#byPid.size >= LIVE_PROCESSES_MAX) this.#dropOldest();
    this.#byPid.set(pid, known === undefined ? [fork] : [fork, ...others(known, fork)]);
  }

  /**
   * Takes the fork that gave `pid`, so that it is used once.
   *
   * @param ppid -1 when the record has none.
   * @param identity of the child's first record.
   * @param time of that record; a fork that began later is not the one.
   * @param isExec whether the child runs another program by now.
   */
  take(
    pid: number,
    ppid: number,
    identity: Identity,
    time: number,
    isExec: boolean,
  ): PendingFork | null {
    const known = this.#byPid.get(pid);
    if (known === undefined) return null;
    const fork =
      known.find(({ forker }) => forker.key.pid === ppid) ?? orphan(known, ppid, identity, isExec);
    if (fork === null || fork.time > time) return null;
    if (known.length === 1) this.#byPid.delete(pid);
    else this.#byPid.set(pid, others(known, fork));
    return fork;
  }

  clear(): void {
    this.#byPid.clear();
  }

  #dropOldest(): void {
    for (const pid of this.#byPid.keys()) {
      this.#byPid.delete(pid);
      return;
    }
  }
}

function others(known: readonly PendingFork[], fork: PendingFork): readonly PendingFork[] {
  const { pid } = fork.forker.key;
  return known.filter(({ forker }) => forker.key.pid !== pid).slice(0, SAME_PID_MAX - 1);
}

/** The one fork that can have left a child behind, if the child can be that one. */
function orphan(
  known: readonly PendingFork[],
  ppid: number,
  identity: Identity,
  isExec: boolean,
): PendingFork | null {
  const [fork] = known;
  if (fork === undefined || known.length > 1) return null;
  const left = fork.forker.exitTime >= 0 || ppid === INIT || ppid <= 0;
  if (!left || !sameSession(fork.identity, identity)) return null;
  if (isExec) return fork;
  return identity.exe !== null && sameImage(fork.identity.exe, identity.exe) ? fork : null;
}
