#!/usr/bin/env node
/**
 * The launcher. Any Node.js can run this file; it goes on under the Node.js that Ritma brings.
 *
 * Where it can it becomes that process. Else it starts one, hands on signals and the exit status,
 * and holds a channel to it: when the launcher is gone, by kill -9 too, the channel is, and the
 * program ends as by SIGTERM.
 *
 * Kept to syntax that old versions parse. Not here: anything else.
 *
 * @module
 */
import { spawn } from "node:child_process";
import nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const NODE_MAJOR_MIN = 26;
/** sysexits(3): something that the program needs is not there. */
const UNAVAILABLE = 69;
/** Handed on, so that stopping the launcher stops the program. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
/** What V8 takes at its start only: little garbage before it looks, for what runs beside others. */
const HEAP = ["--min-semi-space-size=8", "--max-semi-space-size=8", "--heap-growing-percent=30"];
/** Commands whose memory grows with what they read; the others begin faster without. */
const RECORDING = new Set(["ingest", "record"]);
const SCRIPT = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

/** Path of the Node.js that came with the package, or null. */
function broughtNode() {
  try {
    const require = nodeModule.createRequire(import.meta.url);
    return require.resolve(`node-linux-${process.arch}/bin/node`);
  } catch {
    return null;
  }
}

/** In the program: a signal that comes when nobody holds the other end of the channel. */
function endWithLauncher() {
  if (process.channel === undefined) return;
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel.unref();
}

/** In the launcher. Returns only where a process cannot become another one. */
function become(program, args) {
  try {
    process.execve?.(program, [program, ...args], process.env);
  } catch {
    // It is started instead, which says what is wrong with it.
  }
}

/** The same again, by the name it was started with, and with what the command needs of V8. */
function runArguments() {
  const args = process.argv.slice(2);
  const flags = args.some((each) => RECORDING.has(each)) ? HEAP : [];
  return [...flags, process.argv[1] || fileURLToPath(import.meta.url), ...args];
}

if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR_MIN) {
  const args = runArguments();
  const [flag = ""] = args;
  // Not where a launcher holds the other end of a channel: it gave the flags itself.
  const lacksFlags = flag.startsWith("--") && !process.execArgv.includes(flag);
  if (lacksFlags && process.channel === undefined) {
    become(process.execPath, [...process.execArgv, ...args]);
  }
  endWithLauncher();
  nodeModule.enableCompileCache?.();
  const { start } = await import(SCRIPT);
  await start();
} else {
  const node = broughtNode();
  if (node === null) {
    process.stderr.write(
      `ritma: needs Node.js ${NODE_MAJOR_MIN} and this is ${process.version}; ` +
        `run "npm install" in Ritma's folder, which brings it.\n`,
    );
    process.exitCode = UNAVAILABLE;
  } else {
    const args = runArguments();
    become(node, args);
    const child = spawn(node, args, { stdio: ["inherit", "inherit", "inherit", "ipc"] });
    for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
    child.on("error", ({ message }) => {
      process.stderr.write(`ritma: cannot start ${node}: ${message}\n`);
      process.exitCode = UNAVAILABLE;
    });
    child.on("exit", (status, signal) => {
      for (const each of SIGNALS) process.removeAllListeners(each);
      if (signal !== null) process.kill(process.pid, signal);
      else process.exitCode = status ?? UNAVAILABLE;
    });
  }
}
