/**
 * From typed audit events to atoms: who did what to which thing, in the order of the log.
 *
 *     event -> node, boot -> process -> [credentials] [name] -> the call -> what else it said
 *
 * Invariant: every event and every line gives at least one atom.
 * Invariant: the same events and the same privacy give the same atoms; no clock is read.
 *
 * Not here: what a line means (`auditd/`), windows and lateness (whoever takes the atoms).
 *
 * Format: spec/08-projection.md.
 *
 * @module
 */
import { type AtomSink, encodeEntity, entityRef, eventTypeNumber } from "@ritma/evidence";
import { NODES_MAX } from "../../../base/limits.ts";
import type { AuditEvent, OtherRecord, SyscallRecord } from "../audit-event.ts";
import { NO_SUBJECT } from "../no-subject.ts";
import type { Privacy } from "../privacy.ts";
import { Containers } from "./containers.ts";
import { CallTable } from "./call-plan.ts";
import { CallProjection } from "./call-projection.ts";
import { succeeded } from "./call-values.ts";
import { Effects } from "./effects.ts";
import { Emission } from "./emission.ts";
import { Files } from "./files.ts";
import { Flows } from "./flows.ts";
import { Identities, type Identity, sameRef } from "./identities.ts";
import { Leftovers } from "./leftovers.ts";
import { flowOf, NamedPaths } from "./named-paths.ts";
import { NodeState } from "./node-state.ts";
import { ObservedProcesses } from "./observed-processes.ts";
import type { TrackedProcess } from "./process.ts";
import { Processes } from "./processes.ts";
import { numberField, subjectOf } from "./records.ts";
import { innerCall } from "./socketcall.ts";

const CREDENTIALS = eventTypeNumber("credentials");
const NAME = eventTypeNumber("name");
const LINE = eventTypeNumber("line");
const EXIT = eventTypeNumber("exit");
/** Nobody told of the end: the process was seen to be gone. */
const EXIT_SEEN = 2;

const DAEMON = "DAEMON_";
const DAEMON_START = "DAEMON_START";
/** A process that dumps core is dead. */
const ABNORMAL_END = "ANOM_ABEND";

export interface ProjectorOptions {
  /** Name of the node when the log has no `node=`. */
  readonly node: Uint8Array;
  readonly privacy: Privacy;
  readonly sink: AtomSink;
  /** What was seen of processes; nothing where absent. */
  readonly containers?: Containers;
  readonly observed?: ObservedProcesses;
}

export interface ProjectorCounts {
  /** Processes that said anything. */
  readonly processes: number;
  /** Of those, the ones of which neither fork nor exec was seen. */
  readonly inferred: number;
  /** Living processes that were forgotten for want of room. */
  readonly evictedProcesses: number;
  readonly bootResets: number;
}

export class Projector {
  readonly #options: ProjectorOptions;
  readonly #emission: Emission;
  readonly #identities: Identities;
  readonly #flows: Flows;
  readonly #processes: Processes;
  readonly #observed: ObservedProcesses;
  readonly #calls = new CallTable();
  readonly #leftovers: Leftovers;
  readonly #projection: CallProjection;
  /** In order of last use. */
  readonly #nodes = new Map<string, NodeState>();
  #nodeName: string | null = null;
  #node: NodeState | null = null;
  #bootResets = 0;

  constructor(options: ProjectorOptions) {
    const { privacy, sink } = options;
    this.#options = options;
    this.#observed = options.observed ?? new ObservedProcesses();
    const emission = new Emission(sink);
    const files = new Files(privacy);
    const flows = new Flows(privacy);
    const paths = new NamedPaths(files);
    const processes = new Processes({
      containers: options.containers ?? new Containers(),
      observed: this.#observed,
      identityOf: ({ name, executable }) =>
        this.#identities.make({ ...NO_SUBJECT, comm: name, exe: executable }),
      announce: ({ ref, identity: { nameRef } }) => {
        // No record says it: no serial.
        sink.atom(this.#emission.time, 0, NAME, 0, 0, ref, nameRef, null, null, null);
      },
    });
    this.#processes = processes;
    const effects = new Effects(files, processes);
    const leftovers = new Leftovers(privacy, emission, paths);
    this.#emission = emission;
    this.#identities = new Identities(privacy);
    this.#flows = flows;
    this.#leftovers = leftovers;
    this.#projection = new CallProjection({
      emission,
      files,
      flows,
      paths,
      processes,
      effects,
      leftovers,
    });
  }

  get counts(): ProjectorCounts {
    return { ...this.#processes.counts, bootResets: this.#bootResets };
  }

  /** As in `counts`: asked for after each event. */
  get evictedProcesses(): number {
    return this.#processes.counts.evictedProcesses;
  }

  /** Emits at least one atom. Events may come out of order; see spec/08-projection.md. */
  project(event: AuditEvent): void {
    const { timeUs, serial, syscall } = event;
    const node = this.#nodeOf(event.node);
    this.#emission.begin(timeUs, serial);
    this.#observeBoot(node, event);
    if (syscall === null) this.#projectRecords(event, node);
    else this.#projectCall(event, syscall, node);
  }

  /**
   * A line kept as it is.
   *
   * @param timeUs when the line has no stamp of its own: of those near it
   * @param length of the whole line, where `line` is only its head
   */
  line(line: Uint8Array, timeUs: number, length: number = line.length): void {
    const value = this.#options.privacy.value("text", line);
    const bytes = encodeEntity({ kind: "line", length, value });
    this.#emission.begin(timeUs, 0);
    this.#emission.atom(LINE, 0, 0, this.#nodeOf("").self.ref, entityRef(bytes));
  }

  /** @returns who lives under `pid`, as far as is known; null where the log is of several nodes */
  living(pid: number): TrackedProcess | null {
    const node = this.#onlyNode();
    return node === null ? null : this.#processes.find(node, pid);
  }

  /** The process is gone, and the log did not tell. Emits one atom, which has no serial. */
  seenGone(process: TrackedProcess, timeUs: number): void {
    this.#options.sink.atom(timeUs, 0, EXIT, EXIT_SEEN, 0, process.ref, null, null, null, null);
    this.#processes.exited(process, timeUs);
  }

  #projectCall(event: AuditEvent, outer: SyscallRecord, node: NodeState): void {
    const call = outer.name === "socketcall" ? (innerCall(event, outer) ?? outer) : outer;
    const plan = call === outer ? this.#calls.find(call) : this.#calls.named(call.name ?? "");
    const { pid, ppid } = call;
    const identity = this.#identities.of(call.subject);
    if (pid <= 0 || !Number.isSafeInteger(pid)) {
      this.#projection.project(event, call, plan, node.self, identity.credentialsRef);
      return;
    }
    if (plan.type === "exec" && succeeded(call)) {
      const actor = this.#processes.execed(node, this.#emission, pid, ppid, identity);
      this.#projection.project(event, call, plan, actor, identity.credentialsRef);
      return;
    }
    const actor = this.#processes.speaker(node, this.#emission, pid, ppid, identity);
    const before = actor.identity.credentialsRef;
    if (actor.identity !== identity) this.#announce(actor, identity);
    this.#projection.project(event, call, plan, actor, before);
  }

  /** Tells what changed in a process since it was last heard of. */
  #announce(actor: TrackedProcess, now: Identity): void {
    const { credentialsRef, nameRef } = actor.identity;
    actor.identity = now;
    if (!sameRef(credentialsRef, now.credentialsRef)) {
      this.#emission.atom(CREDENTIALS, 0, 0, actor.ref, now.credentialsRef);
    }
    if (now.nameRef !== null && (nameRef === null || !sameRef(nameRef, now.nameRef))) {
      this.#emission.atom(NAME, 0, 0, actor.ref, now.nameRef);
    }
  }

  #projectRecords(event: AuditEvent, node: NodeState): void {
    let speaker: TrackedProcess | null = null;
    for (const record of event.others) {
      const actor = this.#actorOf(node, record);
      speaker ??= actor;
      this.#leftovers.record((actor ?? node.self).ref, record);
      if (actor !== null && record.type === ABNORMAL_END) {
        this.#processes.exited(actor, event.timeUs);
      }
    }
    const actor = speaker ?? node.self;
    this.#leftovers.alone(event, actor, flowOf(event, actor, this.#flows));
    if (this.#emission.count === 0) this.#leftovers.empty(actor.ref);
  }

  #actorOf(node: NodeState, { fields }: OtherRecord): TrackedProcess | null {
    const pid = numberField(fields, "pid");
    if (pid <= 0 || !Number.isSafeInteger(pid)) return null;
    const identity = this.#identities.make(subjectOf(fields));
    const ppid = numberField(fields, "ppid");
    return this.#processes.speaker(node, this.#emission, pid, ppid, identity);
  }

  #observeBoot(node: NodeState, { timeUs, serial, others }: AuditEvent): void {
    const [first] = others;
    if (first !== undefined && first.type.startsWith(DAEMON)) {
      if (first.type === DAEMON_START) node.boots.daemonStarted();
      return;
    }
    const before = node.boots.latestTime;
    if (!node.boots.observe(timeUs, serial)) return;
    this.#observed.allGone(before);
    this.#processes.forget(node);
    node.rebooted();
    this.#bootResets += 1;
  }

  /** @returns the node that has processes; null when none has, or several have. */
  #onlyNode(): NodeState | null {
    let only: NodeState | null = null;
    for (const node of this.#nodes.values()) {
      if (node.processes.size === 0) continue;
      if (only !== null) return null;
      only = node;
    }
    return only;
  }

  #nodeOf(name: string): NodeState {
    if (name === this.#nodeName && this.#node !== null) return this.#node;
    let node = this.#nodes.get(name);
    if (node === undefined) {
      if (this.#nodes.size >= NODES_MAX) this.#evictNode();
      const { node: ownName, privacy } = this.#options;
      const bytes = name === "" ? ownName : new TextEncoder().encode(name);
      node = new NodeState(privacy.value("name", bytes), this.#identities.make(NO_SUBJECT));
    }
    this.#nodes.delete(name);
    this.#nodes.set(name, node);
    this.#nodeName = name;
    this.#node = node;
    return node;
  }

  #evictNode(): void {
    for (const [name, node] of this.#nodes) {
      this.#processes.evict(node);
      this.#nodes.delete(name);
      return;
    }
  }
}
