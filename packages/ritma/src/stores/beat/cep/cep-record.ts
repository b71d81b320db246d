/**
 * A record of a CEP frame, as it stands there.
 *
 * @module
 */

export interface CepRecord {
  readonly type: number;
  readonly version: number;
  readonly flags: number;
  readonly key: Uint8Array;
  readonly body: Uint8Array;
  /** Of the record, in the frame. */
  readonly offset: number;
}

/** Of the records that CEP knows. */
export const CEP_TYPES = {
  cell: 0x01,
  chunk: 0x02,
  manifest: 0x03,
  order: 0x04,
  name: 0x05,
  payloadHistory: 0x06,
  manifestHistory: 0x07,
  trailer: 0xff,
} as const;
