/**
 * What a command is: data, and a function that is loaded when it is run.
 *
 * `--help`, docs/cli.md and the parser are made from the data, so that they say the same. The data
 * of every command is loaded for `ritma --help`; the function, and all that it imports, is not.
 *
 * To add a command: `commands/NAME.ts` exports its data, `commands/NAME-run.ts` exports `run`, and
 * `catalogue.ts` lists it.
 *
 * @module
 */
import type { Palette } from "../base/colour.ts";
import type { Config, Surroundings } from "../base/config.ts";
import type { SettingName } from "../base/settings.ts";
import type { World } from "../services/recorder/data-root.ts";
import type { Calendar } from "./timeline/calendar.ts";

/** In the order in which `ritma --help` shows them. */
export const GROUPS = ["Record", "Look", "Check", "Stores", "Keys and help"] as const;
export type Group = (typeof GROUPS)[number];

export interface Argument {
  /** In capitals, as help shows it: "FILE". */
  readonly name: string;
  readonly help: string;
  readonly required: boolean;
  /** True for the last one, when it takes all that follow. */
  readonly many: boolean;
}

export interface Option {
  /** Without the dashes: "window-secs". */
  readonly name: string;
  /** What it takes, as help shows it ("SECONDS"); null for a switch. */
  readonly value: string | null;
  readonly help: string;
  /** The only values that are allowed. */
  readonly choices?: readonly string[];
  /** The setting that it goes before; its value is checked like that setting's. */
  readonly setting?: SettingName;
}

export interface Command {
  readonly name: string;
  readonly group: Group;
  /** One sentence. */
  readonly summary: string;
  /** Further sentences for its own help; empty for none. */
  readonly description: string;
  readonly arguments: readonly Argument[];
  /** COMMON_OPTIONS and `--help` are added to these. */
  readonly options: readonly Option[];
  /** Statuses that mean something of their own here; those of errors are the same everywhere. */
  readonly exits: Readonly<Record<number, string>>;
  readonly examples: readonly { readonly line: string; readonly what: string }[];
  /** Fields of the one document that `--json` prints, for docs/cli.md. */
  readonly fields: Readonly<Record<string, string>>;
  /** Said when SIGINT or SIGTERM ends it; null when there is nothing to say. */
  readonly interrupted: string | null;
  readonly load: () => Promise<Run>;
}

/** @returns the exit status. @throws RitmaError what goes wrong on a healthy build */
export type Run = (context: Context) => Promise<number>;

/** The world outside of the process; a test gives its own. */
export interface Io {
  /** Prints a line, or several with newlines between. @returns false when nobody reads any more. */
  readonly out: (line: string) => boolean;
  readonly err: (line: string) => void;
  /** From now on what is printed is shown by pages, where there is a screen. */
  readonly page: () => AsyncDisposable;
  readonly isTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** Of the terminal; elsewhere $COLUMNS, or 80. */
  readonly columns: number;
  /** Name of the time zone of the reader: "Europe/Berlin". */
  readonly zone: () => string;
  /** How this program is started from a shell: "ritma", "npx ritma". */
  readonly program: string;
  /** Where a progress line goes. */
  readonly errorStream: NodeJS.WritableStream & {
    readonly isTTY?: boolean;
    readonly columns?: number;
  };
  /** @param stop ends it, though more may come. */
  readonly input: (stop?: AbortSignal) => AsyncIterable<Uint8Array>;
  readonly around: Omit<Surroundings, "flags">;
  readonly loadWorld: () => Promise<World>;
  /** Aborted by the first SIGINT or SIGTERM; a second one ends the process. */
  readonly untilStopped: () => AbortSignal;
  /** Makes SIGINT and SIGTERM say this before they end the process. */
  readonly sayWhenInterrupted: (sentence: string) => void;
}

/** What a running command has at hand. */
export interface Context {
  readonly io: Io;
  readonly operands: readonly string[];
  /** @returns the value of an option, null when it was not given. */
  readonly text: (option: string) => string | null;
  /** @returns true when a switch was given. */
  readonly has: (option: string) => boolean;
  /** True with `--json`. */
  readonly json: boolean;
  /** For stdout. */
  readonly paint: Palette;
  /** How times are shown, and what those without a zone mean: of the reader's, or with `--utc`. */
  readonly calendar: Calendar;
  /** Resolved at the first call: it reads config.yaml. @throws RitmaError `config/bad` */
  readonly config: () => Promise<Config>;
  /** Loaded at the first call. */
  readonly world: () => Promise<World>;
  /** Prints `facts` as JSON with `--json`, else the lines. */
  readonly show: (facts: unknown, lines: () => readonly string[]) => void;
  /** What a failure from now on says of what was done: "Nothing was recorded." */
  readonly remark: (sentence: string) => void;
}

/** Of commands that read a store. */
export const STORE_ARGUMENT: Argument = {
  name: "PATH",
  help: "An evidence store or a data root. Default: the evidence store of this data root.",
  required: false,
  many: false,
};

/** Of commands that ask about a span of time. */
export const SPAN_OPTIONS: readonly Option[] = [
  { name: "since", value: "TIME", help: "Begin, inclusive. Default: the first event." },
  { name: "until", value: "TIME", help: "End, exclusive. Default: the last event." },
];

/** Of commands that show times. */
export const UTC_OPTION: Option = {
  name: "utc",
  value: null,
  help: "Times are UTC, and not those of this shell's time zone ($TZ).",
};

/** Of commands that also ask what a recorder has open. */
export const SEALED_OPTION: Option = {
  name: "sealed",
  value: null,
  help: "Only what is sealed: leave out the hours that a recorder has in its journal.",
};

/** What these tell of it with `--json`. */
export const OPEN_FIELD =
  "Null when all that was asked is sealed. Else `hours` that are not sealed yet, `sinceUs` (the " +
  "begin of the first of them), and `error` (`code` and `message`; null when they were asked). " +
  "A place in such an hour has `open`: true besides. It may still change, and its `leaf`, " +
  "`root`, `entry` and `key` are null: nothing proves it.";

/** Of commands that print tables. */
export const WIDE_OPTION: Option = {
  name: "wide",
  value: null,
  help: "Lines as long as they are, and not as wide as the terminal ($COLUMNS, else 80).",
};

/** The evidence store, for commands that read or write one. */
export const OUT_OPTION: Option = {
  name: "out",
  value: "DIR",
  help: "Evidence store. Default: $RITMA_OUT_DIR, else RITMA_OUT in the data root.",
  setting: "outDir",
};

/** What every command takes, so that a script can always say it. */
export const COMMON_OPTIONS: readonly Option[] = [
  {
    name: "data",
    value: "DIR",
    help: "Data root. Default: $RITMA_DATA, else /var/ritma/data or ~/.local/share/ritma.",
    setting: "dataRoot",
  },
  { name: "json", value: null, help: "Print one JSON document and nothing else." },
];
