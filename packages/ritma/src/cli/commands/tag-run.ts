/**
 * `ritma tag`, run.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { findWindow, windowName } from "../../flow/investigate/windows.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { timeOrNull } from "../log/range.ts";
import { placeFlags } from "../place-flags.ts";
import { changeTags, readTags, type Tag, withoutTag, withTag } from "../tag/tags.ts";

interface Listed extends Tag {
  /** Null when the store has no such window. */
  readonly window: string | null;
}

const ROOT_DIGITS = 8;

export async function run(context: Context): Promise<number> {
  const config = await context.config();
  const { disk, primitives } = await context.world();
  const [name, what] = context.operands;
  const old = context.text("delete");
  if (old !== null && name !== undefined) {
    throw new RitmaError("usage/bad-argument", "--delete takes the name, and nothing else is done");
  }
  if (name !== undefined && what === undefined) {
    throw new RitmaError("usage/bad-argument", "a window must stand behind its name");
  }
  const dataRoot = config.dataRoot.value;
  const store = await StoreReader.open(disk, primitives, config.outDir.value);
  if (old !== null) await changeTags(disk, dataRoot, (tags) => withoutTag(tags, old));
  if (name !== undefined && what !== undefined) {
    const root = await rootOf(context, store, what);
    await changeTags(disk, dataRoot, (tags) => withTag(tags, { name, root }));
  }
  const tags = listed(store, await readTags(disk, dataRoot));
  context.show({ tags, path: dataRoot }, () => {
    const next = `${context.io.program} show ${tags[0]?.name ?? ""}${placeFlags(config)}`;
    return tags.length === 0 ? ["No window has a name."] : [...rows(tags), "", `  ${next}`];
  });
  return 0;
}

async function rootOf(context: Context, store: StoreReader, what: string): Promise<string> {
  const time = await timeOrNull(store, what, context.calendar);
  return (await findWindow(store, what, () => time)).root.toHex();
}

function listed(store: StoreReader, tags: readonly Tag[]): readonly Listed[] {
  const names = new Map<string, string>();
  for (const { sequence, logged } of tags.length === 0 ? [] : store.hours) {
    for (const { root, number } of logged) names.set(root.toHex(), windowName(sequence, number));
  }
  return tags.map(({ name, root }) => ({ name, root, window: names.get(root) ?? null }));
}

function rows(tags: readonly Listed[]): string[] {
  const width = Math.max(...tags.map(({ name }) => name.length));
  return tags.map(({ name, root, window }) => {
    const place = window ?? "not in this store";
    return `  ${name.padEnd(width)}   ${root.slice(0, ROOT_DIGITS)}   ${place}`;
  });
}
