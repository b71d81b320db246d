/**
 * Loaded before every test file: property tests draw from one seed, so that a run repeats.
 *
 * `RITMA_SEED=7 npm test` runs the same tests on other values.
 *
 * @module
 */
import { configureGlobal } from "fast-check";

const SEED_DEFAULT = 20_261_120;

const seed = Number(process.env["RITMA_SEED"] ?? SEED_DEFAULT);
if (!Number.isSafeInteger(seed)) throw new RangeError("RITMA_SEED must be a whole number");
configureGlobal({ seed });
