/**
 * `ritma anchor`: the head of the store, given to others.
 *
 * @module
 */
import { type Command, OUT_OPTION } from "../command.ts";

export const anchor: Command = {
  name: "anchor",
  group: "Check",
  summary: "Give the head of the store to others, who can tell later what it was.",
  description:
    "add gives the newest head to an anchor and remembers it; run gives it to all that are " +
    "remembered; verify checks what they keep against the store as it is now. Kinds: tsa URL, a " +
    "time-stamping authority (RFC 3161), which learns a digest and nothing else; file DIR, a " +
    "folder on another disk; git REPOSITORY, a commit in the branch ritma-anchors of a " +
    "repository on this host, to be pushed by you; exec -- PROGRAM ARGUMENTS, which gets the " +
    "head on its standard input, says yes with status 0, and what it prints is kept. Only tsa " +
    "uses the network. schedule prints what makes cron or systemd run it.",
  arguments: [
    {
      name: "ACTION",
      help: "add, run, list, remove, verify or schedule.",
      required: true,
      many: false,
    },
    {
      name: "WORD",
      help: "Of add: the kind and what it takes. Of remove: a name. Of schedule: daily or hourly.",
      required: false,
      many: true,
    },
  ],
  options: [
    {
      name: "ca",
      value: "FILE",
      help: "Of verify: the certificates (PEM) of authorities that you trust.",
    },
    {
      name: "request",
      value: "FILE",
      help: "Of add tsa, without a network: write the request there, to be posted by hand.",
    },
    { name: "reply", value: "FILE", help: "Of add tsa: take the reply to it from there." },
    { name: "units", value: "DIR", help: "Of schedule: write the units of systemd there." },
    OUT_OPTION,
  ],
  exits: {
    0: "It was done. Of verify: all that anchors keep agrees with the store.",
    1: "Of verify: TAMPERED. The store is not what it was, or what an anchor keeps is damaged.",
    2: "Of verify: INCOMPLETE. Nothing contradicts, but an anchor cannot be read.",
    3: "Of verify: UNTRUSTED. Nobody said that the signer of a time stamp is to be trusted.",
  },
  examples: [
    { line: "ritma anchor add file /mnt/elsewhere", what: "On a disk that leaves with somebody." },
    { line: "ritma anchor add tsa https://tsa.example.org/tsr", what: "With a time, by others." },
    { line: "ritma anchor add exec -- ssh keeper tee web-01.head", what: "By any program." },
    { line: "ritma anchor verify --ca authority.pem", what: "Do they still agree?" },
    { line: "ritma anchor schedule daily", what: "What to install so that it is done daily." },
  ],
  fields: {
    action: "What was asked for.",
    head: "`size` and `root` (hex) of the newest head; null of list, remove and schedule.",
    anchors:
      "Of add, run, list and remove, each with `name`, `kind` and `place` (for list those that " +
      "are remembered). Of add and run also `where` (a path), `isNew` (false when it lay there " +
      "before) and `error` (`code` and `message`; null when it was done). Else null.",
    result: "Of verify, else null: VALID, TAMPERED, INCOMPLETE or UNTRUSTED.",
    checked:
      "Of verify, else null: what was found, each with `anchor`, `where`, `size` (null when it " +
      "is no head), `timeUs` and `signer` (of a time stamp, else null) and `good`.",
    findings: "Of verify, else null: each with `code`, `where` and `message`.",
    file: "Of add tsa --request and --reply: the file; else null.",
    schedule: "Of schedule: `cron` (a line), `service` and `timer` (units of systemd); else null.",
  },
  interrupted: "What was anchored before is kept.",
  load: async () => (await import("./anchor-run.ts")).run,
};
