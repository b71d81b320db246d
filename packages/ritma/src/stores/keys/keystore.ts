/**
 * The keystore: a data root's secrets, one file each, 0600 in a folder of 0700.
 *
 *     keys/<role>.key = CBOR ["ritma/secret@1", role, 32 bytes]
 *
 * `identity` signs key records and periods and nothing else; `seal` (build statements, and the
 * hours of a store without periods) and `log` are delegated by it; `privacy` hashes what hash-only
 * hides; `salt` makes commitments that cannot be guessed.
 *
 * Trusted for everything: whoever reads this folder can sign as this node from then on, and can
 * reverse hash-only by dictionary. It never enters evidence, a log line or an argument.
 *
 * Invariant: no key is used that others can read or write, and none of a role is ever removed or
 * replaced.
 *
 * The keys of hours are in `epoch.key`, which moves on and forgets (`epoch-chain.ts`).
 *
 * Not here: passphrases.
 *
 * @module
 */
import { CborReader, CborWriter, FormatError } from "@ritma/evidence";
import {
  type Access,
  type Disk,
  DRAFT_SUFFIX,
  removeDurably,
  writeAllDurably,
  writeDurably,
} from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives, Signer } from "../../base/primitives.ts";
import type { Rng } from "../../base/rng.ts";
import { decodeEpochKey, encodeEpochKey, EPOCH_KEY_NAME, EpochChain } from "./epoch-chain.ts";

const ROLES = ["identity", "seal", "log", "privacy", "salt"] as const;
type Role = (typeof ROLES)[number];

export interface Keystore {
  readonly identity: Signer;
  readonly seal: Signer;
  readonly log: Signer;
  /** Keyed BLAKE3 of hash-only. 32 bytes. */
  readonly privacyKey: Uint8Array;
  /** Keys of single hours; null in a data root that was made before there were any. */
  readonly epochs: EpochChain | null;
  /** From which every generation salt is derived. 32 bytes. */
  readonly storeSecret: Uint8Array;
}

const SECRET_BYTES = 32;
const FILE_BYTES_MAX = 256;
/** Permission bits of the group and of others. */
const OTHERS = 0o077;

/** Names that `createKeystore` makes, and what it leaves when it is interrupted. */
export const KEY_NAMES: readonly string[] = [...ROLES.map((role) => `${role}.key`), EPOCH_KEY_NAME];

/**
 * Makes the keys that are not there yet. Durable on return, those that were there too: a process
 * that died may have left them visible and no more.
 *
 * @throws RitmaError `disk/full`, `disk/io` …
 */
export async function createKeystore(disk: Disk, folder: string, rng: Rng): Promise<void> {
  await disk.makeDir(folder);
  const missing: Role[] = [];
  for (const role of ROLES) {
    const path = pathOf(folder, role);
    if ((await disk.size(path)) === null) missing.push(role);
    else await removeDurably(disk, path + DRAFT_SUFFIX);
  }
  await writeAllDurably(
    disk,
    missing.map((role) => ({ path: pathOf(folder, role), bytes: encode(role, rng) })),
  );
}

/**
 * Makes the keys of hours from `sequence` on, or forgets those before it where they are there.
 * Durable on return.
 */
export async function createEpochs(
  disk: Disk,
  folder: string,
  primitives: NodePrimitives,
  rng: Rng,
  sequence: number,
): Promise<EpochChain> {
  const known = await openEpochs(disk, folder, primitives);
  if (known !== null) {
    await removeDurably(disk, `${folder}/${EPOCH_KEY_NAME}${DRAFT_SUFFIX}`);
    await known.forget(sequence);
    return known;
  }
  const key = rng.bytes(SECRET_BYTES);
  await writeDurably(disk, `${folder}/${EPOCH_KEY_NAME}`, encodeEpochKey(sequence, key));
  return new EpochChain({ disk, folder }, primitives, sequence, key);
}

/** @throws RitmaError `store/key-missing`, `store/key-damaged`, `store/key-exposed` */
export async function openKeystore(
  disk: Disk,
  folder: string,
  primitives: NodePrimitives,
): Promise<Keystore> {
  await refuseExposed(disk, folder, "700");
  for (const name of KEY_NAMES) await refuseExposed(disk, `${folder}/${name}`, "600");
  const read = async (role: Role): Promise<Uint8Array> => await readSecret(disk, folder, role);
  return {
    identity: primitives.signer(await read("identity")),
    seal: primitives.signer(await read("seal")),
    log: primitives.signer(await read("log")),
    epochs: await openEpochs(disk, folder, primitives),
    privacyKey: await read("privacy"),
    storeSecret: await read("salt"),
  };
}

/** The one secret that a question about hashed values needs. */
export async function readPrivacyKey(disk: Disk, folder: string): Promise<Uint8Array> {
  return await readSecret(disk, folder, "privacy");
}

/** What is missing is told by whoever reads it. */
async function refuseExposed(disk: Disk, path: string, wanted: string): Promise<void> {
  const found = await accessTo(disk, path);
  if (found === null) return;
  if (!found.isOurs) {
    const message = `${path} belongs to another user: make it yours (chown), or run as that user`;
    throw new RitmaError("store/key-exposed", message);
  }
  if ((found.mode & OTHERS) === 0) return;
  const mode = found.mode.toString(8).padStart(3, "0");
  const message = `${path} has mode ${mode}, so others can use it: chmod ${wanted} ${path}`;
  throw new RitmaError("store/key-exposed", message);
}

async function accessTo(disk: Disk, path: string): Promise<Access | null> {
  try {
    return await disk.access(path);
  } catch (error) {
    if (error instanceof RitmaError && error.code === "disk/missing") return null;
    throw error;
  }
}

function pathOf(folder: string, role: Role): string {
  return `${folder}/${role}.key`;
}

async function openEpochs(
  disk: Disk,
  folder: string,
  primitives: NodePrimitives,
): Promise<EpochChain | null> {
  const path = `${folder}/${EPOCH_KEY_NAME}`;
  if ((await disk.size(path)) === null) return null;
  try {
    const { sequence, key } = decodeEpochKey(await disk.read(path, FILE_BYTES_MAX));
    return new EpochChain({ disk, folder }, primitives, sequence, key);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new RitmaError("store/key-damaged", `${path}: ${cause.message}`, { cause });
  }
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
