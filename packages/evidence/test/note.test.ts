/**
 * Goal: notes and checkpoints are those of C2SP, byte for byte; what is signed is what was read; a
 * file with any byte changed does not open.
 *
 * Method: a published checkpoint with a log's and a witness's signature (accepted by Go's
 * sumdb/note), bad notes and bad checkpoints, then every value of every byte of a signed
 * checkpoint.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  concatBytes,
  decodeUtf8,
  ed25519Verifier,
  encodeUtf8,
  formatCheckpoint,
  formatNote,
  noteKeyId,
  type NoteVerifier,
  openCheckpoint,
  openNote,
  parseCheckpoint,
  parseNote,
  signCheckpoint,
  toBase64,
  toHex,
} from "@ritma/evidence";
import * as fc from "fast-check";
import { faultOf } from "./fault.ts";
import { cachedPrimitives, keyFromSeed, primitives } from "./primitives.ts";
import { readVectors } from "./vectors.ts";

const vectors = readVectors("note.json");
const origin = vectors.at("origin").text();
const log = keyFromSeed(vectors.at("logSeed").hex());
const file = vectors.at("checkpoint").at("note").base64();
const logOnly = vectors.at("logOnly").base64();
const checkpoint = {
  origin,
  size: vectors.at("checkpoint").at("size").number(),
  root: vectors.at("checkpoint").at("root").hex(),
};
const logVerifier = ed25519Verifier(primitives, origin, log.publicKey);

/** A witness signs a message of its own around the text, with a time (C2SP tlog-cosignature). */
function witnessVerifier(): NoteVerifier {
  const name = vectors.at("witnessName").text();
  const { publicKey } = keyFromSeed(vectors.at("witnessSeed").hex());
  const type = vectors.at("witnessType").number();
  return {
    name,
    keyId: noteKeyId(primitives.sha256, name, type, publicKey),
    verify: (message, signature) => {
      const view = new DataView(signature.buffer, signature.byteOffset, signature.byteLength);
      const prefix = encodeUtf8(`cosignature/v1\ntime ${view.getBigUint64(0)}\n`);
      const whole = concatBytes(prefix, message);
      assert.equal(toBase64(whole), vectors.at("cosignMessage").text());
      return primitives.verifyEd25519(publicKey, whole, signature.subarray(8));
    },
  };
}

test("keys have their published ids", () => {
  assert.equal(toHex(log.publicKey), vectors.at("logPublicKey").text());
  assert.equal(toHex(logVerifier.keyId), vectors.at("logKeyId").text());
  assert.equal(toHex(witnessVerifier().keyId), vectors.at("witnessKeyId").text());
  const typed = toBase64(concatBytes(Uint8Array.of(1), log.publicKey));
  assert.equal(`${origin}+${toHex(logVerifier.keyId)}+${typed}`, vectors.at("logVkey").text());
});

test("signs the published checkpoint", () => {
  const signed = signCheckpoint(primitives, log.sign, origin, log.publicKey, checkpoint);
  assert.equal(decodeUtf8(signed), decodeUtf8(logOnly));
});

test("opens the published checkpoint, with and without knowing the witness", () => {
  assert.deepEqual(openCheckpoint(primitives, file, origin, log.publicKey), checkpoint);
  const note = parseNote(file);
  assert.equal(note.signatures.length, 2);
  assert.deepEqual(formatNote(note.text, note.signatures), file);
  assert.deepEqual(openNote(note, [logVerifier]), note.signatures.slice(0, 1));
  assert.deepEqual(openNote(note, [witnessVerifier(), logVerifier]), note.signatures);
});

test("refuses the bad notes, each for its reason", () => {
  for (const vector of vectors.at("badNotes").list()) {
    const got = faultOf(() => parseNote(vector.at("note").base64()));
    assert.equal(got, vector.at("fault").text(), vector.at("name").text());
  }
});

test("parses and does not open notes with a wrong or an unknown signature", () => {
  for (const vector of vectors.at("unopened").list()) {
    const note = parseNote(vector.at("note").base64());
    const got = faultOf(() => openNote(note, [logVerifier]));
    assert.equal(got, vector.at("fault").text(), vector.at("name").text());
  }
});

test("refuses the bad checkpoints, each for its reason", () => {
  for (const vector of vectors.at("badCheckpoints").list()) {
    const got = faultOf(() => parseCheckpoint(vector.at("text").text()));
    assert.equal(got, vector.at("fault").text(), vector.at("name").text());
  }
});

test("a checkpoint of another log, signed by a key that we know, is refused", () => {
  const text = formatCheckpoint({ ...checkpoint, origin: "other.example/log" });
  const signature = log.sign(encodeUtf8(text));
  const note = formatNote(text, [{ name: origin, keyId: logVerifier.keyId, signature }]);
  assert.equal(openNote(parseNote(note), [logVerifier]).length, 1);
  assert.equal(
    faultOf(() => openCheckpoint(primitives, note, origin, log.publicKey)),
    "wrong-type",
  );
});

test("an empty line in the text does not end it", () => {
  const text = "one\n\ntwo\n\n— three\n";
  const signature = log.sign(encodeUtf8(text));
  const note = formatNote(text, [{ name: origin, keyId: logVerifier.keyId, signature }]);
  assert.equal(parseNote(note).text, text);
  assert.equal(openNote(parseNote(note), [logVerifier]).length, 1);
});

test("limits: 100 signatures and a million bytes go in, one more does not", () => {
  const line = { name: "a", keyId: new Uint8Array(4), signature: new Uint8Array(1) };
  const many = Array.from({ length: 101 }, () => line);
  assert.equal(parseNote(formatNote("t\n", many.slice(1))).signatures.length, 100);
  assert.throws(() => formatNote("t\n", many), RangeError);
  const overhead = formatNote("\n", [line]).length - 1;
  const largest = `${"x".repeat(1_000_000 - overhead - 1)}\n`;
  const bytes = formatNote(largest, [line]);
  assert.equal(bytes.length, 1_000_000);
  assert.equal(parseNote(bytes).text, largest);
  assert.throws(() => formatNote(`x${largest}`, [line]), RangeError);
  assert.equal(
    faultOf(() => parseNote(concatBytes(Uint8Array.of(0x78), bytes))),
    "out-of-range",
  );
});

test("a wrong call is a bug", () => {
  const line = { name: "a", keyId: new Uint8Array(4), signature: new Uint8Array(1) };
  const bugs: (() => unknown)[] = [
    () => formatNote("no newline", [line]),
    () => formatNote("tab\t\n", [line]),
    () => formatNote("t\n", []),
    () => formatNote("t\n", [{ ...line, name: "a b" }]),
    () => formatNote("t\n", [{ ...line, name: "a+b" }]),
    () => formatNote("t\n", [{ ...line, keyId: new Uint8Array(8) }]),
    () => formatNote("t\n", [{ ...line, signature: new Uint8Array(0) }]),
    () => formatCheckpoint({ ...checkpoint, origin: "" }),
    () => formatCheckpoint({ ...checkpoint, size: 2 ** 53 }),
    () => formatCheckpoint({ ...checkpoint, root: new Uint8Array(31) }),
    () => signCheckpoint(primitives, log.sign, "other", log.publicKey, checkpoint),
  ];
  for (const bug of bugs) assert.throws(bug, RangeError, bug.toString());
});

test("random checkpoints are read back, random texts refused or their own only spelling", () => {
  const root = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const good = fc.property(fc.maxSafeNat(), root, (size, root) => {
    assert.deepEqual(parseCheckpoint(formatCheckpoint({ origin, size, root })), {
      origin,
      size,
      root,
    });
  });
  fc.assert(good);
  const piece = fc.constantFrom("— ", " ", "\n", "\n\n", "a", "AAAAAAA=", "AAAAAAAA", "+", "é");
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const bytes = encodeUtf8(`t\n\n— a AAAAAAA=\n${pieces.join("")}`);
      if (faultOf(() => parseNote(bytes)) !== "ok") return;
      accepted += 1;
      const { text, signatures } = parseNote(bytes);
      assert.deepEqual(formatNote(text, signatures), bytes);
    }),
    { numRuns: 10_000 },
  );
  assert.ok(accepted > 10, `only ${accepted} random notes were well-formed`);
});

test("every value of every byte: all but the original are refused", () => {
  const cached = cachedPrimitives();
  let opened = 0;
  for (let at = 0; at < logOnly.length; at += 1) {
    for (let value = 0; value < 256; value += 1) {
      const bytes = logOnly.with(at, value);
      const fault = faultOf(() => openCheckpoint(cached, bytes, origin, log.publicKey));
      if (fault === "ok") opened += 1;
      assert.equal(fault === "ok", value === logOnly[at], `byte ${at} as ${value}`);
    }
  }
  assert.equal(opened, logOnly.length);
});
