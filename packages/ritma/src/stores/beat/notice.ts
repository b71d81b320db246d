/**
 * Notices: typed facts about the running of the store, for whoever operates it.
 *
 * A notice is no error: the call that gave it went on, or threw besides. Each names the branch that
 * it speaks of; "" stands for all of them.
 *
 * @module
 */

/** Append-only: dashboards and scripts know them by these names. */
const NOTICE_TOPICS = [
  "persist.commit",
  "persist.frame.io",
  "persist.checkpoint",
  "persist.recover",
  "persist.bootstrap",
  "enc_fail",
  "codec_mis",
  "rekey_fail",
] as const;

export type NoticeTopic = (typeof NOTICE_TOPICS)[number];

export type NoticeSeverity = "info" | "warning" | "error";

export interface Notice {
  readonly topic: NoticeTopic;
  readonly severity: NoticeSeverity;
  readonly branch: string;
  /** One sentence, without secrets and without host paths above the store. */
  readonly detail: string;
}

export type NoticeSink = (notice: Notice) => void;
