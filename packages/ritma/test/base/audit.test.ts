/**
 * Goal: what the kernel and /proc say is read as it is meant, and what they do not say is not made
 * up.
 *
 * Method: rows of output as the tools print it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { auditNotes } from "../../src/base/audit-notes.ts";
import { parseAuditStatus } from "../../src/base/audit-status.ts";
import { containerIn } from "../../src/flow/capture/tail/cgroup.ts";

const STATUS = `enabled 1
failure 1
pid 4667
rate_limit 0
backlog_limit 8192
lost 12
backlog 5000
backlog_wait_time 15000
backlog_wait_time_actual 0
loginuid_immutable 0 unlocked
`;

const READ = { enabled: 1, pid: 4_667, lost: 12, backlog: 5_000, backlogLimit: 8_192 };

const ID = "3f".repeat(32);
const INNER = "0a".repeat(32);

test("auditctl -s", () => {
  assert.deepEqual(parseAuditStatus(STATUS), READ);
  for (const text of ["", "lost many\nenabled 1\n", "lost 3\n", "AUDIT_STATUS: enabled=1 lost=0"]) {
    assert.equal(parseAuditStatus(text), null, text);
  }
});

test("what an operator should know", () => {
  const first = (status: typeof READ | null, rules: string | null): string[] =>
    auditNotes(status, rules).map((note) => note.split(" ").slice(0, 3).join(" "));
  const good = { ...READ, backlog: 3 };
  assert.deepEqual(first(good, "-w /etc/passwd -p wa -k x\n"), []);
  assert.deepEqual(first(null, null), ["The kernel cannot"]);
  assert.deepEqual(first({ ...good, enabled: 0 }, null), ["The kernel's audit"]);
  assert.deepEqual(first({ ...good, pid: 0 }, null), ["Nobody takes the"]);
  assert.deepEqual(first(READ, null), ["5000 of at"]);
  assert.deepEqual(first(good, "No rules\n"), ["There are no"]);
  assert.deepEqual(first(good, "-a never,task\n"), ["The rule `-a"]);
  assert.deepEqual(first(good, "-a always,exit -S execve -k never,task\n"), []);
});

test("the container that a cgroup names", () => {
  const rows: readonly (readonly [cgroup: string, id: string | null])[] = [
    ["0::/user.slice/user-1000.slice/session-3.scope\n", null],
    [`0::/system.slice/docker-${ID}.scope\n`, ID],
    [`12:cpu,cpuacct:/docker/${ID}\n11:devices:/docker/${ID}\n`, ID],
    [`0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${ID}.scope\n`, ID],
    [`0::/machine.slice/libpod-${ID}.scope/container\n`, ID],
    [`0::/docker/${ID}/docker/${INNER}\n`, INNER],
    ["0::/lxc.payload.web-1/init.scope\n", "web-1"],
    ["1:name=systemd:/machine.slice/machine-deb12.scope\n", "deb12"],
    [`0::/system.slice/${ID}ff.service\n`, null],
    ["", null],
  ];
  for (const [cgroup, id] of rows) assert.equal(containerIn(cgroup), id, cgroup);
});
