/**
 * What the commands answer with --json, and the deeds that can be read from it: who did what to
 * what, and when.
 *
 * Only fields that `docs/cli.md` describes are read, and only what these look-ups need of them.
 *
 * @module
 */

/** A process as an answer names it, so that the next question can be about it. */
export interface Doer {
  /** `NAME[PID]`. */
  readonly name: string;
  readonly pid: number;
  /** Path of its program; null where the log has none. */
  readonly program: string | null;
}

export interface Deed {
  /** Null where the answer has only the place of the event; `ritma show` tells it. */
  readonly doer: Doer | null;
  readonly type: string;
  readonly object: string;
  readonly arguments: string;
  readonly failed: boolean;
  readonly times: number;
  readonly timeUs: number;
  readonly serial: number;
}

/** A line of `ritma tree`. */
export interface TreeProcess {
  readonly name: string;
  readonly pid: number;
  readonly start: number;
  readonly program: string | null;
  readonly arguments: string;
  readonly user: string | null;
}

/** A line of `ritma trace`. */
export interface Step {
  readonly from: number | null;
  readonly kind: string;
  readonly name: string;
  readonly pid?: number;
  readonly start?: number;
  readonly program?: string | null;
  readonly began: boolean;
  readonly acts: readonly ActFacts[];
}

/** Something that `ritma diff` found in one of its sides only. */
interface Difference {
  readonly kind: string;
  readonly things: readonly { readonly name: string }[];
  readonly count: number;
  readonly first: { readonly timeUs: number; readonly serial: number };
}

interface ActFacts {
  readonly type: string;
  readonly ret: number;
  readonly times: number;
  readonly timeUs: number;
  readonly serial: number;
}

interface ObjectFacts {
  readonly kind: string;
  readonly path?: string | null;
  readonly address?: string;
  readonly port?: number | null;
  readonly type?: string;
  readonly fields?: readonly (readonly [string, string | number])[];
}

interface EventFacts extends Omit<ActFacts, "times"> {
  readonly pid: number;
  readonly process: string | null;
  readonly executable: string | null;
  readonly object: ObjectFacts | null;
  readonly args: readonly string[] | null;
  readonly num: number | null;
}

/** Every field of every command that is asked here; each has a few of them. */
export interface Answer {
  readonly touchers?: readonly {
    readonly process: Doer;
    readonly thing: { readonly name: string };
    readonly arguments: string;
    readonly acts: readonly ActFacts[];
  }[];
  readonly steps?: readonly Step[];
  readonly processes?: readonly TreeProcess[];
  readonly events?: readonly EventFacts[] | number;
  readonly appeared?: readonly Difference[];
  readonly first?: { readonly event: EventFacts } | null;
  readonly found?: { readonly event: EventFacts } | null;
  readonly event?: { readonly events: readonly EventFacts[] } | null;
}

/** All that an answer tells of who did what, in its order. */
export function deedsOf(answer: Answer): Deed[] {
  const { events, first, found, event } = answer;
  const told = typeof events === "object" ? events : [];
  const single = [first?.event, found?.event].filter((each) => each !== undefined);
  return [
    ...[...told, ...single, ...(event?.events ?? [])].map(deedOfEvent),
    ...(answer.touchers ?? []).flatMap(({ process, thing, arguments: text, acts }) =>
      acts.map((act) => deedOfAct(process, thing.name, text, act)),
    ),
    ...(answer.appeared ?? []).map(deedOfDifference),
    ...deedsOfSteps(answer.steps ?? []),
  ];
}

function deedOfEvent(event: EventFacts): Deed {
  const { pid, process, executable, type, args } = event;
  const doer = { name: `${process ?? ""}[${pid}]`, pid, program: executable };
  return {
    ...deedOfAct(doer, objectText(event), args?.join(" ") ?? "", { ...event, times: 1 }),
    type,
  };
}

function deedOfAct(doer: Doer, object: string, text: string, act: ActFacts): Deed {
  const { type, ret, times, timeUs, serial } = act;
  return { doer, type, object, arguments: text, failed: ret !== 0, times, timeUs, serial };
}

/** Who it was is not told: only where its first event is sealed. */
function deedOfDifference({ kind, things, count, first }: Difference): Deed {
  const object = things.map(({ name }) => name).join(" → ");
  const { timeUs, serial } = first;
  const text = { type: kind, object, arguments: "", failed: false };
  return { doer: null, ...text, times: count, timeUs, serial };
}

/** Of the two ends of a step one is the process that did it. */
function deedsOfSteps(steps: readonly Step[]): Deed[] {
  return steps.flatMap((step) => {
    const before = step.from === null ? undefined : steps[step.from];
    if (before === undefined) return [];
    const [doer, object] = step.kind === "process" ? [step, before] : [before, step];
    const { name, pid, program = null } = doer;
    if (pid === undefined) return [];
    return step.acts.map((act) => deedOfAct({ name, pid, program }, object.name, "", act));
  });
}

function objectText({ type, object, num, executable }: EventFacts): string {
  if (type === "trace" || type === "fork") return `pid ${num ?? "?"}`;
  const path = object?.path ?? null;
  if (path !== null) return path;
  if (type === "exec") return executable ?? "";
  if (object?.address !== undefined) return `${object.address}:${object.port ?? ""}`;
  const fields = object?.fields?.map(([name, value]) => `${name}=${value}`) ?? [];
  return [object?.type ?? "", ...fields].join(" ");
}
