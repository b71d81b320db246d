/**
 * Goal: an error of the kernel in any call that makes something durable is told with its status,
 * and the same command then finishes, to the bytes of an uninterrupted run. So does a kill there.
 *
 * Method: strace injects the error or the signal into the n-th call of a real process. A few faults
 * are drawn from the seed; `npm run campaign:faults` tries hundreds.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawFrom } from "../../packages/ritma/test/recorder/random-log.ts";
import { skipLoudly } from "../../tools/skip.ts";
import { has } from "../e2e/processes.ts";
import { faultsOf, inject } from "./injection.ts";
import { twins } from "./twins.ts";

const SEED = Number(process.env["RITMA_SEED"] ?? 1);
const DRAWN = 2;

for (const isJournalled of [false, true]) {
  const name = isJournalled ? "through the journal" : "straight";
  test(`an error or a kill in any call that makes something durable, ${name}`, async (context) => {
    if (!has("strace")) {
      skipLoudly(context, "strace (apt install strace)");
      return;
    }
    using pair = twins({ events: 60, step: 300, isJournalled });
    const every = faultsOf(pair, isJournalled);
    const draw = drawFrom(SEED);
    let felt = 0;
    for (let at = 0; at < DRAWN; at += 1) {
      const [fault] = every.splice(draw(every.length), 1);
      if (fault !== undefined && (await inject(pair, fault))) felt += 1;
    }
    assert.ok(felt * 2 >= DRAWN, `${felt} of ${DRAWN} faults were felt`);
  });
}
