/**
 * Makes the golden store of the form that this build writes. Run once for each form.
 *
 * Refuses to replace what is there: a root that has moved is a broken promise, not a new fixture.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PRIVACY_MODES } from "@ritma/evidence";
import {
  FORM_TODAY,
  KEPT,
  RECORDINGS,
  type Roots,
  rootsPathOf,
  seal,
  storeOf,
} from "../test/compat/golden.ts";

const store = storeOf(FORM_TODAY);

if (existsSync(store)) {
  process.stderr.write(`${store} is there already, and golden stores are never made again\n`);
  process.exitCode = 73;
} else {
  const work = await mkdtemp(join(tmpdir(), "ritma-golden-"));
  const all: Record<string, Roots> = {};
  for (const recording of RECORDINGS) {
    for (const privacy of PRIVACY_MODES) {
      const data = join(work, `${recording}-${privacy}`);
      all[`${recording} ${privacy}`] = await seal(data, recording, privacy);
      const isKept = recording === KEPT.recording && privacy === KEPT.privacy;
      if (isKept) await cp(join(data, "RITMA_OUT"), store, { recursive: true });
    }
  }
  await writeFile(rootsPathOf(FORM_TODAY), `${JSON.stringify(all, null, 2)}\n`);
  await rm(work, { recursive: true, force: true });
}
