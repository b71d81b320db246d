/**
 * What a running command has at hand, joined from its options and the world outside.
 *
 * @module
 */
import { palette } from "../base/colour.ts";
import type { Config, Surroundings } from "../base/config.ts";
import type { World } from "../services/recorder/data-root.ts";
import { COMMON_OPTIONS, type Context, type Io } from "./command.ts";
import { toJson } from "./json.ts";
import type { Invocation } from "./parse.ts";
import { Calendar } from "./timeline/calendar.ts";
import { UTC, zoneNamed } from "./timeline/zone.ts";

/** @param remark told what a failure from now on says of what was done */
export function makeContext(
  io: Io,
  { command, operands, options }: Invocation,
  remark: (sentence: string) => void,
): Context {
  let config: Promise<Config> | null = null;
  let world: Promise<World> | null = null;
  const loadWorld = async (): Promise<World> => await (world ??= io.loadWorld());
  const json = options.has("json");
  return {
    io,
    operands,
    text: (name) => {
      const value = options.get(name);
      return typeof value === "string" ? value : null;
    },
    has: (name) => options.has(name),
    json,
    paint: palette(io.isTerminal, io.around.environment),
    calendar: new Calendar(options.has("utc") ? UTC : zoneNamed(io.zone())),
    config: async () => await (config ??= readConfig(io, loadWorld, flagsOf(command, options))),
    world: loadWorld,
    show: (facts, lines) => {
      io.out(json ? toJson(facts) : lines().join("\n"));
    },
    remark,
  };
}

function flagsOf(
  command: Invocation["command"],
  options: Invocation["options"],
): Surroundings["flags"] {
  const flags: Partial<Record<keyof Surroundings["flags"], string>> = {};
  for (const { name, setting } of [...command.options, ...COMMON_OPTIONS]) {
    const value = options.get(name);
    if (setting !== undefined && typeof value === "string") flags[setting] = value;
  }
  return flags;
}

async function readConfig(
  io: Io,
  loadWorld: () => Promise<World>,
  flags: Surroundings["flags"],
): Promise<Config> {
  const [{ resolveConfig }, { disk }] = await Promise.all([
    import("../base/config.ts"),
    loadWorld(),
  ]);
  return await resolveConfig(disk, { ...io.around, flags });
}
