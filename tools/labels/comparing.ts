/**
 * Is what was found the step that the label describes?
 *
 * Compared are the time of every deed, the process that began the step, every program that it ran
 * and how often, and what the description names. Fewer processes than the label has are no fault:
 * it counts threads and children of which the log has no event.
 *
 * @module
 */
import type { Deed } from "./answers.ts";
import type { Label } from "./dataset.ts";
import type { Finding } from "./following.ts";
import type { LookUp, Pick } from "./look-up.ts";

/** The clock of the kernel's records goes in steps of 4 ms; that of the driver is another. */
const TOLERANCE_US = 10_000;
const SECOND_US = 1_000_000;

/** @returns what is missing or wrong, in words; nothing when the step was found */
export function compare(label: Label, lookUp: LookUp, finding: Finding): string[] {
  const picks = lookUp.questions.flatMap((question) => question.picks);
  return [
    ...picks.flatMap((pick, at) => comparePick(label, pick, finding.deeds[at] ?? [])),
    ...lookUp.above
      .filter((name) => !finding.above.has(name))
      .map((name) => `${name} is not above it`),
    ...label.root_pids
      .filter((pid) => !finding.pids.has(pid))
      .map((pid) => `process ${pid}, which began it, is not in the chain`),
    ...comparePrograms(label, finding),
    ...lookUp.told
      .filter((text) => !linesOf(finding).some((line) => line.includes(text)))
      .map((text) => `nobody was started with ${text}`),
  ];
}

/** Did it happen while the step lasted, by either clock? */
export function isWithin({ t0, t_last_event: last }: Label, timeUs: number): boolean {
  return timeUs >= t0 * SECOND_US - TOLERANCE_US && timeUs <= last * SECOND_US + TOLERANCE_US;
}

function comparePick(label: Label, pick: Pick, deeds: Finding["deeds"][number]): string[] {
  const what = `${pick.type} of ${pick.object.source}`;
  if (deeds.length === 0) return [`${what} is in no answer`];
  const other = deeds.find(({ timeUs }) => !isWithin(label, timeUs));
  const stranger = deeds.find(({ doer }) => !label.pids.includes(doer?.pid ?? 0));
  return [
    ...(other === undefined ? [] : [`${what} was at ${isoTime(other)}, which is not its time`]),
    ...(stranger === undefined ? [] : [`${what} was done by ${stranger.doer?.name ?? "nobody"}`]),
  ];
}

function comparePrograms({ exes }: Label, { processes }: Finding): string[] {
  return Object.entries(exes).flatMap(([exe, times]) => {
    const program = programOf(exe);
    const found = processes.filter((each) => each.program === program).length;
    return found >= times ? [] : [`${program} was run ${found} times and not ${times}`];
  });
}

/** What the kernel writes in hex is a name with a blank in it: here that of a file in memory. */
function programOf(exe: string): string {
  if (exe.startsWith("/")) return exe;
  return Buffer.from(exe, "hex")
    .toString()
    .replace(/^\/(?<name>memfd:.*) \(deleted\)$/u, "$<name>");
}

function linesOf({ processes }: Finding): string[] {
  return processes.map(({ arguments: text, user }) => `${text} (${user ?? ""})`);
}

function isoTime({ timeUs }: Deed): string {
  return new Date(timeUs / 1_000).toISOString();
}
