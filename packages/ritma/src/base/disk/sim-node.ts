/**
 * What the simulated disk is made of: files and directories that remember, beside what a process
 * sees now, what a power cut cannot take away, and the changes between the two.
 *
 * The durable side is kept up to date at every sync, so that a crash image costs only the changes
 * since. Bytes are shared between images until one of them writes.
 *
 * @module
 */

/** A byte array that grows, and that copies itself only when a shared one is written to. */
export class SimBytes {
  #buffer: Uint8Array;
  #length: number;
  #shared = false;
  #view: Uint8Array | null = null;

  constructor(buffer: Uint8Array = new Uint8Array(0)) {
    this.#buffer = buffer;
    this.#length = buffer.length;
  }

  get length(): number {
    return this.#length;
  }

  /** The same content, at no cost until either of the two is written to. */
  share(): SimBytes {
    const other = new SimBytes(this.#buffer);
    other.#length = this.#length;
    other.#shared = true;
    other.#view = this.view();
    return other;
  }

  /** The content without a copy, one object for all that share it. Not to be written to. */
  view(): Uint8Array {
    this.#shared = true;
    this.#view ??= this.#buffer.subarray(0, this.#length);
    return this.#view;
  }

  /** Bytes between the old end and `offset` become zeros, as on every file system. */
  write(offset: number, bytes: Uint8Array): void {
    this.#own(Math.max(this.#length, offset + bytes.length));
    this.#buffer.set(bytes, offset);
    this.#length = Math.max(this.#length, offset + bytes.length);
  }

  resize(length: number): void {
    this.#own(length);
    if (length < this.#length) this.#buffer.fill(0, length, this.#length);
    this.#length = length;
  }

  /** @returns a copy. */
  slice(from: number, to: number): Uint8Array {
    return this.#buffer.slice(Math.min(from, this.#length), Math.min(to, this.#length));
  }

  #own(capacity: number): void {
    this.#view = null;
    if (!this.#shared && capacity <= this.#buffer.length) return;
    const grown = capacity <= this.#buffer.length ? this.#buffer.length : capacity * 2;
    const buffer = new Uint8Array(grown);
    buffer.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = buffer;
    this.#shared = false;
  }
}

/** A change that a power cut may still take back. `order` counts over the whole disk. */
interface Change {
  readonly order: number;
  /**
   * Set by a failed sync. The kernel then counts the change as written: no later sync makes it
   * durable, though every reader sees it and every later sync reports success.
   */
  abandoned: boolean;
}

/** Bytes written at `offset`; or, with null, the file cut (or extended with zeros) to `offset`. */
export interface FileChange extends Change {
  readonly offset: number;
  readonly bytes: Uint8Array | null;
}

/** Names set or, with null, removed, all at once: a rename inside a directory is one change. */
export interface DirChange extends Change {
  readonly names: readonly (readonly [string, SimNode | null])[];
}

export type SimNode = SimFile | SimDir;

export class SimFile {
  readonly kind = "file";
  readonly durable: SimBytes;
  /** Null while nothing differs from `durable`. */
  #current: SimBytes | null = null;
  #pending: FileChange[] = [];

  constructor(durable: SimBytes = new SimBytes()) {
    this.durable = durable;
  }

  get current(): SimBytes {
    return this.#current ?? this.durable;
  }

  get pending(): readonly FileChange[] {
    return this.#pending;
  }

  change(order: number, offset: number, bytes: Uint8Array | null): void {
    this.#pending.push({ order, abandoned: false, offset, bytes });
    this.#current ??= this.durable.share();
    applyTo(this.#current, offset, bytes);
  }

  /** What was abandoned stays so. A cut goes through the file system's journal, which keeps order:
   * it lands with this sync, and takes with it what was abandoned before. */
  sync(): void {
    let abandoned: FileChange[] = [];
    for (const change of this.#pending) {
      if (change.bytes === null) abandoned = [];
      if (change.abandoned && change.bytes !== null) abandoned.push(change);
      else applyTo(this.durable, change.offset, change.bytes);
    }
    this.#pending = abandoned;
    if (abandoned.length === 0) this.#current = null;
  }

  abandon(): void {
    for (const change of this.#pending) change.abandoned = true;
  }

  /** With everything that is pending. */
  copy(): SimFile {
    const copy = new SimFile(this.durable.share());
    copy.#current = this.#current?.share() ?? null;
    copy.#pending = this.#pending.map((change) => ({ ...change }));
    return copy;
  }
}

export class SimDir {
  readonly kind = "dir";
  readonly durable: Map<string, SimNode>;
  /** Null while nothing differs from `durable`. */
  #current: Map<string, SimNode> | null = null;
  #pending: DirChange[] = [];

  constructor(names: Iterable<readonly [string, SimNode]> = []) {
    this.durable = new Map(names);
  }

  get current(): ReadonlyMap<string, SimNode> {
    return this.#current ?? this.durable;
  }

  get pending(): readonly DirChange[] {
    return this.#pending;
  }

  change(order: number, names: DirChange["names"]): void {
    this.#pending.push({ order, abandoned: false, names });
    this.#current ??= new Map(this.durable);
    setNames(this.#current, names);
  }

  sync(): void {
    for (const { abandoned, names } of this.#pending) {
      if (!abandoned) setNames(this.durable, names);
    }
    this.#pending = this.#pending.filter(({ abandoned }) => abandoned);
    if (this.#pending.length === 0) this.#current = null;
  }

  abandon(): void {
    for (const change of this.#pending) change.abandoned = true;
  }

  /** With everything that is pending, and everything below. `copies` keeps two names of one file
   * the names of one file. */
  copy(copies: Map<SimNode, SimNode>): SimDir {
    const copyOf = (node: SimNode): SimNode => {
      const known = copies.get(node);
      if (known !== undefined) return known;
      const made = node.kind === "file" ? node.copy() : node.copy(copies);
      copies.set(node, made);
      return made;
    };
    const copy = new SimDir();
    copies.set(this, copy);
    for (const [name, node] of this.durable) copy.durable.set(name, copyOf(node));
    if (this.#current !== null) {
      copy.#current = new Map();
      for (const [name, node] of this.#current) copy.#current.set(name, copyOf(node));
    }
    copy.#pending = this.#pending.map((change) => ({
      ...change,
      names: change.names.map(([name, node]) => [name, node && copyOf(node)] as const),
    }));
    return copy;
  }
}

export function applyTo(target: SimBytes, offset: number, bytes: Uint8Array | null): void {
  if (bytes === null) target.resize(offset);
  else target.write(offset, bytes);
}

export function setNames(target: Map<string, SimNode>, names: DirChange["names"]): void {
  for (const [name, node] of names) {
    if (node === null) target.delete(name);
    else target.set(name, node);
  }
}
