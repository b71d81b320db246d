/**
 * A reporter for node:test that writes what the runner must know, one JSON object a line.
 *
 * @module
 */
import { resolve } from "node:path";
import type { TestEvent } from "node:test/reporters";

type TestPass = Extract<TestEvent, { readonly type: "test:pass" }>["data"];

/** One line of the reporter's file. */
export type ReportLine =
  | { readonly type: "skip"; readonly name: string; readonly reason: string }
  | { readonly type: "empty"; readonly file: string }
  | {
      readonly type: "counts";
      readonly passed: number;
      readonly failed: number;
      readonly skipped: number;
    };

/** What node:test says, as a mere remark, of an error thrown after its test had passed. */
const LATE_ERROR = "generated asynchronous activity after the test ended";

async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let late = 0;
  let empty = 0;
  for await (const event of source) {
    if (event.type === "test:diagnostic" && event.data.message.includes(LATE_ERROR)) late += 1;
    if (event.type === "test:pass" && isBareFile(event.data)) {
      empty += 1;
      yield line({ type: "empty", file: event.data.name });
    }
    if (event.type === "test:pass" && typeof event.data.skip === "string") {
      yield line({ type: "skip", name: event.data.name, reason: event.data.skip });
    }
    if (event.type === "test:summary" && event.data.file === undefined) {
      const { tests, skipped } = event.data.counts;
      const passed = event.data.counts.passed - empty;
      // Cancelled counts as failed, and so does "todo": it is a test that was given up.
      yield line({ type: "counts", passed, failed: tests - passed - skipped + late, skipped });
    }
  }
}

/** node:test takes a file that holds no test for one test, named like the file, that passes. */
function isBareFile({ nesting, line: row, column, file, name }: TestPass): boolean {
  return nesting === 0 && row === 1 && column === 1 && file === resolve(name);
}

function line(value: ReportLine): string {
  return `${JSON.stringify(value)}\n`;
}

// node:test wants a reporter as the module's default export.
// oxlint-disable-next-line import/no-default-export
export default report;
