/**
 * Vectors of the range coder: each kind of step, and codings that are not the one of what they say.
 *
 * @module
 */
import { codeId, ID_CONTEXTS } from "../../packages/evidence/src/ctgf/coder-ids.ts";
import {
  type Coder,
  Probabilities,
  RangeReader,
  RangeWriter,
} from "../../packages/evidence/src/ctgf/coder.ts";
import { mix } from "../../packages/evidence/src/ctgf/guesses.ts";
import { bad } from "./vector.ts";

interface Step {
  readonly step: "bit" | "tree" | "raw" | "uint" | "int" | "id";
  readonly context: number;
  /** Bits of `tree` and `raw`, count of `id`, else 0. */
  readonly size: number;
  readonly value: number;
}

const WIDEST = Number.MAX_SAFE_INTEGER;

const bit = (context: number, value: number): Step => ({ step: "bit", context, size: 0, value });
const tree = (context: number, size: number, value: number): Step => ({
  step: "tree",
  context,
  size,
  value,
});
const raw = (size: number, value: number): Step => ({ step: "raw", context: 0, size, value });
const uint = (value: number): Step => ({ step: "uint", context: 0, size: 0, value });
const int = (value: number): Step => ({ step: "int", context: 0, size: 0, value });
const id = (size: number, value: number): Step => ({ step: "id", context: 0, size, value });

const likely = Array.from({ length: 100 }, (_, at) => bit(at % 2, at % 50 === 49 ? 0 : 1));

const GOOD: readonly (readonly [string, readonly Step[]])[] = [
  ["nothing", []],
  ["a one", [bit(0, 1)]],
  ["a zero", [bit(0, 0)]],
  ["eight bits under one context", [1, 0, 1, 1, 1, 1, 1, 0].map((value) => bit(0, value))],
  ["100 bits, most of them ones", likely],
  ["trees", [tree(0, 8, 0x61), tree(0, 8, 0x61), tree(256, 3, 5)]],
  ["bits without a context", [raw(8, 0xa5), raw(32, 0xdead_beef), raw(1, 1)]],
  ["uints", [0, 1, 2, 3, 255, 256, 65_535, 2 ** 31, 2 ** 32, WIDEST].map(uint)],
  ["ints", [0, 1, -1, 1000, -1000, 2 ** 40, -WIDEST].map(int)],
  ["ids", [id(1, 0), id(2, 1), id(1000, 999), id(1000, 999), id(1 << 20, 0xabcde)]],
];

function run(coder: Coder, { step, context, size, value }: Step): void {
  if (step === "bit") coder.bit(context, value);
  else if (step === "tree") coder.tree(context, size, value);
  else if (step === "raw") coder.raw(size, value);
  else if (step === "uint") coder.uint(context, value);
  else if (step === "int") coder.int(context, value);
  else codeId(coder, context, size, value);
}

function write(steps: readonly Step[]): Uint8Array {
  const writer = new RangeWriter(new Probabilities(ID_CONTEXTS));
  for (const step of steps) run(writer, step);
  return writer.finish();
}

function read(steps: readonly Step[], bytes: Uint8Array): void {
  const reader = new RangeReader(new Probabilities(ID_CONTEXTS), bytes);
  for (const step of steps) run(reader, { ...step, value: 0 });
  reader.finish();
}

/** What is read, and what writes the bytes instead. */
const BAD: readonly (readonly [string, Parameters<typeof bad>[2], readonly Step[], Uint8Array])[] =
  [
    ["cut", "truncated", [raw(32, 0), raw(32, 0)], Uint8Array.of(1, 2)],
    ["nothing where a byte belongs", "truncated", [raw(8, 0)], new Uint8Array(0)],
    ["a zero too many", "trailing-bytes", [bit(0, 1)], Uint8Array.of(0)],
    ["a byte too many", "trailing-bytes", [bit(0, 0)], Uint8Array.of(0x81, 0x01)],
    ["another last byte", "not-canonical", [bit(0, 0)], Uint8Array.of(0x82)],
    ["a width of 0", "out-of-range", [uint(0)], write([tree(0, 6, 0)])],
    ["a width of 55", "out-of-range", [uint(0)], write([tree(0, 6, 55)])],
    [
      "2^53",
      "out-of-range",
      [uint(0)],
      write([tree(0, 6, 54), ...Array.from({ length: 53 }, () => raw(1, 1))]),
    ],
    ["an id of 5 of 5", "out-of-range", [id(5, 0)], write([tree(0, 3, 5)])],
  ];

export function makeCoderVectors(): object {
  return {
    description:
      "The range coder, spec/10-coder.md. Steps are coded with contexts that have learned " +
      "nothing; " +
      "`size` is the bits of a tree or raw, and the count of an id. A bad one must be refused.",
    mix: [0, 1, 2, 0xffff_ffff, 12_345].map((a, at) => [a, at * 7, mix(a, at * 7)]),
    good: GOOD.map(([name, steps]) => ({ name, steps, hex: write(steps).toHex() })),
    bad: BAD.map(([name, fault, steps, bytes]) => {
      const { hex } = bad(name, bytes, fault, (given) => {
        read(steps, given);
      });
      return { name, hex, fault, steps };
    }),
  };
}
