/**
 * What `npm run campaign:tamper` does in full and `npm test` in part: which attacks there are, and
 * how a share of them is tried.
 *
 * @module
 */
import type { Primitives } from "@ritma/evidence";
import { ByteMutations } from "./bytes.ts";
import { missed, type Mutation } from "./mutation.ts";
import {
  primitives,
  REFERENCE,
  type SealedStore,
  sealStore,
  type StoreRecipe,
} from "./reference-store.ts";
import { rememberingPrimitives } from "./remembering.ts";
import { splicesBetweenHours, splicesFrom, swappedHours } from "./splices.ts";
import { structuralAttacks, swaps } from "./structural.ts";

export interface Tally {
  readonly tried: number;
  readonly missed: readonly string[];
}

/** A log of more than 256 entries, so that it has a full bundle and tiles of two levels. */
export const LONG: StoreRecipe = {
  ...REFERENCE,
  windowsPerHour: 40,
  eventsPerWindow: 1,
  moreHours: 3,
};

export class Campaign {
  readonly #recipe: StoreRecipe;
  readonly store: SealedStore;
  readonly #primitives: Primitives;
  readonly bytes: ByteMutations;

  private constructor(recipe: StoreRecipe, store: SealedStore, remembered: Primitives) {
    this.#recipe = recipe;
    this.store = store;
    this.#primitives = remembered;
    this.bytes = new ByteMutations(store.files);
  }

  static async on(recipe: StoreRecipe): Promise<Campaign> {
    const store = await sealStore(recipe);
    const { primitives: remembered, stopLearning } = rememberingPrimitives(primitives);
    const campaign = new Campaign(recipe, store, remembered);
    const whole: Mutation = { name: "untouched", files: store.files, changed: [], result: "VALID" };
    const wrong = await missed(whole, remembered, store.trust);
    if (wrong !== null) throw new TypeError(wrong);
    stopLearning();
    return campaign;
  }

  get sizeBytes(): number {
    let size = 0;
    for (const bytes of this.store.files.values()) size += bytes?.length ?? 0;
    return size;
  }

  /** Every attack on whole files. @param swapStep every so many pairs; 1 is all */
  async *structural(swapStep: number): AsyncGenerator<Mutation> {
    const { files, earlier } = this.store;
    yield* structuralAttacks(files);
    yield* splicesBetweenHours(files);
    yield* swappedHours(files);
    for (const before of earlier) yield* splicesFrom(files, before, "an earlier close");
    const otherKeys = await sealStore({ ...this.#recipe, keySeed: 31 });
    yield* splicesFrom(files, otherKeys.files, "a store with other keys");
    const otherStore = await sealStore({ ...this.#recipe, keySeed: 32, idSeed: 33 });
    yield* splicesFrom(files, otherStore.files, "another store of the same log");
    let at = 0;
    for (const swap of swaps(files)) {
      if (at % swapStep === 0) yield swap;
      at += 1;
    }
  }

  async try(mutations: AsyncIterable<Mutation> | Iterable<Mutation>): Promise<Tally> {
    let tried = 0;
    const wrong: string[] = [];
    for await (const mutation of mutations) {
      const sentence = await missed(mutation, this.#primitives, this.store.trust);
      if (sentence !== null) wrong.push(sentence);
      tried += 1;
    }
    return { tried, missed: wrong };
  }
}
