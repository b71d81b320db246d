/**
 * The container that a cgroup names.
 *
 * Runtimes put their id of 64 hexadecimal digits into the name of the control group (docker,
 * containerd, CRI-O, podman, with or without Kubernetes); LXC and systemd-nspawn put a name there.
 *
 * Source: cgroups(7), `/proc/[pid]/cgroup`.
 *
 * @module
 */

const ID = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/gu;
const NAMED =
  /\/(?:lxc\.payload\.|lxc\/|machine\.slice\/machine-)([\w.@-]{1,128}?)(?:\.scope)?(?:\/|$)/mu;

/** @param cgroup content of the file. @returns null for a process that is in no container */
export function containerIn(cgroup: string): string | null {
  // The last one: a container inside of a container is the one that the process sees.
  const ids = cgroup.match(ID);
  return ids?.at(-1) ?? NAMED.exec(cgroup)?.[1] ?? null;
}
