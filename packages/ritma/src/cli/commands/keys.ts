/**
 * `ritma keys`: which keys an evidence store names, and keys of hours for an older one.
 *
 * @module
 */
import { type Command, OUT_OPTION } from "../command.ts";

export const keys: Command = {
  name: "keys",
  group: "Keys and help",
  summary: "Show the identity of the store and the keys it delegated to.",
  description:
    "Read from the evidence store, with every signature checked, so it needs no secret key. It " +
    "says what the store says: whether that is your identity, only you know.",
  arguments: [
    {
      name: "ACTION",
      help:
        "upgrade: a store that was made before hours had keys gets one for every hour from now " +
        "on.",
      required: false,
      many: false,
    },
  ],
  options: [OUT_OPTION],
  exits: {
    0: "The keys are shown, and each was delegated by the identity.",
    75: "upgrade: another process is writing to this data root, or an hour waits to be sealed.",
  },
  examples: [
    { line: "ritma keys --json | jq -r .identity.fingerprint", what: "The KEY to trust." },
  ],
  fields: {
    identity: "`fingerprint` (64 hex digits) and `public` (the raw Ed25519 key in base64).",
    delegated:
      "Each has `keyId` (hex), `role` (build, log, seal), `public` (base64), and the hours it " +
      "may sign: `first` and `last`, inclusive; `last` null is open.",
    periods:
      "Hour keys that the identity named at once: `number`, `first` and `last` hour, and `root` " +
      "(hex) of the tree over them.",
    upgraded: "Of upgrade: `first` and `epochs`; null when there was nothing to do.",
  },
  interrupted: null,
  load: async () => (await import("./keys-run.ts")).run,
};
