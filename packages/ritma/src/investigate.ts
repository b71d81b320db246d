/**
 * `ritma/investigate`: who did what to what, asked of a sealed store.
 *
 *     import { openInvestigator } from "ritma/investigate";
 *
 *     const store = await openInvestigator({ out: "/var/lib/ritma/RITMA_OUT" });
 *     const shadow = await store.find("/etc/shadow");
 *     const touchers = await store.who(shadow);
 *     const { steps, cuts } = await store.trace(shadow, { direction: "back" });
 *
 * Nothing is returned that was not checked against its seal. Times are microseconds since the Unix
 * epoch, spans are half open. Each act names the sealed place of its first time: hour sequence,
 * window, leaf. Names in entities are bytes that others chose: escape them before they are shown.
 *
 * Needs no lock and no key; hours that are still open are not looked at.
 *
 * @module
 */
export { RitmaError } from "./base/error.ts";
export type { Act } from "./flow/investigate/acts.ts";
export type { Coverage } from "./flow/investigate/coverage.ts";
export type { Seat } from "./flow/investigate/hour-edges.ts";
export type { Span, Thing } from "./flow/investigate/investigation.ts";
export type { Launch, Life } from "./flow/investigate/lives.ts";
export type { Cut, Link, Step, Trace, TraceQuery } from "./flow/investigate/trace.ts";
export type { Toucher } from "./flow/investigate/who.ts";
export {
  type Investigator,
  type InvestigatorOptions,
  openInvestigator,
} from "./services/investigator/open-investigator.ts";
