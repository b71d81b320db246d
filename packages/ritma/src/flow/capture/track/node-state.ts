/**
 * What is remembered of one node: its boots, and who runs under which pid.
 *
 * @module
 */
import { encodeEntity, entityRef, type Value } from "@ritma/evidence";
import { BootCounter } from "./boot.ts";
import { Descriptors } from "./descriptors.ts";
import type { Identity } from "./identities.ts";
import { PendingForks } from "./pending-forks.ts";
import { TrackedProcess } from "./process.ts";

export class NodeState {
  readonly name: Value;
  readonly boots: BootCounter = new BootCounter();
  readonly forks: PendingForks = new PendingForks();
  readonly processes: Map<number, TrackedProcess> = new Map();
  /** Resets of the audit serial so far. */
  boot = 0;
  /** The node's process 0, to which belongs what no pid said. */
  self: TrackedProcess;
  readonly #nobody: Identity;

  /** @param nobody the identity of which nothing is known. */
  constructor(name: Value, nobody: Identity) {
    this.name = name;
    this.#nobody = nobody;
    this.self = nodeProcess(this, nobody);
  }

  /** The caller has taken the processes out of its own lists. */
  rebooted(): void {
    this.boot += 1;
    this.self = nodeProcess(this, this.#nobody);
    this.processes.clear();
    this.forks.clear();
  }
}

function nodeProcess(node: NodeState, identity: Identity): TrackedProcess {
  const key = { boot: node.boot, pid: 0, start: 0, serial: 0 };
  const bytes = encodeEntity({
    kind: "process",
    node: node.name,
    ...key,
    birth: "node",
    parent: null,
    executable: null,
    name: null,
    credentials: null,
    container: null,
  });
  const descriptors = new Descriptors();
  const origin = { key, birth: "node", parent: null, ppid: -1, identity, descriptors } as const;
  return new TrackedProcess(node, origin, entityRef(bytes));
}
