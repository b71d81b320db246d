/**
 * A part of a checkpoint: live records, by branch and key.
 *
 *     [form, branch, beat, key, body,  branch, beat, key, body,  ...]
 *      text  uint    uint  bytes bytes
 *
 * `branch` is an index into the branches of the head that names the part. What a part says is
 * believed because of its digest there.
 *
 * Format: spec/19-beat-engines.md, "Objects".
 *
 * @module
 */
import { CborReader, CborWriter, FormatError } from "@ritma/evidence";
import { RECORD_BODY_BYTES_MAX, RECORD_KEY_BYTES_MAX } from "../../../base/limits.ts";
import type { StoredRecord } from "../engine.ts";

export interface PartRecord extends StoredRecord {
  /** Index of its branch. */
  readonly branch: number;
}

const FORM = "ritma/beat-part@1";
const FORM_BYTES_MAX = 64;
const FIELDS = 4;

export function encodePart(records: readonly PartRecord[]): Uint8Array {
  const writer = new CborWriter().array(1 + FIELDS * records.length).text(FORM);
  for (const { branch, beat, key, body } of records) {
    writer.uint(branch).uint(beat).bytes(key).bytes(body);
  }
  return writer.finish();
}

/** Keys and bodies are copies. @throws FormatError */
export function decodePart(bytes: Uint8Array): PartRecord[] {
  const reader = new CborReader(bytes);
  const items = reader.array() - 1;
  if (items % FIELDS !== 0) throw new FormatError("wrong-type", 0, "not a whole record");
  const form = reader.text(FORM_BYTES_MAX);
  if (form !== FORM) throw new FormatError("wrong-type", 0, `a part of form ${form}`);
  const records: PartRecord[] = [];
  for (let at = 0; at < items; at += FIELDS) {
    const [branch, beat] = [reader.uint(), reader.uint()];
    const [key, body] = [reader.bytes(), reader.bytes()];
    if (key.length > RECORD_KEY_BYTES_MAX || body.length > RECORD_BODY_BYTES_MAX) {
      throw new FormatError("out-of-range", 0, "a record that no branch has");
    }
    records.push({ branch, beat, key: key.slice(), body: body.slice() });
  }
  reader.finish();
  return records;
}
