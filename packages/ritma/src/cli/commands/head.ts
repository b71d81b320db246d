/**
 * `ritma head`: what to keep outside of the store.
 *
 * @module
 */
import { type Command, STORE_ARGUMENT } from "../command.ts";

export const head: Command = {
  name: "head",
  group: "Check",
  summary: "Print the newest signed head of the store, to be kept elsewhere.",
  description:
    "The files of a store cannot show that its end was cut off, or that it was put back to an " +
    "older state; a head that left the host can. It is some 250 bytes and no secret. It is " +
    "printed to standard output exactly as it was signed, so that it can be piped to a mailer or " +
    "a printer; what is said about it goes to standard error. The node log is read and checked " +
    "before.",
  arguments: [STORE_ARGUMENT],
  options: [
    { name: "out", value: "FILE", help: "Write the head there; nothing is replaced." },
    { name: "qr", value: null, help: "Print it as a QR code, for a telephone that stays away." },
  ],
  exits: { 0: "The head was printed or written, and the node log hashes to it." },
  examples: [
    { line: "ritma head --out /media/stick/web-01.head", what: "On a stick that leaves the host." },
    { line: "ritma head | ssh keeper tee web-01.head", what: "On another host." },
    { line: "ritma verify RITMA_OUT --head web-01.head", what: "Later: does the store hold it?" },
  ],
  fields: {
    path: "The evidence store that was read.",
    origin: "The name of its node log.",
    size: "Entries of the log that the head counts.",
    root: "Over them, hex.",
    checkpoint: "The head as it was signed.",
    verifier: "The key that signed it, as readers of signed notes take it: name+id+base64.",
    fingerprint: "Of the identity of the store: the KEY of `ritma verify --trust`.",
    file: "Where it was written with --out, else null.",
  },
  interrupted: null,
  load: async () => (await import("./head-run.ts")).run,
};
