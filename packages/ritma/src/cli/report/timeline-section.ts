/**
 * The story of the range, and what of it is not on the page.
 *
 * @module
 */
import { counted } from "../format.ts";
import { type Block, type Section, words } from "./page.ts";
import type { Story } from "./story.ts";

const ABOUT =
  "What was run, connected, created, changed or refused, and logins; without what every program " +
  "does all the time. The same again at once is counted (×3).";
const LATE =
  "late: it came when its minute was sealed already, so it is sealed apart. Its time is its own.";

export function timelineSection(story: Story, events: number, hidden: number): Section {
  const more = story.more();
  const notes = [
    more > 0 ? `${counted(more, "later event")} of the story left out (--limit)` : "",
    hidden > 0 ? `${counted(hidden, "quieter event")} left out` : "",
  ].filter((text) => text !== "");
  const blocks: Block[] =
    events === hidden
      ? [words(events === 0 ? "Nothing happened in this range." : "Nothing of the story.", "dim")]
      : [words(ABOUT, "dim"), story.block()];
  if (notes.length > 0) blocks.push(words(`… ${notes.join(" · ")}`, "dim"));
  if (story.hasLate()) blocks.push(words(LATE, "dim"));
  return { id: "timeline", title: "Timeline", blocks };
}
