/**
 * What a table or a drawing is made for: colours, names, and how wide it may be.
 *
 * @module
 */
import type { Palette } from "../base/colour.ts";
import type { Clock } from "./diff/reference.ts";
import type { Calendar } from "./timeline/calendar.ts";
import type { Namer } from "./timeline/names.ts";

export interface Surface {
  readonly paint: Palette;
  readonly namer: Namer;
  readonly calendar: Calendar;
  /** Null for lines as long as they are. */
  readonly columns: number | null;
}

/** Of tables that name events. */
export interface TableSurface extends Surface {
  /** Of each table. */
  readonly limit: number;
  readonly clock: Clock;
}
