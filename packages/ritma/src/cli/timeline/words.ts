/**
 * Numbers of the kernel's interface as the words that its manual pages use.
 *
 * @module
 */

/** As on x86, ARM, RISC-V, PowerPC and s390; MIPS and the like number some of them otherwise. */
const SIGNALS = (
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP " +
  "TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
).split(" ");

/** ptrace(2). */
const REQUESTS: ReadonlyMap<number, string> = new Map([
  [0, "TRACEME"],
  [1, "PEEKTEXT"],
  [2, "PEEKDATA"],
  [3, "PEEKUSER"],
  [4, "POKETEXT"],
  [5, "POKEDATA"],
  [6, "POKEUSER"],
  [7, "CONT"],
  [8, "KILL"],
  [9, "SINGLESTEP"],
  [12, "GETREGS"],
  [13, "SETREGS"],
  [16, "ATTACH"],
  [17, "DETACH"],
  [24, "SYSCALL"],
  [0x4200, "SETOPTIONS"],
  [0x4201, "GETEVENTMSG"],
  [0x4204, "GETREGSET"],
  [0x4205, "SETREGSET"],
  [0x4206, "SEIZE"],
  [0x4207, "INTERRUPT"],
  [0x4208, "LISTEN"],
]);

/** unshare(2). */
const NAMESPACES: readonly (readonly [bit: number, name: string])[] = [
  [0x0000_0080, "time"],
  [0x0002_0000, "mount"],
  [0x0200_0000, "cgroup"],
  [0x0400_0000, "uts"],
  [0x0800_0000, "ipc"],
  [0x1000_0000, "user"],
  [0x2000_0000, "pid"],
  [0x4000_0000, "net"],
];

/** bpf(2), those that load, attach or pin; others by their number. */
const BPF_COMMANDS: ReadonlyMap<number, string> = new Map([
  [0, "MAP_CREATE"],
  [5, "PROG_LOAD"],
  [6, "OBJ_PIN"],
  [8, "PROG_ATTACH"],
  [9, "PROG_DETACH"],
  [28, "LINK_CREATE"],
]);

export function signalName(signal: number): string {
  const name = SIGNALS[signal - 1];
  return name === undefined ? `signal ${signal}` : `SIG${name}`;
}

export function requestName(request: number): string {
  return REQUESTS.get(request) ?? `request ${request}`;
}

export function namespaceNames(flags: number): string {
  const names = NAMESPACES.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? `flags 0x${flags.toString(16)}` : names.join(", ");
}

export function bpfCommand(command: number): string {
  return BPF_COMMANDS.get(command) ?? `command ${command}`;
}

/** "0755" */
export function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}
