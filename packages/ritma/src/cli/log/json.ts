/**
 * Hours, windows and gaps as `--json` prints them.
 *
 * @module
 */
import type { CountedHour, CountedWindow } from "./collect.ts";
import type { Glance, Tops } from "./glance.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import { isoTime } from "./spans.ts";

type Facts = Readonly<Record<string, unknown>>;

export function windowFacts({ window, logged, header, glance }: CountedWindow): Facts {
  const { hour, number, t1, t2, root, name } = window;
  const { events, atoms, instantiations } = header;
  return {
    name,
    root: root.toHex(),
    sequence: hour.sequence,
    window: number,
    late: number === null,
    ...spanFacts(t1, t2),
    events,
    atoms,
    instantiations,
    entry: logged.entry,
    glance: glance === null ? null : glanceFacts(glance),
  };
}

export function hourFacts({ hour, header }: CountedHour): Facts {
  const { sequence, t1, t2, hourRoot, session, entry } = hour;
  const { events, lost, late } = header.counts;
  const counts = { events, lost, late };
  return { sequence, ...spanFacts(t1, t2), root: hourRoot.toHex(), session, entry, ...counts };
}

export function gapFacts({ gap, sequence }: SealedHour): readonly Facts[] {
  return gap === null ? [] : [{ ...spanFacts(gap.t1, gap.t2), before: sequence }];
}

export function glanceFacts({ programs, destinations, written }: Glance): Facts {
  return {
    programs: topsFacts(programs),
    destinations: topsFacts(destinations),
    written: topsFacts(written),
  };
}

function topsFacts({ first, different }: Tops): Facts {
  return { first, different };
}

export function spanFacts(t1: number, t2: number): Facts {
  return { from: isoTime(t1), to: isoTime(t2), t1, t2 };
}
