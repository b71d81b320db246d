/**
 * `ritma demo`: the whole product in a few seconds, on a recorded attack.
 *
 * @module
 */
import type { Command } from "../command.ts";

export const demo: Command = {
  name: "demo",
  group: "Keys and help",
  summary: "Record a real attack, verify it, flip one bit, and show that this is caught.",
  description:
    "It works in a temporary directory that is removed at the end, in raw mode, so that there is " +
    "something to read. All figures are measured as it runs.",
  arguments: [],
  options: [
    {
      name: "keep",
      value: "DIR",
      help: "Work in DIR and leave it: DIR/data is a data root, DIR/tampered a changed store.",
    },
  ],
  exits: {
    0: "All went as it should.",
    1: "Something did not; it is named below the figures.",
  },
  examples: [
    { line: "ritma demo", what: "Also what npm start runs." },
    { line: "ritma demo --keep ritma-demo", what: "Leaves a store to look into." },
  ],
  fields: {
    version: "Of Ritma.",
    events: "Events that were recorded.",
    lines: "Lines of the log.",
    logBytes: "Bytes of the log.",
    zstd19Bytes: "Bytes of the log under zstd -19 --long=27, as it is shipped.",
    hours: "Hours that were sealed.",
    windows: "Windows in them.",
    storedBytes: "Bytes of the evidence store.",
    files: "Files of the evidence store.",
    recordMs: "Time to record and seal.",
    verifyMs: "Time to verify.",
    tamperMs: "Time to verify the changed copy.",
    verify: "`result` of the first verification, and `signatures` that it checked.",
    tamper: "`path`, `byte` and `bit` that was flipped; `result` and `findings` after it.",
    fingerprint: "Of the key that signed.",
    kept: "The directory of --keep, or null.",
    problems: "What was not as it should be; empty with exit status 0.",
  },
  interrupted: "The demo did not end; what it made is in the temporary directory, ritma-demo-*.",
  load: async () => (await import("./demo-run.ts")).run,
};
