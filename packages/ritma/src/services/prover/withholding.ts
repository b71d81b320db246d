/**
 * What stays closed in a proof, so that what was withheld stands nowhere in clear.
 *
 * One thing is told by many: the program that an exec ran is the executable of its process, a file
 * that was read is an argument of the program that read it. So whoever withholds one entity
 * withholds every other that tells one of its texts. Rather too much than too little: a proof is as
 * good without.
 *
 * Format: spec/25-event-proof.md, "Withholding".
 *
 * @module
 */
import {
  encodeEntity,
  type Entity,
  type FlowEntity,
  type Path,
  type ProcessEntity,
  type ProcessKey,
  type Value,
} from "@ritma/evidence";
import { addressText } from "../../base/address-text.ts";

/** The fields of an atom that name entities. */
export const PROOF_FIELDS = ["process", "object", "object2", "args"] as const;
export type ProofField = (typeof PROOF_FIELDS)[number];

/** An entity of the atoms that are proved, and in which of their fields it stands. */
export interface NamedEntity {
  readonly entity: Entity;
  readonly fields: ReadonlySet<ProofField>;
  /** Of the process whose atom names it first. */
  readonly process: ProcessEntity;
}

/** A shorter text is looked for as a whole only. */
const PART_LENGTH_MIN = 3;
const UNPRINTED = "\u0100";

/** @returns for each entity whether it may be opened */
export function mayOpen(
  named: readonly NamedEntity[],
  withheld: ReadonlySet<ProofField>,
): readonly boolean[] {
  const asked = named.map(({ fields }) => [...fields].some((field) => withheld.has(field)));
  const secrets = new Set(
    named.filter((_, at) => asked[at]).flatMap((each) => secretsOf(each.entity, each.process)),
  );
  secrets.delete("");
  return named.map(({ entity }, at) => asked[at] === false && !tells(entity, [...secrets]));
}

function tells(entity: Entity, secrets: readonly string[]): boolean {
  if (secrets.length === 0) return false;
  const texts = textsOf(entity);
  return secrets.some((secret) =>
    texts.some(
      (text) => text === secret || (secret.length >= PART_LENGTH_MIN && text.includes(secret)),
    ),
  );
}

/** What one must not read elsewhere of an entity that is withheld. */
function secretsOf(entity: Entity, process: ProcessEntity): string[] {
  switch (entity.kind) {
    case "file":
      return namesOf(entity.path);
    case "process":
      return [
        ...namesOf(entity.executable),
        ...valuesOf(entity.name, entity.container),
        keyText(entity),
        ...(entity.credentials === null ? [] : [bytesText(entity.credentials)]),
      ];
    case "arguments":
      // The first is the program's name as a rule, which says nothing of the others.
      return valuesOf(...entity.values).filter(
        (text, at) => at > 0 || !namesOf(process.executable).includes(text),
      );
    case "credentials":
      return [bytesText(entity), ...valuesOf(entity.terminal, entity.label)];
    case "flow":
    case "fields":
    case "string":
    case "line":
      break;
  }
  return textsOf(entity);
}

/** Everything that an entity says in words, and what it has in common with others. */
function textsOf(entity: Entity): string[] {
  switch (entity.kind) {
    case "file":
      return namesOf(entity.path);
    case "process": {
      const { executable, name, container, credentials, parent } = entity;
      return [
        ...namesOf(executable),
        ...valuesOf(name, container),
        keyText(entity),
        ...(parent === null ? [] : [keyText(parent)]),
        ...(credentials === null ? [] : textsOf(credentials)),
      ];
    }
    case "flow":
      return flowTexts(entity);
    case "credentials":
      return [bytesText(entity), ...valuesOf(entity.terminal, entity.label)];
    case "arguments":
      return valuesOf(...entity.values);
    case "fields":
      return entity.fields.flatMap(([, value]) =>
        typeof value === "number" ? [] : valuesOf(value),
      );
    case "string":
    case "line":
      break;
  }
  return valuesOf(entity.value);
}

function flowTexts({ family, address }: FlowEntity): string[] {
  if ("components" in address) return namesOf(address);
  return address.hashed ? valuesOf(address) : [addressText(family, address.bytes)];
}

/** The whole path, and its last name. */
function namesOf(path: Path | null): string[] {
  if (path === null || path.components.length === 0) return [];
  const names = valuesOf(...path.components);
  return [`${path.base === 0 ? "/" : ""}${names.join("/")}`, names.at(-1) ?? ""];
}

function valuesOf(...values: readonly (Value | null)[]): string[] {
  return values.flatMap((value) => {
    if (value === null) return [];
    const { hashed, bytes } = value;
    return [hashed ? UNPRINTED + bytes.toHex() : Buffer.from(bytes).toString("latin1")];
  });
}

function keyText({ boot, pid, start, serial }: ProcessKey): string {
  return `${UNPRINTED}${boot} ${pid} ${start} ${serial}`;
}

function bytesText(entity: Entity): string {
  return UNPRINTED + encodeEntity(entity).toHex();
}
