/**
 * The model of entities, in order of id: one walk, the same for writing and reading.
 *
 * Everything that it knows comes from the entities since its last reset, so whoever read them goes
 * on writing as if it had written them. It resets where an id is 1 modulo 65,536, and when it holds
 * much: its memory does not depend on how long a generation is.
 *
 * Format: spec/12-entities.md.
 *
 * @module
 */
import { decodeEntity, encodeEntity } from "../record/entity-codec.ts";
import type {
  CredentialsEntity,
  Entity,
  LineEntity,
  Path,
  StringEntity,
} from "../record/entity.ts";
import { FRAME_BYTES_MAX } from "../record/generation-log.ts";
import { type Coder, Probabilities } from "./coder.ts";
import {
  BYTE,
  DOMAINS,
  ENTITY_CONTEXTS,
  ESCAPED,
  ESCAPED_LENGTH,
  KIND,
  LINE_LENGTH,
} from "./entity-contexts.ts";
import { CredentialsCoder } from "./entity-credentials.ts";
import { chosen, within } from "./entity-fault.ts";
import { FileCoder } from "./entity-file.ts";
import { FlowCoder } from "./entity-flow.ts";
import { ArgumentsCoder, FieldsCoder } from "./entity-lists.ts";
import { ProcessCoder } from "./entity-process.ts";
import { EntityTrail } from "./entity-trail.ts";
import { mix } from "./guesses.ts";
import { MODEL_BYTES_MAX } from "./name-coder.ts";
import { COMPONENTS_MAX } from "./path-tree.ts";

/** Of one entity. */
export const ENTITY_BYTES_MAX = FRAME_BYTES_MAX;
/** Entities between two resets at most; frames do not cross these borders. */
export const SEGMENT_ENTITIES = 65_536;
/** Canonical bytes of entities after which the model resets before the next. */
const RESET_BYTES = 16 * 1024 * 1024;

const KINDS = [
  "string",
  "file",
  "process",
  "flow",
  "credentials",
  "arguments",
  "fields",
  "line",
] as const;

export class EntityModel {
  readonly probabilities = new Probabilities(ENTITY_CONTEXTS);
  readonly #trail = new EntityTrail();
  readonly #files = new FileCoder(this.#trail);
  readonly #credentials = new CredentialsCoder(this.#trail);
  readonly #processes = new ProcessCoder(this.#trail, this.#credentials);
  readonly #flows = new FlowCoder(this.#trail);
  readonly #arguments = new ArgumentsCoder(this.#trail);
  readonly #fields = new FieldsCoder(this.#trail);
  #bytes = 0;
  #nextId = 1;
  #isStale = false;

  /** The id that it expects next; 0 after a fault, when it must be reset. */
  get nextId(): number {
    return this.#nextId;
  }

  /**
   * Before entities from `firstId` on: resets at a border.
   *
   * @returns false when others belong here.
   */
  begin(firstId: number): boolean {
    const isBorder = firstId % SEGMENT_ENTITIES === 1;
    if (!isBorder && firstId !== this.#nextId) return false;
    if (isBorder || this.#isStale) this.#reset();
    this.#nextId = 0;
    return true;
  }

  /** Entities up to, not with, `nextId` stand elsewhere: it begins anew behind them. */
  skip(nextId: number): void {
    this.#nextId = nextId;
    this.#isStale = true;
  }

  /** After entities up to, not with, `nextId`. */
  end(nextId: number): void {
    this.#nextId = nextId;
  }

  /** @throws FormatError unless `bytes` are a canonical entity of at most `ENTITY_BYTES_MAX`. */
  write(coder: Coder, bytes: Uint8Array): void {
    this.#prepare();
    within(bytes.length, ENTITY_BYTES_MAX, "length of an entity");
    const entity = decodeEntity(bytes);
    const isEscaped = !fits(entity, bytes.length);
    coder.bit(ESCAPED, isEscaped ? 1 : 0);
    if (isEscaped) {
      coder.uint(ESCAPED_LENGTH, bytes.length);
      codeBytes(coder, bytes);
    } else {
      this.#code(coder, entity);
      this.#bytes += bytes.length;
    }
  }

  /**
   * @param bytesMax what the entity may take.
   * @returns its canonical bytes.
   * @throws FormatError on what no writer tells.
   */
  read(coder: Coder, bytesMax: number): Uint8Array {
    this.#prepare();
    if (coder.bit(ESCAPED, 0) === 1) return readEscaped(coder, bytesMax);
    const entity = this.#code(coder, null);
    const bytes = encodeEntity(entity);
    chosen(fits(entity, bytes.length), "a large entity");
    within(bytes.length, bytesMax, "length of an entity");
    this.#bytes += bytes.length;
    return bytes;
  }

  #prepare(): void {
    if (this.#bytes >= RESET_BYTES) this.#reset();
    this.#trail.names.beginEntity();
  }

  #code(coder: Coder, given: Entity | null): Entity {
    const trail = this.#trail;
    const kinds = trail.kind * 64 + trail.kindBefore * 8 + trail.kindBefore2;
    const context = KIND + ((mix(kinds, trail.image) & 0xfff) << 3);
    const kind = coder.tree(context, 3, given === null ? 0 : KINDS.indexOf(given.kind));
    trail.kindBefore2 = trail.kindBefore;
    trail.kindBefore = trail.kind;
    trail.kind = kind;
    switch (KINDS[kind] ?? "line") {
      case "string":
        return this.#codeString(coder, given?.kind === "string" ? given : null);
      case "file":
        return this.#files.code(coder, given?.kind === "file" ? given : null);
      case "process":
        return this.#processes.code(coder, given?.kind === "process" ? given : null);
      case "flow":
        return this.#flows.code(coder, given?.kind === "flow" ? given : null);
      case "credentials":
        return this.#codeCredentials(coder, given?.kind === "credentials" ? given : null);
      case "arguments":
        return this.#arguments.code(coder, given?.kind === "arguments" ? given : null);
      case "fields":
        return this.#fields.code(coder, given?.kind === "fields" ? given : null);
      case "line":
      default:
        return this.#codeLine(coder, given?.kind === "line" ? given : null);
    }
  }

  #codeString(coder: Coder, given: StringEntity | null): StringEntity {
    const { names } = this.#trail;
    const id = names.codePlain(coder, DOMAINS.name, given?.value ?? null);
    return { kind: "string", value: names.valueOf(id) };
  }

  #codeCredentials(coder: Coder, given: CredentialsEntity | null): CredentialsEntity {
    const wanted = given === null ? -1 : this.#credentials.find(given, -1);
    return this.#credentials.entityOf(this.#credentials.code(coder, 1, given, wanted));
  }

  #codeLine(coder: Coder, given: LineEntity | null): LineEntity {
    const { names } = this.#trail;
    const length = coder.uint(LINE_LENGTH, given?.length ?? 0);
    const id = names.codePlain(coder, DOMAINS.text, given?.value ?? null);
    return { kind: "line", length, value: names.valueOf(id) };
  }

  #reset(): void {
    this.probabilities.reset();
    this.#trail.reset();
    this.#files.reset();
    this.#credentials.reset();
    this.#processes.reset();
    this.#flows.reset();
    this.#arguments.reset();
    this.#fields.reset();
    this.#bytes = 0;
    this.#isStale = false;
  }
}

/** An entity that the model does not take is told as it is. */
function fits(entity: Entity, sizeBytes: number): boolean {
  if (sizeBytes > MODEL_BYTES_MAX) return false;
  if (entity.kind === "file") return isShort(entity.path);
  if (entity.kind === "process") return isShort(entity.executable);
  if (entity.kind !== "flow" || !("components" in entity.address)) return true;
  return isShort(entity.address);
}

function isShort(path: Path | null): boolean {
  return path === null || path.components.length <= COMPONENTS_MAX;
}

function readEscaped(coder: Coder, bytesMax: number): Uint8Array {
  const length = within(coder.uint(ESCAPED_LENGTH, 0), bytesMax, "length of an entity");
  const bytes = new Uint8Array(length);
  codeBytes(coder, bytes);
  chosen(!fits(decodeEntity(bytes), length), "an entity that the model takes");
  return bytes;
}

/** Codes each byte under the one before it; a reader fills `bytes`. */
function codeBytes(coder: Coder, bytes: Uint8Array): void {
  let before = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    before = coder.tree(BYTE + (before << 8), 8, bytes[at] ?? 0);
    if (coder.isReading) bytes[at] = before;
  }
}
