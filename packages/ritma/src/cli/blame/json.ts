/**
 * What `ritma blame` found, as `--json` prints it: all of it, however long.
 *
 * @module
 */
import type { Blame, BlamedWindow } from "../../flow/investigate/blame.ts";
import type { BlamedProgram } from "../../flow/investigate/blame-programs.ts";
import { thingText } from "../diff/things.ts";
import { isoTime } from "../log/spans.ts";
import { Namer } from "../timeline/names.ts";
import { deedCounts } from "./deeds.ts";
import { provedFacts } from "./event.ts";

type Facts = Readonly<Record<string, unknown>>;

const HASH_DIGITS = 32;

export function blameFacts(needle: string, kind: string, found: Blame): Facts {
  const { first, last, events, programs, others, windows, moreWindows } = found;
  const { examined, skipped, undecided } = found;
  return {
    needle,
    kind,
    first: first === null ? null : provedFacts(first),
    last: last === null ? null : provedFacts(last),
    events,
    programs: programs.map(programFacts),
    others,
    windows: windows.map(windowFacts),
    moreWindows,
    examined,
    skipped,
    undecided,
  };
}

function programFacts({ program, events, processes, deeds, first, last }: BlamedProgram): Facts {
  const namer = new Namer(HASH_DIGITS);
  const name = program === null ? null : thingText(namer, program);
  const { time, serial, process } = first;
  const began = { time: isoTime(time), timeUs: time, serial, pid: process.pid };
  const did = Object.fromEntries(deedCounts(deeds));
  const ended = { time: isoTime(last), timeUs: last };
  return { name, events, processes, did, first: began, last: ended, hashed: namer.takeHashed() };
}

function windowFacts({ window, events, first }: BlamedWindow): Facts {
  const { name, root, hour, number, t1, t2 } = window;
  const { time, serial, leaf, process } = first;
  return {
    name,
    root: root.toHex(),
    sequence: hour.sequence,
    window: number,
    since: isoTime(t1),
    until: isoTime(t2),
    events,
    first: { time: isoTime(time), timeUs: time, serial, pid: process.pid, leaf },
  };
}
