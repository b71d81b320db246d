/**
 * Atoms in columns: one typed array per field, so that a million of them cost no objects.
 *
 * Entities stand as dictionary ids (0 is null), `num` as a double (NaN is null). A table grows by
 * doubling.
 *
 * @module
 */

const CAPACITY_FIRST = 1024;

/** The fields of a table, without its methods. */
export type AtomColumns = Pick<
  AtomTable,
  | "length"
  | "time"
  | "serial"
  | "etype"
  | "flags"
  | "ret"
  | "process"
  | "object"
  | "object2"
  | "arg"
  | "num"
>;

export class AtomTable {
  length = 0;
  /** Microseconds since the Unix epoch. */
  time: Float64Array;
  serial: Float64Array;
  etype: Uint8Array;
  flags: Uint32Array;
  ret: Uint32Array;
  process: Uint32Array;
  object: Uint32Array;
  object2: Uint32Array;
  arg: Uint32Array;
  num: Float64Array;

  constructor(capacity = CAPACITY_FIRST) {
    this.time = new Float64Array(capacity);
    this.serial = new Float64Array(capacity);
    this.etype = new Uint8Array(capacity);
    this.flags = new Uint32Array(capacity);
    this.ret = new Uint32Array(capacity);
    this.process = new Uint32Array(capacity);
    this.object = new Uint32Array(capacity);
    this.object2 = new Uint32Array(capacity);
    this.arg = new Uint32Array(capacity);
    this.num = new Float64Array(capacity);
  }

  /** Makes room for one more atom. @returns its row, whose fields the caller sets. */
  add(): number {
    if (this.length === this.time.length) this.#grow();
    this.length += 1;
    return this.length - 1;
  }

  /** Appends a copy of one row of `from`. */
  copy(from: AtomTable, row: number): void {
    const to = this.add();
    this.time[to] = from.time[row] ?? 0;
    this.serial[to] = from.serial[row] ?? 0;
    this.etype[to] = from.etype[row] ?? 0;
    this.flags[to] = from.flags[row] ?? 0;
    this.ret[to] = from.ret[row] ?? 0;
    this.process[to] = from.process[row] ?? 0;
    this.object[to] = from.object[row] ?? 0;
    this.object2[to] = from.object2[row] ?? 0;
    this.arg[to] = from.arg[row] ?? 0;
    this.num[to] = from.num[row] ?? Number.NaN;
  }

  /** Appends a copy of all rows of `from`. */
  append(from: AtomTable): void {
    const at = this.length;
    this.length += from.length;
    while (this.length > this.time.length) this.#grow();
    const rows = from.length;
    this.time.set(from.time.subarray(0, rows), at);
    this.serial.set(from.serial.subarray(0, rows), at);
    this.etype.set(from.etype.subarray(0, rows), at);
    this.flags.set(from.flags.subarray(0, rows), at);
    this.ret.set(from.ret.subarray(0, rows), at);
    this.process.set(from.process.subarray(0, rows), at);
    this.object.set(from.object.subarray(0, rows), at);
    this.object2.set(from.object2.subarray(0, rows), at);
    this.arg.set(from.arg.subarray(0, rows), at);
    this.num.set(from.num.subarray(0, rows), at);
  }

  /** Its columns, whose buffers may be handed to another thread; the table is then of no use. */
  columns(): AtomColumns {
    const { length, time, serial, etype, flags, ret, process, object, object2, arg, num } = this;
    return { length, time, serial, etype, flags, ret, process, object, object2, arg, num };
  }

  /** @returns a table of these columns, which it takes over. */
  static of(columns: AtomColumns): AtomTable {
    return Object.assign(new AtomTable(0), columns);
  }

  #grow(): void {
    const wider = new AtomTable(Math.max(CAPACITY_FIRST, this.time.length * 2));
    wider.time.set(this.time);
    wider.serial.set(this.serial);
    wider.etype.set(this.etype);
    wider.flags.set(this.flags);
    wider.ret.set(this.ret);
    wider.process.set(this.process);
    wider.object.set(this.object);
    wider.object2.set(this.object2);
    wider.arg.set(this.arg);
    wider.num.set(this.num);
    this.time = wider.time;
    this.serial = wider.serial;
    this.etype = wider.etype;
    this.flags = wider.flags;
    this.ret = wider.ret;
    this.process = wider.process;
    this.object = wider.object;
    this.object2 = wider.object2;
    this.arg = wider.arg;
    this.num = wider.num;
  }
}
