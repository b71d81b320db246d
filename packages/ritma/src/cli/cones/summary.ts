/**
 * What stands above and below cones: of which generation they are, and what the signs mean.
 *
 * @module
 */
import type { ConeUses } from "../../stores/sealed/cone-uses.ts";
import type { Palette } from "../../base/colour.ts";
import { counted, formatCount, wrap } from "../format.ts";
import type { Namer } from "../timeline/names.ts";

interface Above {
  readonly uses: ConeUses;
  readonly paint: Palette;
  readonly columns: number | null;
}

export interface Told {
  readonly atoms: number;
  readonly instantiations: number;
}

export function toldBy({ cones }: Pick<ConeUses, "cones">): Told {
  let [atoms, instantiations] = [0, 0];
  for (const { told, entry } of cones) {
    atoms += told;
    instantiations += entry.uses;
  }
  return { atoms, instantiations };
}

export function headLines({ uses, paint, columns }: Above): string[] {
  const { index, cones, atoms } = uses;
  const told = toldBy(uses);
  const hours = counted(index.newestHour - index.firstHour + 1, "hour");
  const head = `Generation ${index.generation} · ${hours} · ${counted(cones.length, "cone")}`;
  const share = atoms === 0 ? 0 : (100 * told.atoms) / atoms;
  const all = counted(uses.instantiations, "instantiation");
  const text =
    cones.length === 0
      ? "Nothing happened twice in the same shape."
      : `They tell ${share.toFixed(1)}% of ${counted(atoms, "atom")}, and ` +
        `${formatCount(told.instantiations)} of ${all}; ` +
        "the others are written out.";
  return [paint.strong(head), ...wrap(text, columns ?? Number.POSITIVE_INFINITY, "")];
}

/** Of the hashes that were shown. */
export function closingText({ kinds }: Namer, columns: number | null): string[] {
  if (kinds.size === 0) return [];
  const named = [...kinds].toSorted().join(", ");
  const text = `•… is a keyed hash: of these the store keeps nothing else (${named}).`;
  return wrap(text, columns ?? Number.POSITIVE_INFINITY, "");
}
