/**
 * `ritma keys`, run.
 *
 * @module
 */
import { fingerprintOf, toBase64, toHex } from "@ritma/evidence";
import { escapeText } from "../../base/text.ts";
import { readStoreFacts } from "../../stores/sealed/store-facts.ts";
import { StoreFiles } from "../../stores/sealed/store-files.ts";
import type { Context } from "../command.ts";
import { labelled } from "../format.ts";

export async function run(context: Context): Promise<number> {
  const { disk, primitives } = await context.world();
  const out = (await context.config()).outDir.value;
  const { file, keys } = await readStoreFacts(new StoreFiles(disk, primitives, out));
  const identity = {
    fingerprint: fingerprintOf(primitives.sha256, file.identity),
    public: toBase64(file.identity),
  };
  const delegated = keys.map(({ keyId, role, publicKey, first, last }) => ({
    keyId: toHex(keyId),
    role,
    public: toBase64(publicKey),
    first,
    last,
  }));
  context.show({ identity, delegated }, () => [
    `Identity of ${escapeText(out)}`,
    "",
    ...labelled([
      ["fingerprint", context.paint.strong(identity.fingerprint)],
      ["public key", `${identity.public}   Ed25519, base64`],
      ...delegated.map(({ keyId, role, first, last }): [string, string] => [
        `${role} key`,
        `${keyId}   ${hours(first, last)}`,
      ]),
    ]),
    "",
    "  Each key was delegated by the identity. To check a store against it:",
    `  ${context.io.program} verify PATH --trust ${identity.fingerprint}`,
  ]);
  return 0;
}

function hours(first: number, last: number | null): string {
  if (last !== null) return `hours ${first} to ${last}`;
  return first === 0 ? "all hours" : `from hour ${first} on`;
}
