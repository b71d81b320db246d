/**
 * `ritma stats`: how much an evidence store holds.
 *
 * @module
 */
import { type Command, OUT_OPTION } from "../command.ts";

export const stats: Command = {
  name: "stats",
  group: "Look",
  summary: "Show how much is recorded, from when to when, and its size.",
  description:
    "Counts are those of the hours' headers, each checked against its seal; from when to when is " +
    "that of the events that came in time. Whether the records are what the headers say is for " +
    "ritma verify.",
  arguments: [],
  options: [OUT_OPTION],
  exits: { 0: "Every header is the sealed one." },
  examples: [{ line: "ritma stats --json | jq .counts.events", what: "Events, for a script." }],
  fields: {
    path: "The evidence store.",
    namespace: "As it stands in the store.",
    node: "Null when it is hashed.",
    privacy: "hash-only or raw.",
    interval: "Begin of the first hour and end of the last, in µs since 1970; null without hours.",
    firstEvent: "Stamp of the first event that came in time, in µs; null without any.",
    lastEvent: "And of the last.",
    strayHours:
      "Begins of hours more than a year away from those of most events, which `firstEvent` and " +
      "`lastEvent` leave out.",
    sessions: "Recording sessions that sealed an hour.",
    hours: "Sealed hours.",
    windows: "Micro-windows with events; the late events of an hour are one.",
    entities: "Entities of the dictionary.",
    counts:
      "`events`, `records`, `atoms`, `instantiations`, `lost`, `late`, `evicted`, " +
      "`uninterpreted`, `refused`, `incomplete`: the sums of the headers.",
    bytes:
      "On disk: `blocks`, `dictionary`, `cones`, `windows`, `hours` (headers and proofs), " +
      "`nodeLog`, `meta`, `derived`, `other`, `total`.",
    rolling:
      "Sums of the newest seven days with hours: `day`, `hours`, `events`, `atoms`, `lost`, " +
      "`late`, `rawBytes`, `storedBytes`; null when they were not built from the newest hour.",
    bytesPerEvent: "`total` by events; null without events.",
  },
  interrupted: null,
  load: async () => (await import("./stats-run.ts")).run,
};
