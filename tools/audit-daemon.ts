/**
 * A throw-away auditd: the kernel's own audit, into a log of its own, for rules of one user.
 *
 * Needs root, a kernel with audit that nobody else listens to, and auditd; as root it installs that
 * (apt, 1 MB). Everything is put back when it is disposed of.
 *
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { installPackages } from "./install.ts";

const BACKLOG = 8_192;
const KEY = "ritma-test";
const CALLS = ["execve", "openat", "connect", "exit_group"];
const WAIT_MS = 10_000;

export interface AuditDaemon extends AsyncDisposable {
  /** That it writes; rotated at 1 MB into audit.log.1 and so on. */
  readonly log: string;
  /** Rotates the log now, as SIGUSR1 does. */
  readonly rotate: () => void;
}

/** @returns why it cannot run here; null when it can. */
export function auditDaemonMissing(): string | null {
  if (process.getuid?.() !== 0) return "an audit daemon (run the tests as root)";
  if (!has("auditd")) installPackages(["auditd"]);
  if (!has("auditd") || !has("auditctl")) return "auditd (apt install auditd)";
  const { status, stdout } = spawnSync("auditctl", ["-s"], { encoding: "utf8" });
  if (status !== 0) return "a kernel with audit (auditctl -s fails)";
  const [, pid = "0"] = /^pid (\d+)$/mu.exec(stdout) ?? [];
  return pid === "0" ? null : `the kernel's audit for itself (process ${pid} has it)`;
}

/** Records system calls of the user `uid` below `dir`. */
export async function startAuditDaemon(dir: string, uid: number): Promise<AuditDaemon> {
  const log = join(dir, "audit.log");
  mkdirSync(join(dir, "plugins.d"), { recursive: true });
  writeFileSync(join(dir, "auditd.conf"), configuration(dir, log));
  chmodSync(join(dir, "auditd.conf"), 0o640);
  const daemon = spawn("auditd", ["-c", dir, "-n"], { stdio: "ignore" });
  await listens(daemon);
  control("-b", String(BACKLOG));
  control("-e", "1");
  const rule = ["-F", "arch=b64", ...CALLS.flatMap((call) => ["-S", call]), "-F", `uid=${uid}`];
  control("-a", "always,exit", ...rule, "-k", KEY);
  return {
    log,
    rotate: () => void daemon.kill("SIGUSR1"),
    [Symbol.asyncDispose]: async () => {
      control("-d", "always,exit", ...rule, "-k", KEY);
      control("-e", "0");
      const ended = once(daemon, "close");
      daemon.kill("SIGTERM");
      await ended;
    },
  };
}

function configuration(dir: string, log: string): string {
  return [
    `log_file = ${log}`,
    "log_format = RAW",
    "log_group = root",
    "flush = INCREMENTAL_ASYNC",
    "freq = 50",
    "max_log_file = 1",
    "num_logs = 40",
    "max_log_file_action = ROTATE",
    "name_format = NONE",
    "space_left = 75",
    "space_left_action = IGNORE",
    "admin_space_left = 50",
    "admin_space_left_action = IGNORE",
    "disk_full_action = IGNORE",
    "disk_error_action = IGNORE",
    `plugin_dir = ${join(dir, "plugins.d")}`,
    "",
  ].join("\n");
}

async function listens(daemon: ChildProcess): Promise<void> {
  for (let left = WAIT_MS; left > 0; left -= 50) {
    await setTimeout(50);
    const { stdout } = spawnSync("auditctl", ["-s"], { encoding: "utf8" });
    if (stdout.includes(`\npid ${daemon.pid}\n`)) return;
  }
  throw new Error("auditd does not take the kernel's records");
}

function control(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("auditctl", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`auditctl ${args.join(" ")}: ${stderr}`);
}

function has(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}
