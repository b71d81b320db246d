/**
 * How to go on where a trace was cut: the next command, put so that it asks on from there.
 *
 * A command is told only where it leads to what stood there: a name that no shell takes as it is,
 * or that the store keeps as a hash, is not told as another one. `--json` tells of all.
 *
 * @module
 */
import { TIME_US_MAX, TIME_US_MIN } from "../../base/limits.ts";
import { type Continuation, type Limits, limitsToGoOn } from "../../flow/investigate/going-on.ts";
import type { Thing } from "../../flow/investigate/investigation.ts";
import type { Context } from "../command.ts";
import { counted } from "../format.ts";
import { isoTime } from "../log/spans.ts";
import { placeFlags, shellWord } from "../place-flags.ts";
import { Namer, plainPath } from "../timeline/names.ts";
import { thingFacts } from "./json-thing.ts";

/** What every command of an answer has in common. */
export interface Asked {
  /** `ritma trace`, as this person starts it. */
  readonly program: string;
  readonly limits: Limits;
  readonly defaults: Limits;
  /** The other flags of the question, and where the store is; with a space before each. */
  readonly flags: string;
}

const SHOWN_MAX = 3;
const COUNT_MAX = 999_999;
const PLAIN_NAME = /^[\w.:+-]{1,64}$/u;
const REPEATED = ["since", "until"] as const;
const SWITCHES = ["all", "forward", "utc"] as const;
const INTERNET: ReadonlySet<number> = new Set([2, 10]);

/** @param path of the store, as an operand; undefined for that of the settings */
export async function askedWith(
  context: Context,
  path: string | undefined,
  limits: Limits,
  defaults: Limits,
): Promise<Asked> {
  const times = REPEATED.flatMap((name) => {
    const text = context.text(name);
    return text === null ? [] : [` --${name} ${shellWord(text)}`];
  });
  const switches = SWITCHES.flatMap((name) => (context.has(name) ? [` --${name}`] : []));
  const place = path === undefined ? placeFlags(await context.config()) : ` ${shellWord(path)}`;
  const flags = [...switches, ...times, place].join("");
  return { program: `${context.io.program} trace`, limits, defaults, flags };
}

/** Lines below an answer. */
export function goingOnLines(goOn: readonly Continuation[], asked: Asked): string[] {
  const commands = goOn.flatMap((each) => commandOf(each, asked) ?? []);
  const shown = commands.slice(0, SHOWN_MAX).map((command) => `go on: ${command}`);
  const left = goOn.length - shown.length;
  if (left === 0) return shown;
  const places = counted(left, shown.length > 0 ? "more place" : "place");
  return [...shown, `… ${places} to go on: --json, or larger --depth, --fan, --limit`];
}

export function goingOnFacts(each: Continuation, asked: Asked): unknown {
  const { step, thing, bound, edges, why } = each;
  const finite = bound === null || !Number.isFinite(bound) ? null : bound;
  const command = commandOf(each, asked);
  return { step, thing: thingFacts(thing), bound: finite, edges, why, command };
}

/** Null where no command leads there. */
function commandOf(each: Continuation, { program, limits, defaults, flags }: Asked): string | null {
  const name = nameOf(each.thing);
  const bound = each.bound === null ? "" : timeOf(each.bound);
  if (name === null || bound === null) return null;
  const { depth, fan, budget } = limitsToGoOn(each, limits);
  if (Math.max(depth, fan, budget) > COUNT_MAX) return null;
  const counts = [
    depth === defaults.depth ? "" : ` --depth ${depth}`,
    fan === defaults.fan ? "" : ` --fan ${fan}`,
    budget === defaults.budget ? "" : ` --limit ${budget}`,
  ].join("");
  const from = bound === "" ? "" : ` --bound ${bound}`;
  return `${program} ${shellWord(name)}${from}${counts}${flags}`;
}

/** As a question names it, and nothing else; null where a question cannot. */
function nameOf({ entity }: Thing): string | null {
  const namer = new Namer(8);
  if (entity.kind === "process") {
    const start = timeOf(entity.start);
    const name = namer.processName(entity) ?? "";
    const isPlain = PLAIN_NAME.test(name) && !namer.takeHashed();
    return start === null ? null : `${isPlain ? `${name}[${entity.pid}]` : entity.pid}@${start}`;
  }
  if (entity.kind === "file") return pathOf(plainPath(entity.path));
  if (entity.kind !== "flow") return null;
  if ("components" in entity.address) return pathOf(plainPath(entity.address));
  const { family, address, port } = entity;
  if (address.hashed || port === null || !INTERNET.has(family)) return null;
  return namer.flow(entity);
}

/** A slash or an asterisk at the end asks for all that lies below. */
function pathOf(path: string): string | null {
  return path === "" || /\\|\/\*?$/u.test(path) ? null : path;
}

/** To the microsecond; null for what the command line does not take for a time. */
function timeOf(timeUs: number): string | null {
  return timeUs >= TIME_US_MIN && timeUs < TIME_US_MAX ? isoTime(timeUs) : null;
}
