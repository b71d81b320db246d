/**
 * `ritma status`, run.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import type { Palette } from "../../base/colour.ts";
import { bootId } from "../../base/disk/boot-id.ts";
import { escapeText } from "../../base/text.ts";
import { requireDataRoot } from "../../services/recorder/data-root.ts";
import { readStatus, type RecorderStatus } from "../../services/recorder/status-file.ts";
import type { Context } from "../command.ts";
import {
  counted,
  formatBytes,
  formatCount,
  formatDuration,
  formatTime,
  labelled,
} from "../format.ts";
import { placeFlags } from "../place-flags.ts";
import { SHORTFALL_NAMES, shortfallRow } from "../shortfalls.ts";
import { missedText } from "./record-report.ts";

type State = "recording" | "silent" | "stopped" | "died";

/** A recorder speaks every three seconds. */
const SILENT_US = 30_000_000;
/** sysexits(3), EX_UNAVAILABLE. */
const NOT_RUNNING = 69;

const STATES: Readonly<Record<State, string>> = {
  recording: "Recording",
  silent: "Silent",
  stopped: "Stopped",
  died: "Died",
};

export async function run(context: Context): Promise<number> {
  const { disk, clock } = await context.world();
  const config = await context.config();
  const dataRoot = config.dataRoot.value;
  await requireDataRoot(disk, dataRoot);
  const recorder = await readStatus(disk, dataRoot);
  if (recorder === null) {
    throw new RitmaError("store/no-recorder", `${dataRoot} was never recorded into live`);
  }
  const state = stateOf(recorder, await bootId(), clock.nowUs());
  const { io, paint } = context;
  context.show({ dataRoot, state, recorder }, () => [
    headOf(paint, state, recorder, clock.nowUs()),
    "",
    ...labelled(rowsOf(state, recorder), io.columns),
    ...recorder.notes.map((note) => `  ${paint.attention("!")} ${escapeText(note)}`),
    "",
    ...labelled([nextOf(state, io.program, placeFlags(config))]),
  ]);
  return state === "recording" ? 0 : NOT_RUNNING;
}

/**
 * One that did not say that it stops, and is no more, has died; so has one of another boot, whoever
 * has its number now. One that has not spoken for long hangs, or somebody else has the number.
 */
function stateOf({ state, pid, boot, updatedUs }: RecorderStatus, now: string, us: number): State {
  if (state === "stopped") return state;
  if (boot !== now || !isAlive(pid)) return "died";
  return us - updatedUs > SILENT_US ? "silent" : "recording";
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    return error.code === "EPERM";
  }
}

function headOf(paint: Palette, state: State, recorder: RecorderStatus, nowUs: number): string {
  const painted = {
    recording: paint.good,
    silent: paint.bad,
    stopped: paint.attention,
    died: paint.bad,
  }[state];
  const since = state === "recording" ? nowUs - recorder.startedUs : nowUs - recorder.updatedUs;
  const when = formatDuration(Math.max(0, since) / 1_000);
  const text = state === "recording" ? `for ${when}, process ${recorder.pid}` : `${when} ago`;
  return `${painted(STATES[state])}   ${escapeText(recorder.source)} ${text}`;
}

function rowsOf(state: State, recorder: RecorderStatus): (readonly [string, string])[] {
  const { kernel, newestUs } = recorder;
  const rows: (readonly [string, string])[] = [
    ["events", `${formatCount(recorder.events)} of ${formatCount(recorder.lines)} lines`],
    ["newest", newestUs === null ? "none yet" : `${formatTime(newestUs)} UTC`],
    ["sealed", `${counted(recorder.hours, "hour")}, ${counted(recorder.windows, "window")}`],
    [
      "journal",
      recorder.journalBytes === 0 && state !== "died"
        ? "empty: all of it is sealed"
        : `${formatBytes(recorder.journalBytes)}, kept until the session is sealed to its end`,
    ],
  ];
  for (const name of SHORTFALL_NAMES) rows.push([name, shortfallRow(name, recorder[name])]);
  if (recorder.missed > 0) rows.push(["missed", missedText(recorder.missed)]);
  if (kernel !== null) {
    const { backlog, backlogLimit, lost } = kernel;
    rows.push([
      "kernel",
      `${formatCount(lost)} lost since boot, ${formatCount(backlog)} of ` +
        `${formatCount(backlogLimit)} waiting`,
    ]);
  }
  return rows;
}

function nextOf(state: State, program: string, flags: string): readonly [string, string] {
  if (state === "recording") return ["What ran?", `${program} timeline${flags}`];
  return [state === "died" ? "Go on" : "Record", `${program} record${flags}`];
}
