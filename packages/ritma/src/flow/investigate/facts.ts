/**
 * What ran in a span of time, as facts that can be counted and compared.
 *
 * A fact belongs to the span that holds its stamp, late ones too, in whatever hour they are sealed.
 * A cone is counted by its first atom, and only where it tells an instantiation: the first time of
 * a shape is written out, and is no fact.
 *
 * Not here: which facts an atom tells (`facts-rules.ts`), and comparing (`diff.ts`).
 *
 * @module
 */
import { type Cone, coneHash } from "@ritma/evidence";
import { FACTS_MAX } from "../../base/limits.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { type Covered, coveredIn } from "./coverage.ts";
import { FactCounter } from "./facts-counter.ts";
import { countAtom } from "./facts-rules.ts";
import { decoding, type SealedSection, sectionsIn } from "./facts-scan.ts";
import type { Thing } from "./facts-thing.ts";
import type { WindowSpan } from "./windows.ts";

export interface SpanFacts extends Pick<FactCounter, "facts" | "uncounted"> {
  readonly span: WindowSpan;
  readonly coverage: Covered;
  readonly atoms: number;
}

/**
 * @param room facts of one kind
 * @throws RitmaError `store/damaged`
 */
export async function factsIn(
  reader: StoreReader,
  span: WindowSpan,
  room: number = FACTS_MAX,
): Promise<SpanFacts> {
  const coverage = await coveredIn(reader, span);
  const reading = new SpanReading(reader, span, room);
  for (const hour of reader.hours) {
    if (hour.t2 <= span.since) continue;
    if (hour.t1 < span.until) {
      for await (const section of sectionsIn(reader, hour, "inst")) {
        // Windows are in order, and a window's rows begin with its oldest one.
        if ((section.section.atoms.time[0] ?? 0) >= span.until) break;
        reading.add(section);
      }
    }
    for await (const section of sectionsIn(reader, hour, "late")) reading.add(section);
  }
  const { counter, atoms } = reading;
  return { span, coverage, atoms, facts: counter.facts, uncounted: counter.uncounted };
}

class SpanReading {
  readonly counter: FactCounter;
  readonly #reader: StoreReader;
  readonly #span: WindowSpan;
  /** By cone id of the generation at hand. */
  readonly #shapes = new Map<number, Thing | null>();
  #generation = -1;
  atoms = 0;

  constructor(reader: StoreReader, span: WindowSpan, room: number) {
    this.#reader = reader;
    this.#span = span;
    this.counter = new FactCounter(room);
  }

  add(sealed: SealedSection): void {
    const { entities } = sealed;
    if (entities.generation !== this.#generation) this.#shapes.clear();
    this.#generation = entities.generation;
    this.counter.begin(sealed);
    decoding(this.#reader, entities, () => {
      this.#addRows(sealed);
    });
  }

  #addRows({ section, coneIds, firstLeaf }: SealedSection): void {
    const { atoms, starts } = section;
    const { since, until } = this.#span;
    const { counter } = this;
    for (let at = 0; at + 1 < starts.length; at += 1) {
      const begin = starts[at] ?? 0;
      for (let row = begin; row < (starts[at + 1] ?? 0); row += 1) {
        const time = atoms.time[row] ?? 0;
        if (time < since || time >= until) continue;
        this.atoms += 1;
        counter.moveTo(row, firstLeaf + at);
        countAtom(counter, atoms, row);
        if (row === begin) this.#addCone(coneIds[at] ?? 0);
      }
    }
  }

  #addCone(id: number): void {
    if (id === 0) return;
    const shape = this.#shapes.getOrInsertComputed(id, () => {
      const cone = this.counter.entities.decoding.cones.cone(id);
      return cone === undefined ? null : this.#shapeOf(cone);
    });
    this.counter.count("cone", [shape]);
  }

  #shapeOf(cone: Cone): Thing {
    const hash = coneHash(this.#reader.files.primitives.sha256, cone).toHex();
    return { kind: "shape", hash, cone };
  }
}
