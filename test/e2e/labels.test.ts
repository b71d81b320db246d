/**
 * Goal: steps of a real attack are found by asking: the process that began them, what it ran, what
 * it touched, and when; and a step that is another is not taken for it.
 *
 * Method: the capture of the dataset folder is recorded by the real executable, and some of its
 * labelled steps are asked for; the same answers are then compared with labels and expectations
 * that were changed in one thing. `npm run campaign:labels` does this for every label.
 *
 *     RITMA_DATASETS=DIR   where `captures/web-attack` is
 */
import assert from "node:assert/strict";
import { mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Asker, asker, recordStore, Refusal } from "../../tools/labels/asking.ts";
import { compare } from "../../tools/labels/comparing.ts";
import { type Capture, captureDir, type Label, readCapture } from "../../tools/labels/dataset.ts";
import { type Finding, follow } from "../../tools/labels/following.ts";
import type { LookUp } from "../../tools/labels/look-up.ts";
import { LOOK_UPS } from "../../tools/labels/look-ups.ts";
import { PLAIN_QUESTIONS } from "../../tools/labels/plain-questions.ts";
import { skipLoudly } from "../../tools/skip.ts";

/** A tool that is brought, one that is compiled here and calls home, a password file. */
const STEPS = ["a03", "a05", "a09"];

const capture = readCapture();

test("steps of the recorded attack are found by asking", async (context) => {
  if (capture === null) {
    skipLoudly(context, `the capture ${captureDir()} (RITMA_DATASETS)`);
    return;
  }
  using scratch = mkdtempDisposableSync(join(tmpdir(), "ritma-labels-"));
  const root = await recordStore(scratch.path, capture.log);
  const last = STEPS.at(-1);
  await Promise.all(
    STEPS.map(async (id) => {
      const { label, lookUp } = stepOf(capture, id);
      const finding = await follow(asker(root), lookUp);
      assert.deepEqual(compare(label, lookUp, finding), [], id);
      if (id === last) refusesWhatIsChanged(label, lookUp, finding);
    }),
  );
  await answersPlainly(asker(root), capture.labels);
  await assert.rejects(asker(root).ask(["who", "/no/such/file"]), Refusal);
});

test("a step of the attack has one look-up each", (context) => {
  if (capture === null) {
    skipLoudly(context, `the capture ${captureDir()} (RITMA_DATASETS)`);
    return;
  }
  const ids = capture.labels.map(({ id }) => id);
  const asked = LOOK_UPS.map(({ label }) => label);
  assert.deepEqual(asked, ids);
});

/** Each change is one that a wrong answer would look like. */
function refusesWhatIsChanged(label: Label, lookUp: LookUp, finding: Finding): void {
  const second = { ...label, t0: label.t0 + 1, t_last_event: label.t_last_event + 1 };
  refused(/is not its time/u, second, lookUp, finding);
  refused(/is not in the chain/u, { ...label, root_pids: [1] }, lookUp, finding);
  refused(/was done by webctl/u, { ...label, pids: label.root_pids }, lookUp, finding);
  const exes = { ...label.exes, "/usr/bin/find": 2 };
  refused(/\/usr\/bin\/find was run 1 times and not 2/u, { ...label, exes }, lookUp, finding);
  refused(/is not above it/u, label, { ...lookUp, above: ["sshd"] }, finding);
  refused(/nobody was started with/u, label, { ...lookUp, told: ["euid 1"] }, finding);
  refused(/is in no answer/u, label, lookUp, { ...finding, deeds: [] });
}

function refused(reason: RegExp, ...changed: Parameters<typeof compare>): void {
  assert.match(compare(...changed).join("\n"), reason);
}

async function answersPlainly(questions: Asker, labels: readonly Label[]): Promise<void> {
  const [first] = PLAIN_QUESTIONS;
  assert.ok(first !== undefined);
  const { told, wrong } = await first.answer(questions, labels);
  assert.deepEqual(wrong, []);
  assert.match(told, /cat\[\d+\] \(denied\), webctl\[\d+\]/u);
  const without = labels.filter(({ id }) => id !== "a09");
  assert.notDeepEqual((await first.answer(questions, without)).wrong, []);
}

function stepOf({ labels }: Capture, id: string): { label: Label; lookUp: LookUp } {
  const label = labels.find((each) => each.id === id);
  const lookUp = LOOK_UPS.find((each) => each.label === id);
  assert.ok(label !== undefined && lookUp !== undefined, id);
  return { label, lookUp };
}
