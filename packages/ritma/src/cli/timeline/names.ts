/**
 * Names that others chose, as text that is safe to show.
 *
 * What a hash-only store keeps as a keyed hash is shown as `•` and the begin of the hash. A raw
 * name may begin with that sign too; so whoever shows one also says which parts are hashed.
 *
 * @module
 */
import type { FlowEntity, Path, ProcessEntity, Value } from "@ritma/evidence";
import { addressText, withPort } from "../../base/address-text.ts";
import { escapeBytes } from "../../base/text.ts";

const MARK = "•";

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
    return addressText(family, address.bytes);
  }

  /** `127.0.0.1:80`, `[::1]:80`, `/run/x`, `@abstract`, `unix`, `netlink`. */
  flow(flow: FlowEntity): string {
    return withPort(flow.family, this.address(flow), flow.port);
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

/** As text where nothing of it is hashed and it begins at the root, else "". */
export function plainPath(path: Path | Value | null): string {
  if (path === null || !("components" in path) || path.base !== 0) return "";
  if (path.components.some(({ hashed }) => hashed)) return "";
  return `/${path.components.map(({ bytes }) => escapeBytes(bytes)).join("/")}`;
}
