/**
 * The two files of one sealed window, each checked against the node log before it is used.
 *
 *     node log -> micro header, which counts
 *              -> micro seal, which a key signed
 *
 * Not here: the window's atoms (`sealed-hour.ts`), and whether they hash to its root (`ritma
 * verify`).
 *
 * Format: spec/06-store.md, "Micro-window".
 *
 * @module
 */
import {
  decodeMicroHeader,
  encodeMicroSeal,
  equalBytes,
  type MicroHeader,
  microPath,
  parseCose1,
  toHex,
  verifyCose1,
} from "@ritma/evidence";
import type { LoggedWindow, SealedHour } from "./sealed-log.ts";
import { sealKeyFor, type StoreFacts } from "./store-facts.ts";
import type { StoreFiles } from "./store-files.ts";

/** @throws RitmaError `store/damaged` */
export async function readMicroHeader(
  files: StoreFiles,
  facts: StoreFacts,
  hour: SealedHour,
  logged: LoggedWindow,
): Promise<MicroHeader> {
  const path = `${hour.folder}/${microPath(logged.number, "cbor")}`;
  const bytes = await files.read(path);
  if (!equalBytes(files.primitives.sha256(bytes), logged.header)) {
    throw files.damaged(path, "its digest is not the one in the node log");
  }
  const header = files.decode(path, () => decodeMicroHeader(bytes));
  const fits =
    equalBytes(header.store, facts.file.store) &&
    header.sequence === hour.sequence &&
    header.window === logged.number &&
    header.t1 >= hour.t1 &&
    header.t2 <= hour.t2 &&
    equalBytes(header.microRoot, logged.root);
  if (!fits) throw files.damaged(path, "contradicts the node log");
  return header;
}

/** @returns the id of the key that signed it. @throws RitmaError `store/damaged` */
export async function readMicroSigner(
  files: StoreFiles,
  facts: StoreFacts,
  hour: SealedHour,
  logged: LoggedWindow,
): Promise<Uint8Array> {
  const path = `${hour.folder}/${microPath(logged.number, "sig")}`;
  const bytes = await files.read(path);
  const cose = files.decode(path, () => parseCose1(bytes));
  const { sequence } = hour;
  const key = sealKeyFor(files, facts, sequence, cose.keyId);
  if (key === null) {
    throw files.damaged(path, `no key record lets key ${toHex(cose.keyId)} seal this window`);
  }
  if (!verifyCose1(files.primitives, cose, key)) {
    throw files.damaged(path, "the signature is not of these bytes");
  }
  const { number: window, header, root: microRoot } = logged;
  const seal = encodeMicroSeal({ store: facts.file.store, sequence, window, header, microRoot });
  if (equalBytes(cose.payload, seal)) return cose.keyId;
  throw files.damaged(path, "signs another window than the node log names");
}
