/**
 * What somebody without the keys can do to a store: one change each, and the step of
 * docs/verify-by-hand.md that must refuse it.
 *
 * @module
 */
import {
  cpSync,
  globSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** Folders with a store, and with what it was before it grew. */
export interface Stores {
  readonly store: string;
  readonly earlier: string;
}

export interface Change {
  readonly name: string;
  /** That refuses. */
  readonly step: number;
  /** What is said then. */
  readonly says: RegExp;
  readonly make: (stores: Stores) => void;
}

const HOUR = "windows/*/*/*/*";
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** One byte of the first file that fits. `at` counts from the end if negative. */
function byte(pattern: string, step: number, says: RegExp, at?: number): Change {
  const make = ({ store }: Stores): void => {
    const path = first(store, pattern);
    const bytes = readFileSync(path);
    const offset = at === undefined ? bytes.length >> 1 : (at + bytes.length) % bytes.length;
    bytes[offset] = (bytes[offset] ?? 0) ^ 0x01;
    writeFileSync(path, bytes);
  };
  return { name: `byte ${at ?? "amid"} of ${pattern} changed`, step, says, make };
}

const BYTES: readonly Change[] = [
  byte("_meta/store.cbor", 4, /_tlog#0: is the genesis of another store\.cbor/u, -1),
  byte("_meta/keys/pubkeys.cbor", 2, /Signature Verification Failure/u, -1),
  byte("_meta/schema/event*", 5, /event_schema_v1\.cbor: FAILED/u),
  byte("_tlog/checkpoint", 3, /checkpoint: .*invalid signature|malformed note/u, 30),
  byte("_tlog/checkpoint", 3, /checkpoint: /u, -10),
  byte("_tlog/tile/0/000.p/*", 3, /tile\/0\/000\.p\/\d+: not the hashes of the entries/u),
  byte("_tlog/tile/entries/000.p/*", 3, /the entries hash to/u, -1),
  byte("graph/dict/*/entities.cbor.zst", 4, /entities\.cbor\.zst@\d+: is not the sealed piece/u),
  byte("ctgf/cones/*/cones.cbor.zst", 4, /cones\.cbor\.zst@\d+: is not the sealed piece/u),
  byte(`${HOUR}/blocks/*`, 5, /blocks\/inst_0000\.cbor\.zst: FAILED/u),
  byte(`${HOUR}/hour_header.cbor`, 4, /hour_root\.sig: does not seal this header/u),
  byte(`${HOUR}/proofs/hour_root.sig`, 4, /hour_root\.sig: the signature is wrong/u, -1),
  byte(`${HOUR}/proofs/hour_root.cbor`, 4, /hour_root\.cbor: has other nodes/u, -40),
  byte(`${HOUR}/proofs/chain.cbor`, 4, /chain\.cbor: is another link/u, -1),
  byte(`${HOUR}/micro/w*.cbor`, 4, /micro\/w\d+\.cbor: is not what the node log names/u),
  byte(`${HOUR}/micro/w*.sig`, 4, /micro\/w\d+\.sig: the signature is wrong/u, -1),
  byte("accounting/*/*/*/account.cbor.zst", 5, /account\.cbor\.zst: FAILED/u),
  byte("accounting/*/*/*/derived.stmt", 4, /derived\.stmt: the signature is wrong/u, -1),
];

const FILES: readonly Change[] = [
  {
    name: "an hour removed",
    step: 4,
    says: /No such file.*hour_root\.sig/u,
    make: ({ store }) => rmSync(first(store, HOUR), { recursive: true }),
  },
  {
    name: "two hours exchanged",
    step: 4,
    says: /hour_root\.sig: names another key than its signer/u,
    make: ({ store }) => exchange(first(store, HOUR), first(store, HOUR, 1)),
  },
  {
    name: "two windows exchanged, with their seals",
    step: 4,
    says: /micro\/w\d+\.cbor: is not what the node log names/u,
    make: ({ store }) => {
      for (const kind of ["cbor", "sig"]) {
        const pattern = `${HOUR}/micro/w*.${kind}`;
        exchange(first(store, pattern), first(store, pattern, 1));
      }
    },
  },
  {
    name: "a block removed",
    step: 4,
    says: /No such file.*blocks/u,
    make: ({ store }) => rmSync(first(store, `${HOUR}/blocks/*`)),
  },
  {
    name: "a block that goes on behind its end",
    step: 4,
    says: /lists|bytes, \d+ were sealed/u,
    make: ({ store }) => append(first(store, `${HOUR}/blocks/*`), Uint8Array.of(0)),
  },
  {
    name: "a block more",
    step: 4,
    says: /inst_0009\.cbor\.zst': is a file that nothing names/u,
    make: ({ store }) => {
      const block = first(store, `${HOUR}/blocks/*`);
      cpSync(block, join(dirname(block), "inst_0009.cbor.zst"));
    },
  },
  {
    name: "a link in the place of a header",
    step: 4,
    says: /hour_header\.cbor': is no plain file/u,
    make: ({ store }) => {
      const header = first(store, `${HOUR}/hour_header.cbor`);
      renameSync(header, join(store, "..", "header"));
      symlinkSync(join(store, "..", "header"), header);
    },
  },
  {
    name: "a dictionary that goes on",
    step: 4,
    says: /entities\.cbor\.zst: goes on after the last sealed piece/u,
    make: ({ store }) => append(first(store, "graph/dict/*/entities.cbor.zst"), Uint8Array.of(1)),
  },
  {
    name: "a tile more",
    step: 3,
    says: /"tile\/0\/001": a file that the log does not have/u,
    make: ({ store }) => {
      cpSync(first(store, "_tlog/tile/0/000.p/*"), join(store, "_tlog/tile/0/001"));
    },
  },
  {
    name: "the last entries cut from their bundle",
    step: 3,
    says: /entries\/000\.p\/\d+: ends inside entry/u,
    make: ({ store }) => {
      const bundle = first(store, "_tlog/tile/entries/000.p/*");
      writeFileSync(bundle, readFileSync(bundle).subarray(0, -60));
    },
  },
  {
    name: "the node log of an earlier state under all the hours",
    step: 4,
    says: /is a file that nothing names|was built from more|goes on after/u,
    make: ({ store, earlier }) => {
      rmSync(join(store, "_tlog"), { recursive: true });
      cpSync(join(earlier, "_tlog"), join(store, "_tlog"), { recursive: true });
    },
  },
  {
    name: "the signature in another spelling of base64",
    step: 3,
    says: /checkpoint: illegal base64/u,
    make: ({ store }) => {
      const path = join(store, "_tlog/checkpoint");
      const text = readFileSync(path, "utf8");
      const next = ALPHABET[ALPHABET.indexOf(text.at(-3) ?? "") + 1] ?? "";
      writeFileSync(path, `${text.slice(0, -3)}${next}=\n`);
    },
  },
  {
    name: "the signature twice",
    step: 3,
    says: /checkpoint: not one signature/u,
    make: ({ store }) => {
      const path = join(store, "_tlog/checkpoint");
      const line = readFileSync(path, "utf8").split("\n").at(-2);
      append(path, new TextEncoder().encode(`${line}\n`));
    },
  },
];

export const CHANGES: readonly Change[] = [...BYTES, ...FILES];

/** Of a log with more entries than a tile has hashes. */
export const TALL_CHANGES: readonly Change[] = [
  byte("_tlog/tile/0/000", 3, /tile\/0\/000: not the hashes of the entries/u),
  byte("_tlog/tile/1/000.p/1", 3, /tile\/1\/000\.p\/1: not the hashes of the entries/u),
];

function first(store: string, pattern: string, skipped = 0): string {
  const found = globSync(pattern, { cwd: store }).toSorted()[skipped];
  if (found === undefined) throw new Error(`nothing is at ${pattern}`);
  return join(store, found);
}

function exchange(one: string, other: string): void {
  const between = join(dirname(one), `${basename(one)}.between`);
  renameSync(one, between);
  renameSync(other, one);
  renameSync(between, other);
}

function append(path: string, bytes: Uint8Array): void {
  writeFileSync(path, bytes, { flag: "a" });
}
