/**
 * Three questions that are asked after any break-in, and what the labels say of their answers.
 *
 * @module
 */
import { type Deed, deedsOf } from "./answers.ts";
import type { Asker } from "./asking.ts";
import { isWithin } from "./comparing.ts";
import type { Label } from "./dataset.ts";
import { read } from "./following.ts";

export interface PlainQuestion {
  readonly asked: string;
  /** @returns the answer in a line, and what of it the labels do not bear out */
  readonly answer: (asker: Asker, labels: readonly Label[]) => Promise<PlainAnswer>;
}

interface PlainAnswer {
  readonly told: string;
  readonly wrong: readonly string[];
}

const WEB_SHELL = "/srv/web/cgi-bin/img.cgi";
const SHADOW = "/etc/shadow";
/** Programs that read it when somebody logs in, or becomes another user. */
const LOGIN_PROGRAMS: ReadonlySet<string> = new Set(["/usr/sbin/sshd", "/usr/bin/sudo"]);
/** What the attacker spoke with, and how many addresses were tried in the scan. */
const DESTINATIONS = ["203.0.113.66:8000", "203.0.113.66:4443", "203.0.113.66:4444"];
const SCANNED = 308;
/** Steps whose program read the file, and how that ended. */
const READERS: readonly (readonly [label: string, program: string, failed: boolean])[] = [
  ["a08", "/usr/bin/cat", true],
  ["a09", "/usr/local/bin/webctl", false],
  ["a19", "/usr/bin/head", false],
];

export const PLAIN_QUESTIONS: readonly PlainQuestion[] = [
  { asked: "who read /etc/shadow", answer: readersOfShadow },
  { asked: "what did the web shell's children do", answer: childrenOfWebShell },
  { asked: "which new destinations since 10:12", answer: newDestinations },
];

async function readersOfShadow(asker: Asker, labels: readonly Label[]): Promise<PlainAnswer> {
  const deeds = deedsOf(await asker.ask(["who", SHADOW])).filter(({ type }) => type === "open");
  const attackers = new Set(labels.flatMap(({ pids }) => pids));
  const isOf = (label: string, { doer }: Deed): boolean =>
    labels.some(({ id, pids }) => id === label && pids.includes(doer?.pid ?? 0));
  const wrong = READERS.filter(
    ([label, program, failed]) =>
      !deeds.some(
        (deed) => deed.doer?.program === program && deed.failed === failed && isOf(label, deed),
      ),
  ).map(([label, program]) => `${program} of ${label} is not told`);
  for (const { doer } of deeds) {
    if (doer === null || attackers.has(doer.pid)) continue;
    if (!LOGIN_PROGRAMS.has(doer.program ?? "")) wrong.push(`${doer.name} is of no step`);
  }
  const names = deeds.map(({ doer, failed }) => `${doer?.name ?? "?"}${failed ? " (denied)" : ""}`);
  return { told: names.join(", "), wrong };
}

async function childrenOfWebShell(asker: Asker, labels: readonly Label[]): Promise<PlainAnswer> {
  const pick = { type: "exec", object: /\/img\.cgi$/u };
  const [runs = []] = await read(asker, { ask: `trace ${WEB_SHELL} --forward`, picks: [pick] });
  const wrong: string[] = [];
  const told: string[] = [];
  for (const { doer } of runs) {
    const { processes = [] } = await asker.ask(["tree", doer?.name ?? ""]);
    const [own, ...children] = processes;
    for (const { name, pid, arguments: text } of children) {
      const ask = ["timeline", "--all", "--limit", "0", "--proc", name];
      const deeds = deedsOf(await asker.ask(ask));
      if (deeds.length === 0) wrong.push(`nothing of ${name}`);
      told.push(`${text === "" ? name : text} (${deeds.length})`);
      const isKnown = labels.some(({ id, pids }) => id === "a13" && pids.includes(pid));
      if (!isKnown) wrong.push(`${name} is not of the step`);
      if (text.startsWith("/usr/bin/tail") && !deeds.some(isOfAccessLog)) {
        wrong.push(`${name} read no log`);
      }
    }
    const missing = missingBelow(labels, own?.pid ?? 0, children);
    wrong.push(...missing.map((pid) => `process ${pid} is missing`));
  }
  if (runs.length === 0) wrong.push("the web shell was not run");
  return { told: told.join(", "), wrong };
}

function isOfAccessLog({ type, object }: Deed): boolean {
  return type === "open" && object === "/srv/web/logs/access.log";
}

/** Processes of the step that came after the web shell began: it was the last one begun by hand. */
function missingBelow(
  labels: readonly Label[],
  shell: number,
  children: readonly { readonly pid: number }[],
): number[] {
  const { pids = [] } = labels.find(({ id }) => id === "a13") ?? {};
  return pids.filter((pid) => pid > shell && !children.some((child) => child.pid === pid));
}

async function newDestinations(asker: Asker, labels: readonly Label[]): Promise<PlainAnswer> {
  const answer = await asker.ask(["diff", "..10:12", "10:12..", "--all"]);
  const deeds = deedsOf(answer).filter(({ type }) => type === "destination");
  const found = new Set(deeds.map(({ object }) => object));
  const wrong = DESTINATIONS.filter((name) => !found.has(name)).map((name) => `${name} is missing`);
  const scanned = deeds.filter(({ object }) => !DESTINATIONS.includes(object));
  if (scanned.length !== SCANNED) wrong.push(`${scanned.length} others and not ${SCANNED}`);
  const scan = labels.find(({ id }) => id === "a14");
  for (const { object, timeUs } of scanned) {
    if (scan === undefined || !isWithin(scan, timeUs)) wrong.push(`${object} is not of the scan`);
  }
  return { told: `${DESTINATIONS.join(", ")}, and ${scanned.length} of the scan`, wrong };
}
