/**
 * Whose store a proof is of, which of its keys may sign, and under which head it stands.
 *
 * Format: spec/25-event-proof.md, "Verifying", 1 to 3.
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { type Fingerprint, fingerprintOf } from "../bytes/id.ts";
import { FormatError } from "../error.ts";
import { type Checkpoint, openCheckpoint } from "../proof/checkpoint.ts";
import { keyIdOf, parseCose1, verifyCose1 } from "../proof/cose.ts";
import { parseNote } from "../proof/note.ts";
import { logOrigin } from "../record/log-entry.ts";
import {
  decodeKeyRecord,
  decodeStoreFile,
  type KeyRecord,
  STORE_FORMAT,
  type StoreFile,
} from "../record/store-file.ts";
import { leafHash } from "../proof/merkle.ts";
import { verifyInclusion } from "../proof/merkle-verify.ts";
import { coversHour, decodePeriod, epochLeaf, type Period } from "../record/period.ts";
import { covers } from "../verify/verify-store-file.ts";
import type { EventProof, ProofEpoch, ProofKey } from "./event-proof.ts";
import { attempt, type ProofDesk } from "./proof-report.ts";

const CHECKPOINT_BYTES_MAX = 4096;
const STORE_PLACE = "store";

type SignedKey = KeyRecord | Period;

/** What a seal is of, as far as it can be told, and the key that the proof gives for it. */
export interface SealPlace {
  readonly sequence: number | null;
  readonly epoch: ProofEpoch | null;
}

/** The store, and its keys as far as they are here; remembers which of them signed something. */
export class ProofKeys {
  readonly file: StoreFile;
  readonly records: readonly KeyRecord[];
  readonly periods: readonly Period[];
  readonly #used = new Set<SignedKey>();

  constructor(file: StoreFile, keys: readonly SignedKey[]) {
    this.file = file;
    this.records = keys.filter((key) => "role" in key);
    this.periods = keys.filter((key) => "epochs" in key);
  }

  /**
   * What a key that may seal hour `sequence` signed.
   *
   * @returns the payload, null with a finding when the signature is not good
   */
  opened(
    desk: ProofDesk,
    code: "hour/seal" | "micro/seal",
    where: string,
    signed: Uint8Array,
    place: SealPlace,
  ): Uint8Array | null {
    const cose = attempt(desk, code, where, () => parseCose1(signed));
    if (cose === null) return null;
    desk.ledger.counts.signatures += 1;
    const found = this.#sealKey(desk, place, cose.keyId);
    if (found === null) {
      desk.ledger.add(code, where, `nothing here lets key ${cose.keyId.toHex()} seal it`);
    } else if (verifyCose1(desk.primitives, cose, found.publicKey)) {
      this.#used.add(found.key);
      return cose.payload;
    } else desk.ledger.add(code, where, "the signature is not of these bytes");
    return null;
  }

  /** Where a period covers the hour it is the hour's own, and no other. */
  #sealKey(
    { primitives: { sha256 } }: ProofDesk,
    { sequence, epoch }: SealPlace,
    keyId: Uint8Array,
  ): { readonly key: SignedKey; readonly publicKey: Uint8Array } | null {
    if (sequence === null) return null;
    const period = this.periods.find((each) => coversHour(each, sequence));
    if (period === undefined) {
      const key = this.records.find(
        (each) => each.role === "seal" && covers(each, sequence) && equalBytes(each.keyId, keyId),
      );
      return key === undefined || epoch !== null ? null : { key, publicKey: key.publicKey };
    }
    if (epoch === null || !equalBytes(keyIdOf(sha256, epoch.publicKey), keyId)) return null;
    const leaf = leafHash(sha256, epochLeaf(sequence, epoch.publicKey));
    const { root, epochs: size, first } = period;
    const proof = { index: sequence - first, size, leaf, path: epoch.path, root };
    const isNamed = verifyInclusion(proof, sha256);
    return isNamed ? { key: period, publicKey: epoch.publicKey } : null;
  }

  /**
   * The checkpoint, signed once and by a log key whose hours reach to `newest`.
   *
   * @returns null with a finding when it is not
   */
  checkpoint(desk: ProofDesk, bytes: Uint8Array, newest: number): Checkpoint | null {
    const origin = logOrigin(this.file.store);
    const keys = this.records.filter((key) => key.role === "log" && reaches(key, newest));
    desk.ledger.counts.signatures += 1;
    return attempt(desk, "log/checkpoint", "checkpoint", () => {
      if (bytes.length > CHECKPOINT_BYTES_MAX) {
        throw new FormatError("out-of-range", 0, `checkpoint of ${bytes.length} bytes`);
      }
      const { length } = parseNote(bytes).signatures;
      // Lines of others would be bytes that nothing signs: anybody could add or change one.
      if (length !== 1) throw new FormatError("wrong-type", 0, `${length} signatures, expected 1`);
      let fault = new FormatError("bad-signature", 0, "not signed by a log key that is here");
      for (const key of keys) {
        try {
          const opened = openCheckpoint(desk.primitives, bytes, origin, key.publicKey);
          this.#used.add(key);
          return opened;
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
          fault = error;
        }
      }
      throw fault;
    });
  }

  /** To be asked last: what nothing was signed with has no place in a proof. */
  reportUnused({ ledger }: ProofDesk): void {
    for (const key of [...this.records, ...this.periods]) {
      if (this.#used.has(key)) continue;
      const name = "role" in key ? `key ${key.keyId.toHex()}` : `period ${key.number}`;
      ledger.add("key/record", name, "signed nothing that is here");
    }
  }
}

/** @returns null when there is nothing to go on from */
export function verifyProofStore(
  desk: ProofDesk,
  proof: EventProof,
  trust: Fingerprint | null,
): ProofKeys | null {
  const file = attempt(desk, "store/file", STORE_PLACE, () => decodeStoreFile(proof.store));
  if (file === null) return null;
  if (file.format !== STORE_FORMAT) {
    desk.ledger.add("store/version", STORE_PLACE, `format ${file.format}`);
    return null;
  }
  checkTrust(desk, file, trust);
  return new ProofKeys(
    file,
    proof.keys.flatMap((key) => readKey(desk, file, key) ?? []),
  );
}

function checkTrust(
  { primitives, ledger }: ProofDesk,
  file: StoreFile,
  trust: string | null,
): void {
  const found = fingerprintOf(primitives.sha256, file.identity);
  if (trust === null) {
    const message = `no identity was named as trusted; this proof says ${found}`;
    ledger.add("trust/unknown", STORE_PLACE, message);
  } else if (trust !== found) {
    ledger.add("trust/other", STORE_PLACE, `made by ${found}, trusted is ${trust}`);
  }
}

function readKey(desk: ProofDesk, file: StoreFile, { index, record }: ProofKey): SignedKey | null {
  const where = `key at entry ${index}`;
  const { ledger, primitives } = desk;
  return attempt(desk, "key/record", where, () => {
    const cose = parseCose1(record);
    ledger.counts.signatures += 1;
    const key = decodeSigned(cose.payload);
    if (!verifyCose1(primitives, cose, file.identity)) {
      ledger.add("key/record", where, "not signed by the identity key");
    } else if (!equalBytes(key.store, file.store)) {
      ledger.add("key/record", where, "belongs to another store");
    } else if ("role" in key && !equalBytes(key.keyId, keyIdOf(primitives.sha256, key.publicKey))) {
      ledger.add("key/record", where, "its key id is not that of its key");
    } else return key;
    return null;
  });
}

/** @throws FormatError of a key record, when it is no period either */
function decodeSigned(payload: Uint8Array): SignedKey {
  try {
    return decodePeriod(payload);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return decodeKeyRecord(payload);
  }
}

/** The newest hour of the log is `newest` or a later one, which is not known here. */
function reaches(key: KeyRecord, newest: number): boolean {
  return covers(key, newest) || key.first > newest;
}
