/**
 * Writes a log as a busy host would: events of a capture, again and again, at a given rate, stamped
 * with the moment at which they are written.
 *
 *     node writer.ts <capture> <log> <events a second> <seconds>
 *
 * @module
 */
import { closeSync, createReadStream, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const STAMP = /audit\([0-9.]+:(?<serial>[0-9]+)\)/u;
const EVENTS_MAX = 50_000;
const TURN_MS = 20;

/** Text between the stamps of each event. */
async function templatesOf(capture: string): Promise<string[][]> {
  const events: string[][] = [];
  let serial = "";
  for await (const line of createInterface({ input: createReadStream(capture, "latin1") })) {
    const found = STAMP.exec(line);
    const [whole, number] = [found?.[0], found?.groups?.["serial"]];
    if (whole === undefined || number === undefined || line.startsWith("type=DAEMON_")) continue;
    const [before = "", after = ""] = line.split(whole);
    const event = number === serial ? events.at(-1) : undefined;
    if (event === undefined) {
      if (events.length === EVENTS_MAX) break;
      events.push([before, `${after}\n`]);
      serial = number;
      continue;
    }
    event.push(`${event.pop() ?? ""}${before}`, `${after}\n`);
  }
  return events;
}

const [capture = "", log = "", rate = "", seconds = ""] = process.argv.slice(2);
const events = await templatesOf(capture);
const file = openSync(log, "a");
const startedMs = performance.now();
const all = Number(rate) * Number(seconds);
for (let written = 0; written < all;) {
  const due = Math.min(all, Math.floor(((performance.now() - startedMs) / 1000) * Number(rate)));
  const at = (Date.now() / 1000).toFixed(3);
  let text = "";
  for (; written < due; written += 1) {
    text += (events[written % events.length] ?? []).join(`audit(${at}:${written + 1})`);
  }
  if (text.length > 0) writeSync(file, text, null, "latin1");
  await sleep(TURN_MS);
}
closeSync(file);
