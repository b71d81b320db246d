/**
 * `ritma keys`, run.
 *
 * @module
 */
import { fingerprintOf, toBase64, toHex } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { openDataRoot } from "../../services/recorder/data-root.ts";
import { upgradeKeys, type UpgradedKeys } from "../../services/recorder/upgrade-keys.ts";
import { readStoreFacts } from "../../stores/sealed/store-facts.ts";
import { StoreFiles } from "../../stores/sealed/store-files.ts";
import type { Context } from "../command.ts";
import { counted, labelled } from "../format.ts";

const UPGRADE = "upgrade";

export async function run(context: Context): Promise<number> {
  const [action] = context.operands;
  if (action !== undefined && action !== UPGRADE) {
    throw new RitmaError("usage/bad-argument", `"${escapeText(action)}" is not ${UPGRADE}`);
  }
  const upgraded = action === undefined ? null : await upgrade(context);
  const { disk, primitives } = await context.world();
  const out = (await context.config()).outDir.value;
  const { file, keys, periods } = await readStoreFacts(new StoreFiles(disk, primitives, out));
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
  const named = periods.map(({ number, first, epochs, root }) => {
    return { number, first, last: first + epochs - 1, root: toHex(root) };
  });
  context.show({ identity, delegated, periods: named, upgraded }, () => [
    ...upgradeLines(context, action, upgraded),
    `Identity of ${escapeText(out)}`,
    "",
    ...labelled([
      ["fingerprint", context.paint.strong(identity.fingerprint)],
      ["public key", `${identity.public}   Ed25519, base64`],
      ...delegated.map(({ keyId, role, first, last }): [string, string] => [
        `${role} key`,
        `${keyId}   ${role === "build" ? "statements about what is derived" : hours(first, last)}`,
      ]),
      ...named.map(({ first, last, root }): [string, string] => [
        "hour keys",
        `${root.slice(0, 16)}   hours ${first} to ${last}, each erased once its hour is sealed`,
      ]),
    ]),
    "",
    ...(named.length > 0
      ? []
      : [
          "  All hours are sealed by one key that lasts. For a key to every hour from now on:",
          `  ${context.io.program} keys ${UPGRADE}`,
          "",
        ]),
    "  Each key was delegated by the identity. To check a store against it:",
    `  ${context.io.program} verify PATH --trust ${identity.fingerprint}`,
  ]);
  return 0;
}

async function upgrade(context: Context): Promise<UpgradedKeys | null> {
  const world = await context.world();
  const config = await context.config();
  using root = await openDataRoot(world, config);
  return await upgradeKeys(world, config, root);
}

function upgradeLines(
  { paint }: Context,
  action: string | undefined,
  upgraded: UpgradedKeys | null,
): string[] {
  if (action === undefined) return [];
  if (upgraded === null) return [paint.good("Nothing to do: hours have keys of their own"), ""];
  const { first, epochs } = upgraded;
  return [`${paint.good("Upgraded")}   ${counted(epochs, "hour key")}, from hour ${first} on`, ""];
}

function hours(first: number, last: number | null): string {
  if (last !== null) return `hours ${first} to ${last}`;
  return first === 0 ? "all hours" : `from hour ${first} on`;
}
