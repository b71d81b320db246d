/**
 * A window of a proof as `--json` prints it.
 *
 * @module
 */
import type { ProvedWindow } from "@ritma/evidence";
import { windowName } from "../../flow/investigate/windows.ts";
import { isoTime } from "../log/spans.ts";

export function windowFacts(proved: ProvedWindow): Readonly<Record<string, unknown>> {
  const { sequence, window, t1, t2, root, entry } = proved;
  const name = windowName(sequence, window);
  const span = { from: isoTime(t1), to: isoTime(t2), t1, t2 };
  return { sequence, window, name, ...span, root: root.toHex(), entry };
}
