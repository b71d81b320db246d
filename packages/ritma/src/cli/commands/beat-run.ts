/**
 * `ritma beat`, run: which action, and what it may be given.
 *
 * @module
 */
import { escapeText } from "../../base/text.ts";
import type { Context, Run } from "../command.ts";
import { inSession, refused, type Session } from "./beat-session.ts";

interface Action {
  /** How many of TARGET it takes. */
  readonly target: "none" | "maybe" | "one";
  /** Options of its own; --engine is of all that open the store. */
  readonly options: readonly string[];
  readonly run: Run;
}

const OWN_OPTIONS = ["text", "from", "remove", "history", "to", "as", "replace", "cep", "limit"];

const ACTIONS: Readonly<Record<string, Action>> = {
  ls: {
    target: "maybe",
    options: ["limit"],
    run: inStore(async (session) => await (await import("./beat-look.ts")).ls(session)),
  },
  get: {
    target: "one",
    options: ["to"],
    run: inStore(async (session) => await (await import("./beat-look.ts")).get(session)),
  },
  log: {
    target: "maybe",
    options: ["limit"],
    run: inStore(async (session) => await (await import("./beat-report.ts")).log(session)),
  },
  stats: {
    target: "none",
    options: [],
    run: inStore(async (session) => await (await import("./beat-report.ts")).stats(session)),
  },
  put: {
    target: "one",
    options: ["text", "from", "remove", "history"],
    run: inStore(async (session) => await (await import("./beat-change.ts")).put(session)),
  },
  checkpoint: {
    target: "none",
    options: [],
    run: inStore(async (session) => await (await import("./beat-change.ts")).checkpoint(session)),
  },
  compact: {
    target: "none",
    options: [],
    run: inStore(async (session) => await (await import("./beat-change.ts")).compact(session)),
  },
  export: {
    target: "one",
    options: ["to"],
    run: inStore(async (session) => await (await import("./beat-bundle.ts")).exportBranch(session)),
  },
  import: {
    target: "one",
    options: ["as", "replace", "cep"],
    run: inStore(async (session) =>
      session.context.has("cep")
        ? await (await import("./beat-cep.ts")).importCep(session)
        : await (await import("./beat-bundle.ts")).importBranch(session),
    ),
  },
  verify: {
    target: "maybe",
    options: [],
    run: async (context) => await (await import("./beat-verify.ts")).verify(context),
  },
  bench: {
    target: "none",
    options: [],
    run: async (context) => await (await import("./beat-bench.ts")).bench(context),
  },
};

export async function run(context: Context): Promise<number> {
  const [word = "", target, ...rest] = context.operands;
  const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
  if (action === undefined) {
    const names = Object.keys(ACTIONS).join(", ");
    throw refused(`"${escapeText(word.slice(0, 100))}" is none of ${names}`);
  }
  if (rest.length > 0 || (action.target === "none" && target !== undefined)) {
    throw refused(`${word} takes ${action.target === "none" ? "no" : "one"} TARGET`);
  }
  if (action.target === "one" && target === undefined) throw refused(`${word} needs a TARGET`);
  for (const option of OWN_OPTIONS) {
    const isGiven = context.has(option) || context.text(option) !== null;
    if (isGiven && !action.options.includes(option)) throw refused(`${word} takes no --${option}`);
  }
  return await action.run(context);
}

function inStore(work: (session: Session) => Promise<number>): Run {
  return async (context) => await inSession(context, work);
}
