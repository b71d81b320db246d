/**
 * The one spelling of each entity.
 *
 * An entity's canonical bytes are what commitments are made of, so `encodeEntity(decodeEntity(b))`
 * equals `b`, and anything else is refused.
 *
 * Format: spec/05-record.md, "Entities".
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import {
  type ArgumentsEntity,
  BIRTHS,
  CREDENTIAL_IDS,
  type CredentialsEntity,
  type Entity,
  type FieldsEntity,
  type FileEntity,
  type FlowEntity,
  type LineEntity,
  type Path,
  type ProcessEntity,
  type ProcessKey,
  type StringEntity,
} from "./entity.ts";
import {
  HASHED_BYTES,
  readValue,
  readValueOrNull,
  type Value,
  writeValue,
  writeValueOrNull,
} from "./value.ts";

export const FIELD_NAME_MAX = 256;
export const RECORD_TYPE_MAX = 64;
const CREDENTIALS_TAG = "ritma/credentials@1";
const CREDENTIALS_ITEMS = 13;

/** Used again for every entity: a hundred thousand are encoded an hour. */
const SCRATCH = new CborWriter(1024);

/** @returns the canonical bytes. */
export function encodeEntity(entity: Entity): Uint8Array {
  SCRATCH.reset();
  writeEntity(SCRATCH, entity);
  return SCRATCH.finish();
}

/** @throws FormatError when `bytes` is not exactly one canonical entity. */
export function decodeEntity(bytes: Uint8Array): Entity {
  const reader = new CborReader(bytes);
  const entity = readEntity(reader);
  reader.finish();
  return entity;
}

function writeEntity(writer: CborWriter, entity: Entity): void {
  switch (entity.kind) {
    case "string":
      writer.array(2).text("ritma/string@1");
      writeValue(writer, entity.value);
      return;
    case "file":
      writeFile(writer, entity);
      return;
    case "process":
      writeProcess(writer, entity);
      return;
    case "flow":
      writer.array(5).text("ritma/flow@1").uint(entity.family);
      if ("components" in entity.address) writePath(writer, entity.address);
      else writeValue(writer, entity.address);
      writer.uintOrNull(entity.port).uintOrNull(entity.scope);
      return;
    case "credentials":
      writeCredentials(writer, entity);
      return;
    case "arguments":
      writer.array(3).text("ritma/arguments@1").bool(entity.whole).array(entity.values.length);
      for (const value of entity.values) writeValue(writer, value);
      return;
    case "fields":
      writeFields(writer, entity);
      return;
    case "line":
      writer.array(3).text("ritma/line@1").uint(entity.length);
      writeValue(writer, entity.value);
  }
}

function writeFile(writer: CborWriter, entity: FileEntity): void {
  writer.array(7).text("ritma/file@1");
  writePath(writer, entity.path);
  writer.uintOrNull(entity.inode);
  if (entity.device === null) writer.null();
  else writer.array(2).uint(entity.device[0]).uint(entity.device[1]);
  writer.uintOrNull(entity.mode).uintOrNull(entity.uid).uintOrNull(entity.gid);
}

function writePath(writer: CborWriter, path: Path | null): void {
  if (path === null) {
    writer.null();
    return;
  }
  writer.array(2).uint(path.base).array(path.components.length);
  for (const component of path.components) writeValue(writer, component);
}

function writeProcess(writer: CborWriter, entity: ProcessEntity): void {
  writer.array(12).text("ritma/process@1");
  writeValue(writer, entity.node);
  writer.uint(entity.boot).uint(entity.pid).uint(entity.start).uint(entity.serial);
  writer.uint(BIRTHS.indexOf(entity.birth));
  const { parent } = entity;
  if (parent === null) writer.null();
  else writer.array(4).uint(parent.boot).uint(parent.pid).uint(parent.start).uint(parent.serial);
  writePath(writer, entity.executable);
  writeValueOrNull(writer, entity.name);
  if (entity.credentials === null) writer.null();
  else writeCredentials(writer, entity.credentials);
  writeValueOrNull(writer, entity.container);
}

function writeCredentials(writer: CborWriter, entity: CredentialsEntity): void {
  writer.array(CREDENTIALS_ITEMS).text(CREDENTIALS_TAG);
  for (let at = 0; at < CREDENTIAL_IDS.length; at += 1) writer.uintOrNull(entity.ids[at] ?? null);
  writeValueOrNull(writer, entity.terminal);
  writeValueOrNull(writer, entity.label);
}

function writeFields(writer: CborWriter, entity: FieldsEntity): void {
  writer.array(3).text("ritma/fields@1").text(entity.type).array(entity.fields.length);
  for (const [name, value] of entity.fields) {
    writer.array(2).text(name);
    if (typeof value === "number") writer.int(value);
    else writeValue(writer, value);
  }
}

function readEntity(reader: CborReader): Entity {
  const items = reader.array();
  const start = reader.offset;
  const tag = reader.text(RECORD_TYPE_MAX);
  const read = READERS.get(tag);
  if (read === undefined) {
    throw new FormatError("wrong-type", start, `unknown kind of entity: ${JSON.stringify(tag)}`);
  }
  if (items !== read.items) {
    throw new FormatError("wrong-type", start, `${tag} of ${items} items, expected ${read.items}`);
  }
  return read.read(reader);
}

const READERS: ReadonlyMap<string, { items: number; read: (reader: CborReader) => Entity }> =
  new Map([
    ["ritma/string@1", { items: 2, read: readString }],
    ["ritma/file@1", { items: 7, read: readFile }],
    ["ritma/process@1", { items: 12, read: readProcess }],
    ["ritma/flow@1", { items: 5, read: readFlow }],
    [CREDENTIALS_TAG, { items: CREDENTIALS_ITEMS, read: readCredentials }],
    ["ritma/arguments@1", { items: 3, read: readArguments }],
    ["ritma/fields@1", { items: 3, read: readFields }],
    ["ritma/line@1", { items: 3, read: readLine }],
  ]);

function readString(reader: CborReader): StringEntity {
  return { kind: "string", value: readValue(reader) };
}

function readFile(reader: CborReader): FileEntity {
  return {
    kind: "file",
    path: readPath(reader),
    inode: reader.uintOrNull(),
    device: readDevice(reader),
    mode: reader.uintOrNull(),
    uid: reader.uintOrNull(),
    gid: reader.uintOrNull(),
  };
}

function readDevice(reader: CborReader): readonly [number, number] | null {
  if (reader.isNull()) {
    reader.null();
    return null;
  }
  reader.array(2);
  return [reader.uint(), reader.uint()];
}

function readPath(reader: CborReader): Path | null {
  if (reader.isNull()) {
    reader.null();
    return null;
  }
  reader.array(2);
  return readPathItems(reader);
}

function readPathItems(reader: CborReader): Path {
  const start = reader.offset;
  const base = reader.uint();
  if (base !== 0 && base !== 1 && base !== 2) {
    throw new FormatError("out-of-range", start, `path base ${base}`);
  }
  return { base, components: readValues(reader) };
}

function readValues(reader: CborReader): readonly Value[] {
  const values: Value[] = [];
  for (let left = reader.array(); left > 0; left -= 1) values.push(readValue(reader));
  return values;
}

function readProcess(reader: CborReader): ProcessEntity {
  const node = readValue(reader);
  const key = readKey(reader);
  const start = reader.offset;
  const birth = BIRTHS[reader.uint()];
  if (birth === undefined) throw new FormatError("out-of-range", start, "unknown kind of birth");
  const parent = readParent(reader);
  const executable = readPath(reader);
  const name = readValueOrNull(reader);
  const credentials = readCredentialsOrNull(reader);
  const container = readValueOrNull(reader);
  return { kind: "process", node, ...key, birth, parent, executable, name, credentials, container };
}

function readKey(reader: CborReader): ProcessKey {
  return {
    boot: reader.uint(),
    pid: reader.uint(),
    start: reader.uint(),
    serial: reader.uint(),
  };
}

function readParent(reader: CborReader): ProcessKey | null {
  if (reader.isNull()) {
    reader.null();
    return null;
  }
  reader.array(4);
  return readKey(reader);
}

function readCredentialsOrNull(reader: CborReader): CredentialsEntity | null {
  if (reader.isNull()) {
    reader.null();
    return null;
  }
  // Not `readEntity`: processes nested in one another would be as deep as an attacker likes.
  reader.array(CREDENTIALS_ITEMS);
  reader.textTag(CREDENTIALS_TAG);
  return readCredentials(reader);
}

function readFlow(reader: CborReader): FlowEntity {
  const family = reader.uint();
  return {
    kind: "flow",
    family,
    address: readAddress(reader),
    port: reader.uintOrNull(),
    scope: reader.uintOrNull(),
  };
}

/** A path is an array of two items, a hashed value one of one item. */
function readAddress(reader: CborReader): Value | Path {
  if (!reader.isArray()) return { hashed: false, bytes: reader.bytes() };
  const items = reader.array();
  if (items === 1) return { hashed: true, bytes: reader.bytes(HASHED_BYTES) };
  if (items === 2) return readPathItems(reader);
  throw new FormatError("wrong-type", reader.offset, `address of ${items} items`);
}

function readCredentials(reader: CborReader): CredentialsEntity {
  const ids: (number | null)[] = [];
  for (const _ of CREDENTIAL_IDS) ids.push(reader.uintOrNull());
  return {
    kind: "credentials",
    ids,
    terminal: readValueOrNull(reader),
    label: readValueOrNull(reader),
  };
}

function readArguments(reader: CborReader): ArgumentsEntity {
  return { kind: "arguments", whole: reader.bool(), values: readValues(reader) };
}

function readFields(reader: CborReader): FieldsEntity {
  const type = reader.text(RECORD_TYPE_MAX);
  const fields: [string, Value | number][] = [];
  for (let left = reader.array(); left > 0; left -= 1) {
    reader.array(2);
    const name = reader.text(FIELD_NAME_MAX);
    const isValue = reader.isArray() || reader.isBytes();
    fields.push([name, isValue ? readValue(reader) : reader.int()]);
  }
  return { kind: "fields", type, fields };
}

function readLine(reader: CborReader): LineEntity {
  return { kind: "line", length: reader.uint(), value: readValue(reader) };
}
