/**
 * `npm start`, `npm test` and `npm run check` come through here.
 *
 * Any Node.js can run this file. It installs what the lock file names if that has not been done (or
 * if the lock file has changed since), then goes on under the Node.js that the install brought.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const STAMP = join(ROOT, "node_modules", ".ritma-lock");
const NODE = join(ROOT, "node_modules", `node-linux-${process.arch}`, "bin", "node");

/** What each task runs, under the brought Node.js. */
const TASKS = {
  demo: ["packages/ritma/bin/ritma.js", "demo"],
  test: ["tools/test.ts"],
  check: ["tools/check.ts"],
  bench: ["tools/bench.ts"],
  "campaign:tamper": ["tools/tamper-campaign.ts"],
  "campaign:crash": ["tools/crash-campaign.ts"],
  "campaign:fuzz": ["tools/fuzz-campaign.ts"],
  "campaign:exact": ["tools/exact-campaign.ts"],
  "campaign:labels": ["tools/check-labels.ts"],
  "campaign:power": ["tools/power-campaign.ts"],
  "campaign:beats": ["tools/beats-campaign.ts"],
  "campaign:faults": ["tools/faults-campaign.ts"],
};

function run(command, args, options) {
  const { status, signal, error } = spawnSync(command, args, { cwd: ROOT, ...options });
  if (error !== undefined) process.stderr.write(`${command}: ${error.message}\n`);
  if (signal !== null) process.stderr.write(`${command} was stopped by ${signal}\n`);
  return status ?? 1;
}

function lockDigest() {
  return createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex");
}

function install() {
  const wanted = lockDigest();
  const done = existsSync(STAMP) ? readFileSync(STAMP, "utf8") : "";
  if (done === wanted && existsSync(NODE)) return 0;
  process.stderr.write("Installing what package-lock.json names (once, about 20 s) ...\n");
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const status = run("npm", args, { stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    process.stderr.write("npm ci failed; the message above says why. Nothing else was started.\n");
    return status;
  }
  if (!existsSync(NODE)) {
    process.stderr.write(`Ritma runs on Linux, x64 or arm64; this machine is ${process.arch}.\n`);
    return 69;
  }
  writeFileSync(STAMP, wanted);
  return 0;
}

const [task = "", ...rest] = process.argv.slice(2);
const script = TASKS[task];
if (script === undefined) {
  process.stderr.write(`usage: node tools/run.mjs ${Object.keys(TASKS).join("|")}\n`);
  process.exitCode = 64;
} else {
  process.exitCode = install() || run(NODE, [...script, ...rest], { stdio: "inherit" });
}
