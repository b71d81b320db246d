/**
 * `ritma anchor schedule`: what makes cron or systemd run `ritma anchor run`.
 *
 * The recorder does not do it: anchoring may use the network, run programs and wait, and a recorder
 * does none of these. What is printed names this very Node.js and this very Ritma, so that it works
 * where neither is on a path.
 *
 * @module
 */
import { encodeUtf8, equalBytes } from "@ritma/evidence";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { writeDurably } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import type { Context } from "../command.ts";
import { shellWord } from "../place-flags.ts";
import { anchorWorld, facts } from "./root.ts";

const LAUNCHER = fileURLToPath(new URL("../../../bin/ritma.js", import.meta.url));
/** Not on the hour, when everybody asks the authorities. */
const CRON = { daily: "17 3 * * *", hourly: "17 * * * *" } as const;
/** A backslash is left alone: it has been put there for cron or systemd. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const UNIT_BYTES_MAX = 65_536;

interface Schedule {
  readonly cron: string;
  readonly service: string;
  readonly timer: string;
}

export async function scheduleAnchors(context: Context): Promise<number> {
  const [, word = ""] = context.operands;
  if (word !== "daily" && word !== "hourly") {
    const shown = escapeText(word.slice(0, 100));
    throw new RitmaError("usage/bad-argument", `"${shown}" is neither daily nor hourly`);
  }
  const { dataRoot, disk } = await anchorWorld(context);
  const { outDir } = await context.config();
  // What stands in config.yaml is found there again.
  const isElsewhere = outDir.where.startsWith("--") || outDir.where.startsWith("$");
  const out = isElsewhere ? ["--out", outDir.value] : [];
  const argv = [process.execPath, LAUNCHER, "anchor", "run", "--data", dataRoot, ...out];
  const schedule = scheduleOf(word, argv);
  const units = context.text("units");
  const folder = units === null ? null : resolve(context.io.around.workingDir, units);
  if (folder !== null) {
    for (const kind of ["service", "timer"] as const) {
      const path = `${folder}/ritma-anchor.${kind}`;
      const bytes = encodeUtf8(schedule[kind]);
      const isThere = (await disk.size(path)) !== null;
      if (isThere && !equalBytes(await disk.read(path, UNIT_BYTES_MAX), bytes)) {
        throw new RitmaError("disk/exists", `${escapeText(path)} is there, and is another one`);
      }
      if (!isThere) await writeDurably(disk, path, bytes);
    }
  }
  context.show(facts("schedule", { schedule }), () => linesOf(context, word, schedule, folder));
  return 0;
}

/** @param argv absolute paths where they are paths */
export function scheduleOf(word: "daily" | "hourly", argv: readonly string[]): Schedule {
  const cron = argv.map(shellWord).join(" ").replaceAll("%", "\\%");
  const exec = argv.map(systemdWord).join(" ");
  return {
    cron: `${CRON[word]} ${cron}`,
    service: [
      "[Unit]",
      "Description=Give the head of the evidence store to its anchors",
      "Wants=network-online.target",
      "After=network-online.target",
      "",
      "[Service]",
      "Type=oneshot",
      `ExecStart=${exec}`,
      "",
    ].join("\n"),
    timer: [
      "[Unit]",
      `Description=Anchor the evidence store, ${word}`,
      "",
      "[Timer]",
      `OnCalendar=${word}`,
      `RandomizedDelaySec=${word === "daily" ? "1h" : "5m"}`,
      "Persistent=true",
      "",
      "[Install]",
      "WantedBy=timers.target",
      "",
    ].join("\n"),
  };
}

/** Quoted as systemd.service(5) says: percent and dollar mean something even in quotes. */
function systemdWord(word: string): string {
  const text = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  if (/^[\w@+=:,./%$-]+$/u.test(text)) return text;
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function linesOf(
  { io }: Context,
  word: string,
  { cron, service, timer }: Schedule,
  folder: string | null,
): string[] {
  const user = io.around.isRoot ? "" : " --user";
  const place = io.around.isRoot ? "/etc/systemd/system" : "~/.config/systemd/user";
  const enable = [
    `  systemctl${user} daemon-reload`,
    `  systemctl${user} enable --now ritma-anchor.timer`,
  ];
  if (folder !== null) {
    return [`Both units are in ${escapeText(folder)}. To start them:`, ...enable];
  }
  return [
    `Nothing was installed. One of these runs  anchor run  ${word}:`,
    "",
    "cron (crontab -e):",
    ...indented(cron),
    "",
    "systemd, ritma-anchor.service:",
    ...indented(service),
    "systemd, ritma-anchor.timer:",
    ...indented(timer),
    `To write both units, and to start them:`,
    `  ${io.program} anchor schedule ${word} --units ${place}`,
    ...enable,
  ];
}

function indented(text: string): string[] {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line.replaceAll(UNSAFE, escapeText)}`));
}
