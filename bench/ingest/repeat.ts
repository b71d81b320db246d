/**
 * A longer log out of a shorter one: the same records again, later, under higher serials.
 *
 * @module
 */
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { once } from "node:events";

const STAMP = /msg=audit\((?<secs>[0-9]+)\.(?<ms>[0-9]{3}):(?<serial>[0-9]+)\)/u;

/** Writes `times` copies of `from` to `to`, each shifted behind the one before. */
export async function repeated(from: string, to: string, times: number): Promise<void> {
  const { seconds, serials } = await spanOf(from);
  const out = createWriteStream(to);
  for (let copy = 0; copy < times; copy += 1) {
    for await (const line of createInterface({ input: createReadStream(from, "latin1") })) {
      const shifted = line.replace(STAMP, (_, secs: string, ms: string, serial: string) => {
        const at = Number(secs) + copy * seconds;
        return `msg=audit(${at}.${ms}:${Number(serial) + copy * serials})`;
      });
      if (!out.write(`${shifted}\n`, "latin1")) await once(out, "drain");
    }
  }
  out.end();
  await once(out, "close");
}

async function spanOf(from: string): Promise<{ seconds: number; serials: number }> {
  const secs = { least: Number.POSITIVE_INFINITY, most: 0 };
  const serials = { least: Number.POSITIVE_INFINITY, most: 0 };
  for await (const line of createInterface({ input: createReadStream(from, "latin1") })) {
    const found = STAMP.exec(line)?.groups;
    if (found === undefined || line.includes("type=DAEMON_")) continue;
    widen(secs, Number(found["secs"]));
    widen(serials, Number(found["serial"]));
  }
  return { seconds: secs.most - secs.least + 1, serials: serials.most - serials.least + 1 };
}

function widen(range: { least: number; most: number }, value: number): void {
  range.least = Math.min(range.least, value);
  range.most = Math.max(range.most, value);
}
