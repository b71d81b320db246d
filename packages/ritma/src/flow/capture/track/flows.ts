/**
 * Socket addresses as flow entities, made once and remembered.
 *
 * @module
 */
import { encodeEntity, entityRef, type FlowEntity, type Path } from "@ritma/evidence";
import { INTERN_ENTRIES_MAX } from "../../../base/limits.ts";
import type { SockAddr } from "../audit-event.ts";
import { latin1 } from "../latin1.ts";
import { plainValue, type Privacy } from "../privacy.ts";
import type { Descriptor } from "./descriptors.ts";
import { type RawPath, resolvePath, splitPath } from "./raw-path.ts";

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const AF_VSOCK = 40;

const PORTS = 65_536;
const SLASH = 0x2f;
const NO_BYTES = plainValue(new Uint8Array(0));

export class Flows {
  readonly #privacy: Privacy;
  readonly #known = new Map<string | number, Descriptor>();

  constructor(privacy: Privacy) {
    this.#privacy = privacy;
  }

  /** @returns the flow of an address, or null for one that depends on a directory. */
  of(address: SockAddr): Descriptor | null {
    if (isRelative(address)) return null;
    const key = keyOf(address);
    const old = this.#known.get(key);
    if (old !== undefined) return old;
    if (this.#known.size >= INTERN_ENTRIES_MAX) this.#known.clear();
    const made = this.#make(address, null);
    this.#known.set(key, made);
    return made;
  }

  /** The same for a unix socket whose name starts from `directory`. Not remembered. */
  from(directory: RawPath | null, address: SockAddr): Descriptor {
    return this.#make(address, directory);
  }

  #make(address: SockAddr, directory: RawPath | null): Descriptor {
    return {
      kind: "flow",
      ref: entityRef(encodeEntity(this.#entity(address, directory))),
      path: null,
      inode: -1,
      devMajor: -1,
      devMinor: -1,
      closeOnExec: false,
    };
  }

  #entity(from: SockAddr, directory: RawPath | null): FlowEntity {
    const kind = "flow";
    switch (from.family) {
      case "inet": {
        const address = this.#privacy.value("address", from.address);
        return { kind, family: AF_INET, address, port: uint(from.port), scope: null };
      }
      case "inet6": {
        const address = this.#privacy.value("address", from.address);
        return { kind, family: AF_INET6, address, port: uint(from.port), scope: uint(from.scope) };
      }
      case "unix": {
        const address = this.#unixPath(from.path, from.abstract, directory);
        return { kind, family: AF_UNIX, address, port: null, scope: null };
      }
      case "netlink": {
        const [port, scope] = [uint(from.pid), uint(from.groups)];
        return { kind, family: AF_NETLINK, address: NO_BYTES, port, scope };
      }
      case "vsock": {
        const [port, scope] = [uint(from.port), uint(from.cid)];
        return { kind, family: AF_VSOCK, address: NO_BYTES, port, scope };
      }
      case "other":
        break;
    }
    const address = this.#privacy.value("address", from.bytes);
    return { kind, family: uint(from.number) ?? 0, address, port: null, scope: null };
  }

  #unixPath(name: Uint8Array, abstract: boolean, directory: RawPath | null): Path {
    if (abstract) return { base: 2, components: [this.#privacy.value("socket", name)] };
    if (name.length === 0) return { base: 2, components: [] };
    const raw = resolvePath(directory, name);
    return {
      base: raw.base,
      components: this.#privacy.pathComponents(raw.base, splitPath(raw)),
    };
  }
}

function isRelative(address: SockAddr): boolean {
  if (address.family !== "unix" || address.abstract) return false;
  return address.path.length > 0 && address.path[0] !== SLASH;
}

/** A number for IPv4, which is most of all; text for the rest. */
function keyOf(from: SockAddr): string | number {
  switch (from.family) {
    case "inet": {
      const { address, port } = from;
      const [a = 0, b = 0, c = 0, d = 0] = address;
      const usual = address.length === 4 && port >= 0 && port < PORTS;
      if (usual) return ((a * 256 + b) * 65_536 + c * 256 + d) * PORTS + port;
      return `4 ${latin1(address)} ${port}`;
    }
    case "inet6":
      return `6 ${latin1(from.address)} ${from.port} ${from.scope}`;
    case "unix":
      return `${from.abstract ? "a" : "u"} ${latin1(from.path)}`;
    case "netlink":
      return `n ${from.pid} ${from.groups}`;
    case "vsock":
      return `v ${from.cid} ${from.port}`;
    case "other":
      break;
  }
  return `o ${from.number} ${latin1(from.bytes)}`;
}

function uint(value: number): number | null {
  return Number.isSafeInteger(value) && value >= 0 ? value : null;
}
