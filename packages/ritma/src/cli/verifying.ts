/**
 * Verification as a command asks for it: whose store it has to be, and a line that says how far it
 * is.
 *
 * @module
 */
import {
  type Fingerprint,
  fingerprint,
  FormatError,
  type KeptHead,
  type Report,
} from "@ritma/evidence";
import { RitmaError } from "../base/error.ts";
import { type Progress, startProgress } from "../base/progress.ts";
import { escapeText } from "../base/text.ts";
import { verifyOnDisk } from "../services/verifier/verifier.ts";
import type { Context } from "./command.ts";

/** From `--trust`. @throws RitmaError `usage/bad-argument` */
export function trustAsked(context: Context): Fingerprint | null {
  const text = context.text("trust");
  if (text === null) return null;
  try {
    return fingerprint(text.trim().toLowerCase());
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    const shown = escapeText(text.slice(0, 100));
    const message =
      `--trust is "${shown}", and a fingerprint has 64 hex digits: ` +
      `\`${context.io.program} keys\` on the recorded host prints it`;
    throw new RitmaError("usage/bad-argument", message, { cause });
  }
}

export async function verifyShown(
  context: Context,
  path: string,
  trust: Fingerprint | null,
  heads: readonly KeptHead[] = [],
): Promise<Report> {
  const { disk, primitives } = await context.world();
  const stream = context.io.errorStream;
  let bar: Progress | null = null;
  // How many hours there are is known at the first call only.
  const progress = (done: number, total: number): void => {
    bar ??= startProgress({ what: `verify ${path}`, total, unit: "hours", stream });
    bar.update(done);
  };
  const stop = (): void => bar?.stop();
  return await verifyOnDisk(disk, primitives, path, { trust, heads, progress }).finally(stop);
}
