/**
 * Writes the system call tables of `packages/ritma/src/flow/capture/auditd/arch/`.
 *
 *     apt-get install gcc linux-libc-dev \
 *       linux-libc-dev-{i386,arm64,armhf,ppc64el,powerpc,s390x,riscv64}-cross
 *     node tools/make-syscall-tables.ts
 *
 * The facts are the `__NR_*` definitions of the kernel's own user headers, as the preprocessor sees
 * them for each machine. Calls newer than the installed headers are added from `UNIFIED`: since
 * Linux 5.1 a new call has one number on every machine, given in `scripts/syscall.tbl` of the
 * kernel's sources.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

interface Source {
  readonly file: string;
  readonly title: string;
  /** Directory that holds `asm/unistd.h`. */
  readonly include: string;
  /** What the compiler of that machine would define. */
  readonly defines: readonly string[];
  /** Numbers are counted from here (x32 calls carry a mark). */
  readonly base?: number;
}

const SOURCES: readonly Source[] = [
  source("x86-64", "x86_64", "x86_64-linux-gnu", ["__x86_64__", "__LP64__"]),
  { ...source("x32", "x32", "x86_64-linux-gnu", ["__x86_64__", "__ILP32__"]), base: 0x4000_0000 },
  source("i386", "i386", "i686-linux-gnu", ["__i386__"]),
  source("aarch64", "aarch64", "aarch64-linux-gnu", ["__aarch64__"]),
  source("arm", "arm (EABI)", "arm-linux-gnueabihf", ["__arm__", "__ARM_EABI__"]),
  source("powerpc64", "ppc64, ppc64le", "powerpc64le-linux-gnu", ["__powerpc64__"]),
  source("powerpc", "ppc", "powerpc-linux-gnu", ["__powerpc__"]),
  source("s390x", "s390x", "s390x-linux-gnu", ["__s390x__"]),
  source("s390", "s390", "s390x-linux-gnu", ["__s390__"]),
  source("riscv64", "riscv64", "riscv64-linux-gnu", ["__riscv", "__riscv_xlen=64", "__LP64__"]),
];

/** Added by Linux 6.5 to 6.17, in the order of their numbers. */
const UNIFIED_FIRST = 451;
const UNIFIED = (
  "cachestat fchmodat2 map_shadow_stack futex_wake futex_wait futex_requeue statmount listmount " +
  "lsm_get_self_attr lsm_set_self_attr lsm_list_modules mseal setxattrat getxattrat listxattrat " +
  "removexattrat open_tree_attr file_getattr file_setattr"
).split(" ");

/** Private calls of arm are at 0x0f0000 and up; a table need not reach there. */
const NUMBER_MAX = 1_023;
const TEXT_MAX = 90;

function source(file: string, title: string, target: string, defines: readonly string[]): Source {
  return { file, title, include: `/usr/${target}/include`, defines };
}

/** The `__NR_` names of one machine by number. */
function numbersOf({ include, defines, base = 0 }: Source): Map<number, string> {
  const flags = ["-E", "-dM", "-undef", "-nostdinc", "-I", include, "-I", "/usr/include"];
  const machine = include.includes("/x86_64-") ? ["-I", "/usr/include/x86_64-linux-gnu"] : [];
  const text = execFileSync(
    "cc",
    [...flags, ...machine, ...defines.map((each) => `-D${each}`), "-x", "c", "-"],
    { input: "#include <asm/unistd.h>\n", encoding: "utf8" },
  );
  const macros = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, name, value] = /^#define (\w+) (.+)$/u.exec(line) ?? [];
    if (name !== undefined && value !== undefined) macros.set(name, value);
  }
  const numbers = new Map<number, string>();
  for (const [name, value] of macros) {
    const call = /^__NR_([a-z_]\w*)$/u.exec(name)?.[1];
    if (call === undefined || call === "syscalls" || call === "arch_specific_syscall") continue;
    const number = evaluate(value, macros) - base;
    if (number >= 0 && number <= NUMBER_MAX && !numbers.has(number)) numbers.set(number, call);
  }
  UNIFIED.forEach((name, index) => {
    numbers.set(UNIFIED_FIRST + index, name);
  });
  return numbers;
}

/** A number, a macro, or a sum of both in parentheses. */
function evaluate(text: string, macros: ReadonlyMap<string, string>): number {
  const parts = text.replaceAll(/[()]/gu, "").split("+");
  let sum = 0;
  for (const part of parts) {
    const word = part.trim();
    const macro = macros.get(word);
    sum += macro === undefined ? Number(word) : evaluate(macro, macros);
  }
  return sum;
}

function moduleText({ title }: Source, numbers: ReadonlyMap<number, string>): string {
  const lines: string[] = [];
  let text = "";
  let expected = -1;
  for (const number of [...numbers.keys()].toSorted((a, b) => a - b)) {
    const name = numbers.get(number) ?? "";
    if (number !== expected || text.length + name.length + 1 > TEXT_MAX) {
      if (text !== "") lines.push(text);
      text = String(number);
    }
    text += ` ${name}`;
    expected = number + 1;
  }
  lines.push(text);
  return `/**
 * System calls of ${title}: each line is a number, then the names from there on.
 *
 * Written by tools/make-syscall-tables.ts from the kernel's headers.
 *
 * @module
 */

export const SYSCALLS: readonly string[] = [
${lines.map((line) => `  ${JSON.stringify(line)},`).join("\n")}
];
`;
}

const FOLDER = join(import.meta.dirname, "../packages/ritma/src/flow/capture/auditd/arch");
for (const each of SOURCES) {
  const numbers = numbersOf(each);
  if (numbers.size < 300) throw new Error(`${each.title}: only ${numbers.size} system calls found`);
  writeFileSync(join(FOLDER, `${each.file}.ts`), moduleText(each, numbers));
  process.stdout.write(`${each.title}: ${numbers.size} system calls\n`);
}
