/**
 * From the arguments of the process to a command with its options: commander, fed with our data.
 *
 * Not here: what the commands do, and settings (`context.ts`).
 *
 * @module
 */
import {
  Argument as CommanderArgument,
  Command as Commander,
  CommanderError,
  Option as CommanderOption,
} from "commander";
import { type ErrorCode, RitmaError } from "../base/error.ts";
import { SETTINGS } from "../base/settings.ts";
import { escapeText } from "../base/text.ts";
import { type Argument, type Command, COMMON_OPTIONS, type Option } from "./command.ts";
import { asStarted } from "./program.ts";

export interface Invocation {
  readonly command: Command;
  readonly operands: readonly string[];
  /** True for a switch. */
  readonly options: ReadonlyMap<string, string | true>;
}

/** What was asked for: to run something, or to read a text. */
export type Request =
  | { readonly kind: "run"; readonly invocation: Invocation }
  | { readonly kind: "text"; readonly text: string; readonly about: Command | null };

interface Surface {
  readonly version: string;
  readonly columns: number;
  /** How the program is started, for lines that are copied. */
  readonly program: string;
}

const INTRODUCTION =
  "A flight recorder for Linux hosts: what ran, sealed so that anyone can check it offline.";
const AFTER_ALL =
  "\nEach command: ritma COMMAND --help. With --json it prints one JSON document.\n" +
  "Exit statuses of errors follow sysexits(3): ritma explain lists them.";

/** @throws RitmaError `usage/bad-flag`, `usage/bad-argument` */
export function parseArguments(
  argv: readonly string[],
  commands: readonly Command[],
  surface: Surface,
): Request {
  let text = "";
  let found: Invocation | null = null;
  let asked: Command | null = null;
  const program = rooted(surface, (part) => {
    text += part;
  });
  for (const command of commands) {
    const sub = subcommand(program, command);
    sub.on("beforeHelp", () => {
      asked = command;
    });
    sub.action(() => {
      found = { command, operands: sub.args, options: optionsOf(command, sub.opts()) };
    });
  }
  try {
    program.parse(helpless(argv, commands), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) {
      return { kind: "text", text: asStarted(text.trimEnd(), surface.program), about: asked };
    }
    throw refusal(error);
  }
  if (found === null) throw new TypeError("commander ran no command");
  checkValues(found);
  return { kind: "run", invocation: found };
}

/** The command that `argv` names, for messages about arguments that could not be parsed. */
export function namedCommand(argv: readonly string[], commands: readonly Command[]): string | null {
  return commands.find(({ name }) => name === argv[0])?.name ?? null;
}

/** Nothing at all asks for help. Help for what is no command is refused, or all would be shown. */
function helpless(argv: readonly string[], commands: readonly Command[]): readonly string[] {
  const [first = "help", about = "help"] = argv;
  if (first !== "help") return argv;
  if (about === "help") return ["--help"];
  if (about.startsWith("-") || commands.some(({ name }) => name === about)) return argv;
  const shown = escapeText(about.slice(0, 100));
  throw new RitmaError("usage/bad-argument", `there is no command "${shown}"`);
}

function rooted({ version, columns }: Surface, write: (text: string) => void): Commander {
  return new Commander("ritma")
    .description(INTRODUCTION)
    .usage("COMMAND [ARGUMENTS] [FLAGS]")
    .optionsGroup("Flags:")
    .version(version, "--version", "Print the version.")
    .helpOption("--help", "Print this.")
    .commandsGroup("Keys and help:")
    .helpCommand("help [COMMAND]", "Print the help of a command.")
    .addHelpText("after", AFTER_ALL)
    .exitOverride()
    .configureOutput({
      writeOut: write,
      writeErr: () => {},
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
    })
    .configureHelp({
      subcommandTerm: (sub) => sub.name(),
      optionTerm: (option) => bare(option.flags),
    });
}

function subcommand(program: Commander, command: Command): Commander {
  const sub = program
    .command(command.name)
    .summary(command.summary)
    .description([command.summary, command.description].join(" ").trim())
    .usage(usageOf(command))
    .optionsGroup("Flags:")
    .helpOption("--help", "Print this.")
    .helpGroup(`${command.group}:`)
    .allowExcessArguments(false)
    .addHelpText("after", afterHelp(command));
  for (const argument of command.arguments) sub.addArgument(argumentOf(argument));
  for (const option of [...command.options, ...COMMON_OPTIONS]) sub.addOption(optionOf(option));
  return sub;
}

/** What stands behind the name in a usage line: "FILE... [FLAGS]". */
export function usageOf(command: Command): string {
  const terms = command.arguments.map(({ name, required, many }) => {
    const term = many ? `${name}...` : name;
    return required ? term : `[${term}]`;
  });
  return [...terms, "[FLAGS]"].join(" ");
}

function argumentOf({ name, help, required, many }: Argument): CommanderArgument {
  const term = many ? `${name}...` : name;
  return new CommanderArgument(required ? `<${term}>` : `[${term}]`, help);
}

function optionOf({ name, value, help, choices }: Option): CommanderOption {
  const flags = value === null ? `--${name}` : `--${name} <${value}>`;
  const made = new CommanderOption(flags, help);
  return choices === undefined ? made : made.choices([...choices]);
}

function afterHelp({ exits, examples }: Command): string {
  const lines = ["", "Exit status:"];
  for (const [status, meaning] of Object.entries(exits)) lines.push(`  ${status}  ${meaning}`);
  lines.push("  Errors follow sysexits(3); ritma explain lists them.");
  if (examples.length > 0) lines.push("", "Examples:");
  for (const { line, what } of examples) lines.push(`  ${line}`, `      ${what}`);
  return lines.join("\n");
}

/** Commander names options in camel case; ours keep the name that was typed. */
function optionsOf(
  command: Command,
  values: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, string | true> {
  const options = new Map<string, string | true>();
  for (const { name } of [...command.options, ...COMMON_OPTIONS]) {
    // To commander a --no-NAME is NAME, false.
    const isNegated = name.startsWith("no-");
    const value = values[camelCase(isNegated ? name.slice(3) : name)];
    if (isNegated && value === false) options.set(name, true);
    if (!isNegated && (typeof value === "string" || value === true)) options.set(name, value);
  }
  return options;
}

function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/gu, (_, letter: string) => letter.toUpperCase());
}

/** A flag with a wrong value is the caller's mistake, wherever else that setting may stand. */
function checkValues({ command, options }: Invocation): void {
  for (const { name, setting } of [...command.options, ...COMMON_OPTIONS]) {
    const value = options.get(name);
    if (setting === undefined || typeof value !== "string") continue;
    const { parse, allowed } = SETTINGS[setting];
    if (parse(value) !== null) continue;
    const shown = escapeText(value.slice(0, 100));
    throw new RitmaError("usage/bad-flag", `--${name} is "${shown}", and must be ${allowed}`);
  }
}

const ARGUMENT_FAULTS: ReadonlySet<string> = new Set([
  "commander.missingArgument",
  "commander.excessArguments",
  "commander.unknownCommand",
]);

/** Angle brackets say to commander that a value must be given; a reader need not see them. */
function bare(flags: string): string {
  return flags.replaceAll(/[<>]/gu, "");
}

function refusal(error: CommanderError): RitmaError {
  const code: ErrorCode = ARGUMENT_FAULTS.has(error.code) ? "usage/bad-argument" : "usage/bad-flag";
  const [what = "", hint = ""] = error.message.replace(/^error: /u, "").split(/\n(?=\(Did)/u);
  const suggestion = hint.replace(/^\((Did you mean .*\?)\)$/u, "; d$1").replace("; dD", "; d");
  return new RitmaError(code, escapeText(bare(what).replace(/\.$/u, "") + suggestion), {
    cause: error,
  });
}
