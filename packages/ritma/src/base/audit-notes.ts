/**
 * What an operator should know of how this host is audited, in sentences.
 *
 * Source: auditctl(8), audit.rules(7); the rule `-a never,task` is what some distributions ship,
 * and with it no system call is audited.
 *
 * @module
 */
import type { AuditStatus } from "./audit-status.ts";
import { askAuditctl } from "./auditctl.ts";

/** @returns the rules, a line each; null when they cannot be listed. */
export async function readAuditRules(): Promise<string | null> {
  return await askAuditctl("-l");
}

/** @param rules as `auditctl -l` lists them; null when nobody may. */
export function auditNotes(status: AuditStatus | null, rules: string | null): string[] {
  if (status === null) {
    return ["The kernel cannot be asked for its audit (auditctl): losses are not counted."];
  }
  const notes: string[] = [];
  const { enabled, pid, backlog, backlogLimit } = status;
  if (enabled === 0) notes.push("The kernel's audit is off: auditctl -e 1 turns it on.");
  if (pid === 0) notes.push("Nobody takes the kernel's records: auditd is not running.");
  if (backlogLimit > 0 && backlog * 2 > backlogLimit) {
    notes.push(
      `${backlog} of at most ${backlogLimit} records wait in the kernel: raise it (auditctl -b).`,
    );
  }
  if (rules === null) return notes;
  if (/^-a (?:never,task|task,never)(?: |$)/mu.test(rules)) {
    notes.push("The rule `-a never,task` keeps every system call out of the log.");
  }
  if (!/^-[aAwW] /mu.test(rules)) {
    notes.push("There are no audit rules: only logins, services and the like are recorded.");
  }
  return notes;
}
