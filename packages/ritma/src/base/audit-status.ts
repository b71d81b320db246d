/**
 * What the kernel says of its audit: whether it is on, what it lost, how much waits.
 *
 * A host without auditctl, or a user who may not ask, gets null, and whoever shows it says so.
 *
 * Source: auditctl(8), "-s". A gap in serials is no loss and a loss no gap; this counter is it.
 *
 * @module
 */
import { askAuditctl } from "./auditctl.ts";

export interface AuditStatus {
  /** 0 off, 1 on, 2 on and locked until the next boot. */
  readonly enabled: number;
  /** Process that the kernel sends to; 0 when nobody listens. */
  readonly pid: number;
  /** Records lost since boot. */
  readonly lost: number;
  /** Records that wait for the listener, and how many may. */
  readonly backlog: number;
  readonly backlogLimit: number;
}

export type ReadAuditStatus = () => Promise<AuditStatus | null>;

export async function readAuditStatus(): Promise<AuditStatus | null> {
  const text = await askAuditctl("-s");
  return text === null ? null : parseAuditStatus(text);
}

/** @returns null for a text without the counters. */
export function parseAuditStatus(text: string): AuditStatus | null {
  const found = new Map<string, number>();
  for (const line of text.split("\n")) {
    const match = /^([a-z_]+) (\d{1,15})(?: |$)/u.exec(line);
    if (match !== null) found.set(match[1] ?? "", Number(match[2]));
  }
  const enabled = found.get("enabled");
  const lost = found.get("lost");
  if (enabled === undefined || lost === undefined) return null;
  return {
    enabled,
    lost,
    pid: found.get("pid") ?? 0,
    backlog: found.get("backlog") ?? 0,
    backlogLimit: found.get("backlog_limit") ?? 0,
  };
}
