/**
 * From what a person names to what the reader looks for: a process, a file, an address.
 *
 * A hash-only store is asked in its own terms: the question is hashed with the store's key, piece
 * by piece as the recorder did it. What a store of that kind keeps as it is can be asked for
 * without the key.
 *
 * @module
 */
import {
  encodeUtf8,
  type Entity,
  equalBytes,
  type FieldsEntity,
  type Path,
  type PrivacyMode,
  type ProcessEntity,
  type Value,
} from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { addressBytes } from "../../flow/capture/address.ts";
import {
  hashOnlyPrivacy,
  type KeyedHash16,
  type Privacy,
  questionAddress,
  questionPath,
  rawPrivacy,
} from "../../flow/capture/privacy.ts";

export type EntityTest = (entity: Entity) => boolean;

const PROC = /^(?<name>.*?)(?:\[(?<pid>\d{1,10})\])?$/su;
const ADDRESS = /^(?:\[(?<v6>[^\]]*)\]|(?<bare>[^:]*|[^:]*:[^:]*:.*?))(?::(?<port>\d{1,5}))?$/u;
const PORT_MAX = 65_535;
/** Fields of records that hold an address, and where the port to it stands. */
const ADDRESS_FIELDS: ReadonlyMap<string, string> = new Map([
  ["addr", "rport"],
  ["raddr", "rport"],
  ["laddr", "lport"],
  ["saddr", "sport"],
  ["daddr", "dport"],
  ["faddr", "rport"],
]);

/** @param key null when it is not at hand: what needs it is refused, the rest is answered. */
export function privacyForQuestions(
  mode: PrivacyMode,
  keyedHash16: KeyedHash16,
  key: Uint8Array | null,
): Privacy {
  if (mode === "raw") return rawPrivacy();
  if (key !== null) return hashOnlyPrivacy(keyedHash16, key);
  return hashOnlyPrivacy(() => {
    const message = "the question names something that this store keeps only as a keyed hash";
    throw new RitmaError("query/needs-key", message);
  }, new Uint8Array(0));
}

/** `nginx`, `nginx[911]`, `911`. */
export function processAsked(text: string): (process: ProcessEntity) => boolean {
  const { name = "", pid } = PROC.exec(text)?.groups ?? {};
  if (pid === undefined && /^\d{1,10}$/u.test(text)) {
    const asked = Number(text);
    return (process) => process.pid === asked;
  }
  const bytes = encodeUtf8(name);
  const asked = pid === undefined ? null : Number(pid);
  return (process) => (asked === null || process.pid === asked) && hasName(process, bytes);
}

/** The program's own name for itself, or that of its file. */
function hasName({ name, executable }: ProcessEntity, bytes: Uint8Array): boolean {
  if (bytes.length === 0) return true;
  const file = executable?.components.at(-1);
  return [name, file].some(
    (value) =>
      value !== null && value !== undefined && !value.hashed && equalBytes(value.bytes, bytes),
  );
}

/** A file by its path, or all in and below a directory with `/` or `/*` at the end. */
export function pathAsked(privacy: Privacy, text: string): EntityTest {
  const isPrefix = text.endsWith("/") || text.endsWith("/*");
  const path = questionPath(privacy, encodeUtf8(text.replace(/\/\*$/u, "/")));
  return (entity) => {
    const found = pathOf(entity);
    if (found === null || found.base !== path.base) return false;
    const { components } = found;
    if (
      isPrefix
        ? components.length < path.components.length
        : components.length !== path.components.length
    ) {
      return false;
    }
    return path.components.every((value, at) => isSame(value, components[at]));
  };
}

function pathOf(entity: Entity): Path | null {
  if (entity.kind === "file") return entity.path;
  return entity.kind === "flow" && "components" in entity.address ? entity.address : null;
}

/** `10.0.0.1`, `10.0.0.1:443`, `::1`, `[::1]:443`. @throws RitmaError `usage/bad-argument` */
export function addressAsked(privacy: Privacy, text: string): EntityTest {
  const { v6, bare, port } = ADDRESS.exec(text)?.groups ?? {};
  const bytes = addressBytes(encodeUtf8(v6 ?? bare ?? ""));
  const asked = port === undefined ? null : Number(port);
  if (bytes === null || (v6 !== undefined && bytes.length !== 16) || (asked ?? 0) > PORT_MAX) {
    const shown = escapeText(text.slice(0, 100));
    const message = `"${shown}" is no address; write 10.0.0.1, 10.0.0.1:443, ::1 or [::1]:443`;
    throw new RitmaError("usage/bad-argument", message);
  }
  const address = questionAddress(privacy, bytes);
  return (entity) => {
    if (entity.kind === "fields") return hasAddress(entity, address, asked);
    return (
      entity.kind === "flow" &&
      !("components" in entity.address) &&
      (asked === null || entity.port === asked) &&
      isSame(address, entity.address)
    );
  };
}

/** A raw store has addresses in records as text; a hash-only one hashed what that stands for. */
function hasAddress({ fields }: FieldsEntity, address: Value, port: number | null): boolean {
  return fields.some(([name, value]) => {
    const portName = ADDRESS_FIELDS.get(name);
    if (portName === undefined || typeof value === "number") return false;
    const bytes = value.hashed ? value.bytes : addressBytes(value.bytes);
    if (bytes === null || !isSame(address, { hashed: value.hashed, bytes })) return false;
    return port === null || fields.some(([own, held]) => own === portName && isPort(held, port));
  });
}

function isPort(value: Value | number, port: number): boolean {
  if (typeof value === "number") return value === port;
  return !value.hashed && equalBytes(value.bytes, encodeUtf8(String(port)));
}

function isSame(a: Value, b: Value | undefined): boolean {
  return b !== undefined && a.hashed === b.hashed && equalBytes(a.bytes, b.bytes);
}

/** What a person means without saying of what kind it is. */
export interface Needle {
  readonly kind: "process" | "file" | "flow";
  readonly test: EntityTest;
  /** Behind an `@`: a time at which the process lived. */
  readonly at: string | null;
}

const LOOKS_LIKE_ADDRESS =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?|\[[\d:a-f.]+\](?::\d+)?|[\da-f]*:[\d:a-f.]+)$/iu;

/**
 * A path has a slash, an address looks like one, and all else is a process.
 *
 * @throws RitmaError `usage/bad-argument`, `query/needs-key`
 */
export function needleAsked(privacy: Privacy, text: string): Needle {
  if (text.startsWith("/")) return { kind: "file", test: pathAsked(privacy, text), at: null };
  if (LOOKS_LIKE_ADDRESS.test(text)) {
    return { kind: "flow", test: addressAsked(privacy, text), at: null };
  }
  const at = text.lastIndexOf("@");
  const named = processAsked(at < 0 ? text : text.slice(0, at));
  const test: EntityTest = (entity) => entity.kind === "process" && named(entity);
  return { kind: "process", test, at: at < 0 ? null : text.slice(at + 1) };
}
