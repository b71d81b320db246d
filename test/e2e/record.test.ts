/**
 * Goal: `ritma record` and `ritma status` as their users meet them: from a stream, from a log that
 * `ingest` knows, beside another recorder, and with nothing to record.
 *
 * Method: real processes; `verify` at the end. What kills and rotations do is for test/fault.
 */
import assert from "node:assert/strict";
import { appendFileSync, globSync, renameSync, truncateSync } from "node:fs";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { auditLog } from "../../packages/ritma/test/cli/audit-log.ts";
import { Json } from "../../packages/ritma/test/cli/json-document.ts";
import { appears, ended, madePlace, type Place, ritma, startRitma } from "./processes.ts";

function eventsIn(place: Place): number {
  const keys = new Json(ritma(["keys", "--data", place.root, "--json"]).out);
  const trust = ["--trust", keys.text("identity.fingerprint")];
  const { status, out } = ritma(["verify", place.out, ...trust]);
  assert.equal(status, 0, out);
  const stats = new Json(ritma(["stats", "--data", place.root, "--json"]).out);
  return stats.number("counts.events");
}

test("a stream whose recorder was killed is sealed by the next, which gets nothing", async () => {
  using place = madePlace();
  const args = ["record", "--data", place.root, "--audit-log", "-"];
  const child = startRitma(args, ["pipe", "ignore", "pipe"]);
  const end = ended(child);
  child.stdin?.write(auditLog({ events: 30 }));
  await appears(`${place.root}/recorder.json`);
  await setTimeout(500);
  child.kill("SIGKILL");
  await end;
  assert.equal(ritma(["status", "--data", place.root]).status, 69);
  assert.match(ritma(["status", "--data", place.root]).out, /^Died {3}- /u);
  const again = startRitma(args, ["ignore", "ignore", "pipe"]);
  const { how, err } = await ended(again);
  assert.equal(how, 0, err);
  assert.equal(eventsIn(place), 30);
});

test("a log that was ingested is gone on with, and what was recorded is known to ingest", () => {
  using place = madePlace();
  const log = place.file("audit.log", auditLog({ events: 20 }));
  assert.equal(ritma(["ingest", log, "--data", place.root]).status, 0);
  appendFileSync(log, auditLog({ events: 5, from: 5_000 }));
  const args = ["record", "--data", place.root, "--audit-log", log, "--for", "1s", "--json"];
  const recorded = new Json(ritma(args).out);
  assert.equal(recorded.number("facts.events"), 5);
  assert.equal(eventsIn(place), 25);
  // Of every sealed hour, by whichever of them.
  const hours = globSync("windows/*/*/*/*", { cwd: place.out });
  assert.equal(hours.length, 2);
  assert.deepEqual(
    globSync("windows/**/report/print.txt", { cwd: place.out }).toSorted(),
    hours.map((hour) => `${hour}/report/print.txt`).toSorted(),
  );
  const again = new Json(ritma(["ingest", log, "--data", place.root, "--json"]).out);
  assert.equal(again.get("nothingNew"), true);
});

test("record, ingest and record again, in any order, record each event once", () => {
  using place = madePlace();
  const log = place.file("audit.log", auditLog({ events: 20 }));
  const data = ["--data", place.root];
  const recordOnce = (): void => {
    const { status, err } = ritma(["record", ...data, "--audit-log", log, "--for", "1s"]);
    assert.equal(status, 0, err);
  };
  recordOnce();
  appendFileSync(log, auditLog({ events: 5, from: 5_000 }));
  assert.equal(ritma(["ingest", log, ...data]).status, 0);
  recordOnce();
  assert.equal(eventsIn(place), 25);
  appendFileSync(log, auditLog({ events: 5, from: 6_000 }));
  assert.equal(ritma(["ingest", log, "--no-seal", ...data]).status, 0);
  appendFileSync(log, auditLog({ events: 5, from: 7_000 }));
  recordOnce();
  assert.equal(eventsIn(place), 35);
  // A rotation to an empty log, and a stop before its first line.
  renameSync(log, `${log}.1`);
  place.file("audit.log", "");
  recordOnce();
  appendFileSync(log, auditLog({ events: 5, from: 8_000 }));
  recordOnce();
  assert.equal(eventsIn(place), 40);
});

test("copies among many files that go through the journal are recorded once", () => {
  using place = madePlace();
  const files = Array.from({ length: 70 }, (_, at) => {
    const log = auditLog({ events: 2, step: 1, from: 100 * (at - (at % 2)) });
    // Of every second pair the last line is an event's only one, and not ended.
    const end = at % 4 < 2 ? log.length : log.lastIndexOf("\ntype=EXECVE");
    return place.file(`log.${at}`, log.slice(0, end));
  });
  const data = ["--data", place.root];
  assert.equal(ritma(["ingest", "--no-seal", ...data, ...files]).status, 0);
  const { out } = ritma(["ingest", ...data, ...files, "--json"]);
  // Of 35 pairs 18 have two whole events, of four lines each, and 17 one and a line.
  assert.equal(new Json(out).number("journal.facts.lines"), 18 * 8 + 17 * 5);
  assert.equal(eventsIn(place), 70);
});

test("a log that is cut in place is followed on, and said to be cut", async () => {
  using place = madePlace();
  const log = place.file("audit.log", auditLog({ events: 20 }));
  const args = ["record", "--data", place.root, "--audit-log", log];
  const child = startRitma(args, ["ignore", "ignore", "pipe"]);
  const end = ended(child);
  await appears(`${place.root}/recorder.json`);
  await setTimeout(500);
  truncateSync(log, 0);
  appendFileSync(log, auditLog({ events: 5, from: 5_000 }));
  await setTimeout(1_000);
  child.kill("SIGTERM");
  const { how, err } = await end;
  assert.equal(how, 0, err);
  assert.equal(eventsIn(place), 25);
  const status = new Json(ritma(["status", "--data", place.root, "--json"]).out);
  assert.equal(status.number("recorder.missed"), 1);
});

test("a second recorder is refused, and so is an ingest beside one", async () => {
  using place = madePlace();
  const log = place.file("audit.log", auditLog({ events: 3 }));
  const args = ["record", "--data", place.root, "--audit-log", log];
  const child = startRitma(args, ["ignore", "ignore", "pipe"]);
  const end = ended(child);
  await appears(`${place.root}/recorder.json`);
  assert.equal(ritma(["status", "--data", place.root]).status, 0);
  for (const beside of [args, ["ingest", log, "--data", place.root]]) {
    const { status, err } = ritma(beside);
    assert.equal(status, 75);
    assert.match(err, /store\/busy/u);
  }
  child.kill("SIGTERM");
  const { how, err } = await end;
  assert.equal(how, 0, err);
  assert.equal(eventsIn(place), 3);
});

test("what cannot be recorded is said before anything is made", () => {
  using place = madePlace();
  const missing = ritma(["record", "--data", place.root, "--audit-log", `${place.dir}/none`]);
  assert.equal(missing.status, 66);
  assert.match(missing.err, /none is not there \(input\/missing\)/u);
  const notes = place.file("notes.txt", "Dear diary,\n");
  const diary = ritma(["record", "--data", place.root, "--audit-log", notes]);
  assert.equal(diary.status, 65);
  assert.match(diary.err, /line 1 is "Dear diary,"/u);
  const wrong = ritma(["record", "--data", place.root, "--for", "soon"]);
  assert.equal(wrong.status, 64);
  const never = ritma(["status", "--data", place.root]);
  assert.equal(never.status, 66);
  assert.match(never.err, /never recorded into live \(store\/no-recorder\)/u);
});

test("an open hour waits for the next file, and is sealed with it", () => {
  using place = madePlace();
  const first = place.file("audit.log.1", auditLog({ events: 20, step: 1 }));
  const second = place.file("audit.log", auditLog({ events: 20, step: 1, from: 20 }));
  const ingest = (...more: readonly string[]): Json =>
    new Json(ritma(["ingest", "--data", place.root, "--json", ...more]).out);
  assert.ok(ingest(first, "--no-seal").number("journal.facts.journalBytes") > 0);
  assert.equal(ingest(first, "--no-seal").number("journal.facts.events"), 20);
  assert.equal(ingest(second).number("journal.facts.journalBytes"), 0);
  const stats = new Json(ritma(["stats", "--data", place.root, "--json"]).out);
  assert.equal(stats.number("sessions"), 1);
  assert.equal(eventsIn(place), 40);
});
