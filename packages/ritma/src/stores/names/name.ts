/**
 * Names: what an entity can be asked for by.
 *
 * Values are as they stand in entities: where the recorder hashes, a name is of hashed values, and
 * who asks hashes first. A process instance has none: it is asked for by its key.
 *
 * Format: spec/15-names.md, "Names". Not here: where names are kept.
 *
 * @module
 */
import {
  CborWriter,
  CREDENTIAL_IDS,
  type Entity,
  equalBytes,
  type Path,
  type Value,
} from "@ritma/evidence";

export type CredentialId = (typeof CREDENTIAL_IDS)[number];

export type Name =
  | { readonly kind: "string"; readonly value: Value }
  /** Of files. */
  | { readonly kind: "path"; readonly path: Path }
  /** Of flows; a path for a Unix socket. */
  | { readonly kind: "address"; readonly address: Value | Path }
  /** Of flows. */
  | { readonly kind: "port"; readonly port: number }
  /** One of the first ARGUMENTS_NAMED of a list of arguments, the command's own name included. */
  | { readonly kind: "argument"; readonly value: Value }
  | { readonly kind: "credential"; readonly id: CredentialId; readonly number: number }
  /** Audit record type of a fields entity. */
  | { readonly kind: "type"; readonly type: string };

/** What stands behind these in a list of arguments is not named. */
export const ARGUMENTS_NAMED = 64;

/** Append only: the position is the number on disk. */
const KINDS = ["string", "path", "address", "port", "argument", "credential", "type"] as const;

const SCRATCH = new CborWriter(1024);

/** @returns the canonical bytes, which a hash stands for in the index. */
export function encodeName(name: Name): Uint8Array {
  const writer = SCRATCH.reset();
  writer.array(name.kind === "credential" ? 3 : 2).uint(KINDS.indexOf(name.kind));
  switch (name.kind) {
    case "string":
    case "argument":
      writeValue(writer, name.value);
      break;
    case "path":
      writePath(writer, name.path);
      break;
    case "address":
      if ("components" in name.address) writePath(writer, name.address);
      else writeValue(writer, name.address);
      break;
    case "port":
      writer.uint(name.port);
      break;
    case "credential":
      writer.uint(CREDENTIAL_IDS.indexOf(name.id)).uint(name.number);
      break;
    case "type":
      writer.text(name.type);
  }
  return writer.finish();
}

/** @returns the names of `entity`; one may occur twice. */
export function namesOf(entity: Entity): Name[] {
  switch (entity.kind) {
    case "string":
      return [{ kind: "string", value: entity.value }];
    case "file":
      return entity.path === null ? [] : [{ kind: "path", path: entity.path }];
    case "flow": {
      const { address, port } = entity;
      const named: Name = { kind: "address", address };
      return port === null ? [named] : [named, { kind: "port", port }];
    }
    case "arguments":
      return entity.values.slice(0, ARGUMENTS_NAMED).map((value) => ({ kind: "argument", value }));
    case "credentials":
      return CREDENTIAL_IDS.flatMap((id, at): Name[] => {
        const number = entity.ids[at] ?? null;
        return number === null ? [] : [{ kind: "credential", id, number }];
      });
    case "fields":
      return [{ kind: "type", type: entity.type }];
    case "process":
    case "line":
      break;
  }
  return [];
}

/** @param name as `encodeName` gives it */
export function isNamed(entity: Entity, name: Uint8Array): boolean {
  return namesOf(entity).some((each) => equalBytes(encodeName(each), name));
}

function writeValue(writer: CborWriter, { hashed, bytes }: Value): void {
  if (hashed) writer.array(1);
  writer.bytes(bytes);
}

function writePath(writer: CborWriter, { base, components }: Path): void {
  writer.array(2).uint(base).array(components.length);
  for (const component of components) writeValue(writer, component);
}
