/**
 * The command line: parse, run, and say what went wrong.
 *
 * `main` is given the world outside, so that tests run it in their own process; `start` gives it
 * the real one.
 *
 * @module
 */
import packageFacts from "../../package.json" with { type: "json" };
import { COMMANDS } from "./catalogue.ts";
import type { Command, Io } from "./command.ts";
import { makeContext } from "./context.ts";
import { reportFailure } from "./failure.ts";
import { toJson } from "./json.ts";
import { namedCommand, parseArguments, type Request } from "./parse.ts";

/** @param argv without the program. @returns the exit status. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const end = argv.indexOf("--");
  const json = argv.slice(0, end === -1 ? undefined : end).includes("--json");
  let remark = "";
  try {
    const { columns, program } = io;
    const surface = { version: packageFacts.version, columns, program };
    const request = parseArguments(argv, COMMANDS, surface);
    if (request.kind === "text") {
      showText(io, request, json);
      return 0;
    }
    const { command } = request.invocation;
    const run = await command.load();
    if (command.interrupted !== null) io.sayWhenInterrupted(command.interrupted);
    const context = makeContext(io, request.invocation, (sentence) => {
      remark = sentence;
    });
    const isPaged = !json && command.group === "Look" && !context.has("follow");
    await using _ = isPaged ? io.page() : null;
    return await run(context);
  } catch (error) {
    return reportFailure(io, error, { command: namedCommand(argv, COMMANDS), json, remark });
  }
}

/** The entry of the process. */
export async function start(): Promise<void> {
  process.umask(0o077);
  const { processIo } = await import("./process-io.ts");
  process.exitCode = await main(process.argv.slice(2), processIo());
}

function showText(
  io: Io,
  { text, about }: Extract<Request, { kind: "text" }>,
  json: boolean,
): void {
  if (!json) io.out(text);
  else io.out(toJson(about === null ? { text } : { command: described(about) }));
}

/** The data of a command; a function is not part of a JSON document. */
function described(command: Command): unknown {
  return { ...command, load: undefined };
}
