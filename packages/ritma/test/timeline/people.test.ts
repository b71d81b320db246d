/**
 * Goal: who came in, from where and by which name, and who failed to, is read in a line each, and
 * found by the address, in raw and in hash-only stores; records stand by themselves when asked for.
 *
 * Method: records as sshd, cron, sudo and auditctl leave them, over two processes where they do.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Bench } from "../cli/harness.ts";
import { line } from "../recorder/audit-lines.ts";

const NONE = "auid=4294967295 ses=4294967295";
const SSHD = 'exe="/usr/sbin/sshd" hostname=198.51.100.7 addr=198.51.100.7 terminal=ssh';
const CRON = 'exe="/usr/sbin/cron" hostname=? addr=? terminal=cron';

function user(type: string, clock: string, serial: number, ids: string, message: string): string {
  return line(type, clock, serial, `${ids} msg='${message}'`);
}

/** Someone logs in by sshd, whose child sets credentials too, and leaves again. */
const LOGIN = [
  user(
    "USER_AUTH",
    "10:00:00.000",
    1,
    `pid=20 uid=0 ${NONE}`,
    `op=PAM:authentication grantors=pam_unix acct="deploy" ${SSHD} res=success`,
  ),
  user(
    "USER_ACCT",
    "10:00:00.004",
    2,
    `pid=20 uid=0 ${NONE}`,
    `op=PAM:accounting acct="deploy" ${SSHD} res=success`,
  ),
  user(
    "CRED_ACQ",
    "10:00:00.008",
    3,
    `pid=20 uid=0 ${NONE}`,
    `op=PAM:setcred acct="deploy" ${SSHD} res=success`,
  ),
  line(
    "LOGIN",
    "10:00:00.008",
    4,
    "pid=20 uid=0 old-auid=4294967295 auid=2002 tty=(none) old-ses=4294967295 ses=101 res=1",
  ),
  // Between them somebody else's job begins.
  user(
    "USER_ACCT",
    "10:00:00.010",
    5,
    `pid=30 uid=0 ${NONE}`,
    `op=PAM:accounting acct="ops" ${CRON} res=success`,
  ),
  user(
    "USER_START",
    "10:00:00.016",
    6,
    "pid=20 uid=0 auid=2002 ses=101",
    `op=PAM:session_open acct="deploy" ${SSHD} res=success`,
  ),
  user(
    "CRED_ACQ",
    "10:00:00.020",
    7,
    "pid=21 uid=0 auid=2002 ses=101",
    `op=PAM:setcred acct="deploy" ${SSHD} res=success`,
  ),
  user(
    "USER_START",
    "10:00:05.000",
    8,
    "pid=25 uid=0 auid=2002 ses=101",
    'op=PAM:session_open acct="root" exe="/usr/bin/sudo" hostname=? addr=? terminal=? res=success',
  ),
  user(
    "USER_END",
    "10:00:09.000",
    9,
    "pid=20 uid=0 auid=2002 ses=101",
    `op=PAM:session_close acct="deploy" ${SSHD} res=success`,
  ),
  user(
    "CRED_DISP",
    "10:00:09.001",
    10,
    "pid=20 uid=0 auid=2002 ses=101",
    `op=PAM:setcred acct="deploy" ${SSHD} res=success`,
  ),
].join("");

/** Two attempts by one sshd, each of two records, and one that PAM's accounting refused. */
const FAILURES = [1, 2]
  .flatMap((attempt) =>
    ["USER_AUTH", "USER_LOGIN"].map((type, at) =>
      user(
        type,
        `10:01:0${attempt}.000`,
        20 + attempt * 2 + at,
        `pid=40 uid=0 ${NONE}`,
        `op=login acct="root" exe="/usr/sbin/sshd" addr=203.0.113.66 terminal=ssh res=failed`,
      ),
    ),
  )
  .concat(
    user(
      "USER_ACCT",
      "10:02:00.000",
      30,
      `pid=50 uid=0 ${NONE}`,
      `op=PAM:accounting acct="eve" ${CRON} res=failed`,
    ),
  )
  .join("");

const RULES = [
  "op=set audit_backlog_limit=8192 old=64 res=1",
  'op=add_rule key="exec" list=4 res=1',
  'op=add_rule key="file" list=4 res=1',
  'op=remove_rule key="exec" list=4 res=1',
]
  .map((rest, at) => line("CONFIG_CHANGE", "09:59:00.000", 100 + at, `pid=9 ${NONE} ${rest}`))
  .concat(
    line(
      "CONFIG_CHANGE",
      "10:03:00.000",
      110,
      "pid=60 op=set audit_enabled=0 old=1 auid=2002 ses=101 res=1",
    ),
  )
  .join("");

const LOG = [RULES.split("\n").slice(0, 4).join("\n"), "\n", LOGIN, FAILURES].join("");
const OFF = RULES.split("\n").slice(4).join("\n");

async function recorded(mode: string): Promise<Bench> {
  const bench = new Bench();
  await bench.init("--privacy", mode);
  const ran = await bench.run(`ingest ${bench.file("audit.log", LOG + OFF)}`);
  assert.equal(ran.status, 0, ran.err);
  return bench;
}

const raw = await recorded("raw");
const hashed = await recorded("hash-only");
after(() => raw[Symbol.dispose]());
after(() => hashed[Symbol.dispose]());

/** Without times, processes and what is said of users. */
function told(out: string): string[] {
  return out
    .split("\n")
    .filter((row) => /^\d\d:/u.test(row))
    .map((row) => row.replace(/^\S+ +.*?(?:\]|pid \d+) +/u, "").replace(/ {2}uid 0$/u, ""))
    .map((row) => row.replaceAll(/ {2,}/gu, "  "));
}

test("several records of one login are a few clear lines", async () => {
  const { out } = await raw.run("timeline --wide");
  assert.deepEqual(told(out), [
    "audit  rules changed (4 records): 2 rules added, 1 rule removed, 1 setting",
    "login  deploy from 198.51.100.7, session 101, login uid 2002",
    "auth  ops",
    "session  opened for root, session 101, login uid 2002",
    "session  closed for deploy from 198.51.100.7, session 101",
    "login  root from 203.0.113.66  failed  ×2",
    "auth  eve  failed",
    "audit  CONFIG_CHANGE op=set audit_enabled=0 old=1 auid=2002 ses=101",
  ]);
});

test("by themselves they are there, with --type and in a document", async () => {
  const { out } = await raw.run("timeline --wide --type USER_START,CRED_ACQ,CONFIG_CHANGE");
  assert.equal(told(out).length, 9);
  const document = await raw.json("timeline --type USER_ACCT");
  assert.equal(document.list("events").length, 3);
  assert.equal((await raw.json("timeline")).list("events").length, 19);
});

async function checkAddress(address: string, want: number): Promise<void> {
  for (const bench of [raw, hashed]) {
    const document = await bench.json(`timeline --addr ${address}`);
    assert.equal(document.status, 0, document.err);
    assert.equal(document.list("events").length, want, address);
  }
}

test("an address finds the records that name it, in a hash-only store too", async () => {
  await checkAddress("198.51.100.7", 7);
  await checkAddress("203.0.113.66", 4);
  await checkAddress("203.0.113.67", 0);
  await checkAddress("203.0.113.66:22", 0);
});

test("a hash-only store tells the same lines without the names", async () => {
  const { out } = await hashed.run("timeline --wide");
  assert.doesNotMatch(out, /deploy|198\.51|203\.0/u);
  assert.match(out, /login +•[0-9a-f]{8} from •[0-9a-f]{8}, session 101, login uid 2002/u);
  assert.match(out, /login +•[0-9a-f]{8} from •[0-9a-f]{8} +failed +×2/u);
});
