/**
 * Thirty days of small hours: does a question cost what it finds, or what there is?
 *
 * The first events of the capture are the log of every hour. Two of its files have another name in
 * each hour, or in each hour of ten, so that it is known how many hours an answer comes from.
 *
 * @module
 */
import { createReadStream, createWriteStream } from "node:fs";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  Investigation,
  type Thing,
} from "../../packages/ritma/src/flow/investigate/investigation.ts";
import { trace } from "../../packages/ritma/src/flow/investigate/trace.ts";
import { who } from "../../packages/ritma/src/flow/investigate/who.ts";
import { eventsOf, ingestInto, ritma, say } from "../shared/measure.ts";
import { ask, EVERYTHING, openStore } from "./ask.ts";

const HOURS = 30 * 24;
const SHARED_BY = 10;
const EVENTS = 1_400;
const HOUR_SECONDS = 3_600;
const STAMP = /msg=audit\((?<secs>[0-9]+)\.(?<ms>[0-9]{3}):(?<serial>[0-9]+)\)/u;
const NAME = /\bname="(?<name>\/[^"]+)"/u;
/** Warm: every hour was asked once before. */
const ROUNDS = 400;

/** @param folder is made, and everything goes there */
export async function measureMonth(capture: string, folder: string): Promise<void> {
  await mkdir(folder);
  const [log, data] = [join(folder, "audit.log"), join(folder, "data")];
  await writeMonth(await firstLines(capture), log);
  const ingested = await ingestInto(data, log);
  await ritma("reindex", "--data", data);
  const reader = await openStore(data);
  say(`thirty days    ${eventsOf(ingested)} events in ${reader.hours.length} hours`);

  await using investigation = new Investigation(reader);
  const begun = performance.now();
  const things = await investigation.find(EVERYTHING, () => true);
  const named = (prefix: string): Thing[] =>
    things.filter(({ entity }) => pathOf(entity).startsWith(prefix));
  const everywhere = things.filter(({ entity }) => pathOf(entity) === "/etc/passwd");
  const touched = async (each: Thing): Promise<void> => {
    await who(investigation, [each], EVERYTHING);
  };
  const one = named("/srv/one/");
  for (const each of one) await touched(each);
  say(`cold           ${((performance.now() - begun) / 1_000).toFixed(1)} s for every hour once`);
  await ask("in 1 hour", one, touched, ROUNDS);
  await ask(`in ${SHARED_BY} hours`, named("/srv/ten/"), touched, ROUNDS);
  await ask("in all hours", everywhere, touched, 10);
  const processes = things.filter(({ entity }) => entity.kind === "process");
  const back = { direction: "back", span: EVERYTHING, depth: 3, budget: 60, fan: 8, all: false };
  await ask(
    "traced back",
    processes,
    async (each) => {
      await trace(investigation, [each], { ...back, direction: "back" });
    },
    ROUNDS,
  );
}

function pathOf(entity: Thing["entity"]): string {
  if (entity.kind !== "file" || entity.path === null) return "";
  return `/${entity.path.components.map(({ bytes }) => Buffer.from(bytes).toString()).join("/")}`;
}

/** Lines of the first events. */
async function firstLines(capture: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const serials = new Set<string>();
  for await (const line of createInterface({ input: createReadStream(capture, "latin1") })) {
    serials.add(STAMP.exec(line)?.groups?.["serial"] ?? "");
    if (serials.size > EVENTS) break;
    if (!line.includes("type=DAEMON_")) lines.push(line);
  }
  return lines;
}

async function writeMonth(lines: readonly string[], log: string): Promise<void> {
  const [first = "", second = ""] = namesByUse(lines);
  const out = createWriteStream(log);
  const stamps = lines.map((line) => STAMP.exec(line)?.groups ?? {});
  const begin = Number(stamps[0]?.["secs"]);
  const base = Math.floor(begin / HOUR_SECONDS) * HOUR_SECONDS;
  for (let hour = 0; hour < HOURS; hour += 1) {
    const ten = `name="/srv/ten/${Math.floor(hour / SHARED_BY)}"`;
    for (const [at, line] of lines.entries()) {
      const { secs, ms, serial } = stamps[at] ?? {};
      const stamp = `msg=audit(${base + (Number(secs) - begin) + hour * HOUR_SECONDS}.${ms}:`;
      const shifted = line
        .replace(STAMP, `${stamp}${Number(serial) + hour * (EVENTS + 1)})`)
        .replace(`name="${first}"`, `name="/srv/one/${hour}"`)
        .replace(`name="${second}"`, ten);
      if (!out.write(`${shifted}\n`, "latin1")) await once(out, "drain");
    }
  }
  out.end();
  await once(out, "close");
}

/** Files that few processes touch: the rarest names first that occur more than once. */
function namesByUse(lines: readonly string[]): string[] {
  const uses = new Map<string, number>();
  for (const line of lines) {
    const name = NAME.exec(line)?.groups?.["name"];
    if (name !== undefined && line.includes("nametype=NORMAL")) {
      uses.set(name, (uses.get(name) ?? 0) + 1);
    }
  }
  const some = [...uses].filter(([name, count]) => count > 1 && name !== "/etc/passwd");
  return some.toSorted(([, a], [, b]) => a - b).map(([name]) => name);
}
