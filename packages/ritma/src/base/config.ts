/**
 * Settings, resolved once: flag, then environment, then `config.yaml`, then default.
 *
 * The result is frozen and carries where each value came from, so that a message can say it. An
 * unknown key or a value that is not allowed stops the command before it does anything: a setting
 * with a typing error must never look like its default.
 *
 * config.yaml is read as YAML 1.2, where `no` and `on` are words, and written so that a reader of
 * YAML 1.1 gets the same. Aliases, tags, repeated keys and several documents are refused.
 *
 * @module
 */
import { isAbsolute, join, resolve } from "node:path";
import { parseDocument, stringify } from "yaml";
import type { Disk } from "./disk/disk.ts";
import { RitmaError } from "./error.ts";
import { CONFIG_BYTES_MAX } from "./limits.ts";
import {
  type LogLevel,
  type PrivacyMode,
  type Setting,
  type SettingName,
  SETTINGS,
} from "./settings.ts";
import { escapeText } from "./text.ts";

/** A value and its source: "--data", "$RITMA_DATA", "/path/config.yaml" or "default". */
export interface Resolved<Value> {
  readonly value: Value;
  readonly where: string;
}

export interface Config {
  /** Absolute, like `outDir`. */
  readonly dataRoot: Resolved<string>;
  readonly outDir: Resolved<string>;
  readonly namespace: Resolved<string>;
  readonly nodeId: Resolved<string>;
  readonly privacy: Resolved<PrivacyMode>;
  readonly windowSecs: Resolved<number>;
  /** What `record` follows: absolute, or "unix:" and an absolute path, or "-". */
  readonly auditLog: Resolved<string>;
  readonly logLevel: Resolved<LogLevel>;
}

/** Where settings come from; `cli/main` fills this in once. */
export interface Surroundings {
  /** Flags that were given, as text. */
  readonly flags: Readonly<Partial<Record<SettingName, string>>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  readonly home: string;
  readonly hostname: string;
  /** Absolute; relative paths in flags and environment are meant from here. */
  readonly workingDir: string;
}

/** What `init` writes. */
export type WrittenConfig = Pick<
  { readonly [Name in keyof Config]: Config[Name]["value"] },
  "namespace" | "nodeId" | "privacy" | "windowSecs"
> & {
  /** Absolute path of the evidence store, or null where it is the default one. */
  readonly out: string | null;
};

type FileValues = ReadonlyMap<string, string | number>;

const FILE_NAME = "config.yaml";
const ROOT_DATA = "/var/ritma/data";
const OUT_NAME = "RITMA_OUT";
const SOCKET = "unix:";
const AUDIT_LOG = "/var/log/audit/audit.log";

const DEFAULTS = {
  namespace: "ns://local/default",
  privacy: "hash-only",
  windowSecs: 60,
  logLevel: "warn",
} as const;

/** @throws RitmaError `config/bad`, and what reading config.yaml throws but `disk/missing`. */
export async function resolveConfig(disk: Disk, around: Surroundings): Promise<Config> {
  const data = pick("dataRoot", SETTINGS.dataRoot, around, null, () => defaultDataRoot(around));
  const dataRoot = { ...data, value: resolve(around.workingDir, data.value) };
  const path = `${dataRoot.value}/${FILE_NAME}`;
  const file = { path, values: await readFile(disk, path) };

  const out = pick("outDir", SETTINGS.outDir, around, file, () => OUT_NAME);
  const outFrom =
    out.where === path || out.where === "default" ? dataRoot.value : around.workingDir;
  const auditLog = pick("auditLog", SETTINGS.auditLog, around, file, () => AUDIT_LOG);
  const auditFrom = auditLog.where === path ? dataRoot.value : around.workingDir;
  return frozen({
    dataRoot,
    auditLog: { ...auditLog, value: sourceFrom(auditFrom, auditLog.value) },
    outDir: { ...out, value: resolve(outFrom, out.value) },
    namespace: pick("namespace", SETTINGS.namespace, around, file, () => DEFAULTS.namespace),
    nodeId: pick("nodeId", SETTINGS.nodeId, around, file, () => defaultNodeId(around.hostname)),
    privacy: pick("privacy", SETTINGS.privacy, around, file, () => DEFAULTS.privacy),
    windowSecs: pick("windowSecs", SETTINGS.windowSecs, around, file, () => DEFAULTS.windowSecs),
    logLevel: pick("logLevel", SETTINGS.logLevel, around, file, () => DEFAULTS.logLevel),
  });
}

/** The text of a new config.yaml. Reading it back gives the same settings. */
export function formatConfig(config: WrittenConfig): string {
  return [
    "# Settings of this data root. Flags and environment variables go before what stands here.\n",
    "# `ritma init --help` lists them.\n\n",
    "# Whose evidence this is. It stands in every store that is made here.\n",
    yamlLine(SETTINGS.namespace.key, config.namespace),
    "\n# The name of the recorded host.\n",
    yamlLine(SETTINGS.nodeId.key, config.nodeId),
    "\n# hash-only keeps arguments, private paths and addresses as keyed hashes; raw as is.\n",
    yamlLine(SETTINGS.privacy.key, config.privacy),
    "\n# Length of a sealed window in seconds: divides 3600.\n",
    yamlLine(SETTINGS.windowSecs.key, config.windowSecs),
    config.out === null ? "" : "\n# Where the evidence store is.\n",
    config.out === null ? "" : yamlLine(SETTINGS.outDir.key, config.out),
  ].join("");
}

function yamlLine(key: string, value: string | number): string {
  return stringify({ [key]: value }, { version: "1.1", lineWidth: 0 });
}

function pick<Value>(
  name: SettingName,
  setting: Setting<Value>,
  around: Surroundings,
  file: { readonly path: string; readonly values: FileValues } | null,
  byDefault: () => Value,
): Resolved<Value> {
  const accept = (raw: string | number, where: string, what: string): Resolved<Value> => {
    const value = setting.parse(raw);
    if (value === null) throw refused(what, raw, setting.allowed);
    return { value, where };
  };
  const flag = around.flags[name];
  if (flag !== undefined) return accept(flag, setting.flag, setting.flag);
  for (const variable of setting.environment) {
    const raw = around.environment[variable] ?? "";
    if (raw !== "") return accept(raw, `$${variable}`, `$${variable}`);
  }
  const raw = setting.key === null ? undefined : file?.values.get(setting.key);
  if (raw !== undefined && file !== null) {
    return accept(raw, file.path, `${file.path}: ${setting.key}`);
  }
  return { value: byDefault(), where: "default" };
}

function defaultDataRoot({ isRoot, environment, home }: Surroundings): string {
  if (isRoot) return ROOT_DATA;
  // The XDG specification says to ignore a path that is not absolute.
  const xdg = environment["XDG_DATA_HOME"] ?? "";
  return join(isAbsolute(xdg) ? xdg : join(home, ".local", "share"), "ritma");
}

function defaultNodeId(hostname: string): string {
  const value = SETTINGS.nodeId.parse(hostname);
  if (value !== null) return value;
  throw refused(
    `the host's name, which stands in for ${SETTINGS.nodeId.flag},`,
    hostname,
    SETTINGS.nodeId.allowed,
  );
}

async function readFile(disk: Disk, path: string): Promise<FileValues> {
  try {
    return parseFile(path, await disk.read(path, CONFIG_BYTES_MAX));
  } catch (error) {
    if (error instanceof RitmaError && error.code === "disk/missing") return new Map();
    throw error;
  }
}

function parseFile(path: string, bytes: Uint8Array): FileValues {
  const values = new Map<string, string | number>();
  const tree = parseYaml(path, bytes);
  if (tree === null) return values;
  if (!(tree instanceof Map)) {
    throw new RitmaError("config/bad", `${path}: must be lines like "key: value"`);
  }
  const keys = Object.values(SETTINGS).flatMap(({ key }) => (key === null ? [] : [key]));
  for (const [key, value] of tree) {
    if (typeof key !== "string" || !keys.some((known) => known === key)) {
      const shown = escapeText(String(key));
      throw new RitmaError(
        "config/bad",
        `${path}: unknown key ${shown}; known: ${keys.join(", ")}`,
      );
    }
    if (typeof value !== "string" && typeof value !== "number") {
      throw new RitmaError("config/bad", `${path}: ${key} must be one word or number`);
    }
    values.set(key, value);
  }
  return values;
}

function parseYaml(path: string, bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new RitmaError("config/bad", `${path}: is not UTF-8 text`, { cause: error });
  }
  const document = parseDocument(text, { version: "1.2", schema: "core" });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) {
    const [first = ""] = fault.message.split("\n");
    throw new RitmaError("config/bad", `${path}: ${escapeText(first)}`, { cause: fault });
  }
  try {
    return document.toJS({ mapAsMap: true, maxAliasCount: 0 });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new RitmaError("config/bad", `${path}: aliases are not allowed`, { cause: error });
  }
}

function refused(what: string, raw: string | number, allowed: string): RitmaError {
  const shown = escapeText(String(raw).slice(0, 100));
  return new RitmaError("config/bad", `${what} is "${shown}", and must be ${allowed}`);
}

function frozen(config: Config): Config {
  for (const resolved of Object.values(config)) Object.freeze(resolved);
  return Object.freeze(config);
}

/** @returns a path from `folder`; "-" as it is, and a socket with its prefix. */
function sourceFrom(folder: string, source: string): string {
  if (source === "-") return source;
  if (!source.startsWith(SOCKET)) return resolve(folder, source);
  return SOCKET + resolve(folder, source.slice(SOCKET.length));
}
