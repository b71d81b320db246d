/**
 * Goes through docs/verify-by-hand.md in a shell, as a reader would, with Debian's own programs.
 *
 * @module
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempDisposableSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages } from "../../tools/install.ts";
import { PROGRAMS, readPage } from "./document.ts";

export interface Asked {
  readonly store: string;
  readonly fingerprint: string;
  /** Path of a checkpoint that was kept. */
  readonly older?: string;
  /** The first step that is done; those before were done or are left out on purpose. */
  readonly from?: number;
}

export interface Verdict {
  /** 0 accepted, 2 an open end, else refused. */
  readonly status: number | null;
  /** The step that ended it, or the last. */
  readonly step: number;
  /** All that was printed. */
  readonly said: string;
}

const page = readPage();
/** The one folder of a test run for what is compiled; gone with the process. */
const compiled = mkdtempDisposableSync(join(tmpdir(), "ritma-by-hand-"));
process.once("exit", () => compiled.remove());
const NODELOG = join(compiled.path, "nodelog");
/** Where its input is a socket, bash reads ~/.bashrc, and with it other programs. */
const SHELL = ["--norc"];

let missing: string | null | undefined;

/** Installs and compiles, once. @returns what is missing, or null when all is there */
export function missingComponent(): string | null {
  if (missing === undefined) missing = prepare();
  return missing;
}

function prepare(): string | null {
  if (compile()) return null;
  const { packages } = page;
  installPackages(packages);
  if (compile()) return null;
  return `the programs of docs/verify-by-hand.md (apt install ${packages.join(" ")})`;
}

/** Also asks for what is not compiled. */
function compile(): boolean {
  const others = 'type openssl zstd sha256sum; python3 -c "import cbor2, cryptography"';
  const env = environment({ PROGRAMS, NODELOG });
  const args = [...SHELL, "-ec", `${others}\n${page.once}`];
  return spawnSync("bash", args, { env, stdio: "ignore" }).status === 0;
}

/** Types every step of the page, from `asked.from` on, until one refuses. */
export async function verifyByHand(asked: Asked): Promise<Verdict> {
  using work = mkdtempDisposableSync(join(tmpdir(), "ritma-by-hand-"));
  const { store: STORE, fingerprint: FINGERPRINT, older: OLDER = "" } = asked;
  const values = { PROGRAMS, STORE, FINGERPRINT, OLDER, WORK: work.path, NODELOG };
  const unknown = page.values.filter((name) => !(name in values));
  if (unknown.length > 0) throw new Error(`the page has other values: ${unknown.join(" ")}`);
  const steps = page.steps.filter(({ number }) => number >= (asked.from ?? 0));
  const marked = steps.map(({ number, commands }) => `echo ${number} > "$WORK/step"\n${commands}`);
  const script = [page.shell, ...marked].join("\n");
  const child = spawn("bash", [...SHELL, "-c", script], {
    env: environment(values),
    cwd: work.path,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks: Uint8Array[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
  }
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on("close", resolve);
  const status = await promise;
  const step = Number(readFileSync(join(work.path, "step"), "utf8"));
  return { status, step, said: Buffer.concat(chunks).toString() };
}

/** Debian's programs come first: the packages of the page are for its Python and its Go. */
function environment(values: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH = "", HOME, TMPDIR } = process.env;
  return { PATH: `/usr/bin:/bin:${PATH}`, HOME, TMPDIR, LANG: "C.UTF-8", ...values };
}
