/**
 * Records that tell one thing together, as one line: a login is up to seven of them.
 *
 *     USER_AUTH USER_ACCT CRED_ACQ LOGIN USER_START CRED_REFR USER_LOGIN
 *         login    deploy from 198.51.100.7, session 107, login uid 2002
 *     CONFIG_CHANGE ×23
 *         audit    rules changed (23 records): 20 rules added, 3 settings
 *
 * Told is what the records say: a line of a login grows with them, and has the time of the first.
 *
 * Not here: which records are shown at all (`story.ts`).
 *
 * @module
 */
import { type FieldsEntity, type ProcessEntity } from "@ritma/evidence";
import type { EventView } from "../../stores/sealed/event-view.ts";
import { fieldNumber, hasFailed } from "../../stores/sealed/record-fields.ts";
import { counted } from "../format.ts";
import type { Namer } from "./names.ts";
import { fieldText } from "./records.ts";

/** Records that are farther apart in event time are told apart. */
const TOGETHER_US = 60_000_000;

const BEGINS: ReadonlySet<string> = new Set([
  "USER_LOGIN",
  "LOGIN",
  "USER_START",
  "USER_AUTH",
  "USER_ACCT",
  "CRED_ACQ",
  "CRED_REFR",
]);
const ENDS: ReadonlySet<string> = new Set(["USER_END", "USER_LOGOUT", "CRED_DISP"]);
/** One of these for each attempt. */
const ATTEMPTS = ["USER_LOGIN", "USER_AUTH"] as const;

/** What a line of several records says. */
export interface Told {
  readonly action: string;
  readonly object: string;
  readonly hasFailed: boolean;
  readonly times: number;
}

/** Takes up records until one comes that tells another thing. */
export interface Gathered {
  /** @returns false when this event is not of the same thing. */
  readonly add: (event: EventView) => boolean;
  readonly told: () => Told;
}

/** @returns null when the event stands for itself. */
export function gather(namer: Namer, event: EventView): Gathered | null {
  const { object } = event.atom;
  if (object?.kind !== "fields") return null;
  if (BEGINS.has(object.type) || ENDS.has(object.type)) return new Login(namer, event, object);
  if (object.type === "CONFIG_CHANGE" && isRuleChange(object)) return new Rules(event, object);
  return null;
}

class Login implements Gathered {
  readonly #namer: Namer;
  readonly #process: ProcessEntity;
  readonly #stage: string;
  readonly #began: number;
  readonly #counts = new Map<string, number>();
  readonly #facts = new Map<"account" | "from" | "session" | "user" | "program", string>();

  constructor(namer: Namer, event: EventView, record: FieldsEntity) {
    this.#namer = namer;
    this.#process = event.process;
    this.#stage = stageOf(record);
    this.#began = event.time;
    this.#take(record);
  }

  add({ atom: { object }, process, time }: EventView): boolean {
    if (object?.kind !== "fields" || stageOf(object) !== this.#stage) return false;
    if (Math.abs(time - this.#began) > TOGETHER_US) return false;
    const facts = this.#factsOf(object);
    const session = facts.get("session");
    const isSame =
      isSameProcess(process, this.#process) ||
      (session !== undefined && session === this.#facts.get("session"));
    for (const name of ["account", "program", "session"] as const) {
      const [own, other] = [this.#facts.get(name), facts.get(name)];
      if (own !== undefined && other !== undefined && own !== other) return false;
    }
    if (isSame) this.#take(object);
    return isSame;
  }

  told(): Told {
    const hasFailed = this.#stage === "failed";
    const attempts = Math.max(...ATTEMPTS.map((type) => this.#counts.get(type) ?? 0));
    return {
      action: this.#action(),
      object: this.#text(),
      hasFailed,
      times: hasFailed ? Math.max(1, attempts) : 1,
    };
  }

  #action(): string {
    const has = (...types: readonly string[]): boolean =>
      types.some((type) => this.#counts.has(type));
    if (has("USER_LOGIN", "LOGIN")) return "login";
    if (has("USER_LOGOUT")) return "logout";
    return has("USER_START", "USER_END", "CRED_DISP") ? "session" : "auth";
  }

  #text(): string {
    const facts = this.#facts;
    const user = facts.get("user");
    const who = facts.get("account") ?? (user === undefined ? "" : `uid ${user}`);
    const from = facts.get("from");
    const session = facts.get("session");
    const isSession = this.#action() === "session";
    const verb = !isSession ? "" : this.#stage === "out" ? "closed for " : "opened for ";
    const parts = [
      `${verb}${who === "" ? "an unnamed account" : who}`,
      from === undefined ? "" : ` from ${from}`,
      session === undefined ? "" : `, session ${session}`,
      user === undefined || !facts.has("account") || this.#stage === "out"
        ? ""
        : `, login uid ${user}`,
    ];
    return parts.join("");
  }

  #take(record: FieldsEntity): void {
    this.#counts.set(record.type, (this.#counts.get(record.type) ?? 0) + 1);
    for (const [name, text] of this.#factsOf(record)) {
      if (!this.#facts.has(name)) this.#facts.set(name, text);
    }
  }

  #factsOf(
    record: FieldsEntity,
  ): ReadonlyMap<"account" | "from" | "session" | "user" | "program", string> {
    const namer = this.#namer;
    const number = (name: string): string | null => fieldNumber(record, name)?.toString() ?? null;
    const found = [
      ["account", fieldText(namer, record, "acct")],
      ["from", fieldText(namer, record, "addr") ?? fieldText(namer, record, "hostname")],
      ["session", number("ses")],
      ["user", number("auid") ?? (record.type === "USER_LOGIN" ? number("id") : null)],
      ["program", fieldText(namer, record, "exe")],
    ] as const;
    return new Map(found.flatMap(([name, text]) => (text === null ? [] : [[name, text]])));
  }
}

function stageOf(record: FieldsEntity): string {
  if (hasFailed(record) === true) return BEGINS.has(record.type) ? "failed" : "failed out";
  if (BEGINS.has(record.type)) return "in";
  return ENDS.has(record.type) ? "out" : "";
}

class Rules implements Gathered {
  readonly #process: ProcessEntity;
  readonly #began: number;
  #added = 0;
  #removed = 0;
  #others = 0;

  constructor({ process, time }: EventView, record: FieldsEntity) {
    this.#process = process;
    this.#began = time;
    this.#take(record);
  }

  add({ atom: { object }, process, time }: EventView): boolean {
    const isSame =
      object?.kind === "fields" &&
      object.type === "CONFIG_CHANGE" &&
      isRuleChange(object) &&
      isSameProcess(process, this.#process) &&
      Math.abs(time - this.#began) <= TOGETHER_US;
    if (isSame) this.#take(object);
    return isSame;
  }

  told(): Told {
    const all = this.#added + this.#removed + this.#others;
    const parts = [
      this.#added === 0 ? "" : `${counted(this.#added, "rule")} added`,
      this.#removed === 0 ? "" : `${counted(this.#removed, "rule")} removed`,
      this.#others === 0 ? "" : counted(this.#others, "setting"),
    ];
    const what = parts.filter((part) => part !== "").join(", ");
    const object = `rules changed (${counted(all, "record")}): ${what}`;
    return { action: "audit", object, hasFailed: false, times: 1 };
  }

  #take({ fields }: FieldsEntity): void {
    const op = fields.find(([name]) => name === "op")?.[1];
    const text = op === undefined || typeof op === "number" ? "" : String.fromCharCode(...op.bytes);
    if (/^add.rule/u.test(text)) this.#added += 1;
    else if (/^remove.rule/u.test(text)) this.#removed += 1;
    else this.#others += 1;
  }
}

/** Who switches the audit system off, or fails to change it, is told by himself. */
function isRuleChange(record: FieldsEntity): boolean {
  return hasFailed(record) !== true && fieldNumber(record, "audit_enabled") !== 0;
}

function isSameProcess(a: ProcessEntity, b: ProcessEntity): boolean {
  return a.pid === b.pid && a.start === b.start && a.serial === b.serial && a.boot === b.boot;
}
