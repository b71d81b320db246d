/**
 * Tells what a process runs: executable and name together, by number when they were told before.
 *
 * Format: spec/12-entities.md, "Images".
 *
 * @module
 */
import type { Path, ProcessEntity } from "../record/entity.ts";
import type { Value } from "../record/value.ts";
import { codeId } from "./coder-ids.ts";
import type { Coder } from "./coder.ts";
import {
  DOMAINS,
  IMAGE_HIT,
  IMAGE_ID,
  IMAGE_NO_EXECUTABLE,
  IMAGE_NO_NAME,
  USES,
} from "./entity-contexts.ts";
import { chosen } from "./entity-fault.ts";
import type { ToldProcess } from "./entity-processes.ts";
import type { EntityTrail } from "./entity-trail.ts";
import { Guesses, mix } from "./guesses.ts";
import { NumberList, PairTable } from "./name-pairs.ts";

const PLACES = 1 << 16;
const PLACE_MASK = PLACES - 1;

export class ImageCoder {
  readonly #trail: EntityTrail;
  /** Node of the path and number of the value, each plus one, 0 for null. */
  readonly #executable = new NumberList();
  readonly #name = new NumberList();
  readonly #byParts = new PairTable();
  readonly #guess2 = new Guesses(PLACES);
  readonly #guess1 = new Guesses(PLACES);

  constructor(trail: EntityTrail) {
    this.#trail = trail;
  }

  reset(): void {
    this.#executable.clear();
    this.#name.clear();
    this.#byParts.clear();
    this.#guess2.reset();
    this.#guess1.reset();
  }

  executableOf(image: number): Path | null {
    const node = this.#executable.at(image);
    return node === 0 ? null : this.#trail.paths.tree.pathOf(node - 1);
  }

  nameOf(image: number): Value | null {
    const id = this.#name.at(image);
    return id === 0 ? null : this.#trail.names.valueOf(id - 1);
  }

  /**
   * @param parent the process told. @param given null when reading.
   * @returns the image's number.
   */
  code(
    coder: Coder,
    parent: ToldProcess | undefined,
    birth: number,
    given: ProcessEntity | null,
  ): number {
    const from = parent === undefined ? 1 : parent.image + 2;
    const sibling = parent === undefined ? 0 : parent.lastChild + 2;
    const place2 = mix(from, mix(sibling, birth)) & PLACE_MASK;
    const place1 = mix(from, birth + 77) & PLACE_MASK;
    const wanted = given === null ? -1 : this.#find(given);
    const image = this.#codeNumber(coder, place2, place1, birth, wanted);
    if (image === this.#executable.length) this.#codeNew(coder, given);
    this.#guess2.learn(place2, image + 1);
    this.#guess1.learn(place1, image + 1);
    return image;
  }

  #codeNumber(coder: Coder, place2: number, place1: number, birth: number, wanted: number): number {
    const guess2 = this.#guess2.valueAt(place2) - 1;
    const guess1 = this.#guess1.valueAt(place1) - 1;
    if (guess2 >= 0) {
      const context = IMAGE_HIT + this.#guess2.trustAt(place2) * 4 + birth;
      if (coder.bit(context, wanted === guess2 ? 1 : 0) === 1) return guess2;
    }
    if (guess1 >= 0 && guess1 !== guess2) {
      const context = IMAGE_HIT + 16 + this.#guess1.trustAt(place1) * 4 + birth;
      if (coder.bit(context, wanted === guess1 ? 1 : 0) === 1) return guess1;
    }
    const image = codeId(coder, IMAGE_ID, this.#executable.length + 1, wanted);
    if (coder.isReading) chosen(image !== guess2 && image !== guess1, "a guessed image");
    return image;
  }

  /** @returns the number of what a process runs, the next when it is new. */
  #find({ executable, name }: ProcessEntity): number {
    const { names, paths } = this.#trail;
    const next = this.#executable.length;
    const node = executable === null ? 0 : paths.tree.find(executable) + 1;
    const id = name === null ? 0 : names.table.find(name) + 1;
    if ((executable !== null && node === 0) || (name !== null && id === 0)) return next;
    const image = this.#byParts.get(node, id);
    return image < 0 ? next : image;
  }

  #codeNew(coder: Coder, given: ProcessEntity | null): void {
    const { names, paths } = this.#trail;
    let node = 0;
    const noExecutable = given !== null && given.executable === null ? 1 : 0;
    if (coder.bit(IMAGE_NO_EXECUTABLE, noExecutable) === 0) {
      node = paths.code(coder, USES.executable, given?.executable ?? null, 0, 0) + 1;
    }
    const file = node === 0 ? 0 : paths.tree.componentOf(node - 1) + 1;
    let id = 0;
    if (coder.bit(IMAGE_NO_NAME, given !== null && given.name === null ? 1 : 0) === 0) {
      id = names.code(coder, DOMAINS.name, given?.name ?? null, file, 7, 0, 0) + 1;
    }
    if (coder.isReading) chosen(this.#byParts.get(node, id) < 0, "a known image");
    this.#byParts.set(node, id, this.#executable.length);
    this.#executable.push(node);
    this.#name.push(id);
  }
}
