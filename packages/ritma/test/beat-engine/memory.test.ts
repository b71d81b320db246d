/**
 * Goal: the memory engine is what the port says.
 *
 * Method: the conformance suite.
 */
import { loadPrimitives } from "../../src/base/primitives.ts";
import { openMemoryEngine } from "../../src/stores/beat/memory/memory-engine.ts";
import type { Notice } from "../../src/stores/beat/notice.ts";
import { engineSuite } from "./conformance.ts";
import { STORE } from "./records.ts";

engineSuite({
  name: "memory",
  make: async () => {
    const primitives = await loadPrimitives();
    const notices: Notice[] = [];
    const notice = (each: Notice): void => void notices.push(each);
    return {
      notices,
      open: async (store = STORE) => await openMemoryEngine({ primitives, store, notice }),
    };
  },
});
