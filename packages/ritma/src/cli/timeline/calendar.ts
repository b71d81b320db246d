/**
 * Times as the reader's clocks show them. What is stored is UTC, and what is derived or printed for
 * programs stays so; this is for eyes alone.
 *
 *     shown     2026-11-20 10:32:07.114                   told beside it what its offset is
 *     clock                10:32:07.114                   likewise: it stands below a heading
 *     heading   2026-11-20 UTC+01:00
 *     stamp     2026-11-20 10:32:07.114 UTC+01:00
 *     time      2026-11-20 10:32:07.114                   told once, below the answer: `closing`
 *     deviation                        +02:00             behind one that has another offset
 *     asked     2026-11-20T10:32:07.114                   a question may be put with it
 *
 * Invariant: in UTC nothing is added but the word UTC.
 *
 * @module
 */
import { escapeText } from "../../base/text.ts";
import { formatTime } from "../format.ts";
import { UTC, type Zone } from "./zone.ts";

const US_PER_MINUTE = 60_000_000;
const DAY_COLUMNS = "2026-11-20".length;
/** Outside of these a stamp is no date that four digits can tell. */
const DATE_US_MAX = 253_402_300_800_000_000;
const DATE_US_MIN = -62_167_219_200_000_000;

/** Of one answer: it remembers which offset it began with. */
export class Calendar {
  readonly zone: Zone;
  /** Of the first time that was told without one. Microseconds. */
  #first: number | null = null;
  #hasOthers = false;

  constructor(zone: Zone = UTC) {
    this.zone = zone;
  }

  /** Of the zone; whoever sets it may set anything. */
  get name(): string {
    return escapeText(this.zone.name);
  }

  /** To the millisecond. */
  shown(timeUs: number): string {
    return formatTime(timeUs + this.offsetUs(timeUs));
  }

  clock(timeUs: number): string {
    return this.shown(timeUs).slice(DAY_COLUMNS + 1);
  }

  day(timeUs: number): string {
    return this.shown(timeUs).slice(0, DAY_COLUMNS);
  }

  heading(timeUs: number): string {
    return `${this.day(timeUs)} ${this.offset(timeUs)}`;
  }

  stamp(timeUs: number): string {
    return `${this.shown(timeUs)} ${this.offset(timeUs)}`;
  }

  time(timeUs: number): string {
    return this.shown(timeUs) + this.deviation(timeUs);
  }

  /** In a sentence that nothing stands below: the offset, where it is not that of UTC. */
  told(timeUs: number): string {
    return this.zone === UTC ? this.shown(timeUs) : this.stamp(timeUs);
  }

  /** "… to …", for a row of intervals: `time` of both. */
  gap(since: number, until: number): string {
    return `${this.time(since)} to ${this.time(until)}`;
  }

  /** "… to … UTC", in a sentence. */
  between(since: number, until: number): string {
    const isSame = this.offset(since) === this.offset(until);
    return `${isSame ? this.shown(since) : this.stamp(since)} to ${this.stamp(until)}`;
  }

  asked(timeUs: number): string {
    return `${this.day(timeUs)}T${this.clockAsked(timeUs)}`;
  }

  /** The same for who knows the day. A time that clocks show twice is told with its offset. */
  clockAsked(timeUs: number): string {
    const offsetUs = this.offsetUs(timeUs);
    const isFirst = this.zone.timeOf(timeUs + offsetUs) === timeUs;
    return this.clock(timeUs) + (isFirst ? "" : offsetText(offsetUs));
  }

  /** "UTC", "UTC+01:00". */
  offset(timeUs: number): string {
    return this.zone === UTC ? UTC.name : UTC.name + offsetText(this.offsetUs(timeUs));
  }

  /** "" for a time with the offset of the first one that was told so. */
  deviation(timeUs: number): string {
    if (this.zone === UTC) return "";
    const offsetUs = this.offsetUs(timeUs);
    this.#first ??= offsetUs;
    if (offsetUs === this.#first) return "";
    this.#hasOthers = true;
    return offsetText(offsetUs);
  }

  /** Microseconds; 0 for what is no date, which is shown as it is. */
  offsetUs(timeUs: number): number {
    const isDate = timeUs >= DATE_US_MIN && timeUs < DATE_US_MAX;
    return isDate ? this.zone.offsetAt(timeUs) : 0;
  }

  /** Below an answer; nothing in UTC, or where each time is told with its offset. */
  closing(): string[] {
    if (this.zone === UTC || this.#first === null) return [];
    const others = this.#hasOthers ? ", but where another offset stands behind them" : "";
    return [`times are UTC${offsetText(this.#first)} (${this.name})${others}`];
  }
}

/** "+05:30". Since 2000 no place has seconds in it. */
function offsetText(offsetUs: number): string {
  const minutes = Math.round(Math.abs(offsetUs) / US_PER_MINUTE);
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60];
  const digits = [hour, minute].map((each) => String(each).padStart(2, "0"));
  return (offsetUs < 0 ? "-" : "+") + digits.join(":");
}
