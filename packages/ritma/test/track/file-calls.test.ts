/**
 * Goal: system calls that name files become the atoms that spec/08-projection.md says.
 *
 * Method: rows of events and the lines of their atoms; see calling.ts.
 */
import { test } from "node:test";
import { checkAll, checkOne, CWD, file, type Rest } from "./calling.ts";
import { AT_FDCWD, bytes, fields, path, syscall } from "./story.ts";

test("open, by its flags", () => {
  const paths = file("/etc/passwd");
  checkOne("open", { a1: 0x80000, exit: 3 }, { paths }, "open:1 /etc/passwd #3");
  checkOne("openat", { a0: AT_FDCWD, a2: 2, exit: 3 }, { paths }, "open:3 /etc/passwd #3");
  checkOne("openat", { a0: AT_FDCWD, a2: 0x10000, exit: 3 }, { paths }, "open:65 /etc/passwd #3");
  checkOne("open", { a1: 0x200000, exit: 3 }, { paths }, "open:256 /etc/passwd #3");
  checkOne("creat", { exit: 3 }, { paths }, "open:14 /etc/passwd #3");
  const arm = { arch: 0xc000_00b7, a0: AT_FDCWD, a2: 0x4000, exit: 3 };
  checkOne("openat", arm, { paths }, "open:65 /etc/passwd #3");
  const openat2 = { others: [{ type: "OPENAT2", fields: fields({ oflag: 0x241 }) }], paths };
  const told = ["open:14 /etc/passwd #3", "record OPENAT2 oflag=577"];
  checkOne("openat2", { a0: AT_FDCWD, exit: 3 }, openat2, ...told);
});

test("an open that created the file, and one that only could have", () => {
  const parts = { a0: AT_FDCWD, a2: 0x41, exit: 3 };
  const created = [path(0, "PARENT", "/tmp/", 2), path(1, "CREATE", "/tmp/x", 5)];
  checkOne("openat", parts, { paths: created }, "open:134 /tmp/x #3");
  checkOne("openat", parts, { paths: file("/tmp/x") }, "open:6 /tmp/x #3");
});

test("an open that failed", () => {
  const paths = [path(0, "UNKNOWN", "/nope")];
  checkOne("openat", { a0: AT_FDCWD, exit: -2 }, { paths }, "open:1 /nope !2");
  checkOne("open", { success: false }, { paths }, "open:1 /nope !255");
  checkOne("open", { exit: -512 }, { paths }, "open:1 /nope !512");
});

test("relative names start from CWD, and from nowhere without it", () => {
  const at = { a0: AT_FDCWD, exit: 3 };
  checkOne("openat", at, { cwd: CWD, paths: file("x/./y//../z") }, "open:1 /home/a/x/z #3");
  checkOne("openat", at, { cwd: CWD, paths: file("../../../x") }, "open:1 /x #3");
  checkOne("openat", at, { paths: file("../x") }, "open:1 ?/../x #3");
  checkOne("open", { a1: 0, exit: 3 }, { cwd: CWD, paths: file("x") }, "open:1 /home/a/x #3");
  const extended = { a0: 2 ** 64, exit: 3 };
  checkOne("openat", extended, { cwd: CWD, paths: file("x") }, "open:1 /home/a/x #3");
});

test("relative names start from the directory that a descriptor stands for", () =>
  checkAll(
    [
      ["openat", { a0: AT_FDCWD, exit: 4, a2: 0x10000 }, { paths: file("/srv", 2) }],
      ["openat", { a0: 4, exit: 5 }, { cwd: CWD, paths: file("a/b") }],
      ["mkdirat", { a0: 4, a2: 0o755 }, created("d", 2)],
      ["unlinkat", { a0: 4, a2: 0x200 }, deleted("d", 2)],
      ["openat", { a0: 6, exit: 5 }, { cwd: CWD, paths: file("b") }],
    ],
    "open:65 /srv #4",
    "open:1 /srv/a/b #5",
    "mkdir /srv/d #493",
    "unlink:1 /srv/d",
    "open:1 ?/b #5",
  ));

test("a descriptor that another inode speaks against is not believed", () =>
  checkAll(
    [
      ["openat", { a0: AT_FDCWD, exit: 4 }, { paths: file("/srv", 2) }],
      ["mkdirat", { a0: 4 }, created("d", 3)],
      ["openat", { a0: 4, exit: 5 }, { paths: file("b") }],
      ["fchmod", { a0: 5, a1: 0o600 }, { paths: [path(0, "NORMAL", null, 9)] }],
    ],
    "open:1 /srv #4",
    "mkdir ?/d #0",
    "open:1 ?/b #5",
    "mode inode 9 #384",
  ));

/** As the kernel does: the parent of a name without a slash is called by the current directory. */
function created(name: string, parent: number): Rest {
  return {
    cwd: CWD,
    paths: [path(0, "PARENT", "/home/a", parent), path(1, "CREATE", name, 40)],
  };
}

function deleted(name: string, parent: number): Rest {
  return {
    cwd: CWD,
    paths: [path(0, "PARENT", "/home/a", parent), path(1, "DELETE", name, 40)],
  };
}

test("a rename between two directories, over a file that was there", () =>
  checkAll(
    [
      ["openat", { a0: AT_FDCWD, exit: 4 }, { paths: file("/old", 2) }],
      ["openat", { a0: AT_FDCWD, exit: 5 }, { paths: file("/new", 3) }],
      [
        "renameat2",
        { a0: 4, a2: 5 },
        {
          cwd: CWD,
          paths: [
            path(0, "PARENT", "/home/a", 2),
            path(1, "PARENT", "/home/a", 3),
            path(2, "DELETE", "x", 40),
            path(3, "DELETE", "y", 41),
            path(4, "CREATE", "y", 40),
          ],
        },
      ],
    ],
    "open:1 /old #4",
    "open:1 /new #5",
    "rename /old/x -> /new/y",
    "path:3 /new/y #3",
  ));

test("a rename that failed: the kernel names the new file first", () => {
  const paths = [path(0, "UNKNOWN", "/new"), path(1, "UNKNOWN", "/old")];
  checkOne("rename", { exit: -2 }, { paths }, "rename /old -> /new !2");
  const parents = [path(0, "PARENT", "/d/", 2), path(1, "PARENT", "/d/", 2)];
  const kept = ["rename !17", "path:2 /d #0 !17", "path:2 /d #1 !17"];
  checkOne("rename", { exit: -17 }, { paths: parents }, ...kept);
});

test("links, hard and symbolic", () => {
  const hard = [
    path(0, "NORMAL", "/etc/passwd", 5),
    path(1, "PARENT", "/tmp/", 2),
    path(2, "CREATE", "/tmp/p", 5),
  ];
  checkOne("link", {}, { paths: hard }, "link /etc/passwd -> /tmp/p");
  const soft = [
    path(0, "PARENT", "/tmp/d/", 2),
    path(1, "UNKNOWN", "../x"),
    path(2, "CREATE", "/tmp/d/l", 6),
  ];
  checkOne("symlink", {}, { paths: soft }, "symlink /tmp/d/l -> /tmp/x");
});

test("a parent stays when it says something", () => {
  const elsewhere = [path(0, "PARENT", "/somewhere/", 2), path(1, "DELETE", "/tmp/x", 5)];
  checkOne("unlink", {}, { paths: elsewhere }, "unlink /tmp/x", "path:2 /somewhere #0");
  checkOne(
    "unlink",
    { exit: -13 },
    { paths: [path(0, "PARENT", "/root/", 2)] },
    "unlink /root !13",
  );
});

test("exec: program, script, deleted image, descriptor", () => {
  const args = [bytes("ls"), bytes("-l")];
  const linker = path(1, "NORMAL", "/lib64/ld-linux-x86-64.so.2", 9);
  const program = [path(0, "NORMAL", "/bin/ls", 5), linker];
  const ls = ["exec /bin/ls (ls -l)", "path:1 /lib64/ld-linux-x86-64.so.2 #1"];
  checkOne("execve", {}, { args, paths: program }, ...ls);
  const cut = { args, argsWhole: false, paths: file("/bin/ls") };
  checkOne("execve", {}, cut, "exec /bin/ls (ls -l ...)");
  const script = [path(0, "NORMAL", "/tmp/s", 5), path(1, "NORMAL", "/bin/sh", 6)];
  checkOne("execve", {}, { paths: script }, "exec:1 /tmp/s", "path:1 /bin/sh #1");
  const { subject } = syscall("", { pid: 7, exe: "/memfd:x (deleted)" });
  const nameless = [path(0, "NORMAL", "", 5)];
  checkOne("execveat", { a0: 4, subject }, { paths: nameless }, "exec:6 inode 5");
  checkOne("execve", { exit: -2 }, { paths: [path(0, "UNKNOWN", "/n")] }, "exec /n !2");
});

test("memory: files without a place, maps of what is open", () =>
  checkAll(
    [
      ["memfd_create", { exit: 4 }],
      ["openat", { a0: AT_FDCWD, exit: 5 }, { paths: file("/lib/x.so") }],
      ["mmap", { a2: 5, a3: 0x812 }, { mmapFd: 5 }],
      ["mmap", { a2: 3, a3: 0x22 }],
      ["mmap", { a2: 7, a3: 0x01 }, { mmapFd: 9 }],
      ["mprotect", { a2: 5 }],
    ],
    "memory-file */ #4",
    "open:1 /lib/x.so #5",
    "map:5 /lib/x.so #5",
    "map:19",
    "map:15 #9",
    "protect:5",
  ));
