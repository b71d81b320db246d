/**
 * Asks auditctl(8), which talks to the kernel over the netlink socket that Node.js has not.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { AUDITCTL_BYTES_MAX, AUDITCTL_MS } from "./limits.ts";

/** Root's tools, wherever the caller's PATH leads. */
const PATH = "/usr/sbin:/sbin:/usr/bin:/bin";

/** @returns what it prints; null when it is not there, may not, or does not answer in time. */
export async function askAuditctl(flag: "-s" | "-l"): Promise<string | null> {
  return await new Promise((resolve) => {
    const env = { PATH, LC_ALL: "C" };
    const options = { timeout: AUDITCTL_MS, maxBuffer: AUDITCTL_BYTES_MAX, env };
    execFile("auditctl", [flag], options, (error, stdout) => {
      resolve(error === null ? stdout : null);
    });
  });
}
