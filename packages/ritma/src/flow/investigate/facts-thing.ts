/**
 * What a fact is about, keyed by what it means: ids of a dictionary differ between generations, and
 * names do not.
 *
 *     program   its executable, else the name it gave itself
 *     file      its path; without one it has no key, and is counted nowhere
 *     flow      family, address, port, scope
 *
 * Invariant: two things have the same key only if they are the same thing, also where a store keeps
 * keyed hashes: these are the same for the same name in one store, and in no other.
 *
 * Not here: how things are shown (`cli`).
 *
 * @module
 */
import {
  type Cone,
  CREDENTIAL_IDS,
  type CredentialsEntity,
  type Entity,
  type FlowEntity,
  type Path,
  type ProcessEntity,
  type Value,
} from "@ritma/evidence";

export type Thing =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "name"; readonly value: Value }
  | { readonly kind: "flow"; readonly flow: FlowEntity }
  | {
      readonly kind: "user";
      readonly uid: number | null;
      readonly euid: number | null;
      readonly auid: number | null;
    }
  | { readonly kind: "number"; readonly number: number }
  /** A cone, by the hash that is the same in every generation. */
  | { readonly kind: "shape"; readonly hash: string; readonly cone: Cone };

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
const AF_NETLINK = 16;
const AF_UNSPEC = 0;

export function keyOf(things: readonly Thing[]): string {
  return things.map(oneKey).join(" ");
}

/** Null when the log has neither an executable nor a name. */
export function programOf({ executable, name }: ProcessEntity): Thing | null {
  if (executable !== null) return { kind: "path", path: executable };
  return name === null ? null : { kind: "name", value: name };
}

export function fileOf(entity: Entity): Thing | null {
  if (entity.kind !== "file" || entity.path === null) return null;
  return { kind: "path", path: entity.path };
}

/** The file that it is loaded from, or the name by which it is unloaded. */
export function moduleOf(entity: Entity): Thing | null {
  return entity.kind === "string" ? { kind: "name", value: entity.value } : fileOf(entity);
}

/** An address that somebody may have chosen: no netlink, and no socket without a name. */
export function flowOf(entity: Entity): Thing | null {
  if (entity.kind !== "flow") return null;
  const { family, address } = entity;
  if (family === AF_NETLINK || family === AF_UNSPEC) return null;
  if ("components" in address && address.components.length === 0) return null;
  return { kind: "flow", flow: entity };
}

/** Who connected: every connection has another port. */
export function peerOf(entity: Entity): Thing | null {
  const thing = flowOf(entity);
  if (thing?.kind !== "flow" || !isInternet(thing.flow)) return null;
  return { kind: "flow", flow: { ...thing.flow, port: null } };
}

/** What others can connect to: a port that was chosen, or a socket with a name. */
export function listenerOf(entity: Entity): Thing | null {
  const thing = flowOf(entity);
  if (thing?.kind !== "flow") return null;
  return isInternet(thing.flow) && (thing.flow.port ?? 0) === 0 ? null : thing;
}

export function userOf({ ids }: CredentialsEntity): Thing {
  const [uid = null, euid = null, auid = null] = (["uid", "euid", "auid"] as const).map(
    (name) => ids[CREDENTIAL_IDS.indexOf(name)],
  );
  return { kind: "user", uid, euid, auid };
}

function isInternet({ family }: FlowEntity): boolean {
  return family === AF_INET || family === AF_INET6;
}

function oneKey(thing: Thing): string {
  switch (thing.kind) {
    case "path":
      return `path:${pathKey(thing.path)}`;
    case "name":
      return `name:${valueKey(thing.value)}`;
    case "flow": {
      const { family, address, port, scope } = thing.flow;
      const where = "components" in address ? pathKey(address) : valueKey(address);
      return `flow:${family}:${where}:${port ?? ""}:${scope ?? ""}`;
    }
    case "user":
      return `user:${thing.uid ?? ""}:${thing.euid ?? ""}:${thing.auid ?? ""}`;
    case "number":
      return `number:${thing.number}`;
    case "shape":
      break;
  }
  return `shape:${thing.hash}`;
}

function pathKey({ base, components }: Path): string {
  return `${base}/${components.map(valueKey).join("/")}`;
}

function valueKey({ hashed, bytes }: Value): string {
  return (hashed ? "#" : "") + bytes.toHex();
}
