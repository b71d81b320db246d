/**
 * Goal: no bytes make a decoder of blocks, entities, cones, logs or frames throw anything but a
 * FormatError, or accept what is not the one spelling of what it read.
 *
 * Method: the first executions of `npm run campaign:fuzz`: seeded changes of good inputs of every
 * kind. Counted, not timed. And the fuzzer itself: that what it draws can be drawn again, and that
 * it notices what it is there for.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError } from "@ritma/evidence";
import { makeCorpus, TARGETS } from "./corpus.ts";
import { Fuzzer } from "./fuzzer.ts";
import { type Accepted, mustBe, type Reading } from "./reading.ts";

const EXECUTIONS = 15_000;
const SEED = 1;

const corpus = await makeCorpus();

test("good inputs of every kind, changed: refused, or the one spelling of what was read", () => {
  const fuzzer = new Fuzzer(corpus, SEED, false);
  for (let number = 0; number < EXECUTIONS; number += 1) fuzzer.run(number);
  const { targets, offences } = fuzzer.tally;
  assert.deepEqual(
    offences.map(({ target, number, sentence }) => `${target}, execution ${number}: ${sentence}`),
    [],
  );
  for (const target of TARGETS) {
    const { executions, accepted, unchanged, refused } = targets[target];
    assert.ok(executions > EXECUTIONS / 50, `${target}: ${executions} executions`);
    assert.ok(unchanged > 0 && accepted > unchanged, `${target}: ${accepted} accepted`);
    for (const fault of ["truncated", "trailing-bytes", "wrong-type"] as const) {
      assert.ok((refused[fault] ?? 0) > 0, `${target}: none refused as ${fault}`);
    }
  }
});

test("an execution is made again by its number alone", () => {
  const [one, other] = [new Fuzzer(corpus, SEED, false), new Fuzzer(corpus, SEED, false)];
  for (let number = 0; number < 300; number += 1) one.run(number);
  for (const number of [299, 7, 120]) {
    assert.deepEqual(other.draw(number).input, one.draw(number).input);
  }
  assert.notDeepEqual(
    new Fuzzer(corpus, SEED + 1, false).draw(7).input,
    one.draw(7).input,
    "another seed",
  );
});

function accepted(bytes: Uint8Array): Accepted {
  return { items: 1, judge: () => mustBe(bytes.length === 100, "a second spelling") };
}

/** A fuzzer of nothing but what `decode` makes of a hundred zeros and their changes. */
function fuzzing(decode: (bytes: Uint8Array) => Accepted): Fuzzer {
  const reading: Reading = { name: "planted", decode, work: () => 0 };
  const bytes = new Uint8Array(100);
  const sample = { reading, bytes, mutate: () => Uint8Array.of(1) };
  const samples = Object.fromEntries(TARGETS.map((target) => [target, [sample]]));
  const fuzzer = new Fuzzer({ ...corpus, ...samples }, SEED, false);
  for (let number = 0; number < 1000; number += 1) fuzzer.run(number);
  return fuzzer;
}

test("another error, a second spelling, and a good input refused are offences", () => {
  const decoders: readonly (readonly [RegExp, (bytes: Uint8Array) => Accepted])[] = [
    [/^Violation: a second spelling$/u, accepted],
    [
      /^RangeError: out of hand$/u,
      (bytes) => {
        if (bytes.length < 100) throw new RangeError("out of hand");
        return accepted(bytes);
      },
    ],
    [
      /^a good input was refused$/u,
      (bytes) => {
        throw new FormatError("truncated", 0, `${bytes.length} bytes`);
      },
    ],
  ];
  for (const [said, decode] of decoders) {
    const { offences } = fuzzing(decode).tally;
    assert.ok(offences.length > 0);
    for (const { sentence } of offences) assert.match(sentence, said);
  }
  const good = fuzzing((bytes) => {
    if (bytes.length < 100) throw new FormatError("truncated", 0, "");
    return accepted(bytes);
  });
  assert.deepEqual(good.tally.offences, []);
});
