/**
 * What a campaign says at its end: five lines a target.
 *
 * @module
 */
import { TARGETS } from "./corpus.ts";
import { FAULTS, type Tally } from "./tally.ts";

export const MIB = 1024 * 1024;

export function summaryOf({ targets }: Tally): readonly string[] {
  return TARGETS.flatMap((target) => {
    const { executions, accepted, unchanged, items, refused, slowest, largest } = targets[target];
    const faults = FAULTS.filter((fault) => refused[fault] !== undefined);
    return [
      `${target}   ${executions} executions`,
      `  accepted  ${accepted}, all canonical, ${unchanged} of them unchanged: ${items} items`,
      `  refused   ${faults.map((fault) => `${fault} ${refused[fault]}`).join(", ")}`,
      `  slowest   ${slowest.value.toFixed(1)} ms for ${slowest.sizeBytes} bytes`,
      `  largest   arrays of ${mib(largest.value)} for ${largest.sizeBytes} bytes`,
    ];
  });
}

export function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(2)} MiB`;
}
