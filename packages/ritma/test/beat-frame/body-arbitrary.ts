/**
 * Random bodies of every type of record, as their encoders take them.
 *
 * @module
 */
import { compareBytes, encodeUtf8 } from "@ritma/evidence";
import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  maxSafeNat,
  nat,
  oneof,
  record,
  string,
  tuple,
  uint8Array,
  uniqueArray,
} from "fast-check";
import { type Cell, CELL_KINDS } from "../../src/stores/beat/cell.ts";
import type { Child, ManifestOperation, OrderOperation } from "../../src/stores/beat/deltas.ts";
import type { PayloadHistory } from "../../src/stores/beat/history.ts";
import {
  PAYLOAD_KINDS,
  type Payload,
  type Stored,
  storedLengthOf,
} from "../../src/stores/beat/payload.ts";
import { type Secmeta, TAG_BYTES } from "../../src/stores/beat/secmeta.ts";

/** Objects as literals make them. */
export const PLAIN = { noNullPrototype: true } as const;

const fixed = (length: number): Arbitrary<Uint8Array> =>
  uint8Array({ minLength: length, maxLength: length });

const names = string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter(
  (name) => name.isWellFormed() && !name.includes("\0") && encodeUtf8(name).length <= 255,
);

function payloads(
  inlineBytesMax: number,
  places: readonly ("chunks" | "reference")[],
): Arbitrary<Payload> {
  const bytes = uint8Array({ maxLength: inlineBytesMax });
  const length = integer({ min: 1, max: 2 ** 40 });
  return oneof(
    record({ place: constant("inline" as const), bytes }, PLAIN),
    record({ place: constantFrom(...places), length, digest: fixed(32) }, PLAIN),
  );
}

/** Security metadata of a payload of this length. */
function secmetas(storedLength: number): Arbitrary<Secmeta> {
  const common = { storedLength: constant(storedLength), fingerprint: fixed(16) };
  const unsealed = { ...common, mode: constant("none" as const), sealing: constant(null) };
  const plain: Arbitrary<Secmeta> = record(
    { ...unsealed, codec: constant("none" as const), rawLength: constant(storedLength) },
    PLAIN,
  );
  const packed: Arbitrary<Secmeta> = record(
    { ...unsealed, codec: constant("deflate" as const), rawLength: maxSafeNat() },
    PLAIN,
  );
  if (storedLength < TAG_BYTES) return oneof(plain, packed);
  const sealed: Arbitrary<Secmeta> = record(
    {
      ...common,
      mode: constantFrom("chacha20-poly1305" as const, "aes-256-gcm" as const),
      codec: constantFrom("none" as const, "deflate" as const),
      rawLength: constant(storedLength - TAG_BYTES),
      sealing: record({ keyId: fixed(16), nonce: fixed(12), aadHash: fixed(32) }, PLAIN),
    },
    PLAIN,
  );
  return oneof(plain, packed, sealed);
}

function storeds(payload: Arbitrary<Payload>): Arbitrary<Stored> {
  return payload.chain((one) =>
    record(
      {
        payload: constant(one),
        secmeta: oneof(constant(null), secmetas(storedLengthOf(one))),
      },
      PLAIN,
    ),
  );
}

export const cells: Arbitrary<Cell> = tuple(
  oneof(
    constant<Stored>({ payload: null, secmeta: null }),
    storeds(payloads(64, ["chunks", "reference"])),
  ),
  nat(1000),
  nat(1000),
).chain(([{ payload, secmeta }, created, age]) =>
  record(
    {
      kind: constantFrom(...CELL_KINDS),
      payloadKind: constantFrom(...PAYLOAD_KINDS),
      arrangement: nat(0xffff),
      created: constant(created),
      latest: constant(created + age),
      revision: fixed(16),
      payload: constant(payload),
      secmeta: constant(secmeta),
      isTombstone: payload === null ? boolean() : constant(false),
      isVeiled: boolean(),
    },
    PLAIN,
  ),
);

export const histories: Arbitrary<PayloadHistory> = storeds(payloads(2000, ["reference"])).chain(
  ({ payload, secmeta }) =>
    record(
      {
        payloadKind: constantFrom(...PAYLOAD_KINDS),
        beat: maxSafeNat(),
        payload: constant(payload),
        secmeta: constant(secmeta),
      },
      PLAIN,
    ),
);

/** Sorted by their bytes, each once. */
const sortedNames = uniqueArray(names, { maxLength: 12 }).map((list) =>
  list.toSorted((a, b) => compareBytes(encodeUtf8(a), encodeUtf8(b))),
);

const childOf = (name: string): Arbitrary<Child> =>
  record({ name: constant(name), flags: nat(3), revision: fixed(16) }, PLAIN);

const removal = (name: Arbitrary<string>): Arbitrary<{ op: "remove"; name: string }> =>
  record({ op: constant("remove" as const), name }, PLAIN);

export const children: Arbitrary<readonly Child[]> = sortedNames.chain((list) =>
  tuple(...list.map((name) => childOf(name))),
);

export const manifestOperations: Arbitrary<readonly ManifestOperation[]> = sortedNames.chain(
  (list) =>
    tuple(
      ...list.map((name): Arbitrary<ManifestOperation> => {
        const [op, flags] = [constant("add" as const), nat(3)];
        const add = record({ op, name: constant(name), flags, revision: fixed(16) }, PLAIN);
        return oneof(add, removal(constant(name)));
      }),
    ),
);

export const orderOperations: Arbitrary<readonly OrderOperation[]> = array(
  oneof(
    record({ op: constant("add" as const), name: names, position: maxSafeNat() }, PLAIN),
    removal(names),
  ),
  { maxLength: 12 },
);
