/**
 * Addresses of sockets, as people write them.
 *
 * Not here: names of sockets in the file system, which others chose and which are escaped.
 *
 * @module
 */

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const FAMILIES: ReadonlyMap<number, string> = new Map([
  [0, "unspecified"],
  [AF_UNIX, "unix"],
  [AF_INET, "inet"],
  [AF_INET6, "inet6"],
  [16, "netlink"],
  [17, "packet"],
  [38, "alg"],
  [40, "vsock"],
]);
const GROUPS = 8;

/** @param family the kernel's AF number */
export function familyName(family: number): string {
  return FAMILIES.get(family) ?? `family ${family}`;
}

/** `127.0.0.1`, `::1`, `packet:0102`; of an address without bytes its family. */
export function addressText(family: number, bytes: Uint8Array): string {
  if (family === AF_INET && bytes.length === 4) return bytes.join(".");
  if (family === AF_INET6 && bytes.length === 16) return version6(bytes);
  return bytes.length === 0 ? familyName(family) : `${familyName(family)}:${bytes.toHex()}`;
}

/** `127.0.0.1:80`, `[::1]:80`; the address alone where it has no port, or is of another family. */
export function withPort(family: number, address: string, port: number | null): string {
  if (port === null || (family !== AF_INET && family !== AF_INET6)) return address;
  return family === AF_INET6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/** RFC 5952: lower case, the longest run of two zero groups or more is `::`. */
function version6(bytes: Uint8Array): string {
  const groups = Array.from(
    { length: GROUPS },
    (_, at) => ((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0),
  );
  let [start, length] = [-1, 1];
  for (let at = 0; at < GROUPS; at += 1) {
    let end = at;
    while (end < GROUPS && groups[end] === 0) end += 1;
    if (end - at > length) [start, length] = [at, end - at];
  }
  const hex = groups.map((group) => group.toString(16));
  if (start === -1) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}
