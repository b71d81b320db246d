/**
 * Goal: a record without a type of its own keeps every field, in order and of the right kind.
 * Method: rows of a body and its fields; numbers bare, bytes in quotes. The lines are our own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventOf } from "./collect.ts";

function check(body: string, ...fields: readonly string[]): void {
  test(body, () => assert.deepEqual(eventOf(body).others, [[body.split(" ")[0] ?? "", ...fields]]));
}

check(
  'AVC avc:  denied  { read write } for  pid=7 comm="cat" dev=dm-0 ino=9 permissive=1',
  'text="avc:  denied  { read write } for"',
  "pid=7",
  'comm="cat"',
  'dev="dm-0"',
  "ino=9",
  "permissive=1",
);
check(
  'AVC apparmor="DENIED" operation="open" profile=666F6F20626172 name="/" pid=2 ouid=0\x1dOUID="r"',
  'apparmor="DENIED"',
  'operation="open"',
  'profile="foo bar"',
  'name="/"',
  "pid=2",
  "ouid=0",
);
check('AVC fsuid=1000 ouid=0FSUID="u" OUID="root"', "fsuid=1000", "ouid=0");
check('AVC fsuid=1000 ouid=5 FSUID="u" OUID="root"', "fsuid=1000", "ouid=5");
check('SERVICE_START auid=1 res=1AUID="u"', "auid=1", 'res="1"');
check("AVC weird=1UPPER=2 x=3", 'weird="1UPPER=2"', 'x="3"');
check("AVC UPPER=2 x=3", 'UPPER="2"', 'x="3"');
check(
  `USER_LOGIN pid=7 uid=0 auid=5 msg='op=login id=0 acct="x" exe="/usr/sbin/sshd" res=success'`,
  "pid=7",
  "uid=0",
  "auid=5",
  'op="login"',
  'id="0"',
  'acct="x"',
  'exe="/usr/sbin/sshd"',
  'res="success"',
);
check(
  `USER_LOGIN pid=7 msg='acct=28756E6B6E6F776E207573657229 pid=9 res=failed'UID="root" PID="x"`,
  "pid=7",
  'acct="(unknown user)"',
  "pid=9",
  'res="failed"',
  'UID="root"',
);
check(`SYSTEM_BOOT msg=' comm="systemd" res=success'`, 'comm="systemd"', 'res="success"');
check(
  `USER_CMD msg='cwd="/" cmd=6C73202D6C terminal=pts/0 res=success'`,
  'cwd="/"',
  'cmd="ls -l"',
  'terminal="pts/0"',
  'res="success"',
);
check(
  `USER pid=1 msg='text=it's exe="/forged" res=failed exe="/usr/sbin/auditctl" res=success'`,
  "pid=1",
  'text="it\'s exe="/forged" res=failed"',
  'exe="/usr/sbin/auditctl"',
  'res="success"',
);
check(`USER msg='text=alone here'`, 'text="alone"', 'text="here"');
check(
  `USER_ACCT msg='PAM: accounting acct="a" : exe="/x" (res=failed)'`,
  'text="PAM: accounting"',
  'acct="a"',
  'text=":"',
  'exe="/x"',
  '(res="failed)"',
);
check("USER msg='not closed", 'text="not closed"');
check(`USER msg='nested msg='deep' end'`, 'text="nested"', 'msg="deep"', 'text="end"');
check(
  "DAEMON_END auditd normal halt, sending auid=? pid=? res=success",
  'text="auditd normal halt, sending"',
  'auid="?"',
  'pid="?"',
  'res="success"',
);
check(
  "LOGIN pid=3 uid=0 old auid=4294967295 new auid=0",
  "pid=3",
  "uid=0",
  'text="old"',
  "auid=4294967295",
  'text="new"',
  "auid=0",
);
check(
  'CONFIG_CHANGE auid=0 op="add_rule" key=(null) list=4 res=1',
  "auid=0",
  'op="add_rule"',
  'key="(null)"',
  "list=4",
  'res="1"',
);
check(
  'TTY tty pid=5 uid="0" major=136 comm="bash" data=6C730D',
  'text="tty"',
  "pid=5",
  "uid=0",
  "major=136",
  'comm="bash"',
  'data="ls\r"',
);
check('USER_TTY data="exit"', 'data="exit"');
check(
  "SECCOMP sig=31 arch=40000003 syscall=132 ip=0xb7670aac code=0x7ffc0000",
  "sig=31",
  "arch=1073741827",
  "syscall=132",
  "ip=3076983468",
  "code=2147221504",
);
check("BPRM_FCAPS fver=0 fp=0000001fffffffff old_pp=0", 'fver="0"', "fp=137438953471", "old_pp=0");
check(
  "TIME_ADJNTPVAL op=freq old=-37201248256000 new=5",
  'op="freq"',
  'old="-37201248256000"',
  'new="5"',
);
check("OPENAT2 oflag=0100 mode=0644 resolve=0x10", "oflag=64", "mode=420", "resolve=16");
check('OBJ_PID opid=30 oauid=-1 ocomm="sleep"', "opid=30", "oauid=-1", 'ocomm="sleep"');
check("URINGOP uring_op=18 success=yes exit=-2", "uring_op=18", 'success="yes"', "exit=-2");
check("PREMATURE name= =x y", 'name=""', 'text="=x y"');
check("UNKNOWN[1999] a=b", 'a="b"');
check("EMPTY");
check('CUT comm="not closed', 'comm="not closed"');
check(
  "AVC pid=99999999999999999999999999 uid=12x",
  'pid="99999999999999999999999999"',
  'uid="12x"',
);
