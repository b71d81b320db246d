/**
 * What a graph of a generation is about: processes, files and flows, each one node.
 *
 * A file is one node however often its mode or owner changed: by its path, or by device and inode
 * where no path is known. A process that was forked and ran its first program at once is one node
 * too, so that a shell's `curl > /tmp/x` is one process and not a fork and a program. A flow is a
 * node of its own. Other entities are none.
 *
 * Nodes are numbered from 1 in the order of their first entity, and only become more: numbers stay
 * when later hours add entities to the generation.
 *
 * @module
 */
import type { Entity, FileEntity, Path, ProcessEntity, ProcessKey, Value } from "@ritma/evidence";
import type { Entities } from "../../stores/sealed/entities.ts";

/** Between a fork and the program that it is for. */
const FORK_TO_EXEC_US = 1_000_000;
const NONE = 0;
const SEPARATOR = "⁄";
const SIZE_FIRST = 4_096;

export class Nodes {
  readonly entities: Entities;
  /** Node of each entity. */
  #nodes = new Uint32Array(SIZE_FIRST);
  /** Newest entity of each node; a fork's first program stands for it. */
  #newest = new Uint32Array(SIZE_FIRST);
  /** Entity before this one of the same node; 0 at the end. */
  #before = new Uint32Array(SIZE_FIRST);
  /** Of a process: that which began it. */
  #parents = new Uint32Array(SIZE_FIRST);
  readonly #children = new Map<number, number[]>();
  readonly #named = new Map<string, number>();
  /** Processes whose parent is not in the dictionary so far. */
  readonly #orphans: number[] = [];
  #known = 0;
  #size = 0;

  constructor(entities: Entities) {
    this.entities = entities;
  }

  /** Newest entity that was taken up. */
  get known(): number {
    return this.#known;
  }

  /** Nodes so far; also the newest number. */
  get size(): number {
    return this.#size;
  }

  /** Takes up the entities that were added since. @throws FormatError */
  grow(): void {
    const { size } = this.entities;
    if (size >= this.#nodes.length) {
      this.#nodes = wider(this.#nodes, size);
      this.#newest = wider(this.#newest, size);
      this.#before = wider(this.#before, size);
      this.#parents = wider(this.#parents, size);
    }
    const first = this.#known + 1;
    this.#known = size;
    const orphans = this.#orphans.splice(0);
    for (let id = first; id <= size; id += 1) this.#add(id, this.entities.entity(id));
    for (const id of orphans) this.#link(id, this.entities.process(id));
  }

  /** @returns 0 for an entity that is no node */
  of(id: number): number {
    return this.#nodes[id] ?? NONE;
  }

  /** What stands for the node: its newest entity. */
  entity(node: number): Entity {
    return this.entities.entity(this.#newest[node] ?? NONE);
  }

  /** Entities of a node, newest first. */
  *members(node: number): Generator<Entity> {
    for (const id of this.ids(node)) yield this.entities.entity(id);
  }

  /** The same by dictionary id; none for node 0. */
  *ids(node: number): Generator<number> {
    for (let id = this.#newest[node] ?? NONE; id !== NONE; id = this.#before[id] ?? NONE) yield id;
  }

  /** When a process began, or was first seen. Microseconds; 0 for what is no process. */
  begin(node: number): number {
    let begin = 0;
    for (const entity of this.members(node)) if (entity.kind === "process") begin = entity.start;
    return begin;
  }

  /** Who began it; 0 when nobody is known, or nobody of this generation. */
  parent(node: number): number {
    return this.#parents[node] ?? NONE;
  }

  /** Whom it began, in the order in which they were first seen. */
  children(node: number): readonly number[] {
    return this.#children.get(node) ?? [];
  }

  /**
   * Nodes of which an entity passes the test, ascending. A process is what it ran in the end; what
   * it was before counts with `before`.
   */
  find(test: (entity: Entity) => boolean, before: boolean): number[] {
    const found: number[] = [];
    for (let node = 1; node <= this.#size; node += 1) {
      const isLast = this.entity(node).kind === "process" && !before;
      if (isLast ? test(this.entity(node)) : this.members(node).some(test)) found.push(node);
    }
    return found;
  }

  /** What tells a node from all others, in any generation. */
  name(node: number): string {
    const entity = this.entity(node);
    if (entity.kind !== "process") return nameOf(entity) ?? "";
    const { boot, pid, start, serial } = entity;
    return `p${boot} ${pid} ${start} ${serial} ${valueName(entity.node)}`;
  }

  /**
   * @param thing a node of any generation, and its name there
   * @returns 0 when it does not occur in this one
   */
  same({ name, entity }: { readonly name: string; readonly entity: Entity }): number {
    if (entity.kind !== "process") return this.#named.get(name) ?? NONE;
    return this.of(this.entities.findProcessId(entity.node, entity));
  }

  #add(id: number, entity: Entity): void {
    if (entity.kind === "process") {
      if (this.of(id) === NONE) this.#addProcess(id, entity);
      return;
    }
    const name = nameOf(entity);
    if (name === null) return;
    const known = this.#named.get(name);
    const node = this.#put(id, known ?? NONE);
    if (known === undefined) this.#named.set(name, node);
  }

  /** Ancestors first: a dictionary may hold a process before the one that began it. */
  #addProcess(id: number, process: ProcessEntity): void {
    const waiting: (readonly [number, ProcessEntity])[] = [];
    const seen = new Set<number>();
    let [at, next] = [id, process];
    while (at !== NONE && this.of(at) === NONE && !seen.has(at)) {
      waiting.push([at, next]);
      seen.add(at);
      at = this.#parentId(next);
      if (at !== NONE) next = this.entities.process(at);
    }
    for (const [each, itself] of waiting.toReversed()) this.#putProcess(each, itself);
  }

  #putProcess(id: number, process: ProcessEntity): void {
    const before = this.#parentId(process);
    const isImage =
      before !== NONE && process.birth === "exec" && this.#isForRunning(before, process);
    this.#put(id, isImage ? this.of(before) : NONE);
    if (!isImage) this.#link(id, process);
  }

  /** To who began it, or to the orphans when that one is not there yet. */
  #link(id: number, process: ProcessEntity): void {
    const before = this.#parentId(process);
    const [node, parent] = [this.of(id), this.of(before)];
    if (process.parent === null || isSameKey(process.parent, process)) return;
    if (parent === NONE) {
      this.#orphans.push(id);
      return;
    }
    this.#parents[node] = parent;
    this.#children.getOrInsertComputed(parent, () => []).push(node);
  }

  /** One whose first record is an exec may have the key of what it was before. */
  #parentId({ node, parent, ...own }: ProcessEntity): number {
    if (parent === null || isSameKey(parent, own)) return NONE;
    return this.entities.findProcessId(node, parent);
  }

  /** One that runs a program at once. What did things for longer was a process of its own. */
  #isForRunning(id: number, { pid, start }: ProcessEntity): boolean {
    const before = this.entities.process(id);
    const isAtOnce = start - before.start <= FORK_TO_EXEC_US;
    return before.pid === pid && before.birth !== "exec" && isAtOnce;
  }

  #put(id: number, known: number): number {
    const node = known === NONE ? this.#size + 1 : known;
    if (known === NONE) this.#size = node;
    this.#nodes[id] = node;
    this.#before[id] = this.#newest[node] ?? NONE;
    this.#newest[node] = id;
    return node;
  }
}

function isSameKey(a: ProcessKey, b: ProcessKey): boolean {
  return a.pid === b.pid && a.start === b.start && a.serial === b.serial && a.boot === b.boot;
}

/** What makes files and flows of two entities one; null for what is no such thing. */
function nameOf(entity: Entity): string | null {
  if (entity.kind === "file") return fileName(entity);
  if (entity.kind !== "flow") return null;
  const { family, address, port, scope } = entity;
  const name = "components" in address ? pathName(address) : valueName(address);
  return `n${family} ${port ?? "-"} ${scope ?? "-"} ${name}`;
}

/** A path that does not begin at the root may be of many files: they have numbers too. */
function fileName({ path, device, inode }: FileEntity): string | null {
  if (path?.base === 0) return `f${pathName(path)}`;
  if (path === null && (inode === null || device === null)) return null;
  const number = `${device?.join(":") ?? "-"} ${inode ?? "-"}`;
  return `i${number} ${path === null ? "" : pathName(path)}`;
}

function pathName({ base, components }: Path): string {
  return `${base}${components.map((each) => SEPARATOR + valueName(each)).join("")}`;
}

/** Bytes as characters below 256, so that the signs around them are in none. */
function valueName({ hashed, bytes }: Value): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  return hashed ? `•${text}` : text;
}

function wider(ids: Uint32Array, size: number): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(Math.max(size + 1, ids.length * 2));
  more.set(ids);
  return more;
}
