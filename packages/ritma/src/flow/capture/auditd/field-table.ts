/**
 * What the values of named fields are: numbers in which base, or strings that may be hex.
 *
 * An audit record does not say how a value is written; the name of its field does. The names are
 * from the audit field dictionary (github.com/linux-audit/audit-documentation) and from records the
 * kernel writes. A value that does not fit its entry is kept as bytes, as it stands.
 *
 * @module
 */

const DECIMAL =
  "pid ppid tid opid spid cpid uid auid gid euid suid fsuid egid sgid fsgid ouid ogid oauid " +
  "old-auid new-auid iuid igid inode_uid inode_gid obj_uid obj_gid sauid ses old-ses oses " +
  "new-ses inode ino items item argc fd fd0 fd1 exit syscall uring_op list prom old_prom " +
  "entries capability " +
  "error errno sig prog-id parent peer_pid sec nsec major minor rport lport src dest port ksize " +
  "permissive enforcing old_enforcing compat nargs mqdes msg_len msg_prio qbytes protocol proto";
const OCTAL = "mode oflag";
const HEX =
  "arch a0 a1 a2 a3 a4 a5 per cap_fp cap_fi cap_pp cap_pi cap_pe cap_pa fp fi fe pp pi pe pa " +
  "old_pp old_pi old_pe old_pa new_pp new_pi new_pe new_pa ip code flags resolve";
const STRINGS =
  "path comm exe file name watch cwd cmd acct dir key vm old-chardev new-chardev old-disk " +
  "new-disk old-fs new-fs old-net new-net old-rng new-rng device cgroup data proctitle ocomm " +
  "grp new_group sw root_dir invalid_context profile apparmor operation info requested_mask " +
  "denied_mask target peer srcname exe_path new-vm old-vm";

type FieldShape = "decimal" | "octal" | "hex" | "string";

const SHAPES: ReadonlyMap<string, FieldShape> = new Map([
  ...named(DECIMAL, "decimal"),
  ...named(OCTAL, "octal"),
  ...named(HEX, "hex"),
  ...named(STRINGS, "string"),
]);

/** Undefined for a field whose value is text as it stands. */
export function shapeOf(name: string): FieldShape | undefined {
  return SHAPES.get(name);
}

function named(names: string, shape: FieldShape): [string, FieldShape][] {
  return names.split(" ").map((name) => [name, shape]);
}
