/**
 * `ritma verify`: the offline check that a third party runs.
 *
 * @module
 */
import { type Command, OUT_OPTION, STORE_ARGUMENT } from "../command.ts";

export const verify: Command = {
  name: "verify",
  group: "Check",
  summary: "Check that evidence is whole, unaltered, and by whom you trust.",
  description:
    "It needs nothing but the files: no network, no key of the recorder, no account. It always " +
    "runs to the end, lists all it finds, and never writes. It also runs where nothing but " +
    "reading is allowed: node --permission --allow-fs-read=STORE --allow-fs-read=PROGRAM.",
  arguments: [
    { ...STORE_ARGUMENT, help: `${STORE_ARGUMENT.help} Or a file that ritma prove wrote.` },
  ],
  options: [
    {
      name: "trust",
      value: "KEY",
      help: "Fingerprint that ritma init printed, learnt from elsewhere than the store.",
    },
    {
      name: "head",
      value: "FILE",
      help: "A head of the store that was kept elsewhere (ritma head), or a folder of such.",
    },
    {
      name: "deep",
      value: null,
      help: "Build what is derived again, and compare it.",
    },
    OUT_OPTION,
  ],
  exits: {
    0: "VALID: all that should be there is there and agrees, under the trusted key.",
    1: "TAMPERED: something contradicts a signature or digest, or something sealed is missing.",
    2: "INCOMPLETE: nothing contradicts, but the end is open or cut, or a check could not be made.",
    3:
      "UNTRUSTED: all is consistent, under a key that you did not say you trust, or the head " +
      "that you gave is of another store.",
  },
  examples: [
    { line: "ritma verify RITMA_OUT --trust 6f1c…e2", what: "Is it whole, and is it from us?" },
    {
      line: "ritma verify RITMA_OUT --trust 6f1c…e2 --head head.txt",
      what: "Was anything cut off, or put back, since that head was kept?",
    },
    { line: "ritma verify --json | jq .result", what: "The store of this host, in a script." },
  ],
  fields: {
    path: "The evidence store that was read, or the proof.",
    trust: "The fingerprint that was trusted, or null.",
    result: "VALID, TAMPERED, INCOMPLETE or UNTRUSTED.",
    store:
      "`store` (id, hex), `namespace`, `node` (null when hashed), `privacy`, `fingerprint`; null " +
      "when not even `_meta/store.cbor` could be read.",
    findings: "Each has `code` (see findings.md), `where` and `message`.",
    heads:
      "Those of --head, each with `name`, `size` (entries that it counts) and `standing`: held, " +
      "rollback, fork, other, or unchecked where the entries could not be read.",
    interval: "Begin of the first hour and end of the last, in µs since 1970; null without hours.",
    counts:
      "`files`, `bytes`, `signatures`, `logEntries`, `sessions`, `hours`, `gaps`, `windows`, " +
      "`events`, `records`, `atoms`, `instantiations`, `entities`, `late`, `lost`, `evicted`, " +
      "`uninterpreted`, `refused`, `incomplete`.",
    hoursGood: "Hours in which nothing was found wrong.",
    notes: "Facts worth knowing that lower nothing.",
    notProvable: "What the store never promised, so that nobody can prove it from the files.",
    notChecked: "Checks that could not be made because something before them failed.",
    derived:
      "With --deep the number of derived files that were built again and compared; null without " +
      "it, and when the sealed files are not sound.",
    proof:
      "Null for a store. Of a file of ritma prove: its length in `bytes`, `signatures`, the " +
      "`checkpoint` it stands under (`origin`, `size`, `root`), `windows` as of ritma prove, and " +
      "`events`: each with `time`, `timeUs`, `serial`, `sequence`, `window` and its `name`, what " +
      "is told of the process (null when withheld), `hashed`, `withheld` (fields that are " +
      "closed) and `atoms`: `leaf`, `atom` (its number there), and the fields of an atom as of " +
      "ritma show. No windows and events when TAMPERED. Then `interval`, `counts`, `hoursGood` " +
      "and `derived` are null.",
  },
  interrupted: null,
  load: async () => (await import("./verify-run.ts")).run,
};
