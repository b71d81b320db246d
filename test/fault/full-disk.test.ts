/**
 * Goal: wherever a disk becomes full, the ingest says so with status 74, what was sealed stays, and
 * with space the same command goes on. So does an init that found no space.
 *
 * Method: a real ext4 of 20 MB, filled up to a little less than an ingest needs, again and again
 * with more space left each time, so that it gives out at another step. What a full or read-only
 * disk is told as, test/e2e/stores.test.ts looks at.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { auditLog } from "../../packages/ritma/test/cli/audit-log.ts";
import { skipLoudly } from "../../tools/skip.ts";
import { BIN, place } from "../e2e/processes.ts";

const FREE_KIB = [0, 48, 200];

/** In its own mount namespace, made private first: else others would keep the mount alive. */
const SCRIPT = `
set -eu
mkdir "$D"
(mount --make-rprivate / && truncate -s 20M "$IMAGE" && mkfs.ext4 -q "$IMAGE" &&
  mount -o loop "$IMAGE" "$D") >/dev/null 2>&1 || exit 99
set +e
ritma() { "$NODE" "$RITMA" "$@" --data "$D/data" >/dev/null 2>&1; }
ritma init --privacy raw; echo "init $?"
dd if=/dev/zero of="$D/filler" bs=4096 2>/dev/null; sync
for free in 0 4 4; do
  "$NODE" "$RITMA" init --data "$D/other" 2>&1 >/dev/null | grep -c "(disk/full)"
  truncate -s "-\${free}K" "$D/filler"; sync
done
rm "$D/filler"
"$NODE" "$RITMA" init --data "$D/other" >/dev/null 2>&1; echo "other $?"
for free in $FREE; do
  dd if=/dev/zero of="$D/filler" bs=4096 2>/dev/null
  truncate -s "-\${free}K" "$D/filler"; sync
  ritma ingest "$LOG"; echo "full $?"
  ritma verify; echo "verify $?"
  rm "$D/filler"
done
ritma ingest "$LOG"; echo "again $?"
ritma verify; echo "verify $?"
umount "$D"
`;

test("a disk that becomes full at several steps", (context) => {
  using made = place();
  const { status, stdout, stderr } = spawnSync("unshare", ["-m", "sh", "-c", SCRIPT], {
    encoding: "utf8",
    env: {
      ...process.env,
      IMAGE: join(made.dir, "image"),
      LOG: made.file("audit.log", auditLog({ events: 2_500, step: 40 })),
      D: join(made.dir, "disk"),
      FREE: FREE_KIB.join(" "),
      NODE: process.execPath,
      RITMA: BIN,
    },
  });
  if (status !== 0 && !stdout.startsWith("init")) {
    skipLoudly(context, `a loop device in a mount namespace, as root: ${stderr}`);
    return;
  }
  const lines = stdout.trim().split("\n");
  assert.equal(lines.shift(), "init 0");
  assert.deepEqual(lines.splice(0, 4), ["1", "1", "1", "other 0"], "full, full, full, then done");
  assert.deepEqual(lines.splice(-2), ["again 0", "verify 3"], "VALID, but for a named identity");
  assert.equal(lines.length, 2 * FREE_KIB.length);
  for (const [at, found] of lines.entries()) {
    assert.match(found, at % 2 === 0 ? /^full 74$/u : /^verify [23]$/u, lines.join());
  }
});
