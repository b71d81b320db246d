/**
 * Entities: the things that atoms are about, named by their content.
 *
 * Format: spec/05-record.md, "Entities". Not here: their bytes, see `entity-codec.ts`.
 *
 * @module
 */
import type { Value } from "./value.ts";

/** 0 from the root, 1 from a directory that is not known, 2 not a place in a file tree. */
export type PathBase = 0 | 1 | 2;

export interface Path {
  readonly base: PathBase;
  readonly components: readonly Value[];
}

export interface StringEntity {
  readonly kind: "string";
  readonly value: Value;
}

export interface FileEntity {
  readonly kind: "file";
  readonly path: Path | null;
  readonly inode: number | null;
  readonly device: readonly [major: number, minor: number] | null;
  readonly mode: number | null;
  readonly uid: number | null;
  readonly gid: number | null;
}

/** What makes a process instance unique in a store, without its node. */
export interface ProcessKey {
  /** Resets of the node's audit serial since genesis. */
  readonly boot: number;
  readonly pid: number;
  /** Microseconds; of the fork, the exec, or the first record. */
  readonly start: number;
  readonly serial: number;
}

/** How the recorder knows of the process: append only, the position is the number on disk. */
export const BIRTHS = ["node", "fork", "exec", "inferred"] as const;
export type Birth = (typeof BIRTHS)[number];

export interface ProcessEntity extends ProcessKey {
  readonly kind: "process";
  readonly node: Value;
  readonly birth: Birth;
  readonly parent: ProcessKey | null;
  readonly executable: Path | null;
  readonly name: Value | null;
  readonly credentials: CredentialsEntity | null;
  readonly container: Value | null;
}

export interface FlowEntity {
  readonly kind: "flow";
  /** The kernel's AF number. */
  readonly family: number;
  readonly address: Value | Path;
  readonly port: number | null;
  readonly scope: number | null;
}

/** The ten ids of a credentials entity, in the order in which they stand on disk. */
export const CREDENTIAL_IDS = [
  "auid",
  "uid",
  "gid",
  "euid",
  "suid",
  "fsuid",
  "egid",
  "sgid",
  "fsgid",
  "ses",
] as const;

export interface CredentialsEntity {
  readonly kind: "credentials";
  /** In the order of CREDENTIAL_IDS; null where the record had no such field. */
  readonly ids: readonly (number | null)[];
  readonly terminal: Value | null;
  readonly label: Value | null;
}

export interface ArgumentsEntity {
  readonly kind: "arguments";
  /** False when the log shows that some are missing. */
  readonly whole: boolean;
  readonly values: readonly Value[];
}

export interface FieldsEntity {
  readonly kind: "fields";
  /** The audit record type, as the log wrote it. */
  readonly type: string;
  readonly fields: readonly (readonly [name: string, value: Value | number])[];
}

export interface LineEntity {
  readonly kind: "line";
  /** Length of the whole line in bytes, without its newline. */
  readonly length: number;
  readonly value: Value;
}

export type Entity =
  | StringEntity
  | FileEntity
  | ProcessEntity
  | FlowEntity
  | CredentialsEntity
  | ArgumentsEntity
  | FieldsEntity
  | LineEntity;
