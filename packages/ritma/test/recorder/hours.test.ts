/**
 * Goal: events come into the windows and hours of their stamps, and what no event fell into is told
 * too: empty runs, gaps, late events, stamps that cannot be.
 *
 * Method: rows of a log of a few lines and the folders, intervals and entries that it must give.
 * Every store that a row makes must verify.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeHourTree, type HourEntry } from "@ritma/evidence";
import { bytesOf, line, memoryInput, opened, timeUs } from "./audit-lines.ts";
import {
  assertValid,
  type Files,
  filesBelow,
  hoursOf,
  logOf,
  OUT,
  recorded,
  type Settings,
} from "./recording.ts";

interface Expected {
  /** Of each hour: folder below the day, begin, end, and its entries. */
  readonly hours: readonly (readonly [string, string, string, string])[];
  readonly log: string;
}

/** Checks what a log gives, with windows of 900 s. More logs are recorded one after the other. */
async function check(
  lines: readonly string[],
  expected: Expected,
  settings: Settings = {},
  ...more: readonly (readonly string[])[]
): Promise<Files> {
  const logs = [lines, ...more].map((each) => [memoryInput(bytesOf(...each))]);
  const disk = await recorded(logs, settings);
  await assertValid(disk);
  const files = filesBelow(disk, OUT);
  const hours = hoursOf(files).map(({ folder, header: { t1, t2 } }) => [
    folder.slice("2026/11/".length),
    clockOf(t1),
    clockOf(t2),
    entriesOf(files, folder),
  ]);
  assert.deepEqual(hours, expected.hours);
  const types = logOf(files).map((entry) =>
    entry.type === "gap" ? `gap ${clockOf(entry.t1)}-${clockOf(entry.t2)}` : entry.type,
  );
  assert.equal(types.slice(4).join(" "), expected.log);
  return files;
}

function clockOf(time: number): string {
  const text = new Date(Math.floor(time / 1000)).toISOString().slice(11, 23);
  return `${text}${String(time % 1000).padStart(3, "0")}`.replace(/(?:\.|(\.\d*?))0+$/u, "$1");
}

/** "0:00:00-15:00 empty:15:00-00:00 late": number of the window, minutes and seconds. */
function entriesOf(files: Files, folder: string): string {
  const bytes = files.get(`windows/${folder}/proofs/hour_root.cbor`) ?? new Uint8Array(0);
  return decodeHourTree(bytes).entries.map(entryText).join(" ");
}

function entryText({ kind, window, t1, t2 }: HourEntry): string {
  if (kind === "late") return "late";
  return `${window ?? "empty"}:${clockOf(t1).slice(3)}-${clockOf(t2).slice(3)}`;
}

test("windows and empty runs tile an hour, which ends with the input", async () => {
  await check([opened("09:16:00", 1), opened("09:50:00", 2)], {
    hours: [
      [
        "20/09",
        "09:00:00",
        "09:50:00.000001",
        "empty:00:00-15:00 1:15:00-30:00 empty:30:00-45:00 3:45:00-50:00.000001",
      ],
    ],
    log: "open micro micro hour close",
  });
});

test("an hour that another one follows ends with the clock hour", async () => {
  await check([opened("09:10:00", 1), opened("10:00:00", 2)], {
    hours: [
      ["20/09", "09:00:00", "10:00:00", "0:00:00-15:00 empty:15:00-00:00"],
      ["20/10", "10:00:00", "10:00:00.000001", "0:00:00-00:00.000001"],
    ],
    log: "open micro hour micro hour close",
  });
});

test("clock hours without events are one gap", async () => {
  await check([opened("09:00:00", 1), opened("1+13:00:00", 2)], {
    hours: [
      ["20/09", "09:00:00", "10:00:00", "0:00:00-15:00 empty:15:00-00:00"],
      ["21/13", "13:00:00", "13:00:00.000001", "0:00:00-00:00.000001"],
    ],
    log: "open micro hour gap 10:00:00-13:00:00 micro hour close",
  });
});

test("events in disorder are put in order, as far as five seconds", async () => {
  const disk = [opened("09:00:04", 3), opened("09:00:00", 1), opened("09:00:02", 2)];
  await check(disk, {
    hours: [["20/09", "09:00:00", "09:00:04.000001", "0:00:00-00:04.000001"]],
    log: "open micro hour close",
  });
});

test("an event for a closed window is late, and keeps its stamp", async () => {
  const files = await check(
    [opened("09:10:00", 1), opened("09:20:00", 2), opened("09:20:06", 3), opened("09:10:01", 4)],
    {
      hours: [["20/09", "09:00:00", "09:20:06.000001", "0:00:00-15:00 1:15:00-20:06.000001 late"]],
      log: "open micro micro micro hour close",
    },
  );
  const [hour] = hoursOf(files);
  assert.equal(hour?.header.counts.late, 1);
  assert.ok(files.has("windows/2026/11/20/09/blocks/late_0000.cbor.zst"));
});

test("an event for a sealed hour goes to the open one", async () => {
  await check(
    [opened("09:10:00", 1), opened("10:00:00", 2), opened("10:00:09", 3), opened("09:59:00", 4)],
    {
      hours: [
        ["20/09", "09:00:00", "10:00:00", "0:00:00-15:00 empty:15:00-00:00"],
        ["20/10", "10:00:00", "10:00:09.000001", "0:00:00-00:09.000001 late"],
      ],
      log: "open micro hour micro micro hour close",
    },
  );
});

test("an hour whose events all came late has no length", async () => {
  await check(
    [opened("09:10:00", 1)],
    {
      hours: [
        ["20/09", "09:00:00", "09:10:00.000001", "0:00:00-10:00.000001"],
        ["20/09-1", "09:10:00.000001", "09:10:00.000001", "late"],
        ["20/11", "11:00:00", "11:00:00.000001", "0:00:00-00:00.000001"],
      ],
      log: "open micro hour close open micro hour gap 09:10:00.000001-11:00:00 micro hour close",
    },
    {},
    [opened("08:00:00", 2), opened("11:00:00", 3)],
  );
});

const YEARS = 365;

for (const [name, at] of [
  ["in 1989", `${-37 * YEARS}+00:00:00`],
  ["in 2117", `${91 * YEARS}+00:00:00`],
] as const) {
  const alone = line("USER_LOGIN", at, 7, "pid=1 res=success");
  test(`a stamp ${name} is late and moves nothing`, async () => {
    await check([opened("09:10:00", 1), alone, opened("09:50:00", 2)], {
      hours: [
        [
          "20/09",
          "09:00:00",
          "09:50:00.000001",
          "0:00:00-15:00 empty:15:00-45:00 3:45:00-50:00.000001 late",
        ],
      ],
      log: "open micro micro micro hour close",
    });
  });

  test(`nor does it when it comes first: ${name}`, async () => {
    const files = await check([alone, opened("09:10:00", 1)], {
      hours: [["20/09", "09:00:00", "09:10:00.000001", "0:00:00-10:00.000001 late"]],
      log: "open micro micro hour close",
    });
    const open = logOf(files).find(({ type }) => type === "open");
    assert.deepEqual(open, { type: "open", session: 0, t: timeUs("09:00:00") });
  });
}

test("an hour that is full closes between two stamps and goes on beside itself", async () => {
  const calls = ["09:00:00", "09:00:01", "09:00:01", "09:00:02", "09:20:00", "09:21:00"];
  await check(
    calls.map((clock, at) => opened(clock, at + 1)),
    {
      hours: [
        ["20/09", "09:00:00", "09:00:01.000001", "0:00:00-00:01.000001"],
        [
          "20/09-1",
          "09:00:01.000001",
          "09:20:00.000001",
          "0:00:01.000001-15:00 1:15:00-20:00.000001",
        ],
        ["20/09-2", "09:20:00.000001", "09:21:00.000001", "1:20:00.000001-21:00.000001"],
      ],
      log: "open micro hour micro micro hour micro hour close",
    },
    { limits: { hourAtomsMax: 2 } },
  );
});

test("a generation ends at the end of an hour, and ids begin anew", async () => {
  const calls = ["09:00:00", "10:00:00", "11:00:00"].map((clock, at) =>
    opened(clock, at + 1, { path: `/srv/${at}` }),
  );
  const settings = { limits: { generationEntitiesMax: 3 } };
  const disk = await recorded([[memoryInput(bytesOf(...calls))]], settings);
  await assertValid(disk);
  const generations = hoursOf(filesBelow(disk, OUT)).map(({ header }) => header.generation);
  const numbers = generations.map(({ number }) => number);
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
    "in order",
  );
  assert.ok(new Set(numbers).size > 1, `of ${numbers.join()}`);
  for (const [at, { number, firstId, offset }] of generations.entries()) {
    const isFirst = number !== numbers[at - 1];
    assert.equal(firstId === 1, isFirst);
    assert.equal(offset === 0, isFirst);
  }
});

for (const windowSecs of [1, 10, 60, 300, 3600]) {
  for (const privacy of ["raw", "hash-only"] as const) {
    test(`windows of ${windowSecs} s, ${privacy}`, async () => {
      const calls = ["09:00:00", "09:00:01", "09:00:30", "09:31:00"].map((clock, at) =>
        opened(clock, at + 1, { path: "/home/alice/secret" }),
      );
      const inputs = [memoryInput(bytesOf(...calls))];
      const disk = await recorded([inputs], { windowSecs, privacy });
      const { counts } = await assertValid(disk);
      const windows = new Set([0, 1, 30, 1860].map((second) => Math.floor(second / windowSecs)));
      assert.equal(counts.windows, windows.size);
      const logs = [...filesBelow(disk, OUT)].filter(([path]) => path.startsWith("graph/"));
      assert.equal(logs.length, 1);
    });
  }
}
