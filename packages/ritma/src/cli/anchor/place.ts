/**
 * The anchor that is meant by the words behind `ritma anchor add`.
 *
 * @module
 */
import { resolve } from "node:path";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { ANCHOR_KINDS, type Place } from "../../services/anchor/target.ts";
import type { Context } from "../command.ts";

/** @throws RitmaError `usage/bad-argument` */
export async function placeAsked(context: Context, words: readonly string[]): Promise<Place> {
  const [word = "", ...rest] = words;
  const kind = ANCHOR_KINDS.find((each) => each === word);
  if (kind === undefined) {
    throw refused(`"${shortly(word)}" is none of ${ANCHOR_KINDS.join(", ")}`);
  }
  const [first = "", ...more] = rest;
  if (kind === "exec") return { kind, argv: argumentsOf(context, rest) };
  if (first === "" || more.length > 0) throw refused(`add ${kind} takes one word: see --help`);
  if (kind === "tsa") return { kind, url: urlOf(first) };
  const path = resolve(context.io.around.workingDir, first);
  await refuseInside(context, path);
  return kind === "file" ? { kind, folder: path } : { kind, repository: path };
}

/** What lies beside the store is no anchor of it: it goes the way that the store goes. */
async function refuseInside(context: Context, path: string): Promise<void> {
  const { dataRoot, outDir } = await context.config();
  for (const { value } of [dataRoot, outDir]) {
    if (!`${path}/`.startsWith(`${value}/`)) continue;
    throw refused(`${escapeText(path)} lies in ${escapeText(value)}; an anchor is elsewhere`);
  }
}

function argumentsOf({ io }: Context, words: readonly string[]): readonly string[] {
  const [program = "", ...rest] = words;
  if (program === "") throw refused("add exec takes a program and its arguments, behind --");
  // It is run from another folder than this one.
  const named = program.includes("/") ? resolve(io.around.workingDir, program) : program;
  return [named, ...rest];
}

function urlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw refused(`"${shortly(text)}" is no address like https://tsa.example.org/tsr`);
  }
  if (url.username !== "" || url.password !== "") {
    throw refused("an address with a password would be kept and shown; leave it out");
  }
  return url.href;
}

function shortly(text: string): string {
  return escapeText(text.slice(0, 100));
}

function refused(message: string): RitmaError {
  return new RitmaError("usage/bad-argument", message);
}
