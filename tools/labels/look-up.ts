/**
 * What a look-up is: a question that somebody would ask, and what they read in the answer.
 *
 * @module
 */

/** Lines of an answer that are read; what is not given may be anything. */
export interface Pick {
  /** Type of the act, as of `ritma timeline`; of `ritma diff` the kind of what appeared. */
  readonly type: string;
  /** Path, address, `pid N` of what is traced or begun, or the fields of a record. */
  readonly object: RegExp;
  /** Path of the program that did it. */
  readonly program?: string;
  readonly arguments?: string;
  readonly failed?: boolean;
  /** Only of processes that did it so many times. Default: 1. */
  readonly times?: number;
}

export interface Question {
  /** A command and its operands, without --json. */
  readonly ask: string;
  readonly picks: readonly Pick[];
}

export interface LookUp {
  /** Which step it is to find. */
  readonly label: string;
  readonly questions: readonly Question[];
  /** Processes that must be in the chain above what was found. */
  readonly above: readonly string[];
  /** What somebody must have been started with, or as: it is the rest of the description. */
  readonly told: readonly string[];
}
