/**
 * Blobs and caches for the tests of the CAS cache.
 *
 * @module
 */
import type { Disk } from "../../src/base/disk/disk.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { CasCache, type CasOptions } from "../../src/stores/beat/cas/cas-cache.ts";
import type { Notice } from "../../src/stores/beat/notice.ts";

const primitives = await loadPrimitives();
export const { blake3 } = primitives;

export const CAS_DIR = "/branches/x/cas";

export interface Casting {
  readonly cas: CasCache;
  readonly counters: { hits: number; misses: number; latencyNs: number };
  readonly notices: Notice[];
}

export function casting(disk: Disk, more: Partial<CasOptions> = {}): Casting {
  const counters = { hits: 0, misses: 0, latencyNs: 0 };
  const notices: Notice[] = [];
  let nowNs = 0;
  const cas = new CasCache({
    disk,
    dir: CAS_DIR,
    branch: "x",
    blake3,
    notice: (notice) => void notices.push(notice),
    counters,
    runtime: null,
    fill: false,
    nowNs: () => (nowNs += 1_000),
    ...more,
  });
  return { cas, counters, notices };
}

/** Bytes without a pattern that a shift would keep. */
export function blobOf(seed: number, length: number): Uint8Array {
  let state = seed >>> 0;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

export function blobPath(digest: Uint8Array): string {
  const name = digest.toHex();
  return `${CAS_DIR}/${name.slice(0, 2)}/${name}.blob`;
}
