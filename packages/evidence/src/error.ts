/**
 * What a decoder throws on bytes that no encoder of ours would write.
 *
 * Verification turns these into findings; nothing else may be thrown on bad input.
 *
 * @module
 */

export type FormatFault =
  | "truncated"
  | "trailing-bytes"
  | "not-canonical"
  | "wrong-type"
  | "out-of-range"
  | "too-deep"
  | "bad-signature";

export class FormatError extends Error {
  override readonly name = "FormatError";
  readonly fault: FormatFault;
  /** Byte offset in the input at which the fault was seen; 0 where there is no single place. */
  readonly offset: number;

  constructor(fault: FormatFault, offset: number, message: string) {
    super(message);
    this.fault = fault;
    this.offset = offset;
  }
}
