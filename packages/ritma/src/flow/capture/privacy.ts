/**
 * What may be kept of a value, and how a question is put so that it finds what was kept.
 *
 * `raw` keeps the bytes. `hash-only` keeps a keyed hash of whatever could name a person, a machine
 * or a secret: whoever lacks the key cannot try a dictionary, and whoever holds it can still ask
 * for an exact value, or for everything below a directory.
 *
 *     hashed = first 16 bytes of BLAKE3, keyed, over (u8 domain || bytes)
 *
 * Equal values of one domain have equal hashes in one store. That is what makes questions possible,
 * and it also means that a reader without the key sees which records speak of the same thing.
 *
 * Not here: which field of which record is hidden, see `track/field-rules.ts`.
 *
 * Format: spec/05-record.md, "Values"; spec/08-projection.md, "hash-only".
 *
 * @module
 */
import {
  encodeUtf8,
  type Path,
  type PathBase,
  type Value,
  VALUE_DOMAINS,
  type ValueDomain,
} from "@ritma/evidence";
import { INTERN_ENTRIES_MAX } from "../../base/limits.ts";
import { latin1 } from "./latin1.ts";
import { publicComponents } from "./public-path.ts";
import { resolvePath, splitPath } from "./track/raw-path.ts";

export type PrivacyMode = "raw" | "hash-only";

export interface Privacy {
  readonly mode: PrivacyMode;
  /** The bytes may be kept by the value. */
  value(domain: ValueDomain, bytes: Uint8Array): Value;
  /** @param components without `/`, in order; see `splitPath`. */
  pathComponents(base: PathBase, components: readonly Uint8Array[]): readonly Value[];
  /** A label of SELinux, AppArmor or the like. */
  label(bytes: Uint8Array): Value;
}

/** BLAKE3 keyed with 32 bytes, cut to 16. */
export type KeyedHash16 = (key: Uint8Array, bytes: Uint8Array) => Uint8Array;

/** Labels that every policy has. Another label can hold the name of an account. */
const PUBLIC_LABELS = /^(?:=?unconfined|kernel|(?:system_u|unconfined_u):[!-~]*)$/u;

export function plainValue(bytes: Uint8Array): Value {
  return { hashed: false, bytes };
}

export function rawPrivacy(): Privacy {
  return {
    mode: "raw",
    value: (_domain, bytes) => plainValue(bytes),
    pathComponents: (_base, components) => components.map(plainValue),
    label: plainValue,
  };
}

/** @param key 32 bytes; kept by reference, so the caller may wipe it when the store closes. */
export function hashOnlyPrivacy(keyedHash16: KeyedHash16, key: Uint8Array): Privacy {
  const known = new Map<string, Value>();
  const value = (domain: ValueDomain, bytes: Uint8Array): Value => {
    const input = new Uint8Array(1 + bytes.length);
    input[0] = VALUE_DOMAINS[domain];
    input.set(bytes, 1);
    return { hashed: true, bytes: keyedHash16(key, input) };
  };
  const component = (name: string, bytes: Uint8Array): Value => {
    const old = known.get(name);
    if (old !== undefined) return old;
    if (known.size >= INTERN_ENTRIES_MAX) known.clear();
    const made = value("component", bytes);
    known.set(name, made);
    return made;
  };
  return {
    mode: "hash-only",
    value,
    pathComponents(base, components) {
      const names = components.map(latin1);
      const stay = base === 0 ? publicComponents(names) : 0;
      return components.map((bytes, at) =>
        at < stay ? plainValue(bytes) : component(names[at] ?? "", bytes),
      );
    },
    label: (bytes) =>
      PUBLIC_LABELS.test(latin1(bytes)) ? plainValue(bytes) : value("name", bytes),
  };
}

/**
 * A path as a store of this privacy holds it: for a question by exact path, or, as the first
 * components of a longer one, for everything below a directory.
 *
 * @param path from the root, or relative for a path whose directory the log did not show. Text
 * stands for its UTF-8.
 */
export function questionPath(privacy: Privacy, path: string | Uint8Array): Path {
  const raw = resolvePath(null, typeof path === "string" ? encodeUtf8(path) : path);
  return { base: raw.base, components: privacy.pathComponents(raw.base, splitPath(raw)) };
}

/** @param address 4 bytes for IPv4, 16 for IPv6; see `addressBytes` for text. */
export function questionAddress(privacy: Privacy, address: Uint8Array): Value {
  return privacy.value("address", address);
}

/** A whole value of any other domain: an argument, an account, a line of input. */
export function questionText(
  privacy: Privacy,
  domain: ValueDomain,
  text: string | Uint8Array,
): Value {
  return privacy.value(domain, typeof text === "string" ? encodeUtf8(text) : text);
}
