/**
 * Tells a flow: an address, and a port near the last one of that address or in its bits.
 *
 * Format: spec/12-entities.md, "Flows".
 *
 * @module
 */
import type { FlowEntity } from "../record/entity.ts";
import type { Coder } from "./coder.ts";
import {
  ADDRESS_IS_PATH,
  DOMAINS,
  FAMILY,
  PORT_HIGH,
  PORT_LARGE,
  PORT_LARGE_NUMBER,
  PORT_NEAR,
  PORT_NEAR_BY,
  PORT_NULL,
  PORT_ODD,
  SCOPE_NULL,
  SCOPE_NUMBER,
  USES,
} from "./entity-contexts.ts";
import { chosen, natural } from "./entity-fault.ts";
import { codeUintOrNull, type EntityTrail } from "./entity-trail.ts";
import { mix } from "./guesses.ts";

const PLACES = 1 << 16;
const FAMILY_MAX = 30;
const PORT_MAX = 0xffff;
/** A port is near the last when it is less than this above or at most this below. */
const NEAR = 64;

export class FlowCoder {
  readonly #trail: EntityTrail;
  readonly #lastPort = new Float64Array(PLACES);

  constructor(trail: EntityTrail) {
    this.#trail = trail;
  }

  reset(): void {
    this.#lastPort.fill(0);
  }

  /** @param given null when reading. */
  code(coder: Coder, given: FlowEntity | null): FlowEntity {
    const { names, paths } = this.#trail;
    const family = coder.uint(FAMILY, given?.family ?? 0);
    const address = given === null ? null : given.address;
    const [path, value] =
      address === null ? [null, null] : "components" in address ? [address, null] : [null, address];
    const context = ADDRESS_IS_PATH + Math.min(family, FAMILY_MAX);
    const isPath = coder.bit(context, path === null ? 0 : 1);
    const id =
      isPath === 1
        ? paths.code(coder, USES.address, path, 0, 0)
        : names.codePlain(coder, DOMAINS.address, value);
    const port = this.#codePort(coder, id, isPath, given === null ? 0 : given.port);
    return {
      kind: "flow",
      family,
      address: isPath === 1 ? paths.tree.pathOf(id) : names.valueOf(id),
      port,
      scope: codeUintOrNull(coder, SCOPE_NULL, SCOPE_NUMBER, given === null ? 0 : given.scope),
    };
  }

  #codePort(coder: Coder, id: number, isPath: number, given: number | null): number | null {
    if (coder.bit(PORT_NULL + isPath, given === null ? 1 : 0) === 1) return null;
    const place = mix(id, isPath) & (PLACES - 1);
    const port = codeNumber(coder, id & 255, this.#lastPort[place] ?? 0, given ?? 0);
    this.#lastPort[place] = port;
    return port;
  }
}

function codeNumber(coder: Coder, context: number, last: number, given: number): number {
  if (coder.bit(PORT_NEAR + context, isNear(given, last) ? 1 : 0) === 1) {
    const step = coder.tree(PORT_NEAR_BY, 7, given - last + NEAR) - NEAR;
    return natural(last + step, "port");
  }
  let port = given;
  if (coder.bit(PORT_LARGE, given > PORT_MAX ? 1 : 0) === 1) {
    port = coder.uint(PORT_LARGE_NUMBER, given);
    if (coder.isReading) chosen(port > PORT_MAX, "a port");
  } else {
    const odd = coder.bit(PORT_ODD, given & 1);
    const high = coder.tree(PORT_HIGH, 5, given >>> 11);
    port = (high << 11) | (coder.raw(10, (given >>> 1) & 0x3ff) << 1) | odd;
  }
  if (coder.isReading) chosen(!isNear(port, last), "a port near the last");
  return port;
}

function isNear(port: number, last: number): boolean {
  return port - last >= -NEAR && port - last < NEAR;
}
