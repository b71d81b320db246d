/**
 * A SOCKADDR record: the socket address as the process handed it to the kernel, in hex.
 *
 *     saddr=02001F90CB0071050000000000000000
 *           family (2 bytes, the host's order), then by family; ports and addresses are big-endian
 *
 * The bytes are the process's own memory. They may be shorter than the family needs, and an AF_UNIX
 * path is often followed by whatever lay on the stack after its NUL. Too short for its family, or a
 * family without a shape here: `other`, with all bytes. An IPv4-mapped IPv6 address stays `inet6`.
 *
 * The order of the family comes from the architecture of the event's SYSCALL record; without one
 * (records can be lost) it is the order in which the number is a family we know. Netlink and vsock
 * numbers are in the host's order too.
 *
 * @module
 */
import type { SockAddr } from "../audit-event.ts";
import { copyOf } from "./value.ts";

export type ByteOrder = "little" | "big" | "unknown";

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const AF_VSOCK = 40;
/** Families have numbers below this one (linux/socket.h, AF_MAX of Linux 6). */
const AF_MAX = 46;

const INET_BYTES_MIN = 8;
/** Up to the address; the scope is read when it is there. */
const INET6_BYTES_MIN = 24;
const NETLINK_BYTES_MIN = 12;
const VSOCK_BYTES_MIN = 12;

/** @param bytes decoded from hex; kept by the result. */
export function parseSockAddr(bytes: Uint8Array, order: ByteOrder): SockAddr {
  if (bytes.length < 2) return { family: "other", number: -1, bytes };
  const big = order === "unknown" ? looksBig(bytes) : order === "big";
  const number = big ? bigEndian(bytes, 0, 2) : littleEndian(bytes, 0, 2);
  const host = (at: number): number => (big ? bigEndian(bytes, at, 4) : littleEndian(bytes, at, 4));
  if (number === AF_INET && bytes.length >= INET_BYTES_MIN) {
    return { family: "inet", address: copyOf(bytes, 4, 8), port: bigEndian(bytes, 2, 2) };
  }
  if (number === AF_INET6 && bytes.length >= INET6_BYTES_MIN) {
    const scope = bytes.length >= 28 ? host(24) : 0;
    return { family: "inet6", address: copyOf(bytes, 8, 24), port: bigEndian(bytes, 2, 2), scope };
  }
  if (number === AF_UNIX) return unixAddress(bytes);
  if (number === AF_NETLINK && bytes.length >= NETLINK_BYTES_MIN) {
    return { family: "netlink", pid: host(4), groups: host(8) };
  }
  if (number === AF_VSOCK && bytes.length >= VSOCK_BYTES_MIN) {
    return { family: "vsock", cid: host(8), port: host(4) };
  }
  return { family: "other", number, bytes };
}

/** A path ends at its first NUL; an abstract name (leading NUL) is all that follows. */
function unixAddress(bytes: Uint8Array): SockAddr {
  if (bytes[2] === 0 && bytes.length > 3) {
    let end = bytes.length;
    while (end > 3 && bytes[end - 1] === 0) end -= 1;
    return { family: "unix", path: copyOf(bytes, 3, end), abstract: end > 3 };
  }
  const end = bytes.indexOf(0, 2);
  return { family: "unix", path: copyOf(bytes, 2, end < 0 ? bytes.length : end), abstract: false };
}

function looksBig(bytes: Uint8Array): boolean {
  return littleEndian(bytes, 0, 2) >= AF_MAX && bigEndian(bytes, 0, 2) < AF_MAX;
}

// By hand, not with a DataView: asking a small array for its buffer moves it out of the heap.

function bigEndian(bytes: Uint8Array, start: number, length: number): number {
  let value = 0;
  for (let index = 0; index < length; index += 1) value = value * 256 + (bytes[start + index] ?? 0);
  return value;
}

function littleEndian(bytes: Uint8Array, start: number, length: number): number {
  let value = 0;
  for (let index = length - 1; index >= 0; index -= 1) {
    value = value * 256 + (bytes[start + index] ?? 0);
  }
  return value;
}
