/**
 * Makes the proof of events out of a sealed store. Needs no key of the recorder.
 *
 * Invariant: a proof that is returned was verified as a stranger would, and is VALID. The salt of a
 * generation never leaves the store; a proof has salts of single entities.
 *
 * Format: spec/25-event-proof.md.
 *
 * @module
 */
import {
  compareOpenings,
  encodeEventProof,
  entitySalt,
  epochKey,
  epochLeaf,
  EVENT_PROOF_BYTES_MAX,
  inclusionPath,
  leafHash,
  parseCose1,
  type ProofEpoch,
  type ProofHour,
  type ProofKey,
  type ProofOpening,
  type ProofReport,
  STORE_PATH,
  verifyEventProof,
} from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { PROVED_ATOMS_MAX } from "../../base/limits.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { ProofLog } from "./proof-log.ts";
import { type ChosenWindow, type MadeWindow, WindowProver } from "./proved-window.ts";
import { type LoggedHour, tlogProof } from "./tlog-proof.ts";
import { mayOpen, type NamedEntity, PROOF_FIELDS, type ProofField } from "./withholding.ts";

export interface MadeProof {
  readonly bytes: Uint8Array;
  /** What a stranger finds in it, who trusts the store's own identity. */
  readonly report: ProofReport;
  /** Fields of which something was left closed though nobody asked for it; see `withholding.ts`. */
  readonly alsoWithheld: readonly ProofField[];
}

export class EventProver {
  readonly #reader: StoreReader;
  readonly #log: ProofLog;
  readonly #windows: WindowProver;

  private constructor(reader: StoreReader, log: ProofLog) {
    this.#reader = reader;
    this.#log = log;
    this.#windows = new WindowProver(reader);
  }

  /** @throws RitmaError `store/damaged` */
  static async of(reader: StoreReader): Promise<EventProver> {
    return new EventProver(reader, await ProofLog.read(reader.files));
  }

  /**
   * @param chosen windows, each once
   * @throws RitmaError `query/unknown`, `internal/limit`, `store/damaged`, `store/unsealed`
   */
  async prove(
    chosen: readonly ChosenWindow[],
    withheld: ReadonlySet<ProofField>,
  ): Promise<MadeProof> {
    const made: (MadeWindow & { readonly hour: SealedHour })[] = [];
    let atoms = 0;
    for (const each of chosen) {
      const { hour, name } = each.window;
      if (this.#reader.isOpen(hour.sequence)) {
        throw new RitmaError("store/unsealed", `window ${name} is not sealed yet`);
      }
      const window = await this.#windows.make(each);
      if (window === null) continue;
      atoms += window.rows.length;
      if (atoms > PROVED_ATOMS_MAX) throw tooMuch(`more than ${PROVED_ATOMS_MAX} atoms`);
      made.push({ ...window, hour });
    }
    if (made.length === 0) throw new RitmaError("query/unknown", "there is nothing to prove");
    const hours = await this.#hours(made);
    const keys = this.#keysOf(made, hours);
    const indices = hours.flatMap(({ index, windows }) => [
      ...windows.map((window) => window.index),
      index,
    ]);
    const { openings, alsoWithheld } = openingsOf(this.#reader, made, withheld);
    const bytes = encodeEventProof({
      store: await this.#reader.files.read(STORE_PATH),
      keys,
      checkpoint: this.#log.head.signed,
      logPath: this.#log.path(
        [0, ...keys.map(({ index }) => index), ...indices].toSorted(ascending),
      ),
      hours,
      openings,
    });
    if (bytes.length > EVENT_PROOF_BYTES_MAX) throw tooMuch(`a proof of ${bytes.length} bytes`);
    return { bytes, report: this.#checked(bytes), alsoWithheld };
  }

  /** Of the key that signed the head. Raw, 32 bytes. */
  headKey(): Uint8Array {
    return this.#log.head.key.publicKey;
  }

  /** The entry of an hour in the node log, as other software checks it. */
  tlogProof(hour: LoggedHour): Uint8Array {
    return tlogProof(this.#log, hour);
  }

  /** @throws RitmaError `store/damaged` */
  #checked(bytes: Uint8Array): ProofReport {
    const { files, fingerprint } = this.#reader;
    const report = verifyEventProof(bytes, files.primitives, { trust: fingerprint });
    if (report.result === "VALID") return report;
    const [first] = report.findings;
    throw files.damaged(first?.where ?? "proof", first?.message ?? report.result);
  }

  async #hours(
    made: readonly (MadeWindow & { readonly hour: SealedHour })[],
  ): Promise<readonly ProofHour[]> {
    const byHour = Map.groupBy(made, ({ hour }) => hour);
    const hours: ProofHour[] = [];
    for (const [hour, windows] of byHour) {
      const inOrder = windows.map(({ proof }) => proof).toSorted((a, b) => a.index - b.index);
      const seal = await this.#windows.hourSeal(hour);
      const epoch = this.#epochOf(hour);
      hours.push({ index: hour.entry, seal, epoch, windows: inOrder });
    }
    return hours.toSorted((a, b) => a.index - b.index);
  }

  #epochOf({ sequence }: SealedHour): ProofEpoch | null {
    const logged = this.#log.periodOf(sequence);
    if (logged === undefined) return null;
    const { period } = logged;
    const { sha256 } = this.#reader.files.primitives;
    const hashes = Array.from({ length: period.epochs }, (_, at) => {
      const epoch = period.first + at;
      return leafHash(sha256, epochLeaf(epoch, epochKey(period, epoch)));
    });
    const path = inclusionPath(sha256, hashes, sequence - period.first);
    return { publicKey: epochKey(period, sequence), path };
  }

  /** Those that signed what is in the proof. */
  #keysOf(
    made: readonly { readonly hour: SealedHour }[],
    hours: readonly ProofHour[],
  ): readonly ProofKey[] {
    const { files } = this.#reader;
    const sequences = new Map(made.map(({ hour }) => [hour.entry, hour.sequence]));
    const used = new Map<number, ProofKey>();
    const use = (key: ProofKey | undefined): void => {
      if (key === undefined) throw files.damaged(STORE_PATH, "a key record is not there");
      used.set(key.index, { index: key.index, record: key.record });
    };
    use(this.#log.headKey());
    for (const { index, seal, windows } of hours) {
      const sequence = sequences.get(index) ?? 0;
      const period = this.#log.periodOf(sequence);
      if (period !== undefined) {
        use(period);
        continue;
      }
      for (const signed of [seal, ...windows.map((window) => window.seal)]) {
        const { keyId } = files.decode(STORE_PATH, () => parseCose1(signed));
        use(this.#log.sealKey(sequence, keyId));
      }
    }
    return [...used.values()].toSorted((a, b) => a.index - b.index);
  }
}

function tooMuch(what: string): RitmaError {
  const message = `${what}: name fewer events, or a shorter time with --since and --until`;
  return new RitmaError("internal/limit", message);
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** Of every entity that the atoms name and that may be shown. */
function openingsOf(
  { files }: StoreReader,
  made: readonly MadeWindow[],
  withheld: ReadonlySet<ProofField>,
): { readonly openings: readonly ProofOpening[]; readonly alsoWithheld: readonly ProofField[] } {
  const found = new Map<string, NamedEntity & { fields: Set<ProofField>; opening: ProofOpening }>();
  const { primitives } = files;
  for (const { entities, section, rows } of made) {
    const { atoms } = section;
    const name = (field: ProofField, id: number, process: number): void => {
      if (id === 0) return;
      const key = `${entities.generation} ${id}`;
      const known = found.getOrInsertComputed(key, () => {
        const entity = entities.bytes(id).slice();
        const salt = entitySalt(primitives, entities.salt, entity);
        return {
          entity: entities.entity(id),
          process: entities.process(process),
          fields: new Set<ProofField>(),
          opening: { salt, entity },
        };
      });
      known.fields.add(field);
    };
    for (const row of rows) {
      const process = atoms.process[row] ?? 0;
      name("process", process, process);
      name("object", atoms.object[row] ?? 0, process);
      name("object2", atoms.object2[row] ?? 0, process);
      name("args", atoms.arg[row] ?? 0, process);
    }
  }
  const all = [...found.values()];
  const isOpen = mayOpen(all, withheld);
  const shut = all.filter((_, at) => isOpen[at] === false);
  const closed = PROOF_FIELDS.filter((field) => shut.some(({ fields }) => fields.has(field)));
  return {
    openings: all
      .filter((_, at) => isOpen[at] === true)
      .map(({ opening }) => opening)
      .toSorted(compareOpenings),
    alsoWithheld: closed.filter((field) => !withheld.has(field)),
  };
}
