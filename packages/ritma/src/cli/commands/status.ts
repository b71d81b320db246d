/**
 * `ritma status`: how the recorder of this host stands.
 *
 * @module
 */
import { type Command, OUT_OPTION } from "../command.ts";

export const status: Command = {
  name: "status",
  group: "Record",
  summary: "Show whether this host is recorded, and what was lost.",
  description:
    "Counts are of the run that goes on, or of the last one. What was lost, late or incomplete " +
    "is counted in the sealed headers, too: see ritma stats.",
  arguments: [],
  options: [OUT_OPTION],
  exits: {
    0: "A recorder runs.",
    66: "There is no data root, or nothing was recorded live.",
    69: "No recorder runs.",
  },
  examples: [{ line: "ritma status --json | jq .recorder.lost", what: "Losses, for a script." }],
  fields: {
    dataRoot: "The data root.",
    state:
      "recording; silent when its process is there and has said nothing for 30 s; stopped; died " +
      "when it ended without sealing, and then the next start goes on.",
    recorder:
      "`pid`, `startedUs`, `updatedUs`, `source`, `session`, `lines`, `events`, `uninterpreted`, " +
      "`refused`, `late`, `lost`, `incomplete`, `evicted`, `hours`, `windows`, `missed`, " +
      "`journalBytes`, `newestUs`, `kernel`, `boot`, `notes`.",
  },
  interrupted: null,
  load: async () => (await import("./status-run.ts")).run,
};
