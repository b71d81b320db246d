/**
 * What a store holds, as a part of a sentence, for an answer that would else be empty.
 *
 * @module
 */
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Calendar } from "./calendar.ts";

/** "the store holds events from … to … UTC". @throws RitmaError `store/damaged` */
export async function heldText(calendar: Calendar, store: StoreReader): Promise<string> {
  if (store.hours.length === 0) return "the store is empty";
  const held = await store.eventRange();
  if (held === null) return "the store holds no event that came in time";
  return `the store holds events from ${calendar.between(held.first, held.last)}`;
}
