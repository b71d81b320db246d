/**
 * Counts the boots of a node from its audit serials, which begin again at 1 with every boot.
 *
 * A serial that falls does not say so by itself. The kernel takes the stamp of an event when the
 * call begins and its serial when it ends, so a call that waited a minute has a new serial and an
 * old time. Therefore a boot is counted only when all of this holds for an event:
 *
 * - its time is not before one that was seen: a late event decides nothing and is remembered
 *   nowhere;
 * - its serial is below the highest, and its time at least a second after that one's;
 * - its serial is below each of the last eight, so that one call that waited does not look like a
 *   boot to those that follow it. DAEMON_START empties this memory: auditd starts with the host;
 * - the highest was not about to pass 2^32, where the kernel's counter begins again by itself.
 *
 * DAEMON_* records carry a counter of auditd's own, and a time outside of the years 2000 to 2100 is
 * nobody's; neither is looked at.
 *
 * @module
 */
import { TIME_US_MAX, TIME_US_MIN } from "../../../base/limits.ts";

const BOOT_US_MIN = 1_000_000;
const RECENT = 8;
const ROLLOVER_MARGIN = 2 ** 20;
const SERIALS = 2 ** 32;

export class BootCounter {
  #latestTime = -1;
  #highest = -1;
  #highestTime = -1;
  readonly #recent = new Float64Array(RECENT).fill(-1);
  #at = 0;

  /** Microseconds, -1 before the first. */
  get latestTime(): number {
    return this.#latestTime;
  }

  /** @returns true when this event is the first of another boot. */
  observe(time: number, serial: number): boolean {
    if (time < this.#latestTime || time < TIME_US_MIN || time >= TIME_US_MAX) return false;
    this.#latestTime = time;
    if (serial < this.#highest) return this.#fell(time, serial);
    this.#highest = serial;
    this.#highestTime = time;
    this.#remember(serial);
    return false;
  }

  daemonStarted(): void {
    this.#recent.fill(-1);
  }

  #fell(time: number, serial: number): boolean {
    const rolled = this.#highest > SERIALS - ROLLOVER_MARGIN && serial < ROLLOVER_MARGIN;
    const boot = !rolled && time >= this.#highestTime + BOOT_US_MIN && this.#belowRecent(serial);
    if (rolled || boot) {
      this.#recent.fill(-1);
      this.#highest = serial;
      this.#highestTime = time;
    }
    this.#remember(serial);
    return boot;
  }

  #belowRecent(serial: number): boolean {
    for (const each of this.#recent) {
      if (each >= 0 && serial >= each) return false;
    }
    return true;
  }

  #remember(serial: number): void {
    this.#recent[this.#at] = serial;
    this.#at = (this.#at + 1) % RECENT;
  }
}
