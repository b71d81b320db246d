/**
 * `ritma anchor`, run.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { addAnchor } from "../anchor/add.ts";
import { listAnchors, removeAnchor } from "../anchor/list.ts";
import { runAnchors } from "../anchor/run-all.ts";
import { scheduleAnchors } from "../anchor/schedule.ts";
import { verifyAnchors } from "../anchor/verify.ts";
import type { Context, Run } from "../command.ts";

const ACTIONS: Readonly<Record<string, Run>> = {
  add: addAnchor,
  run: runAnchors,
  list: listAnchors,
  remove: removeAnchor,
  verify: verifyAnchors,
  schedule: scheduleAnchors,
};

/** Options that only one action takes. */
const OWN: Readonly<Record<string, string>> = {
  ca: "verify",
  request: "add",
  reply: "add",
  units: "schedule",
};

/** How many words may follow each action. */
const WORDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  add: [1, Number.POSITIVE_INFINITY],
  run: [0, 0],
  list: [0, 0],
  remove: [1, 1],
  verify: [0, 0],
  schedule: [1, 1],
};

export async function run(context: Context): Promise<number> {
  const [word = "", ...words] = context.operands;
  const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
  if (action === undefined) {
    const shown = escapeText(word.slice(0, 100));
    throw refused(`"${shown}" is none of ${Object.keys(ACTIONS).join(", ")}`);
  }
  const [least, most] = WORDS[word] ?? [0, 0];
  if (words.length < least) throw refused(`${word} needs a word more: see --help`);
  if (words.length > most) {
    throw refused(`${word} takes ${most === 0 ? "no" : most} word behind it`);
  }
  for (const [option, owner] of Object.entries(OWN)) {
    if (owner !== word && context.text(option) !== null) {
      throw refused(`--${option} is for ${owner}`);
    }
  }
  return await action(context);
}

function refused(message: string): RitmaError {
  return new RitmaError("usage/bad-argument", message);
}
