/**
 * A real S3 server for tests, thrown away afterwards: Ceph's object gateway from Debian, with one
 * monitor and one storage daemon that keeps everything in memory. Loopback only.
 *
 *     node tools/s3-server.ts        starts one, prints how to reach it, stops it on Ctrl-C
 *
 * Needs about 15 s and 250 MB. As root it installs what is missing (apt, 175 MB); elsewhere it says
 * what that is. Its daemons die with the process that started them, however that ends.
 *
 * Not here: object lock.
 *
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { installPackages } from "./install.ts";

export interface S3Server extends AsyncDisposable {
  /** http://127.0.0.1:PORT */
  readonly endpoint: string;
  readonly port: number;
  /** Valid here alone. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const PACKAGES = ["radosgw", "ceph-mon", "ceph-osd", "ceph-common"] as const;
const PROGRAMS = ["radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph"] as const;
const STEP_MS_MAX = 60_000;
const POLL_MS = 200;
/** The gateway makes its pools before it answers. */
const POLLS_MAX = 400;

/** @returns what is missing and how to get it; null when a server can be started. */
export function missingForS3(): string | null {
  if (hasPrograms()) return null;
  if (process.geteuid?.() === 0) installPackages(PACKAGES);
  return hasPrograms() ? null : `Ceph's gateway (apt install ${PACKAGES.join(" ")})`;
}

/** @throws Error with the end of a log when one of the daemons does not come up */
export async function startS3Server(): Promise<S3Server> {
  const cluster = new Cluster(mkdtempSync(join(tmpdir(), "ritma-s3-")));
  try {
    return await cluster.start();
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

class Cluster implements AsyncDisposable {
  readonly #dir: string;
  readonly #conf: string;
  readonly #daemons: ChildProcess[] = [];

  constructor(dir: string) {
    this.#dir = dir;
    this.#conf = join(dir, "ceph.conf");
  }

  async start(): Promise<S3Server> {
    const [monitorPort, port] = await freePorts();
    const cluster = randomUUID();
    for (const name of ["mon", "osd", "rgw", "run", "log"]) mkdirSync(join(this.#dir, name));
    writeFileSync(this.#conf, configuration(this.#dir, cluster, monitorPort));
    this.#startMonitor(cluster, monitorPort);
    await this.#startStorage();
    const front = `--rgw-frontends=beast endpoint=127.0.0.1:${port}`;
    const data = `--rgw-data=${join(this.#dir, "rgw")}`;
    this.#daemon("radosgw", ["-n", "client.rgw", front, data]);
    const endpoint = `http://127.0.0.1:${port}`;
    await until("the gateway", async () => (await fetch(endpoint).catch(() => null)) !== null);
    const keys = this.#makeUser();
    const dispose = async (): Promise<void> => await this[Symbol.asyncDispose]();
    return { endpoint, port, ...keys, [Symbol.asyncDispose]: dispose };
  }

  #startMonitor(cluster: string, port: number): void {
    const keyring = join(this.#dir, "keyring");
    const map = join(this.#dir, "monmap");
    const address = `[v2:127.0.0.1:${port}]`;
    run("ceph-authtool", ["--create-keyring", keyring, "--gen-key", "-n", "mon.", ...may("mon")]);
    for (const name of ["client.admin", "client.rgw"]) {
      run("ceph-authtool", [keyring, "--gen-key", "-n", name, ...may("mon"), ...may("osd")]);
    }
    run("monmaptool", ["--create", "--clobber", "--fsid", cluster, "--addv", "a", address, map]);
    this.#ceph("ceph-mon", ["-i", "a", "--mkfs", "--monmap", map, "--keyring", keyring]);
    this.#daemon("ceph-mon", ["-i", "a", "--public-addr", `v2:127.0.0.1:${port}`]);
  }

  async #startStorage(): Promise<void> {
    const id = randomUUID();
    const number = this.#ceph("ceph", ["osd", "new", id]).trim();
    const keyring = join(this.#dir, "keyring");
    const profile = ["--cap", "mon", "allow profile osd", ...may("osd")];
    run("ceph-authtool", [keyring, "--gen-key", "-n", `osd.${number}`, ...profile]);
    this.#ceph("ceph", ["auth", "import", "-i", keyring]);
    this.#ceph("ceph-osd", ["-i", number, "--mkfs", "--osd-uuid", id]);
    this.#daemon("ceph-osd", ["-i", number]);
    await until("the storage daemon", async () =>
      this.#ceph("ceph", ["osd", "stat"]).includes("1 up"),
    );
  }

  /** The gateway makes the keys: none is ever an argument. */
  #makeUser(): { readonly accessKeyId: string; readonly secretAccessKey: string } {
    const args = ["user", "create", "--uid=ritma", "--display-name=ritma"];
    const text = this.#ceph("radosgw-admin", args);
    const [, accessKeyId = ""] = /"access_key": "([^"]+)"/u.exec(text) ?? [];
    const [, secretAccessKey = ""] = /"secret_key": "([^"]+)"/u.exec(text) ?? [];
    return { accessKeyId, secretAccessKey };
  }

  #ceph(program: string, args: readonly string[]): string {
    return run(program, ["-c", this.#conf, ...args]);
  }

  #daemon(program: string, args: readonly string[]): void {
    const log = openSync(join(this.#dir, "log", `${program}.out`), "w");
    const command = ["--pdeathsig", "KILL", program, "-c", this.#conf, "-f", ...args];
    this.#daemons.push(spawn("setpriv", command, { stdio: ["ignore", log, log] }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing of it is kept, so nothing has to be ended well.
    for (const daemon of this.#daemons) daemon.kill("SIGKILL");
    for (const daemon of this.#daemons) {
      while (daemon.exitCode === null && daemon.signalCode === null) await setTimeout(1);
    }
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

function configuration(dir: string, cluster: string, monitorPort: number): string {
  return `[global]
fsid = ${cluster}
mon host = [v2:127.0.0.1:${monitorPort}/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth allow insecure global id reclaim = false
mon allow pool size one = true
mon max pg per osd = 2000
mon data avail warn = 1
mon data avail crit = 1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
rgw override bucket index max shards = 1
osd memory target = 939524096
memstore device bytes = 2147483648
mon data = ${dir}/mon
osd data = ${dir}/osd
keyring = ${dir}/keyring
run dir = ${dir}/run
admin socket = ${dir}/run/$name.$pid.asok
pid file = ${dir}/run/$name.pid
log file = ${dir}/log/$name.log
mon cluster log file = ${dir}/log/cluster.log
`;
}

function may(service: string): string[] {
  return ["--cap", service, "allow *"];
}

function hasPrograms(): boolean {
  return PROGRAMS.every((name) =>
    ["/usr/bin", "/usr/sbin"].some((dir) => existsSync(join(dir, name))),
  );
}

function run(program: string, args: readonly string[]): string {
  const options = { encoding: "utf8", timeout: STEP_MS_MAX } as const;
  const { status, stdout, stderr, error } = spawnSync(program, args, options);
  if (status === 0) return stdout;
  throw new Error(`${program} ${args[0] ?? ""} failed (${status}): ${stderr}`, { cause: error });
}

async function until(what: string, isUp: () => Promise<boolean>): Promise<void> {
  for (let polls = 0; polls < POLLS_MAX; polls += 1) {
    if (await isUp()) return;
    await setTimeout(POLL_MS);
  }
  throw new Error(`${what} did not come up`);
}

/** Two that nobody listens on now. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await promise;
    const address = server.address();
    if (address !== null && typeof address === "object") ports.push(address.port);
  }
  for (const server of servers) server.close();
  return [ports[0] ?? 0, ports[1] ?? 0];
}

if (import.meta.main) {
  const missing = missingForS3();
  if (missing !== null) throw new Error(`missing: ${missing}`);
  await using server = await startS3Server();
  process.stdout.write(`endpoint ${server.endpoint}\n`);
  process.stdout.write(`export AWS_ACCESS_KEY_ID=${server.accessKeyId}\n`);
  process.stdout.write(`export AWS_SECRET_ACCESS_KEY=${server.secretAccessKey}\n`);
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once("SIGINT", resolve);
  process.once("SIGTERM", resolve);
  await promise;
}
