/**
 * The keystore: a data root's secrets, one file each, 0600 in a folder of 0700.
 *
 *     keys/<role>.key = CBOR ["ritma/secret@1", role, 32 bytes]
 *
 * `identity` signs key records and nothing else; `seal` and `log` are delegated by it; `privacy`
 * hashes what hash-only hides; `salt` makes commitments that cannot be guessed.
 *
 * Trusted for everything: whoever reads this folder can sign as this node from then on, and can
 * reverse hash-only by dictionary. It never enters evidence, a log line or an argument.
 *
 * Not here: passphrases and forward-secure keys.
 *
 * @module
 */
import { CborReader, CborWriter, FormatError } from "@ritma/evidence";
import { type Disk, writeAllDurably } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives, Signer } from "../../base/primitives.ts";
import type { Rng } from "../../base/rng.ts";

const ROLES = ["identity", "seal", "log", "privacy", "salt"] as const;
type Role = (typeof ROLES)[number];

export interface Keystore {
  readonly identity: Signer;
  readonly seal: Signer;
  readonly log: Signer;
  /** Keyed BLAKE3 of hash-only. 32 bytes. */
  readonly privacyKey: Uint8Array;
  /** From which every generation salt is derived. 32 bytes. */
  readonly storeSecret: Uint8Array;
}

const SECRET_BYTES = 32;
const FILE_BYTES_MAX = 256;

/** Makes fresh keys. Durable on return. @throws RitmaError `disk/full`, `disk/io` … */
export async function createKeystore(disk: Disk, folder: string, rng: Rng): Promise<void> {
  await writeAllDurably(
    disk,
    ROLES.map((role) => ({ path: pathOf(folder, role), bytes: encode(role, rng) })),
  );
}

/** @throws RitmaError `store/key-missing`, `store/key-damaged` */
export async function openKeystore(
  disk: Disk,
  folder: string,
  primitives: NodePrimitives,
): Promise<Keystore> {
  const read = async (role: Role): Promise<Uint8Array> => await readSecret(disk, folder, role);
  return {
    identity: primitives.signer(await read("identity")),
    seal: primitives.signer(await read("seal")),
    log: primitives.signer(await read("log")),
    privacyKey: await read("privacy"),
    storeSecret: await read("salt"),
  };
}

/** The one secret that a question about hashed values needs. */
export async function readPrivacyKey(disk: Disk, folder: string): Promise<Uint8Array> {
  return await readSecret(disk, folder, "privacy");
}

function pathOf(folder: string, role: Role): string {
  return `${folder}/${role}.key`;
}

function encode(role: Role, rng: Rng): Uint8Array {
  const secret = rng.bytes(SECRET_BYTES);
  return new CborWriter().array(3).text("ritma/secret@1").text(role).bytes(secret).finish();
}

async function readSecret(disk: Disk, folder: string, role: Role): Promise<Uint8Array> {
  const path = pathOf(folder, role);
  try {
    const reader = new CborReader(await disk.read(path, FILE_BYTES_MAX));
    reader.array(3);
    reader.textTag("ritma/secret@1");
    reader.textTag(role);
    const secret = reader.bytes(SECRET_BYTES).slice();
    reader.finish();
    return secret;
  } catch (cause) {
    if (cause instanceof FormatError) {
      throw new RitmaError("store/key-damaged", `${path}: ${cause.message}`, { cause });
    }
    if (cause instanceof RitmaError && cause.code === "disk/missing") {
      throw new RitmaError("store/key-missing", `${path} is not there`, { cause });
    }
    throw cause;
  }
}
