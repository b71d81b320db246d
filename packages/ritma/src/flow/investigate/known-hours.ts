/**
 * The hours of a store as graphs, in memory up to a bound in atoms: by pages, where there is a
 * lineage and the question is about few of them, else as a whole. The one that was not asked for
 * the longest goes first.
 *
 * Numbers of nodes are those of one dictionary in memory, so a graph is of use as long as that is.
 *
 * @module
 */
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { HourEdges } from "./hour-edges.ts";
import type { Lineages } from "./lineages.ts";
import type { Nodes } from "./nodes.ts";
import { type PagedQuestion, PagedHours } from "./paged-hours.ts";
import { readWholeHour, type WholeHour } from "./whole-hour.ts";

export class KnownHours implements AsyncDisposable {
  readonly #reader: StoreReader;
  readonly #atomsMax: number;
  /** Least recently asked first. */
  readonly #whole = new Map<number, WholeHour>();
  /** Of these. */
  #atoms = 0;
  readonly #paged: PagedHours;

  constructor(reader: StoreReader, atomsMax: number, lineages: Lineages) {
    this.#reader = reader;
    this.#atomsMax = atomsMax;
    this.#paged = new PagedHours(lineages);
  }

  /**
   * @param nodes of the hour's generation, at least up to that hour
   * @returns what answers the question; of other nodes it may lack rows
   * @throws RitmaError `store/damaged`
   */
  async about(hour: SealedHour, nodes: Nodes, question: PagedQuestion): Promise<HourEdges> {
    const whole = this.#known(hour, nodes);
    if (whole !== null) return whole;
    const paged = await this.#paged.about(hour, nodes, question);
    if (paged === null) return await this.whole(hour, nodes);
    this.#makeRoom(0);
    return paged;
  }

  /** @param nodes as for `about`. @throws RitmaError `store/damaged` */
  async whole(hour: SealedHour, nodes: Nodes): Promise<WholeHour> {
    const known = this.#known(hour, nodes);
    if (known !== null) return known;
    const whole = await readWholeHour(this.#reader, hour, nodes);
    this.#makeRoom(whole.atoms.length);
    this.#atoms += whole.atoms.length;
    this.#whole.set(hour.sequence, whole);
    return whole;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#paged[Symbol.asyncDispose]();
  }

  #known({ sequence }: SealedHour, nodes: Nodes): WholeHour | null {
    const known = this.#whole.get(sequence);
    if (known === undefined) return null;
    this.#whole.delete(sequence);
    if (known.nodes === nodes) {
      this.#whole.set(sequence, known);
      return known;
    }
    this.#atoms -= known.atoms.length;
    return null;
  }

  /** One that was given away stays whole in the hands of whoever has it. */
  #makeRoom(wanted: number): void {
    const most = this.#atomsMax - wanted;
    for (const [sequence, { atoms }] of this.#whole) {
      if (this.#atoms + this.#paged.atoms <= most) return;
      this.#whole.delete(sequence);
      this.#atoms -= atoms.length;
    }
    if (this.#atoms + this.#paged.atoms > most) this.#paged.clear();
  }
}
