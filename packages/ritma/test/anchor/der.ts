/**
 * Just enough DER to write what no proper authority would sign.
 *
 * @module
 */

export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...size), content]);
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(0x30, ...parts);
export const integer = (bytes: Uint8Array): Uint8Array => der(0x02, bytes);
const SHA256 = Uint8Array.fromHex("0609608648016503040201");
const NULL = Uint8Array.fromHex("0500");
const POLICY = Uint8Array.fromHex("06042a030401");

export interface TstInfo {
  readonly digest: Uint8Array;
  /** "20200601000000Z". */
  readonly time: string;
  /** Of the digest, in DER. */
  readonly algorithm?: Uint8Array;
  readonly version?: number;
}

export function tstInfo({ digest, time, algorithm = SHA256, version = 1 }: TstInfo): Uint8Array {
  return sequence(
    integer(Uint8Array.of(version)),
    POLICY,
    sequence(sequence(algorithm, NULL), der(0x04, digest)),
    integer(Uint8Array.of(7)),
    der(0x18, new TextEncoder().encode(time)),
  );
}

/** The reply that carries a token, or, with another status than 0, carries none. */
export function timeStampReply(token: Uint8Array, status = 0): Uint8Array {
  const info = sequence(integer(Uint8Array.of(status)));
  return status > 1 ? sequence(info) : sequence(info, token);
}
