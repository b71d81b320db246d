/**
 * `ritma keys`: which keys an evidence store names.
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
  arguments: [],
  options: [OUT_OPTION],
  exits: { 0: "The keys are shown, and each was delegated by the identity." },
  examples: [
    { line: "ritma keys --json | jq -r .identity.fingerprint", what: "The KEY to trust." },
  ],
  fields: {
    identity: "`fingerprint` (64 hex digits) and `public` (the raw Ed25519 key in base64).",
    delegated:
      "Each has `keyId` (hex), `role` (seal or log), `public` (base64), and the hours that it " +
      "may sign: `first` and `last`, inclusive; `last` null is open.",
  },
  interrupted: null,
  load: async () => (await import("./keys-run.ts")).run,
};
