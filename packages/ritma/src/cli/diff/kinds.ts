/**
 * Kinds of facts in words.
 *
 * @module
 */
import type { FactKind } from "../../flow/investigate/facts-counter.ts";

export const KIND_WORDS: Readonly<Record<FactKind, string>> = {
  program: "programs run",
  destination: "connected to, or tried to",
  child: "programs started by another one",
  module: "kernel modules",
  bpf: "bpf calls",
  trace: "traced processes",
  listener: "listening on",
  user: "users that ran something",
  peer: "connections from",
  refused: "files refused (EACCES, EPERM)",
  created: "files created",
  written: "files written",
  removed: "files removed",
  renamed: "files renamed",
  cone: "shapes that cones tell",
};
