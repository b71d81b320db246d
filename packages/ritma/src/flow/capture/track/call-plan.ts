/**
 * How one system call becomes an atom: the row type of the table in `calls.ts`, and its look-up.
 *
 * @module
 */
import { type EventType, eventTypeNumber } from "@ritma/evidence";
import type { SyscallRecord } from "../audit-event.ts";
import { type CallFlags, constantFlags } from "./call-flags.ts";
import { type Argument, type CallNumber, nothing } from "./call-values.ts";
import { CALLS } from "./calls.ts";

/** What the call is about. */
export type CallObject =
  | "nothing"
  /** The first PATH that is no parent, else what the descriptor stands for. */
  | "file"
  /** The program: PATH item 0. */
  | "program"
  /** Two PATHs: what was, and what is now. */
  | "rename"
  | "link"
  | "symlink"
  /** The address of the call, else what the descriptor stands for. */
  | "flow"
  /** What the descriptor stands for. */
  | "descriptor"
  | "map"
  | "memory"
  /** Another process, by the pid in `num`. */
  | "process"
  /** The actor's credentials before the call. */
  | "credentials"
  /** A file, else the name in KERN_MODULE. */
  | "module"
  /** The name of the call itself. */
  | "name";

/** What a call does to what is known of the process. */
export type CallEffect =
  | "nothing"
  | "opens"
  | "connects"
  | "accepts"
  | "makes-memory"
  | "duplicates"
  | "closes"
  /** Returns a descriptor of a kind that is not followed. */
  | "replaces"
  | "makes-pair"
  | "forks"
  | "exits";

export interface CallPlan {
  readonly type: EventType;
  readonly etype: number;
  readonly object: CallObject;
  /** Which argument holds the directory that the first name starts from; -1: the current one. */
  readonly directory: Argument | -1;
  /** The same for the other end of a rename or link. */
  readonly directory2: Argument | -1;
  /** Which argument holds the descriptor that the call works on. */
  readonly descriptor: Argument | -1;
  readonly num: CallNumber;
  readonly flags: CallFlags;
  /** Which argument holds O_* flags. */
  readonly openFlags: Argument | -1;
  readonly effect: CallEffect;
}

/** One row: names that are treated alike, and what differs from a call about nothing. */
export interface CallRow {
  readonly names: string;
  readonly type: EventType;
  readonly plan?: Partial<Omit<CallPlan, "type" | "etype">>;
}

const BLANK: Omit<CallPlan, "type" | "etype"> = {
  object: "nothing",
  directory: -1,
  directory2: -1,
  descriptor: -1,
  num: nothing,
  flags: constantFlags(0),
  openFlags: -1,
  effect: "nothing",
};

function planOf({ type, plan }: CallRow): CallPlan {
  return { ...BLANK, ...plan, type, etype: eventTypeNumber(type) };
}

const OTHER = planOf({ names: "", type: "call", plan: { object: "name" } });

const PLANS: ReadonlyMap<string, CallPlan> = new Map(
  CALLS.flatMap((row) => {
    const plan = planOf(row);
    return row.names.split(" ").map((name): [string, CallPlan] => [name, plan]);
  }),
);

/** Above every number in use; only a forged or damaged record has a larger one. */
const NUMBERS_MAX = 8_192;
const ARCHITECTURES_MAX = 64;

interface Known {
  readonly name: string;
  readonly plan: CallPlan;
}

/** Looks a call up by its number, which is quicker than by its name a million times a second. */
export class CallTable {
  readonly #byArch = new Map<number, (Known | undefined)[]>();
  #arch = -1;
  #current: (Known | undefined)[] = [];

  find(call: SyscallRecord): CallPlan {
    const { arch, number, name } = call;
    if (name === null) return OTHER;
    if (number < 0 || number >= NUMBERS_MAX) return PLANS.get(name) ?? OTHER;
    if (arch !== this.#arch) this.#select(arch);
    const known = this.#current[number];
    if (known !== undefined && known.name === name) return known.plan;
    const plan = PLANS.get(name) ?? OTHER;
    this.#current[number] = { name, plan };
    return plan;
  }

  /** For a call that was taken out of another, such as one inside of `socketcall`. */
  named(name: string): CallPlan {
    return PLANS.get(name) ?? OTHER;
  }

  #select(arch: number): void {
    if (this.#byArch.size >= ARCHITECTURES_MAX) this.#byArch.clear();
    const table = this.#byArch.get(arch) ?? [];
    this.#byArch.set(arch, table);
    this.#arch = arch;
    this.#current = table;
  }
}
