/**
 * The events that the atoms of a proof make: one for each stamp, serial and process of a window.
 *
 * @module
 */
import type { ProofReport, ProvedAtom } from "@ritma/evidence";

export interface ProvedEvent {
  /** Microseconds. */
  readonly time: number;
  readonly serial: number;
  readonly sequence: number;
  readonly window: number | null;
  /** At least one, in order of leaf and number. */
  readonly atoms: readonly [ProvedAtom, ...ProvedAtom[]];
}

/** In order of time, serial, and place. */
export function provedEvents({ atoms }: Pick<ProofReport, "atoms">): readonly ProvedEvent[] {
  const found = new Map<string, [ProvedAtom, ...ProvedAtom[]]>();
  for (const atom of atoms) {
    const { sequence, window, time, serial, process } = atom;
    const name = [sequence, window ?? "late", time, serial, process.commitment.toHex()].join(" ");
    const known = found.get(name);
    if (known === undefined) found.set(name, [atom]);
    else known.push(atom);
  }
  return [...found.values()]
    .map((own) => {
      const [{ time, serial, sequence, window }] = own;
      return { time, serial, sequence, window, atoms: own };
    })
    .toSorted((a, b) => a.time - b.time || a.serial - b.serial || a.sequence - b.sequence);
}
