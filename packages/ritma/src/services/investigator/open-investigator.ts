/**
 * A sealed store, opened for questions by who embeds Ritma: `ritma/investigate`.
 *
 * @module
 */
import { RealDisk } from "../../base/disk/real-disk.ts";
import { RitmaError } from "../../base/error.ts";
import { loadPrimitives } from "../../base/primitives.ts";
import { type Coverage, coverageOf } from "../../flow/investigate/coverage.ts";
import { Investigation, type Span, type Thing } from "../../flow/investigate/investigation.ts";
import { type Life, livesOf } from "../../flow/investigate/lives.ts";
import { type Trace, trace, type TraceQuery } from "../../flow/investigate/trace.ts";
import { type Toucher, who } from "../../flow/investigate/who.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import { type EntityTest, needleAsked, privacyForQuestions } from "./needles.ts";

export interface InvestigatorOptions {
  /** The evidence store, a folder. */
  readonly out: string;
  /** Of a hash-only store: 32 bytes, to ask for exact values. Without it they are refused. */
  readonly privacyKey?: Uint8Array;
}

/** All time. */
const EVERYTHING: Span = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
const FAN_DEFAULT = 8;
const DEPTH_DEFAULT = 8;
const BUDGET_DEFAULT = 120;

/** @throws RitmaError `store/missing`, `store/damaged`, of the disk */
export async function openInvestigator({
  out,
  privacyKey,
}: InvestigatorOptions): Promise<Investigator> {
  const primitives = await loadPrimitives();
  const reader = await StoreReader.open(new RealDisk(), primitives, out);
  const { keyedHash16 } = primitives;
  const privacy = privacyForQuestions(reader.file.privacy, keyedHash16, privacyKey ?? null);
  return new Investigator(new Investigation(reader), (name) => {
    const { test, at } = needleAsked(privacy, name);
    if (at === null) return test;
    const message = "a time behind an @ is for the command line: give a span";
    throw new RitmaError("usage/bad-argument", message);
  });
}

/** Every method throws RitmaError `store/damaged` for what is not as it was sealed. */
export class Investigator {
  readonly #investigation: Investigation;
  readonly #testOf: (name: string) => EntityTest;

  constructor(investigation: Investigation, testOf: (name: string) => EntityTest) {
    this.#investigation = investigation;
    this.#testOf = testOf;
  }

  /**
   * Things of that name: a path, an address (`10.0.0.1:443`), or a process (`nginx[911]`, `911`).
   *
   * @throws RitmaError `query/needs-key`, `usage/bad-argument`
   */
  async find(name: string, span: Span = EVERYTHING): Promise<readonly Thing[]> {
    return await this.#investigation.find(span, this.#testOf(name));
  }

  /** Every process that touched one of them, or tried to, in order of time. */
  async who(things: readonly Thing[], span: Span = EVERYTHING): Promise<readonly Toucher[]> {
    return await who(this.#investigation, things, span);
  }

  /** What caused them, or what came of them; what was not followed is in `cuts`. */
  async trace(
    start: readonly Thing[],
    query: Pick<TraceQuery, "direction"> & Partial<TraceQuery>,
  ): Promise<Trace> {
    return await trace(this.#investigation, start, {
      span: EVERYTHING,
      depth: DEPTH_DEFAULT,
      budget: BUDGET_DEFAULT,
      fan: FAN_DEFAULT,
      all: false,
      ...query,
    });
  }

  /** Processes and those that they began, by name of the thing. */
  async lives(
    roots: readonly Thing[],
    { span = EVERYTHING, depth = Infinity, max = Infinity }: LivesOptions = {},
  ): Promise<ReadonlyMap<string, Life>> {
    return (await livesOf(this.#investigation, roots, span, { depth, max })).lives;
  }

  /** How far answers about a span reach. */
  async coverage(span: Span = EVERYTHING): Promise<Coverage> {
    return await coverageOf(this.#investigation, span);
  }
}

export interface LivesOptions {
  readonly span?: Span;
  /** Generations below the roots. */
  readonly depth?: number;
  readonly max?: number;
}
