/**
 * Goal: what the kernel audits while `ritma record` follows auditd's log is in the sealed store,
 * every execution of a workload exactly once, though the recorder is killed twice (kill -9) and the
 * log is rotated.
 *
 * Method: the real kernel, a real auditd with rules for one user that nobody else is, real
 * processes. Each execution has an argument of its own, by which it is found in the store.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Json } from "../../packages/ritma/test/cli/json-document.ts";
import { auditDaemonMissing, startAuditDaemon } from "../../tools/audit-daemon.ts";
import { skipLoudly } from "../../tools/skip.ts";
import { ended, madePlace, ritma, startRitma } from "./processes.ts";

/** Of nobody on any machine. */
const UID = 54_321;
const EXECUTIONS = 60;
const ROUNDS = 4;

/** Runs /bin/true with arguments that occur once. */
function work(round: number): void {
  const loop = `while [ $i -lt ${EXECUTIONS} ]; do /bin/true r${round}-$i-end; i=$((i+1)); done`;
  const script = `i=0; ${loop}`;
  const args = ["--reuid", String(UID), "--clear-groups", "sh", "-c", script];
  assert.equal(spawnSync("setpriv", args).status, 0);
}

test("every execution is sealed once, whatever happens to the recorder", async (t) => {
  const missing = auditDaemonMissing();
  if (missing !== null) {
    skipLoudly(t, missing);
    return;
  }
  using place = madePlace("--privacy", "raw", "--window-secs", "5");
  await using daemon = await startAuditDaemon(join(place.dir, "audit"), UID);
  const args = ["record", "--data", place.root, "--audit-log", daemon.log];
  for (let round = 0; round < ROUNDS; round += 1) {
    const child = startRitma(args, ["ignore", "ignore", "pipe"]);
    const end = ended(child);
    await setTimeout(1_500);
    work(round);
    daemon.rotate();
    await setTimeout(400);
    const isLast = round === ROUNDS - 1;
    if (isLast) await setTimeout(2_500);
    child.kill(isLast ? "SIGTERM" : "SIGKILL");
    const { how, err } = await end;
    assert.equal(how, isLast ? 0 : "SIGKILL", err);
    if (!isLast) work(ROUNDS + round);
  }
  const status = new Json(ritma(["status", "--data", place.root, "--json"]).out);
  for (const name of ["missed", "lost", "uninterpreted", "refused"]) {
    assert.equal(status.number(`recorder.${name}`), 0, name);
  }
  const trust = new Json(ritma(["keys", "--data", place.root, "--json"]).out).text(
    "identity.fingerprint",
  );
  const verified = ritma(["verify", place.out, "--trust", trust]);
  assert.equal(verified.status, 0, verified.out);
  const story = ritma([
    "timeline",
    "--data",
    place.root,
    "--json",
    "--type",
    "exec",
    "--limit",
    "0",
  ]).out;
  const counts = new Map<string, number>();
  for (const [, name = ""] of story.matchAll(/"(r\d+-\d+-end)"/gu)) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const wanted = (2 * ROUNDS - 1) * EXECUTIONS;
  assert.equal(counts.size, wanted);
  assert.deepEqual([...new Set(counts.values())], [1]);
});
