/**
 * Which fields of a record may stay as they are in a hash-only store.
 *
 * The list says what stays; whatever it does not name is hashed, so that a field that some program
 * or a later kernel invents is hidden and not revealed. Field names are the kernel's and libaudit's
 * (github.com/linux-audit/audit-documentation).
 *
 * Format: spec/08-projection.md, "hash-only".
 *
 * @module
 */
import type { ValueDomain } from "@ritma/evidence";

/** `path`: stays when all of it is public. `label`: see `Privacy.label`. */
export type FieldRule = "plain" | "path" | "label" | ValueDomain;

/** Ids of processes, users and sessions; numbers of devices, files and descriptors. */
const IDS =
  "pid ppid tid opid spid cpid peer_pid uid auid gid euid suid fsuid egid sgid fsgid ouid ogid " +
  "oauid old-auid new-auid iuid igid inode_uid inode_gid obj_uid obj_gid sauid ses old-ses oses " +
  "new-ses id inode ino dev rdev item items argc nargs fd fd0 fd1 seqno";

/** Words and numbers that the kernel or libaudit choose. */
const WORDS =
  "op res result success exit syscall arch per a0 a1 a2 a3 a4 a5 compat ip code sig flags oflag " +
  "mode resolve perm perm_mask list prio capability capname tclass permissive seresult action " +
  "apparmor operation class info requested_mask denied_mask error errno type function kind table " +
  "family entries nfproto prom old_prom actions enforcing old_enforcing bool val old_val lsm " +
  "enabled old-enabled old_enabled audit_enabled audit_pid audit_backlog_limit " +
  "audit_backlog_wait_time audit_failure old audit_rate_limit format ver kernel state " +
  "cap_fp cap_fi cap_fe cap_fver cap_frootid cap_pi cap_pp cap_pe cap_pa frootid fver fe " +
  "old_pp old_pi old_pe old_pa new_pp new_pi new_pe new_pa pp pi pe pa uring_op prog-id " +
  "sec nsec tick grantors nametype objtype qbytes mqdes msg_len msg_prio sw_type " +
  "cipher direction ksize mac pfs rport lport sport dport proto protocol src dest hook mark len";

/** Names that stay by decision: programs' own names, terminals, rule keys, kernel modules. */
const NAMES = "comm ocomm tty terminal key";

const RULES: ReadonlyMap<string, FieldRule> = new Map<string, FieldRule>([
  ...rows(`${IDS} ${WORDS} ${NAMES}`, "plain"),
  ...rows("exe path cwd dir file watch exe_path cgroup device root_dir srcname", "path"),
  ...rows(
    "subj obj scontext tcontext profile peer peer_label label trawcon invalid_context",
    "label",
  ),
  ...rows("acct hostname host grp new_group vm node", "name"),
  ...rows("addr laddr raddr saddr daddr faddr", "address"),
  ...rows("name", "component"),
]);

/** @param type the record's own type, since `name` is a module in one and a file in another. */
export function fieldRule(type: string, name: string): FieldRule {
  if (type === "KERN_MODULE" && name === "name") return "plain";
  return RULES.get(name) ?? "text";
}

function rows(names: string, rule: FieldRule): [string, FieldRule][] {
  return names.split(" ").map((name) => [name, rule]);
}
