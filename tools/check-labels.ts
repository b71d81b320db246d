/**
 * `npm run campaign:labels`: does an investigator find every step of the recorded attack?
 *
 * Records the capture `web-attack` of the dataset folder into a new store by the real executable,
 * asks for each of its labelled steps as a responder would, and compares what the answers say with
 * the label: who began it, what was run, what was touched, and when. Then three questions that are
 * asked after any break-in. Prints a line for each; ends with status 1 when anything was not found
 * or the capture is not there. Takes some minutes, on two cores.
 *
 *     node tools/check-labels.ts [--data DIR] [LABEL...]     DIR/captures/web-attack has the labels
 *
 * @module
 */
import { mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { asker, recordStore, Refusal } from "./labels/asking.ts";
import { compare } from "./labels/comparing.ts";
import { type Capture, captureDir, type Label, readCapture } from "./labels/dataset.ts";
import { follow } from "./labels/following.ts";
import { LOOK_UPS } from "./labels/look-ups.ts";
import { PLAIN_QUESTIONS } from "./labels/plain-questions.ts";

/** Labels that are looked for at the same time. */
const TOGETHER = 2;

async function checkLabel(root: string, label: Label): Promise<boolean> {
  const lookUp = LOOK_UPS.find((each) => each.label === label.id);
  if (lookUp === undefined) return report(label, "nobody asks for it", ["no look-up"]);
  const questions = asker(root);
  const finding = await follow(questions, lookUp);
  const by = lookUp.questions.map(({ ask }) => ask).join(" + ");
  const others = questions.asked.length - lookUp.questions.length;
  const known = label.pids.filter((pid) => finding.pids.has(pid)).length;
  const way = `${known} of ${label.pids.length} processes: ritma ${by} + ${others} to follow`;
  return report(label, way, compare(label, lookUp, finding));
}

function report({ id, name }: Label, way: string, wrong: readonly string[]): boolean {
  const result = wrong.length === 0 ? "found    " : "NOT FOUND";
  process.stdout.write(`${id} ${name.padEnd(20)} ${result}  ${way}\n`);
  for (const each of wrong) process.stdout.write(`    ${each}\n`);
  return wrong.length === 0;
}

async function checkLabels(root: string, labels: readonly Label[]): Promise<number> {
  const waiting = [...labels];
  let missing = 0;
  const work = async (): Promise<void> => {
    for (let label = waiting.shift(); label !== undefined; label = waiting.shift()) {
      const isFound = await checkLabel(root, label).catch((error: unknown) => {
        if (error instanceof Refusal) return report(label, "refused", [error.message]);
        throw error;
      });
      if (!isFound) missing += 1;
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
  return missing;
}

async function checkQuestions(root: string, labels: readonly Label[]): Promise<number> {
  let missing = 0;
  for (const { asked, answer } of PLAIN_QUESTIONS) {
    const { told, wrong } = await answer(asker(root), labels);
    process.stdout.write(`${wrong.length === 0 ? "answered" : "WRONG   "}  ${asked}: ${told}\n`);
    for (const each of wrong) process.stdout.write(`    ${each}\n`);
    if (wrong.length > 0) missing += 1;
  }
  return missing;
}

async function checkCapture(capture: Capture, names: readonly string[]): Promise<number> {
  using scratch = mkdtempDisposableSync(join(tmpdir(), "ritma-labels-"));
  const root = await recordStore(scratch.path, capture.log);
  const labels = capture.labels.filter(({ id }) => names.length === 0 || names.includes(id));
  const missing = await checkLabels(root, labels);
  const unanswered = names.length === 0 ? await checkQuestions(root, capture.labels) : 0;
  process.stdout.write(`${labels.length - missing} of ${labels.length} steps found\n`);
  return labels.length === 0 ? 1 : missing + unanswered;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { data: { type: "string" } },
    allowPositionals: true,
  });
  const capture = readCapture(values.data);
  if (capture === null) {
    process.stdout.write(`no capture in ${captureDir(values.data)} (--data DIR)\n`);
    process.exitCode = 1;
  } else {
    process.exitCode = (await checkCapture(capture, positionals)) === 0 ? 0 : 1;
  }
}
