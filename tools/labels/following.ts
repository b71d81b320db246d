/**
 * From a question to a finding: the deeds that are read in the answer, who was above those that
 * did them, and the whole tree of processes that they belong to.
 *
 * The way is the same for each step of the attack: read lines of an answer, ask `ritma trace
 * --back` of each process in them, go up to what the web server runs by itself, and ask `ritma
 * tree` of the one below that.
 *
 * @module
 */
import { type Deed, type Doer, deedsOf, type Step, type TreeProcess } from "./answers.ts";
import type { Asker } from "./asking.ts";
import type { LookUp, Pick, Question } from "./look-up.ts";

/** What the web server starts by itself: whatever is below was started by a request. */
const SERVICES: ReadonlySet<string> = new Set(["lookup.cgi", "fcgiwrap"]);
/** Processes of one answer that are followed; an answer that names more is none. */
const DOERS_MAX = 12;

export interface Finding {
  /** Of each pick, in order, what fits it. */
  readonly deeds: readonly (readonly Deed[])[];
  /** Names of processes from what was found up, without their pids. */
  readonly above: ReadonlySet<string>;
  /** Of the chains and of the trees. */
  readonly pids: ReadonlySet<number>;
  /** Of the trees. */
  readonly processes: readonly TreeProcess[];
}

/** @throws Refusal */
export async function follow(asker: Asker, { questions }: LookUp): Promise<Finding> {
  const deeds: Deed[][] = [];
  for (const question of questions) deeds.push(...(await read(asker, question)));
  const above = new Set<string>();
  const pids = new Set<number>();
  const processes = new Map<string, TreeProcess>();
  for (const { doer, timeUs } of onePerDoer(deeds.flat())) {
    if ([...processes.values()].some(({ name }) => name === doer.name)) continue;
    const chain = await chainOf(asker, doer, timeUs);
    for (const { name, pid = 0 } of chain) {
      above.add(withoutPid(name));
      pids.add(pid);
    }
    const origin = originOf(chain);
    const at = isoSecond(origin.start ?? timeUs);
    const tree = await asker.ask(["tree", `${origin.name}@${at}`]);
    for (const each of tree.processes ?? []) {
      processes.set(`${each.name} ${each.start}`, each);
      pids.add(each.pid);
    }
  }
  return { deeds, above, pids, processes: [...processes.values()] };
}

/** @returns of each pick of the question what fits it */
export async function read(asker: Asker, { ask, picks }: Question): Promise<Deed[][]> {
  const deeds = deedsOf(await asker.ask(ask.split(" ")));
  const read: Deed[][] = [];
  for (const pick of picks) {
    const fitting = oftenEnough(
      deeds.filter((deed) => fits(deed, pick)),
      pick.times ?? 1,
    );
    read.push(await Promise.all(fitting.map(async (deed) => await withDoer(asker, deed))));
  }
  return read;
}

/** Who began a process, who began that one, and so on; it stands first itself. */
export async function chainOf(asker: Asker, doer: Doer, timeUs: number): Promise<Step[]> {
  const answer = await asker.ask(["trace", `${doer.name}@${isoSecond(timeUs)}`, "--back"]);
  const steps = answer.steps ?? [];
  const chain: Step[] = [];
  for (let at = 0; at >= 0;) {
    const step = steps[at];
    if (step !== undefined) chain.push(step);
    at = steps.findIndex(({ from, began }) => from === at && began);
  }
  return chain;
}

/** The place of an event names it; who did it is told by `ritma show`. */
async function withDoer(asker: Asker, deed: Deed): Promise<Deed> {
  if (deed.doer !== null) return deed;
  const time = new Date(deed.timeUs / 1_000).toISOString();
  const [shown] = deedsOf(await asker.ask(["show", `${deed.serial}@${time}`]));
  return { ...deed, doer: shown?.doer ?? null };
}

function fits(deed: Deed, pick: Pick): boolean {
  return (
    deed.type === pick.type &&
    pick.object.test(deed.object) &&
    (pick.program === undefined || deed.doer?.program === pick.program) &&
    (pick.arguments === undefined || deed.arguments.includes(pick.arguments)) &&
    (pick.failed === undefined || deed.failed === pick.failed)
  );
}

/** Those of whoever did it so many times. */
function oftenEnough(deeds: readonly Deed[], least: number): Deed[] {
  const timesOf = (name: string | undefined): number =>
    deeds.filter(({ doer }) => doer?.name === name).reduce((sum, { times }) => sum + times, 0);
  const names = new Set(deeds.map(({ doer }) => doer?.name));
  const often = new Set([...names].filter((name) => timesOf(name) >= least));
  return deeds.filter(({ doer }) => often.has(doer?.name));
}

function onePerDoer(
  deeds: readonly Deed[],
): readonly { readonly doer: Doer; readonly timeUs: number }[] {
  const byName = new Map<string, { readonly doer: Doer; readonly timeUs: number }>();
  for (const { doer, timeUs } of deeds) {
    if (doer !== null && !byName.has(doer.name)) byName.set(doer.name, { doer, timeUs });
  }
  return [...byName.values()].slice(0, DOERS_MAX);
}

/** The highest in the chain that a request started. */
function originOf(chain: readonly Step[]): Step {
  const service = chain.findIndex(({ name }) => SERVICES.has(withoutPid(name)));
  const origin = service > 0 ? chain[service - 1] : chain.at(-1);
  if (origin === undefined) throw new Error("a chain has its begin at least");
  return origin;
}

function withoutPid(name: string): string {
  return name.replace(/\[\d+\]$/u, "");
}

function isoSecond(timeUs: number): string {
  return `${new Date(timeUs / 1_000).toISOString().slice(0, 19)}Z`;
}
