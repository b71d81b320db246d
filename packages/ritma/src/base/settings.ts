/**
 * The settings of Ritma, one row each: its names in the three places, and what is allowed.
 *
 * Not here: how they are resolved (`config.ts`).
 *
 * @module
 */

/** A setting's value from text, or from a number in config.yaml; null when it is not allowed. */
type Parse<Value> = (raw: string | number) => Value | null;

export interface Setting<Value> {
  readonly flag: string;
  /** Environment variables, the first that is set and not empty counts. */
  readonly environment: readonly string[];
  /** Key in config.yaml, null for what cannot stand there. */
  readonly key: string | null;
  /** What is allowed, for a person: "... must be <allowed>". */
  readonly allowed: string;
  readonly parse: Parse<Value>;
}

export const PRIVACY_MODES = ["hash-only", "raw"] as const;
export type PrivacyMode = (typeof PRIVACY_MODES)[number];

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const SECONDS_PER_HOUR = 3_600;
const NAMESPACE_MAX = 255;

/** Lower-case labels after `ns://`; no label begins with a dot, so none is "..". */
const NAMESPACE = /^ns:\/\/[a-z0-9][a-z0-9._-]{0,62}(?:\/[a-z0-9][a-z0-9._-]{0,62}){0,15}$/u;
const NODE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/u;

/** A path may hold anything but the byte that ends it, and what a line cannot show. */
const parsePath: Parse<string> = (raw) =>
  typeof raw === "string" && /^[^\0\r\n]{1,4096}$/u.test(raw) ? raw : null;

export const SETTINGS = {
  dataRoot: {
    flag: "--data",
    environment: ["RITMA_DATA", "DATA_ROOT"],
    key: null,
    allowed: "a directory",
    parse: parsePath,
  },
  outDir: {
    flag: "--out",
    environment: ["RITMA_OUT_DIR"],
    key: "out",
    allowed: "a directory",
    parse: parsePath,
  },
  namespace: {
    flag: "--namespace",
    environment: ["NAMESPACE_ID"],
    key: "namespace",
    allowed: "ns:// and labels of a-z, 0-9, dot, dash and underscore, like ns://acme/prod",
    parse: (raw) =>
      typeof raw === "string" && raw.length <= NAMESPACE_MAX && NAMESPACE.test(raw) ? raw : null,
  },
  nodeId: {
    flag: "--node",
    environment: ["RITMA_NODE_ID"],
    key: "node_id",
    allowed: "a name of up to 128 letters, digits, dots, dashes and underscores",
    // YAML reads a name like 42 as a number; it is still a name.
    parse: (raw) => (NODE_ID.test(String(raw)) ? String(raw) : null),
  },
  privacy: {
    flag: "--privacy",
    environment: ["PRIVACY_MODE"],
    key: "privacy",
    allowed: "hash-only or raw",
    parse: (raw) => PRIVACY_MODES.find((mode) => mode === raw) ?? null,
  },
  windowSecs: {
    flag: "--window-secs",
    environment: ["RITMA_WINDOW_SECS", "TICK_SECS"],
    key: "window_secs",
    allowed: "a whole number of seconds from 1 to 3600 that divides 3600",
    parse: (raw) => {
      const seconds = /^[1-9]\d{0,3}$/u.test(String(raw)) ? Number(raw) : Number.NaN;
      return SECONDS_PER_HOUR % seconds === 0 ? seconds : null;
    },
  },
  auditLog: {
    flag: "--audit-log",
    environment: ["AUDIT_LOG_PATH"],
    key: "audit_log",
    allowed: "a file, a socket as unix:PATH, or - for standard input",
    parse: parsePath,
  },
  logLevel: {
    flag: "--log-level",
    environment: ["RITMA_LOG"],
    key: "log_level",
    allowed: "debug, info, warn or error",
    parse: (raw) => LOG_LEVELS.find((level) => level === raw) ?? null,
  },
} as const satisfies {
  readonly dataRoot: Setting<string>;
  readonly outDir: Setting<string>;
  readonly namespace: Setting<string>;
  readonly nodeId: Setting<string>;
  readonly privacy: Setting<PrivacyMode>;
  readonly windowSecs: Setting<number>;
  readonly auditLog: Setting<string>;
  readonly logLevel: Setting<LogLevel>;
};

export type SettingName = keyof typeof SETTINGS;
