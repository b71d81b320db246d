/**
 * `ritma prove`: one small file that shows events to somebody who has nothing of the store.
 *
 * @module
 */
import { type Command, SPAN_OPTIONS, STORE_ARGUMENT, UTC_OPTION } from "../command.ts";

export const prove: Command = {
  name: "prove",
  group: "Check",
  summary: "Write a small file that proves events to somebody who has nothing of the store.",
  description:
    "The file holds the atoms that were asked for, the hashes beside them up to the signed head " +
    "of the node log, and what was opened of their commitments; nothing else of the store. " +
    "ritma verify FILE checks it anywhere. An event is named as in ritma show, a process too: " +
    "all that it did is proved. --since and --until bound that, or name all events of a span. " +
    "No key of the recorder is needed. What --withhold names stays closed, and the proof is as " +
    "good: a reader sees that something stands there, and cannot guess what. Whatever else " +
    "would tell it in clear is left closed too; a text that is spelled in another way is not " +
    "recognised, so read the proof before you give it away. Names of host and namespace, types, " +
    "times and numbers cannot be withheld.",
  arguments: [
    {
      name: "WHAT",
      help: "An event or a process. May be left out with --since or --until.",
      required: false,
      many: false,
    },
    {
      ...STORE_ARGUMENT,
      help: `${STORE_ARGUMENT.help} One that stands alone has a slash in it.`,
    },
  ],
  options: [
    ...SPAN_OPTIONS,
    {
      name: "out",
      value: "FILE",
      help: "Where the proof goes, for its owner alone; never over a file. Default: proof.ritma.",
    },
    {
      name: "withhold",
      value: "FIELD",
      help: "process, object, object2, args; several with commas between.",
    },
    {
      name: "format",
      value: "NAME",
      help: "tlog-proof: the hour alone, as C2SP tlog-proof. Default: ritma.",
      choices: ["ritma", "tlog-proof"],
    },
    UTC_OPTION,
  ],
  exits: { 0: "The file was written, and is VALID under the store's own identity." },
  examples: [
    { line: "ritma prove 4711@09:32:10.002", what: "One event, into proof.ritma." },
    {
      line: "ritma prove 'curl[4708]' --withhold args --out curl.ritma",
      what: "All that a process did, without the arguments that it was given.",
    },
    {
      line: "ritma prove --since 09:32 --until 09:33",
      what: "Every event of a minute.",
    },
  ],
  fields: {
    path: "The file that was written.",
    format: "`ritma` or `tlog-proof`.",
    bytes: "Its length.",
    sha256: "Its digest, hex.",
    fingerprint: "Of the identity of the store: what the reader has to trust.",
    checkpoint: "`origin`, `size` and `root` (hex) of the head of the node log it stands under.",
    verifier:
      "The key of that head, as readers of signed notes take it. With tlog-proof only, else null.",
    windows:
      "`sequence`, `window`, `name`, `from`, `to`, `t1`, `t2`, `root` and `entry` of each window.",
    events: "How many events are proved.",
    atoms: "How many atoms they have.",
    withheld: "Fields of which at least one is closed.",
    alsoWithheld: "Those of them that nobody asked for: they would have told what was withheld.",
  },
  interrupted: null,
  load: async () => (await import("./prove-run.ts")).run,
};
