/**
 * Goal: an EXECVE gives the arguments as the process had them, and says when some are missing.
 * Method: rows of records and the argument list; the lines are our own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventOf } from "./collect.ts";

function check(
  title: string,
  bodies: readonly string[],
  args: readonly string[] | null,
  isWhole = true,
): void {
  test(title, () => {
    const event = eventOf(...bodies.map((body) => `EXECVE ${body}`));
    assert.deepEqual(event.args, args);
    assert.equal(event.argsWhole, isWhole);
  });
}

check(
  "plain, empty, hexadecimal, and what only looks so",
  ['argc=6 a0="sh" a1="" a2=6C73202D6C a3=0A a4="DEADBEEF" a5="(null)"'],
  ["sh", "", "ls -l", "\n", "DEADBEEF", "(null)"],
);
check("unquoted text that is no hex", ["argc=2 a0=top a1=-b"], ["top", "-b"]);
check("bytes that are no UTF-8", ["argc=1 a0=FF00FE"], ["\xff\0\xfe"]);
check(
  "fields in a value are a value",
  ['argc=2 a0="echo" a1="argc=9 a0="'],
  ["echo", "argc=9 a0="],
);
check(
  "one argument over three records",
  ['argc=2 a0="echo" a1_len=12 a1[0]=616263', "a1[1]=6465", "a1[2]=66"],
  ["echo", "abcdef"],
);
check(
  "quoted pieces",
  ['argc=2 a0="echo" a1_len=6 a1[0]="abc"', 'a1[1]="def"'],
  ["echo", "abcdef"],
);
check(
  "a piece is missing",
  ['argc=2 a0="echo" a1_len=12 a1[0]=616263', "a1[2]=66"],
  ["echo", "abcf"],
  false,
);
check("a list over two records", ['argc=3 a0="a" a1="b"', 'a2="c"'], ["a", "b", "c"]);
check("records in the wrong order", ['a2="c"', 'argc=3 a0="a" a1="b"'], ["a", "b", "c"]);
check("fewer than argc", ['argc=3 a0="a" a1="b"'], ["a", "b"], false);
check("one in the middle is missing", ['argc=3 a0="a" a2="c"'], ["a", "c"], false);
check("a line cut in a quoted argument", ['argc=2 a0="a" a1="unfinish'], ["a", "unfinish"], false);
check("no arguments", ["argc=0"], []);
check("only the second record came", ['a7="x"'], ["x"], false);
check("numbers that are none", ['argc=many a1_len=x a0="a"'], ["a"], false);
check("an index beyond all sense costs nothing", ['argc=1 a4294967295="x"'], [], false);
check("nothing of the kind", ["hello world"], null);

test("an EXECVE with nothing in it is kept as it stands", () => {
  assert.deepEqual(eventOf("EXECVE hello world").others, [["EXECVE", 'text="hello world"']]);
});

test("a list of 20,000 over many records", () => {
  const bodies: string[] = [];
  for (let first = 0; first < 20_000; first += 500) {
    const fields = Array.from({ length: 500 }, (_, at) => `a${first + at}="arg${first + at}"`);
    bodies.push(`EXECVE ${first === 0 ? "argc=20000 " : ""}${fields.join(" ")}`);
  }
  const event = eventOf(...bodies);
  assert.equal(event.args?.length, 20_000);
  assert.equal(event.args.at(-1), "arg19999");
  assert.equal(event.argsWhole, true);
});
