/**
 * The end of a report: what its signs mean, and how its reader checks it without trusting it.
 *
 * Commands name the store as STORE: a page is read elsewhere than where it was made, and from the
 * same store the same page must come wherever that lies.
 *
 * @module
 */
import { shellWord } from "../place-flags.ts";
import type { Namer } from "../timeline/names.ts";
import { type Block, type CommandLine, type Section, words } from "./page.ts";

export interface Recipe {
  /** `--since …`, `--until …`. */
  readonly range: readonly string[];
  /** Others that change what is on the page. */
  readonly flags: readonly string[];
  /** In whose times the page is; null for UTC. */
  readonly zone: string | null;
  readonly trust: string | null;
  /** False when the records could not be read. */
  readonly hasRecords: boolean;
  readonly isHtml: boolean;
  readonly isStamped: boolean;
}

const ABOUT =
  "Nothing on this page has to be believed. Take the evidence store (here STORE) and Ritma, and " +
  "learn the fingerprint (here KEY) from somebody else than whoever gave you this page: ritma " +
  "init printed it on the recorded host.";

export function checkingSection(recipe: Recipe, namer: Namer): Section {
  const { range, flags, zone, trust, hasRecords, isHtml } = recipe;
  const trusted = trust === null ? [] : [`--trust ${trust}`];
  const commands: CommandLine[] = [
    { what: "Is the store whole, and from whom?", parts: ["ritma verify STORE", "--trust KEY"] },
    {
      what: sameText(recipe),
      parts: [
        `${zone === null ? "" : `TZ=${shellWord(zone)} `}ritma report STORE`,
        ...range,
        ...flags,
        ...trusted,
        ...(isHtml ? ["--html -"] : []),
      ],
    },
  ];
  if (hasRecords) {
    commands.push(
      {
        what: "All of the timeline, and whole names",
        parts: ["ritma timeline STORE", ...range, "--limit 0 --wide"],
      },
      {
        what: "Who touched a file, an address, a program?",
        parts: ["ritma who NAME STORE", ...range],
      },
      { what: "What led to it?", parts: ["ritma trace NAME STORE --back", ...range] },
    );
  }
  const blocks: Block[] = [words(ABOUT), { kind: "commands", commands }];
  const legend = legendOf(namer);
  if (legend !== null) blocks.push(words(legend, "dim"));
  return { id: "checking", title: "Check it yourself", blocks };
}

function sameText({ isHtml, isStamped }: Recipe): string {
  if (!isHtml) return "The same page again";
  const but = isStamped ? ", but for when it was made" : "";
  return `The same page, byte for byte${but}, by the same version of Ritma`;
}

function legendOf(namer: Namer): string | null {
  if (namer.kinds.size === 0) return null;
  const kinds = [...namer.kinds].toSorted().join(", ");
  return `•… is a keyed hash: of these the store keeps nothing else (${kinds}).`;
}
