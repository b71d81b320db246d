/**
 * Who acts: the entities that a `Subject` stands for, made once and remembered.
 *
 * @module
 */
import {
  CREDENTIAL_IDS,
  type CredentialsEntity,
  encodeEntity,
  type EntityRef,
  entityRef,
  equalBytes,
  type Path,
  type Value,
} from "@ritma/evidence";
import { INTERN_ENTRIES_MAX } from "../../../base/limits.ts";
import type { Subject } from "../audit-event.ts";
import { latin1 } from "../latin1.ts";
import { plainValue, type Privacy } from "../privacy.ts";
import { executablePath, splitPath, withoutDeleted } from "./raw-path.ts";

const AUID = CREDENTIAL_IDS.indexOf("auid");
const SES = CREDENTIAL_IDS.indexOf("ses");

export interface Identity {
  readonly credentials: CredentialsEntity;
  readonly credentialsRef: EntityRef;
  /** `comm`. Both null when the record has none. */
  readonly name: Value | null;
  readonly nameRef: EntityRef | null;
  /** As the record has it. Both null when the record has none. */
  readonly exe: Uint8Array | null;
  readonly executable: Path | null;
}

type Credentials = Pick<Identity, "credentials" | "credentialsRef">;
type Image = Pick<Identity, "exe" | "executable">;

const NO_IMAGE: Image = { exe: null, executable: null };

export function sameRef(a: EntityRef, b: EntityRef): boolean {
  return a === b || equalBytes(a.bytes, b.bytes);
}

/** A deleted file goes on as the same image; one that is not named may be any. */
export function sameImage(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null || a === b || equalBytes(a, b)) return true;
  return equalBytes(withoutDeleted(a), withoutDeleted(b));
}

/** Both login uid and session, which a child inherits and hardly anything changes. */
export function sameSession(a: Identity, b: Identity): boolean {
  const [ids, others] = [a.credentials.ids, b.credentials.ids];
  return ids[AUID] === others[AUID] && ids[SES] === others[SES];
}

export class Identities {
  readonly #privacy: Privacy;
  readonly #known = new Map<Subject, Identity>();
  /** Subjects differ by rule key and program far more often than by credentials. */
  readonly #credentials = new Map<string, Credentials>();
  /** Equal names become one object, so that most comparisons end at once. */
  readonly #images = new Map<string, Image>();

  constructor(privacy: Privacy) {
    this.#privacy = privacy;
  }

  of(subject: Subject): Identity {
    const old = this.#known.get(subject);
    if (old !== undefined) return old;
    if (this.#known.size >= INTERN_ENTRIES_MAX) this.#known.clear();
    const made = this.make(subject);
    this.#known.set(subject, made);
    return made;
  }

  /** The same for a subject that will not come again. */
  make(subject: Subject): Identity {
    const { comm, exe } = subject;
    const name = comm === null ? null : plainValue(comm);
    return {
      ...this.#credentialsOf(subject),
      ...(exe === null ? NO_IMAGE : this.#imageOf(exe)),
      name,
      nameRef: name === null ? null : entityRef(encodeEntity({ kind: "string", value: name })),
    };
  }

  #imageOf(exe: Uint8Array): Image {
    const key = latin1(exe);
    const old = this.#images.get(key);
    if (old !== undefined) return old;
    if (this.#images.size >= INTERN_ENTRIES_MAX) this.#images.clear();
    const { base, bytes } = executablePath(exe);
    const components = this.#privacy.pathComponents(base, splitPath({ base, bytes }));
    const made = { exe, executable: { base, components } };
    this.#images.set(key, made);
    return made;
  }

  #credentialsOf(subject: Subject): Credentials {
    const { auid, uid, gid, euid, suid, fsuid, egid, sgid, fsgid, ses, tty, subj } = subject;
    const ids = [auid, uid, gid, euid, suid, fsuid, egid, sgid, fsgid, ses].map(idOrNull);
    const texts = [tty, subj].map((each) =>
      each === null ? "" : `${each.length}:${latin1(each)}`,
    );
    const key = `${ids.join(" ")} ${texts.join(" ")}`;
    const old = this.#credentials.get(key);
    if (old !== undefined) return old;
    if (this.#credentials.size >= INTERN_ENTRIES_MAX) this.#credentials.clear();
    const credentials: CredentialsEntity = {
      kind: "credentials",
      ids,
      terminal: tty === null ? null : plainValue(tty),
      label: subj === null ? null : this.#privacy.label(subj),
    };
    const made = { credentials, credentialsRef: entityRef(encodeEntity(credentials)) };
    this.#credentials.set(key, made);
    return made;
  }
}

function idOrNull(id: number): number | null {
  return Number.isSafeInteger(id) && id >= 0 ? id : null;
}
