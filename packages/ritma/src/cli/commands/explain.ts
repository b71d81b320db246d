/**
 * `ritma explain`: what a code means.
 *
 * @module
 */
import type { Command } from "../command.ts";

export const explain: Command = {
  name: "explain",
  group: "Keys and help",
  summary: "Say what an error code or a finding code means, and what to do.",
  description: "Without CODE it lists them all.",
  arguments: [
    {
      name: "CODE",
      help: "As it was printed: store/busy, log/open.",
      required: false,
      many: false,
    },
  ],
  options: [],
  exits: { 0: "The code is known, or all were listed." },
  examples: [{ line: "ritma explain log/open", what: "Why a verification was INCOMPLETE." }],
  fields: {
    codes:
      "What was asked for. Each has `code`, `kind` (error or finding), `meaning`; an error has " +
      "`advice` and `exit`, a finding `result` and the `exit` of a verification that comes to it.",
  },
  interrupted: null,
  load: async () => (await import("./explain-run.ts")).run,
};
