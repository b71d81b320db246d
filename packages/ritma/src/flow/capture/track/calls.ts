/**
 * The system calls that have an event type of their own, by canonical name.
 *
 * Old and 32-bit variants (`fchown32`, `ftruncate64`, `umount`) stand beside what they vary. A call
 * that is not here is a `call`, and nothing of it is lost but its arguments.
 *
 * Format: spec/08-projection.md, "Event types".
 *
 * @module
 */
import {
  cloneFlags,
  constantFlags,
  mapFlags,
  OPEN_CREATE,
  OPEN_TRUNCATE,
  OPEN_WRITE,
  protectionFlags,
  unlinkatFlags,
  wordAt,
} from "./call-flags.ts";
import type { CallRow } from "./call-plan.ts";
import { intAt, modeAt, result, unsignedAt } from "./call-values.ts";

const one = constantFlags(1);
const first = intAt(0);

const PROCESS_CALLS: readonly CallRow[] = [
  { names: "execve", type: "exec", plan: { object: "program" } },
  { names: "execveat", type: "exec", plan: { object: "program", directory: 0 } },
  { names: "fork", type: "fork", plan: { num: result, effect: "forks" } },
  { names: "vfork", type: "fork", plan: { num: result, flags: one, effect: "forks" } },
  { names: "clone", type: "fork", plan: { num: result, flags: cloneFlags, effect: "forks" } },
  {
    names: "clone3",
    type: "fork",
    plan: { num: result, flags: constantFlags(4), effect: "forks" },
  },
  { names: "exit", type: "exit", plan: { num: (call) => call.a0 & 0xff } },
  {
    names: "exit_group",
    type: "exit",
    plan: { num: (call) => call.a0 & 0xff, flags: one, effect: "exits" },
  },
  { names: "unshare", type: "namespace", plan: { num: unsignedAt(0) } },
  { names: "setns", type: "namespace", plan: { num: first, flags: one } },
  { names: "ptrace", type: "trace", plan: { object: "process", num: intAt(1), flags: wordAt(0) } },
  { names: "process_vm_readv", type: "memory-access", plan: { object: "process", num: first } },
  {
    names: "process_vm_writev",
    type: "memory-access",
    plan: { object: "process", num: first, flags: one },
  },
  {
    names: "kill tkill rt_sigqueueinfo",
    type: "signal",
    plan: { object: "process", num: first, flags: wordAt(1) },
  },
  {
    names: "tgkill rt_tgsigqueueinfo",
    type: "signal",
    plan: { object: "process", num: first, flags: wordAt(2) },
  },
  {
    names:
      "setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setuid32 setgid32 " +
      "setreuid32 setregid32 setresuid32 setresgid32 setfsuid32 setfsgid32",
    type: "identity",
    plan: { object: "credentials", num: unsignedAt(0) },
  },
  { names: "setgroups setgroups32", type: "identity", plan: { object: "credentials" } },
  { names: "capset prctl", type: "capability" },
];

const FILE_CALLS: readonly CallRow[] = [
  {
    names: "open",
    type: "open",
    plan: { object: "file", openFlags: 1, num: result, effect: "opens" },
  },
  {
    names: "openat open_by_handle_at",
    type: "open",
    plan: { object: "file", directory: 0, openFlags: 2, num: result, effect: "opens" },
  },
  {
    names: "openat2",
    type: "open",
    plan: { object: "file", directory: 0, num: result, effect: "opens" },
  },
  {
    names: "creat",
    type: "open",
    plan: {
      object: "file",
      num: result,
      flags: constantFlags(OPEN_WRITE | OPEN_CREATE | OPEN_TRUNCATE),
      effect: "opens",
    },
  },
  { names: "mmap mmap2", type: "map", plan: { object: "map", flags: mapFlags } },
  { names: "mprotect pkey_mprotect", type: "protect", plan: { flags: protectionFlags } },
  { names: "unlink", type: "unlink", plan: { object: "file" } },
  { names: "rmdir", type: "unlink", plan: { object: "file", flags: one } },
  {
    names: "unlinkat",
    type: "unlink",
    plan: { object: "file", directory: 0, flags: unlinkatFlags },
  },
  { names: "rename", type: "rename", plan: { object: "rename" } },
  {
    names: "renameat renameat2",
    type: "rename",
    plan: { object: "rename", directory: 0, directory2: 2 },
  },
  { names: "link", type: "link", plan: { object: "link" } },
  { names: "linkat", type: "link", plan: { object: "link", directory: 0, directory2: 2 } },
  { names: "symlink", type: "symlink", plan: { object: "symlink" } },
  { names: "symlinkat", type: "symlink", plan: { object: "symlink", directory: 1 } },
  { names: "mkdir", type: "mkdir", plan: { object: "file", num: modeAt(1) } },
  { names: "mkdirat", type: "mkdir", plan: { object: "file", directory: 0, num: modeAt(2) } },
  { names: "mknod", type: "mknod", plan: { object: "file", num: modeAt(1) } },
  { names: "mknodat", type: "mknod", plan: { object: "file", directory: 0, num: modeAt(2) } },
  { names: "chmod", type: "mode", plan: { object: "file", num: modeAt(1) } },
  { names: "fchmod", type: "mode", plan: { object: "file", descriptor: 0, num: modeAt(1) } },
  {
    names: "fchmodat fchmodat2",
    type: "mode",
    plan: { object: "file", directory: 0, num: modeAt(2) },
  },
  {
    names: "chown lchown chown32 lchown32",
    type: "owner",
    plan: { object: "file", num: unsignedAt(1) },
  },
  {
    names: "fchown fchown32",
    type: "owner",
    plan: { object: "file", descriptor: 0, num: unsignedAt(1) },
  },
  { names: "fchownat", type: "owner", plan: { object: "file", directory: 0, num: unsignedAt(2) } },
  { names: "truncate truncate64", type: "truncate", plan: { object: "file" } },
  { names: "ftruncate ftruncate64", type: "truncate", plan: { object: "file", descriptor: 0 } },
  { names: "chdir", type: "chdir", plan: { object: "file" } },
  {
    names: "fchdir",
    type: "chdir",
    plan: { object: "file", descriptor: 0 },
  },
  {
    names: "chroot",
    type: "chdir",
    plan: { object: "file", flags: one },
  },
  { names: "mount", type: "mount", plan: { object: "file" } },
  { names: "move_mount", type: "mount", plan: { object: "file", directory: 0 } },
  { names: "fsmount", type: "mount", plan: { object: "file", num: result, effect: "replaces" } },
  { names: "umount umount2", type: "mount", plan: { object: "file", flags: one } },
  { names: "pivot_root", type: "mount", plan: { object: "file", flags: constantFlags(2) } },
  { names: "setxattr lsetxattr", type: "attribute", plan: { object: "file" } },
  { names: "setxattrat", type: "attribute", plan: { object: "file", directory: 0 } },
  { names: "fsetxattr", type: "attribute", plan: { object: "file", descriptor: 0 } },
  { names: "removexattr lremovexattr", type: "attribute", plan: { object: "file", flags: one } },
  { names: "removexattrat", type: "attribute", plan: { object: "file", directory: 0, flags: one } },
  { names: "fremovexattr", type: "attribute", plan: { object: "file", descriptor: 0, flags: one } },
  {
    names: "access stat lstat stat64 lstat64 oldstat oldlstat readlink statfs statfs64",
    type: "access",
    plan: { object: "file" },
  },
  {
    names: "faccessat faccessat2 newfstatat fstatat64 statx readlinkat",
    type: "access",
    plan: { object: "file", directory: 0 },
  },
  {
    names: "fstat fstat64 oldfstat fstatfs fstatfs64",
    type: "access",
    plan: { object: "file", descriptor: 0 },
  },
];

const flowAt0 = { object: "flow", descriptor: 0, num: first } as const;
const fileAt0 = { object: "descriptor", descriptor: 0, num: first } as const;

const DESCRIPTOR_CALLS: readonly CallRow[] = [
  { names: "connect", type: "connect", plan: { ...flowAt0, effect: "connects" } },
  {
    names: "accept accept4",
    type: "accept",
    plan: { object: "flow", num: result, effect: "accepts" },
  },
  { names: "bind", type: "bind", plan: flowAt0 },
  { names: "listen", type: "listen", plan: { descriptor: 0, num: first } },
  { names: "sendto sendmsg sendmmsg send", type: "send", plan: flowAt0 },
  { names: "recvfrom recvmsg recvmmsg recv recvmmsg_time64", type: "receive", plan: flowAt0 },
  {
    names: "socket",
    type: "socket",
    plan: { num: result, flags: wordAt(0), effect: "replaces" },
  },
  { names: "socketpair", type: "socket", plan: { flags: wordAt(0), effect: "makes-pair" } },
  { names: "pipe pipe2", type: "pipe", plan: { effect: "makes-pair" } },
  {
    names: "memfd_create",
    type: "memory-file",
    plan: { object: "memory", num: result, effect: "makes-memory" },
  },
  {
    names: "read pread64 readv preadv preadv2",
    type: "read",
    plan: fileAt0,
  },
  {
    names: "write pwrite64 writev pwritev pwritev2",
    type: "write",
    plan: fileAt0,
  },
  { names: "close", type: "descriptor", plan: { ...fileAt0, effect: "closes" } },
  {
    names: "dup dup2 dup3 fcntl fcntl64",
    type: "descriptor",
    plan: { ...fileAt0, effect: "duplicates" },
  },
];

const SYSTEM_CALLS: readonly CallRow[] = [
  { names: "init_module", type: "module", plan: { object: "module" } },
  { names: "finit_module", type: "module", plan: { object: "module", descriptor: 0 } },
  { names: "delete_module", type: "module", plan: { object: "module", flags: one } },
  { names: "bpf", type: "bpf", plan: { num: first } },
  {
    names:
      "settimeofday stime clock_settime clock_settime64 adjtimex clock_adjtime clock_adjtime64",
    type: "clock",
  },
  {
    names:
      "eventfd eventfd2 epoll_create epoll_create1 timerfd_create signalfd signalfd4 " +
      "inotify_init inotify_init1 fanotify_init pidfd_open pidfd_getfd userfaultfd " +
      "perf_event_open io_uring_setup open_tree fsopen fspick landlock_create_ruleset memfd_secret",
    type: "call",
    plan: { object: "name", effect: "replaces" },
  },
];

export const CALLS: readonly CallRow[] = [
  ...PROCESS_CALLS,
  ...FILE_CALLS,
  ...DESCRIPTOR_CALLS,
  ...SYSTEM_CALLS,
];

/** Calls inside of `socketcall`, from number 1 on (linux/net.h). */
export const SOCKET_CALLS: readonly string[] = [
  "socket",
  "bind",
  "connect",
  "listen",
  "accept",
  "getsockname",
  "getpeername",
  "socketpair",
  "send",
  "recv",
  "sendto",
  "recvfrom",
  "shutdown",
  "setsockopt",
  "getsockopt",
  "sendmsg",
  "recvmsg",
  "accept4",
  "recvmmsg",
  "sendmmsg",
];
