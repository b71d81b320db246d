/**
 * Who touched a thing: every process that did something to it, or tried to.
 *
 * @module
 */
import { type Act, meetingsAbout, mergedActs } from "./acts.ts";
import type { Investigation, Span, Thing } from "./investigation.ts";

export interface Toucher {
  readonly process: Thing;
  readonly thing: Thing;
  /** In order of their first time. */
  readonly acts: readonly Act[];
}

/** @returns in order of the first act. @throws RitmaError `store/damaged` */
export async function who(
  investigation: Investigation,
  things: readonly Thing[],
  span: Span,
): Promise<Toucher[]> {
  await investigation.prepare(span);
  const found = new Map<string, Toucher & { acts: Act[] }>();
  for await (const edges of investigation.about(span, things)) {
    const { nodes } = edges;
    for (const thing of things) {
      const node = nodes.same(thing);
      if (node === 0) continue;
      for (const { process, acts } of meetingsAbout(edges, node, { span, flows: null })) {
        const name = nodes.name(process);
        const toucher = found.getOrInsertComputed(`${name}\n${thing.name}`, () => ({
          process: { name, entity: nodes.entity(process) },
          thing,
          acts: [],
        }));
        toucher.acts.push(...acts);
      }
    }
  }
  const touchers = [...found.values()].map(({ process, thing, acts }) => {
    return { process, thing, acts: mergedActs(acts) };
  });
  return touchers.toSorted((a, b) => (a.acts[0]?.time ?? 0) - (b.acts[0]?.time ?? 0));
}
