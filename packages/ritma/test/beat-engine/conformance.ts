/**
 * The conformance suite of the engine port: what every engine does alike.
 *
 * Each test gets a place of its own, in which it opens the engine, closes it and opens it again.
 * What an engine does not say of itself is not asked of it: one that is not "durable" is not
 * reopened, one that cannot be damaged or refused by its medium is not.
 *
 *     engineSuite({ name: "flat", make: async (context) => ({ open, notices, ... }) });
 *
 * Not here: crashes (of the engines that can have them), what the files look like.
 *
 * @module
 */
import { test } from "node:test";
import { conformsInBeats } from "./conforms-in-beats.ts";
import { conformsInFaults } from "./conforms-in-faults.ts";
import { conformsInModel } from "./conforms-in-model.ts";
import { conformsInScans } from "./conforms-in-scans.ts";
import type { Check, EngineUnderTest } from "./engine-place.ts";

export type { EngineUnderTest, Place } from "./engine-place.ts";

export function engineSuite(engine: EngineUnderTest): void {
  const check: Check = (what, body) => {
    test(`${engine.name}: ${what}`, async (context) => {
      await body(await engine.make(context));
    });
  };
  conformsInBeats(check);
  conformsInScans(check);
  conformsInFaults(check);
  conformsInModel(check, engine.modelRuns ?? 40);
}
