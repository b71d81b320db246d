/**
 * `npm run campaign:power`: real power cuts under a live recorder, on ext4 and on xfs.
 *
 * A data root lies on a loop device. Events go in on standard input, so that what is not in the
 * journal is gone. When the recorder has said how many lines it has taken, and while more come, the
 * file system is shut down under it (the ioctl that xfs_io has: from that moment nothing reaches
 * the device), the recorder is killed, and the device is mounted again, which replays the file
 * system's journal as after a cut. Then the recorder goes on, and what is sealed is counted: all
 * that was taken, nothing twice, no gap before the end.
 *
 * RITMA_CUTS=30 for each file system. Needs root, loop devices and xfsprogs.
 *
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { drawFrom } from "../packages/ritma/test/recorder/random-log.ts";
import { Json } from "../packages/ritma/test/cli/json-document.ts";

const RITMA = join(import.meta.dirname, "..", "packages", "ritma", "bin", "ritma.js");
const CUTS = Number(process.env["RITMA_CUTS"] ?? 30);
const SEED = Number(process.env["RITMA_SEED"] ?? 1);
const SYSTEMS = ["ext4", "xfs"] as const;
const IMAGE_SIZE = "400M";
const INSIDE = "RITMA_POWER_INSIDE";
/** The recorder says how far it is every three seconds. */
const SAID_MS_MAX = 20_000;

interface Cut {
  readonly acknowledged: number;
  readonly sealed: number;
  readonly written: number;
}

class Bench {
  readonly #dir: string;
  readonly #mount: string;
  readonly #image: string;
  readonly #draw: (limit: number) => number = drawFrom(SEED);
  #serial = 0;

  constructor(system: string) {
    this.#dir = mkdtempSync(join(tmpdir(), "ritma-power-"));
    this.#mount = join(this.#dir, "disk");
    this.#image = join(this.#dir, "image");
    mkdirSync(this.#mount);
    run("truncate", "-s", IMAGE_SIZE, this.#image);
    run(`mkfs.${system}`, "-q", this.#image);
    this.#attach();
    ritma("init", "--data", this.#root, "--privacy", "raw", "--window-secs", "1");
  }

  get #root(): string {
    return join(this.#mount, "data");
  }

  async cut(): Promise<Cut> {
    const before = this.#sealed();
    const child = spawn(
      process.execPath,
      [RITMA, "record", "--data", this.#root, "--audit-log", "-"],
      { stdio: ["pipe", "ignore", "ignore"] },
    );
    child.stdin?.on("error", () => {});
    const first = this.#serial;
    const acknowledged = await this.#write(child);
    run("xfs_io", "-x", "-c", "shutdown", this.#mount);
    const ended = once(child, "close");
    child.kill("SIGKILL");
    await ended;
    run("umount", this.#mount);
    this.#attach();
    const again = spawnSync(
      process.execPath,
      [RITMA, "record", "--data", this.#root, "--audit-log", "-"],
      { input: "", encoding: "utf8" },
    );
    if (again.status !== 0) throw new Error(`refused after a cut: ${again.stderr}`);
    const sealed = this.#sealed() - before;
    // What follows must not be taken for a part of what was lost behind the acknowledged.
    return { acknowledged, sealed, written: 2 * (this.#serial - first) };
  }

  close(): void {
    run("umount", this.#mount);
    rmSync(this.#dir, { recursive: true });
  }

  /** Writes until the recorder has said what it has, and a little more. @returns that */
  async #write(child: ChildProcess): Promise<number> {
    const until = performance.now() + SAID_MS_MAX;
    const more = this.#draw(400);
    let said = 0;
    let saidMs = 0;
    while (performance.now() < until) {
      let text = "";
      for (let left = 20; left > 0; left -= 1) text += this.#event();
      child.stdin?.write(text);
      await setTimeout(20);
      const lines = this.#said(child);
      if (lines > said) {
        said = lines;
        saidMs = performance.now();
      }
      if (said > 0 && performance.now() - saidMs > more) return said;
    }
    throw new Error("the recorder says nothing");
  }

  /** Lines that the recorder has taken, in its own words; 0 before it has spoken. */
  #said(child: ChildProcess): number {
    try {
      const status = new Json(readFileSync(join(this.#root, "recorder.json"), "utf8"));
      return status.number("pid") === child.pid ? status.number("lines") : 0;
    } catch {
      // Not there yet.
      return 0;
    }
  }

  #sealed(): number {
    const stats = spawnSync(process.execPath, [RITMA, "stats", "--data", this.#root, "--json"]);
    const verified = spawnSync(process.execPath, [RITMA, "verify", this.#root]);
    // 3: VALID, but for a named identity.
    if (verified.status !== 3) throw new Error(`verify: ${verified.stdout.toString()}`);
    return new Json(stats.stdout.toString()).number("counts.records");
  }

  #event(): string {
    this.#serial += 1;
    const ms = Date.now();
    const clock = `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}`;
    const stamp = `audit(${clock}:${this.#serial})`;
    return (
      `type=SYSCALL msg=${stamp}: arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 ` +
      `a3=0 items=0 ppid=1 pid=${100_000 + this.#serial} auid=1000 uid=1000 gid=1000 euid=1000 ` +
      `suid=1000 fsuid=1000 egid=1000 sgid=1000 fsgid=1000 tty=pts0 ses=3 comm="id" ` +
      `exe="/usr/bin/id" key=(null)\ntype=PROCTITLE msg=${stamp}: proctitle="id"\n`
    );
  }

  #attach(): void {
    run("mount", "-o", "loop", this.#image, this.#mount);
  }
}

async function cutAll(): Promise<number> {
  let bad = 0;
  for (const system of SYSTEMS) {
    const bench = new Bench(system);
    let least = Infinity;
    for (let number = 1; number <= CUTS; number += 1) {
      const { acknowledged, sealed, written } = await bench.cut();
      const isLost = sealed < acknowledged;
      const isDoubled = sealed > written;
      if (isLost || isDoubled) {
        bad += 1;
        const how = isLost ? "LOST" : "DOUBLED";
        say(`${system} ${number}: ${how}: ${acknowledged} said, ${sealed} sealed`);
      }
      least = Math.min(least, sealed - acknowledged);
    }
    bench.close();
    say(`${system}: ${CUTS} cuts; sealed at least ${least} lines more than was said`);
  }
  say(bad === 0 ? "0 lost, 0 doubled, 0 refused" : `${bad} BAD`);
  return bad === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function ritma(...args: readonly string[]): void {
  run(process.execPath, RITMA, ...args);
}

function run(program: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
}

/** In a mount namespace of its own, made private: else others would keep the mount alive. */
function inside(): number {
  const script = 'mount --make-rprivate / && exec "$0" "$@"';
  const args = ["-m", "sh", "-c", script, process.execPath, import.meta.filename];
  const env = { ...process.env, [INSIDE]: "1" };
  return spawnSync("unshare", args, { stdio: "inherit", env }).status ?? 1;
}

process.exitCode = process.env[INSIDE] === "1" ? await cutAll() : inside();
