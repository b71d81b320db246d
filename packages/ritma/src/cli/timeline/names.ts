/**
 * Names that others chose, as text that is safe to show.
 *
 * What a hash-only store keeps as a keyed hash is shown as `•` and the begin of the hash. A raw
 * name may begin with that sign too; so whoever shows one also says which parts are hashed.
 *
 * @module
 */
import type { FlowEntity, Path, ProcessEntity, Value } from "@ritma/evidence";
import { escapeBytes } from "../../base/text.ts";

const MARK = "•";
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

/** What a hash stands for, in the words of a legend. */
export type Hashed = "paths" | "arguments" | "addresses" | "names and texts";

/** Makes names, and remembers which were hashes. */
export class Namer {
  /** What was a hash since this namer was made. */
  readonly kinds = new Set<Hashed>();
  readonly #digits: number;
  #sawHash = false;

  /** @param digits hex digits of a hash: 8 for a person, 32 for a program */
  constructor(digits: 8 | 32) {
    this.#digits = digits;
  }

  /** @returns whether a hash was shown since the last call. */
  takeHashed(): boolean {
    const saw = this.#sawHash;
    this.#sawHash = false;
    return saw;
  }

  value({ hashed, bytes }: Value, what: Hashed = "names and texts"): string {
    if (!hashed) return escapeBytes(bytes);
    this.#sawHash = true;
    this.kinds.add(what);
    return MARK + bytes.toHex().slice(0, this.#digits);
  }

  /** From the root with a slash; `…/p.so` where it is not known what stands before it. */
  path(path: Path): string {
    const { base } = path;
    const joined = this.#joined(path);
    if (base === 0) return `/${joined}`;
    if (base === 1) return joined === "" ? "…" : `…/${joined}`;
    return joined === "" ? "(in memory)" : joined;
  }

  pathOrNull(path: Path | null): string | null {
    return path === null ? null : this.path(path);
  }

  /** Without its port. */
  address({ family, address }: FlowEntity): string {
    if ("components" in address) {
      if (address.base !== 2) return this.path(address);
      return address.components.length === 0 ? "unix" : `@${this.#joined(address)}`;
    }
    if (address.hashed) return this.value(address, "addresses");
    const { bytes } = address;
    if (family === AF_INET && bytes.length === 4) return bytes.join(".");
    if (family === AF_INET6 && bytes.length === 16) return version6(bytes);
    return bytes.length === 0 ? familyName(family) : `${familyName(family)}:${bytes.toHex()}`;
  }

  /** `127.0.0.1:80`, `[::1]:80`, `/run/x`, `@abstract`, `unix`, `netlink`. */
  flow(flow: FlowEntity): string {
    const address = this.address(flow);
    if (flow.port === null || (flow.family !== AF_INET && flow.family !== AF_INET6)) return address;
    const shown = flow.family === AF_INET6 ? `[${address}]` : address;
    return `${shown}:${flow.port}`;
  }

  /** By its own name, else by that of its program; null when the log has neither. */
  processName({ name, executable, birth }: ProcessEntity): string | null {
    if (name !== null && name.bytes.length > 0) return this.value(name);
    const last = executable?.components.at(-1);
    if (last !== undefined) return this.value(last, "paths");
    return birth === "node" ? "kernel" : null;
  }

  /** `sh[4702]`; `pid 4702` when it is not known what ran there. */
  process(process: ProcessEntity): string {
    const name = this.processName(process);
    if (name === null) return `pid ${process.pid}`;
    return process.birth === "node" ? name : `${name}[${process.pid}]`;
  }

  #joined({ components }: Path): string {
    return components.map((each) => this.value(each, "paths")).join("/");
  }
}

export function familyName(family: number): string {
  return FAMILIES.get(family) ?? `family ${family}`;
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

/** As text where nothing of it is hashed and it begins at the root, else "". */
export function plainPath(path: Path | Value | null): string {
  if (path === null || !("components" in path) || path.base !== 0) return "";
  if (path.components.some(({ hashed }) => hashed)) return "";
  return `/${path.components.map(({ bytes }) => escapeBytes(bytes)).join("/")}`;
}
