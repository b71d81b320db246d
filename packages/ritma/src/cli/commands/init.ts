/**
 * `ritma init`: makes a data root.
 *
 * @module
 */
import { type Command, OUT_OPTION } from "../command.ts";

export const init: Command = {
  name: "init",
  group: "Record",
  summary: "Make a data root: keys, settings and an empty evidence store.",
  description:
    "It prints the fingerprint of the new identity; keep that somewhere else, since with it " +
    "anyone can tell this store from a forged one. It touches nothing but the data root and the " +
    "store, and refuses when there is one already.",
  arguments: [],
  options: [
    {
      name: "namespace",
      value: "NS",
      help: "Whose evidence this is. Default: ns://local/default.",
      setting: "namespace",
    },
    {
      name: "node",
      value: "NAME",
      help: "Name of the recorded host. Default: the host's name.",
      setting: "nodeId",
    },
    {
      name: "privacy",
      value: "MODE",
      help:
        "hash-only (default): arguments, private paths and addresses are kept as keyed hashes; " +
        "raw: as they are.",
      choices: ["hash-only", "raw"],
      setting: "privacy",
    },
    {
      name: "window-secs",
      value: "N",
      help: "Length of a sealed window in seconds, a divisor of 3600. Default: 60.",
      setting: "windowSecs",
    },
    OUT_OPTION,
  ],
  exits: { 0: "The data root is made, and durable.", 73: "There is one already." },
  examples: [
    { line: "sudo ritma init --namespace ns://acme/prod", what: "Below /var/ritma/data." },
    { line: "ritma init --data ./try --privacy raw", what: "To try it, with everything readable." },
  ],
  fields: {
    dataRoot: "Where it is.",
    out: "Its evidence store.",
    namespace: "As it stands in the store.",
    node: "As it stands in config.yaml; in a hash-only store it is hashed.",
    privacy: "hash-only or raw.",
    windowSecs: "Seconds.",
    fingerprint: "Of the identity key, 64 hex digits: the KEY of `ritma verify --trust`.",
  },
  interrupted: null,
  load: async () => (await import("./init-run.ts")).run,
};
