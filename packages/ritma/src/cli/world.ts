/**
 * The real disk, clock, randomness and cryptography, loaded when a command first needs them.
 *
 * @module
 */
import type { World } from "../services/recorder/data-root.ts";

export async function loadWorld(): Promise<World> {
  const [{ RealDisk }, { realClock }, { realRng }, { loadPrimitives }] = await Promise.all([
    import("../base/disk/real-disk.ts"),
    import("../base/clock.ts"),
    import("../base/rng.ts"),
    import("../base/primitives.ts"),
  ]);
  const primitives = await loadPrimitives();
  return { disk: new RealDisk(), clock: realClock, rng: realRng, primitives };
}
