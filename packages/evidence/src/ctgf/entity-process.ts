/**
 * Tells a process: its parent among those mentioned last, its image by what that parent's children
 * were, its key by steps from the process before.
 *
 * Format: spec/12-entities.md, "Processes".
 *
 * @module
 */
import { BIRTHS, type ProcessEntity, type ProcessKey } from "../record/entity.ts";
import { type Coder, UINT_CONTEXTS } from "./coder.ts";
import {
  BIRTH,
  BOOT_STEP,
  CONTAINER_NULL,
  CONTAINER_SAME,
  CREDENTIALS_HIT,
  DOMAINS,
  PID_SAME,
  PID_STEP,
  PROCESS_NO_CREDENTIALS,
  SERIAL_HIT,
  SERIAL_STEP,
  START_FINE,
  START_STEP,
} from "./entity-contexts.ts";
import type { CredentialsCoder } from "./entity-credentials.ts";
import { chosen, natural } from "./entity-fault.ts";
import { ImageCoder } from "./entity-image.ts";
import { ParentCoder } from "./entity-parent.ts";
import { ProcessTable, type ToldProcess } from "./entity-processes.ts";
import { codeStep, type EntityTrail } from "./entity-trail.ts";
import { Guesses, mix } from "./guesses.ts";

const CREDENTIALS_PLACES = 1 << 12;
const SERIAL_PLACES = 1 << 14;
/** Steps of serials beyond this are not guessed. */
const SERIAL_STEP_MAX = 1_000_000_000;
const TICK_US = 1000;

export class ProcessCoder {
  readonly #trail: EntityTrail;
  readonly #credentials: CredentialsCoder;
  readonly #table = new ProcessTable();
  readonly #parents: ParentCoder;
  readonly #images: ImageCoder;
  readonly #credentialsGuess = new Guesses(CREDENTIALS_PLACES);
  readonly #stepGuess = new Guesses(SERIAL_PLACES);
  /** Number of the value, plus one. */
  #node = 0;
  #pid = 0;
  #serial = 0;
  #start = 0;

  constructor(trail: EntityTrail, credentials: CredentialsCoder) {
    this.#trail = trail;
    this.#credentials = credentials;
    this.#parents = new ParentCoder(this.#table);
    this.#images = new ImageCoder(trail);
  }

  reset(): void {
    this.#table.reset();
    this.#images.reset();
    this.#credentialsGuess.reset();
    this.#stepGuess.reset();
    this.#node = 0;
    this.#pid = 0;
    this.#serial = 0;
    this.#start = 0;
  }

  /** @param given null when reading. */
  code(coder: Coder, given: ProcessEntity | null): ProcessEntity {
    const trail = this.#trail;
    const { names } = trail;
    const node = names.code(coder, DOMAINS.name, given?.node ?? null, this.#node, 6, 0, 0);
    this.#node = node + 1;
    const birthContext = BIRTH + trail.kindBefore * 4;
    const birth = coder.tree(birthContext, 2, given === null ? 0 : BIRTHS.indexOf(given.birth));
    const parentContext = mix(trail.image, birth) & 0xff;
    const { parent, key } = this.#parents.code(coder, parentContext, given);
    const told = this.#table.at(parent);
    const image = this.#images.code(coder, told, birth, given);
    if (told !== undefined) told.lastChild = image;
    const credentials = this.#codeCredentials(coder, told, image, given);
    const container = this.#codeContainer(coder, told, given);
    const own = this.#codeKey(coder, told, birth, image, given);
    this.#table.add({ ...own, image, credentials, container, lastChild: -1 }, parent);
    trail.image = image;
    return {
      kind: "process",
      node: names.valueOf(node),
      ...own,
      birth: BIRTHS[birth] ?? "inferred",
      parent: key,
      executable: this.#images.executableOf(image),
      name: this.#images.nameOf(image),
      credentials: credentials < 0 ? null : this.#credentials.entityOf(credentials),
      container: container < 0 ? null : names.valueOf(container),
    };
  }

  /** @returns the number of its credentials, -1 when it has none. */
  #codeCredentials(
    coder: Coder,
    parent: ToldProcess | undefined,
    image: number,
    given: ProcessEntity | null,
  ): number {
    const credentials = given === null ? null : given.credentials;
    const isNull = given !== null && credentials === null ? 1 : 0;
    if (coder.bit(PROCESS_NO_CREDENTIALS, isNull) === 1) return -1;
    const inherited = parent === undefined ? -2 : parent.credentials;
    const place = mix(inherited + 3, image) & (CREDENTIALS_PLACES - 1);
    const guess = this.#credentialsGuess.valueAt(place) - 1;
    const wanted = credentials === null ? -1 : this.#credentials.find(credentials, guess);
    const hit = CREDENTIALS_HIT + this.#credentialsGuess.trustAt(place);
    let number = guess;
    if (guess < 0 || coder.bit(hit, wanted === guess ? 1 : 0) === 0) {
      const mayInherit = inherited >= 0 && inherited !== guess;
      number = inherited;
      if (!mayInherit || coder.bit(CREDENTIALS_HIT + 4, wanted === inherited ? 1 : 0) === 0) {
        number = this.#credentials.code(coder, 0, credentials, wanted);
        if (coder.isReading) {
          chosen(number !== guess && number !== inherited, "guessed credentials");
        }
      }
    }
    this.#credentialsGuess.learn(place, number + 1);
    return number;
  }

  /** @returns the number of the container's value, -1 for null. */
  #codeContainer(
    coder: Coder,
    parent: ToldProcess | undefined,
    given: ProcessEntity | null,
  ): number {
    const { names } = this.#trail;
    const inherited = parent === undefined ? -1 : parent.container;
    const container = given === null ? null : given.container;
    let isSame = false;
    if (given !== null) {
      const wanted = container === null ? -1 : names.table.find(container);
      isSame = wanted === inherited && (container === null) === inherited < 0;
    }
    if (coder.bit(CONTAINER_SAME, isSame ? 1 : 0) === 1) return inherited;
    let number = -1;
    if (coder.bit(CONTAINER_NULL, given !== null && container === null ? 1 : 0) === 0) {
      number = names.codePlain(coder, DOMAINS.name, container);
    }
    if (coder.isReading) chosen(number !== inherited, "an inherited container");
    return number;
  }

  #codeKey(
    coder: Coder,
    parent: ToldProcess | undefined,
    birth: number,
    image: number,
    given: ProcessEntity | null,
  ): ProcessKey {
    const boot = codeStep(coder, BOOT_STEP, parent?.boot ?? 0, given?.boot ?? 0);
    const pid = this.#codePid(coder, parent, mix(image, birth) & 0xfff, given?.pid ?? 0);
    const step = this.#codeSerialStep(coder, image, (given?.serial ?? 0) - this.#serial);
    const serial = natural(this.#serial + step, "serial");
    this.#serial = serial;
    const far = Math.min(0xffff, Math.abs(step)) >> 2;
    const near = Math.min(3, 32 - Math.clz32(far));
    const start = this.#codeStart(coder, near, (given?.start ?? 0) - this.#start);
    return { boot, pid, start, serial };
  }

  #codePid(coder: Coder, parent: ToldProcess | undefined, context: number, given: number): number {
    if (parent !== undefined) {
      if (coder.bit(PID_SAME + context, given === parent.pid ? 1 : 0) === 1) return parent.pid;
    }
    const pid = codeStep(coder, PID_STEP, this.#pid, given);
    if (coder.isReading) chosen(pid !== parent?.pid, "the pid of the parent");
    this.#pid = pid;
    return pid;
  }

  /** @param given from the last process. */
  #codeSerialStep(coder: Coder, image: number, given: number): number {
    const trail = this.#trail;
    const kinds = trail.kindBefore * 8 + trail.kindBefore2;
    const place = mix(mix(trail.image, image), kinds) & (SERIAL_PLACES - 1);
    const guess = this.#stepGuess.valueAt(place);
    const hit = SERIAL_HIT + this.#stepGuess.trustAt(place);
    let step = guess;
    if (guess === 0 || coder.bit(hit, given === guess ? 1 : 0) === 0) {
      step = coder.int(SERIAL_STEP, given);
      if (coder.isReading) chosen(guess === 0 || step !== guess, "a guessed serial");
    }
    this.#stepGuess.learn(place, step > 0 && step < SERIAL_STEP_MAX ? step : 0);
    return step;
  }

  /** @param given from the last process. @param near how far its serial is from that one's. */
  #codeStart(coder: Coder, near: number, given: number): number {
    const isFine = coder.bit(START_FINE, given % TICK_US === 0 ? 0 : 1) === 1;
    const tick = isFine ? 1 : TICK_US;
    const step = tick * coder.int(START_STEP + near * UINT_CONTEXTS, given / tick);
    if (coder.isReading) chosen(!isFine || step % TICK_US !== 0, "a start in milliseconds");
    this.#start = natural(this.#start + step, "start");
    return this.#start;
  }
}
