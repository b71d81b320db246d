/**
 * `ritma prove`, run.
 *
 * @module
 */
import { escapeText } from "../../base/text.ts";
import { EventProver, type MadeProof } from "../../services/prover/event-prover.ts";
import type { ChosenWindow } from "../../services/prover/proved-window.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { counted, formatBytes, formatCount, labelled } from "../format.ts";
import { chosenEvents } from "../prove/chosen.ts";
import { provedEvents } from "../prove/events.ts";
import { keepProof, proofPlace } from "../prove/keeping.ts";
import { operandsOf, withheldAsked } from "../prove/options.ts";
import { oneHour, verifierOf } from "../prove/tlog.ts";
import { withheldFields } from "../prove/withheld.ts";
import { windowFacts } from "../prove/window-facts.ts";
import { shellWord } from "../place-flags.ts";
import { openAsked } from "../timeline/place.ts";

interface Written {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** Of a tlog-proof. */
  readonly verifier: string | null;
}

export async function run(context: Context): Promise<number> {
  const { what, path } = operandsOf(context);
  const withheld = withheldAsked(context);
  const isTlog = context.text("format") === "tlog-proof";
  const { disk, primitives } = await context.world();
  const { store } = await openAsked(context, path, "sealed");
  const place = await proofPlace(context, store.files.out);
  const chosen = await chosenEvents(context, store, what);
  const hour = isTlog ? oneHour(chosen) : null;
  const prover = await EventProver.of(store);
  const made = await prover.prove(chosen, withheld);
  const bytes = hour === null ? made.bytes : prover.tlogProof(hour);
  await keepProof(disk, place, bytes);
  const written = {
    path: place,
    bytes,
    sha256: primitives.sha256(bytes).toHex(),
    verifier: hour === null ? null : verifierOf(primitives, prover.headKey(), made.report),
  };
  context.show(factsOf(store, made, written), () => linesOf(context, store, chosen, made, written));
  return 0;
}

function factsOf(
  store: StoreReader,
  { report, alsoWithheld }: MadeProof,
  { path, bytes, sha256, verifier }: Written,
): Readonly<Record<string, unknown>> {
  const { checkpoint, windows, atoms } = report;
  return {
    path,
    format: verifier === null ? "ritma" : "tlog-proof",
    bytes: bytes.length,
    sha256,
    fingerprint: store.fingerprint,
    checkpoint: checkpoint === null ? null : { ...checkpoint, root: checkpoint.root.toHex() },
    verifier,
    windows: windows.map(windowFacts),
    events: provedEvents(report).length,
    atoms: atoms.length,
    withheld: withheldFields(atoms),
    alsoWithheld,
  };
}

function linesOf(
  { io, paint, calendar }: Context,
  store: StoreReader,
  chosen: readonly ChosenWindow[],
  { report, alsoWithheld }: MadeProof,
  { path, bytes, verifier }: Written,
): string[] {
  const { checkpoint, atoms } = report;
  const events = provedEvents(report);
  const names = chosen.map(({ window }) => window.name);
  const sealed = names.length > 6 ? counted(names.length, "window") : `window ${names.join(", ")}`;
  const [first] = events;
  const withheld = withheldFields(atoms);
  const also = alsoWithheld.length === 0 ? "" : `; ${alsoWithheld.join(", ")} would have told it`;
  const begin = first === undefined ? "" : `, the first at ${calendar.stamp(first.time)}`;
  const rows: (readonly [string, string])[] = [
    ["proves", `${counted(events.length, "event")} (${counted(atoms.length, "atom")})${begin}`],
    ["sealed", `in ${sealed}, under a head of size ${formatCount(checkpoint?.size ?? 0)}`],
    ["withheld", withheld.length === 0 ? "nothing" : `${withheld.join(", ")}${also}`],
    ["identity", store.fingerprint],
    ...(verifier === null ? [] : [["log key", verifier] as const]),
  ];
  const next = `${io.program} verify ${shellWord(path)} --trust ${store.fingerprint}`;
  const size = formatBytes(bytes.length);
  return [
    `${paint.good("written")}   ${escapeText(path)}, ${size}, for its owner alone`,
    "",
    ...labelled(verifier === null ? rows : tlogRows(rows)),
    "",
    ...(verifier === null
      ? ["  Whoever gets it needs the file, this fingerprint from you, and no store:", `  ${next}`]
      : ["  It shows the hour alone, to software that reads C2SP tlog-proofs."]),
  ];
}

/** What a tlog-proof does not show is not said of it. */
function tlogRows(
  rows: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  return rows.filter(([label]) => label !== "withheld" && label !== "proves");
}
