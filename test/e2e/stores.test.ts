/**
 * Goal: one writer at a time; a disk that is full or read-only is said so and costs nothing that
 * was sealed; a process that is stopped goes on; verifying needs nothing but reading.
 *
 * Method: real processes, signals, and real small file systems in a mount namespace of their own.
 */
import assert from "node:assert/strict";
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { auditLog } from "../../packages/ritma/test/cli/audit-log.ts";
import { Json } from "../../packages/ritma/test/cli/json-document.ts";
import { skipLoudly } from "../../tools/skip.ts";
import {
  appears,
  BIN,
  ended,
  madePlace,
  place,
  REPOSITORY,
  ritma,
  startRitma,
} from "./processes.ts";

function fingerprintOf(root: string): string {
  const { out, err } = ritma(["keys", "--data", root, "--json"]);
  assert.equal(err, "");
  return new Json(out).text("identity.fingerprint");
}

test("a second ingest at the same time is refused, and the first goes on", async () => {
  using made = madePlace();
  const log = auditLog({ events: 5 });
  const first = startRitma(["ingest", "-", "--data", made.root], ["pipe", "ignore", "pipe"]);
  const end = ended(first);
  first.stdin?.write(log);
  await appears(join(made.root, "stdin.draft"));
  const second = ritma(["ingest", made.file("audit.log", log), "--data", made.root]);
  assert.equal(second.status, 75, second.err);
  assert.match(second.err, new RegExp(`by process ${first.pid} \\(store/busy\\)`, "u"));
  assert.match(second.err, /Nothing was recorded\. Exit status 75\./u);
  assert.equal(ritma(["verify", made.root]).status, 3, "reading needs no lock");
  first.stdin?.end();
  assert.deepEqual(await end, { how: 0, err: "" });
});

for (const [signal, status] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`${signal} ends an ingest at once, and the next goes on`, async () => {
    using made = madePlace();
    const path = made.file("audit.log", auditLog({ events: 3_000, step: 9 }));
    const child = startRitma(["ingest", path, "--data", made.root], ["ignore", "ignore", "pipe"]);
    const end = ended(child);
    await appears(join(made.out, "windows"));
    child.kill(signal);
    const { how, err } = await end;
    assert.equal(how, status, err);
    assert.ok(err.startsWith(`ritma: ${signal}: ingest stopped. What was sealed stays;`), err);
    const again = ritma(["ingest", path, "--data", made.root, "--json"]);
    assert.equal(again.status, 0, again.err);
    const trust = fingerprintOf(made.root);
    const { out, status: result } = ritma(["verify", made.root, "--trust", trust, "--json"]);
    assert.equal(result, 0, out.slice(0, 1_000));
    assert.equal(new Json(out).number("counts.events"), 3_000);
  });
}

test("a stopped ingest of standard input leaves no draft for long", async () => {
  using made = madePlace();
  const child = startRitma(["ingest", "-", "--data", made.root], ["pipe", "ignore", "pipe"]);
  const end = ended(child);
  const draft = join(made.root, "stdin.draft");
  await appears(draft);
  child.kill("SIGKILL");
  assert.equal((await end).how, "SIGKILL");
  assert.ok(existsSync(draft));
  const path = made.file("audit.log", auditLog({ events: 2 }));
  assert.equal(ritma(["ingest", path, "--data", made.root]).status, 0);
  assert.ok(!existsSync(draft));
});

test("verify runs where nothing but reading the store and the program is allowed", () => {
  using made = madePlace("--privacy", "raw");
  const path = made.file("audit.log", auditLog({ events: 900 }));
  assert.equal(ritma(["ingest", path, "--data", made.root]).status, 0);
  const trust = fingerprintOf(made.root);
  const only = [
    process.execPath,
    "--permission",
    `--allow-fs-read=${made.out}`,
    `--allow-fs-read=${REPOSITORY}`,
  ];
  for (const flags of [[], ["--json"], ["--deep"]]) {
    const whole = ritma(["verify", made.out, "--trust", trust, ...flags], only);
    assert.equal(whole.status, 0, whole.err);
    assert.equal(whole.err, "");
  }
  const block = join(made.out, "windows/2026/11/20/10/blocks/inst_0000.cbor.zst");
  const bytes = readFileSync(block);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  writeFileSync(block, bytes);
  assert.equal(ritma(["verify", made.out, "--trust", trust], only).status, 1);
  const outside = ritma(["verify", made.dir], only);
  assert.equal(outside.status, 77, outside.err);
  assert.match(outside.err, /\(disk\/denied\)/u);
});

/** Runs a script as root of a mount namespace, with `$D` on a small file system of its own. */
function onSmallDisk(dir: string, mount: string, script: string): SpawnSyncReturns<string> {
  const isRoot = process.getuid?.() === 0;
  const prologue = `set -eu; mkdir "$D"; (${mount}) >/dev/null 2>&1 || exit 99; set +e`;
  return spawnSync("unshare", [isRoot ? "-m" : "-rm", "sh", "-c", `${prologue}\n${script}`], {
    encoding: "utf8",
    env: {
      ...process.env,
      IMAGE: join(dir, "image"),
      LOG: join(dir, "audit.log"),
      D: join(dir, "disk"),
      NODE: process.execPath,
      RITMA: BIN,
    },
  });
}

/** `ritma` is what the tests call; each line of output is "what status". */
const FULL = `
ritma() { "$NODE" "$RITMA" "$@" --data "$D/data" 2>>"$D/../errors"; }
ritma init --node web-01 --privacy raw >/dev/null; echo "init $?"
dd if=/dev/zero of="$D/filler" bs=4096 2>/dev/null
truncate -s -98304 "$D/filler"; sync
ritma ingest "$LOG" >/dev/null; echo "full $?"
echo =full= >>"$D/../errors"
rm "$D/filler"
ritma ingest "$LOG" >/dev/null; echo "again $?"
key=$(ritma keys --json | sed 's/.*"fingerprint":"\\([0-9a-f]*\\)".*/\\1/')
ritma verify --trust "$key" >/dev/null; echo "verify $?"
echo =ro= >>"$D/../errors"
mount -o remount,ro "$D" || exit 98
ritma ingest "$LOG" >/dev/null; echo "read-only $?"
ritma verify --trust "$key" >/dev/null; echo "verify $?"
"$NODE" "$RITMA" init --node a --data "$D/other" 2>>"$D/../errors"; echo "init $?"
umount "$D"
`;

const MOUNTS = {
  "ext4 on a loop device":
    'truncate -s 20M "$IMAGE" && mkfs.ext4 -q "$IMAGE" && mount -o loop "$IMAGE" "$D"',
  tmpfs: 'mount -t tmpfs -o size=20m none "$D"',
} as const;

for (const [name, mount] of Object.entries(MOUNTS)) {
  test(`a full disk, then a read-only one: ${name}`, (context) => {
    using made = place();
    made.file("audit.log", auditLog({ events: 3_000, step: 9 }));
    const { status, stdout, stderr } = onSmallDisk(made.dir, mount, FULL);
    if (status !== 0 && !stdout.startsWith("init")) {
      skipLoudly(context, `${name} in a mount namespace: root, or user namespaces: ${stderr}`);
      return;
    }
    assert.deepEqual(stdout.trim().split("\n"), [
      "init 0",
      "full 74",
      "again 0",
      "verify 0",
      "read-only 73",
      "verify 0",
      "init 73",
    ]);
    const errors = readFileSync(join(made.dir, "errors"), "utf8");
    const [full = "", , readOnly = ""] = errors.split(/=full=|=ro=/u);
    assert.match(full, /no space left on device \(disk\/full\)/u);
    assert.match(full, /What was sealed before stays; .* Exit status 74\./u);
    assert.match(readOnly, /\(disk\/read-only\)/u);
  });
}

test("verifying while an ingest is at work never finds what is not there", async () => {
  using made = madePlace();
  const path = made.file("audit.log", auditLog({ events: 3_000, step: 9 }));
  const child = startRitma(["ingest", path, "--data", made.root], ["ignore", "ignore", "pipe"]);
  const end = ended(child);
  let rounds = 0;
  for (; child.exitCode === null; rounds += 1) {
    await appears(join(made.out, "windows"));
    const verify = startRitma(["verify", made.out, "--json"], ["ignore", "pipe", "pipe"]);
    const chunks: Uint8Array[] = [];
    verify.stdout?.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
    const { how, err } = await ended(verify);
    const text = Buffer.concat(chunks).toString().slice(0, 2_000);
    assert.ok(how === 2 || how === 3 || how === 75, `${how} ${text} ${err}`);
  }
  assert.equal((await end).how, 0);
  assert.ok(rounds > 1, "the ingest was over too soon");
});
