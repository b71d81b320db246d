/**
 * Goal: the page of a sealed hour tells what is sealed of it, fits on paper, lets nothing of a
 * hostile name out, and comes out with the same bytes wherever and whenever it is made.
 *
 * Method: hand-made logs through the real recorder; whole pages and lines of them compared with
 * what is to stand there; names made to harm in every place; lies under a good signature.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { blockPath, decodeEntity, PRINT_FILE, printFolder } from "@ritma/evidence";
import type { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { compareDerived } from "../../src/flow/keep/compare-derived.ts";
import { indexHour } from "../../src/flow/keep/jumps.ts";
import { tallyOf } from "../../src/flow/keep/hour-tally.ts";
import { printHour } from "../../src/flow/keep/print.ts";
import { timeText } from "../../src/flow/keep/print-page.ts";
import { PrintTally } from "../../src/flow/keep/print-tally.ts";
import { fitted, objectText, plainText } from "../../src/flow/keep/print-text.ts";
import { writeDerived } from "../../src/flow/keep/write-derived.ts";
import type { SealedHour } from "../../src/stores/sealed/sealed-log.ts";
import { readVectors } from "../../../evidence/test/vectors.ts";
import { hostileNames } from "../investigate/hostile-names.ts";
import { bytesOf, line, login, memoryInput, opened } from "../recorder/audit-lines.ts";
import { filesBelow, OUT, recorded, type Settings, verify } from "../recorder/recording.ts";
import { openReader } from "../sealed/searching.ts";
import { keepingWith } from "./indexed.ts";

const COLUMNS = 80;
const LINES = 66;
const PAPER = /^[ -~\n]*$/u;
const IDS = "auid=33 uid=33 gid=0 euid=33 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0";
const OPENAT = 257;
const SETUID = 105;
const CONNECT = 42;
const EXECVE = 59;

/** A call with one PATH record, or with none. @param path as it stands in the record */
function called(
  clock: string,
  serial: number,
  call: {
    number: number;
    exit: number;
    path?: string;
    other?: string;
    address?: string;
    pid?: number;
  },
): string {
  const { number, exit, path, other, address, pid = 50 } = call;
  const head =
    `arch=c000003e syscall=${number} success=${exit < 0 ? "no" : "yes"} exit=${exit} a0=3 a1=0 ` +
    `a2=0 a3=0 items=1 ppid=1 pid=${pid} ${IDS} tty=pts0 ses=3 comm="x" exe="/bin/x" key=(null)`;
  const file =
    `item=0 name=${path} inode=7 dev=fe:01 mode=0100644 ouid=0 ogid=0 rdev=00:00 ` +
    "nametype=NORMAL";
  const second = file.replace("item=0", "item=1").replace(/name=\S+/u, `name=${other}`);
  return (
    line("SYSCALL", clock, serial, head) +
    (path === undefined ? "" : line("PATH", clock, serial, file)) +
    (other === undefined ? "" : line("PATH", clock, serial, second)) +
    (address === undefined ? "" : line("SOCKADDR", clock, serial, `saddr=${address}`)) +
    line("EOE", clock, serial, "")
  );
}

/** 10.0.0.9:443. */
const AFAR = "020001BB0A0000090000000000000000";
const DENIED = -13;

const BUSY = [
  called("09:00:00", 1, { number: EXECVE, exit: 0, path: '"/home/anna/job"' }),
  called("09:00:01", 2, { number: OPENAT, exit: DENIED, path: '"/etc/shadow"' }),
  called("09:00:02", 3, { number: OPENAT, exit: DENIED, path: '"/etc/shadow"', other: '"/x"' }),
  called("09:00:03", 4, { number: OPENAT, exit: -2, path: '"/etc/absent"' }),
  called("09:00:04", 5, { number: SETUID, exit: -1 }),
  called("09:00:05", 6, { number: CONNECT, exit: 0, address: AFAR }),
  called("09:00:06", 7, { number: CONNECT, exit: DENIED, address: AFAR }),
  login("09:00:07", 8),
  login("09:00:08", 9),
  line("USER_LOGIN", "09:00:09", 10, 'pid=1 uid=0 acct="mallory" addr=10.0.0.1 res=failed'),
  line("LOGIN", "09:00:10", 11, "pid=1 uid=0 old-auid=4294967295 auid=1000 ses=2 res=1"),
  line("USER_CMD", "09:00:11", 12, "pid=1 uid=0 res=success"),
].join("");

async function storeOf(log: string, settings: Settings = {}): Promise<SimDisk> {
  return await recorded([[memoryInput(bytesOf(log), 4096)]], settings);
}

async function pagesOf(disk: SimDisk, room?: number): Promise<[SealedHour, string][]> {
  const reader = await openReader(disk);
  const pages: [SealedHour, string][] = [];
  for (const hour of reader.hours) {
    const tally = new PrintTally(room);
    await indexHour(reader, hour, tallyOf([null, new PrintTally(), tally]));
    const { path, bytes } = await printHour(reader, hour, tally);
    assert.equal(path, PRINT_FILE);
    pages.push([hour, new TextDecoder().decode(bytes)]);
  }
  return pages;
}

async function pageOf(disk: SimDisk, room?: number): Promise<string> {
  const [[, page] = [null, ""]] = await pagesOf(disk, room);
  return page;
}

/** Rows of a table, without the columns before their text. */
function rowsOf(page: string, title: string): string[] {
  const [, rest = ""] = page.split(`\n${title}`);
  const rows = (rest.split("\n\n")[0] ?? "").split("\n").slice(1);
  return rows.map((row) => row.trim().replace("  ", " "));
}

async function writePages(disk: SimDisk): Promise<void> {
  const keeping = await keepingWith(disk, await openReader(disk));
  for (const [{ folder }, page] of await pagesOf(disk)) {
    const files = [{ path: PRINT_FILE, bytes: bytesOf(page) }];
    await writeDerived(keeping, printFolder(folder), files);
  }
}

test("the vectors: texts and what is told of them, pages from facts", () => {
  const vectors = readVectors("print.json");
  for (const vector of vectors.at("texts").list()) {
    const text = objectText(decodeEntity(vector.at("hex").hex()));
    assert.equal(text, vector.at("text").text(), vector.at("name").text());
    assert.equal(fitted(text, 24), vector.at("cut").text(), vector.at("name").text());
  }
  for (const page of vectors.at("pages").list()) {
    const lines = page.at("lines").list();
    assert.ok(lines.length > 30 && lines.length <= LINES + 1);
    for (const each of lines) assert.ok(each.text().length <= COLUMNS, each.text());
  }
});

test("what is no name is spelled too", () => {
  assert.equal(plainText("ns://a\u{e9}\u{202e}\n\\"), "ns://a\\u{e9}\\u{202e}\\n\\\\");
});

test("what was run, refused and connected to, and who signed in", async () => {
  const page = await pageOf(await storeOf(BUSY));
  assert.deepEqual(rowsOf(page, "PROGRAMS THAT WERE RUN"), ["1 /home/anna/job"]);
  assert.deepEqual(rowsOf(page, "WHO RAN PROGRAMS"), ["1 uid 33"]);
  assert.deepEqual(rowsOf(page, "CONNECTED TO"), ["1 10.0.0.9:443"]);
  assert.deepEqual(rowsOf(page, "SIGN-INS"), [
    "2 USER_LOGIN  root, succeeded",
    "1 LOGIN  uid 1000, succeeded",
    "1 USER_LOGIN  mallory from 10.0.0.1, failed",
  ]);
  assert.deepEqual(rowsOf(page, "REFUSED"), [
    "2 open  /etc/shadow",
    "1 connect  10.0.0.9:443",
    "1 identity  by /bin/x",
  ]);
});

test("what the hour is, and how to check it", async () => {
  const disk = await storeOf(BUSY);
  const reader = await openReader(disk);
  const [[hour, page] = [null, ""]] = await pagesOf(disk);
  assert.ok(hour !== null);
  const { counts } = await reader.header(hour);
  const lines = page.split("\n");
  const said = [
    "node         host1",
    "namespace    ns://test/here",
    "hour         number 0 of the store, session 0",
    `folder       ${hour.folder}`,
    `time         ${timeText(hour.t1)} to ${timeText(hour.t2)} UTC`,
    `windows      ${hour.windows}`,
    `events       ${counts.events} in ${counts.records} records, ${counts.atoms} atoms`,
    "privacy      raw",
    `fingerprint  ${reader.fingerprint}`,
    `store        ${reader.file.store.toHex()}`,
    `hour root    ${hour.hourRoot.toHex()}`,
    `hour seal    ${hour.seal.toHex()}`,
    `node log     entry ${hour.entry}`,
  ];
  for (const each of said) assert.ok(lines.includes(each), each);
  assert.equal(
    lines.find((each) => each.startsWith("gap before")),
    undefined,
  );
});

test("what is hashed in the store is hashed on its page", async () => {
  const page = await pageOf(await storeOf(BUSY, { privacy: "hash-only" }));
  assert.match(page, /^node +\\#[0-9a-f]{8}$/mu);
  assert.match(
    rowsOf(page, "PROGRAMS THAT WERE RUN")[0] ?? "",
    /^1 \/home(?:\/\\#[0-9a-f]{8}){2}$/u,
  );
  assert.match(rowsOf(page, "CONNECTED TO")[0] ?? "", /^1 \\#[0-9a-f]{8}:443$/u);
  for (const name of ["host1", "anna", "10.0.0", "mallory"]) assert.ok(!page.includes(name), name);
});

test("nothing of a hostile name leaves, and the page stays one of paper", async () => {
  const names = hostileNames(200, 7);
  const log = names.flatMap((name, at) => {
    const clock = `09:00:${String(10 + (at % 50))}`;
    const exit = at % 2 === 0 ? 0 : DENIED;
    const number = at % 2 === 0 ? EXECVE : OPENAT;
    const account = `pid=1 uid=0 acct=${name} addr=${name} res=no`;
    return [
      called(clock, at * 2 + 1, { number, exit, path: `2F${name}` }),
      line("USER_AUTH", clock, at * 2 + 2, account),
    ];
  });
  for (const privacy of ["raw", "hash-only"] as const) {
    const page = await pageOf(await storeOf(log.join(""), { privacy }));
    assert.match(page, PAPER);
    const lines = page.split("\n");
    assert.equal(lines.pop(), "");
    assert.ok(lines.length <= LINES, `${lines.length} lines`);
    assert.deepEqual(
      lines.filter((each) => each.length > COLUMNS),
      [],
    );
    assert.equal(rowsOf(page, "REFUSED").length, 6);
  }
});

test("no clock, no zone and no later hour changes a page", async () => {
  const first = memoryInput(bytesOf(opened("09:10:00", 1), opened("10:30:00", 2)), 100);
  const later = memoryInput(bytesOf(opened("1+08:00:00", 3)), 100);
  const before = await pagesOf(await recorded([[first]]));
  const { TZ } = process.env;
  process.env["TZ"] = "America/St_Johns";
  const after = await pagesOf(await recorded([[first], [later]]));
  if (TZ === undefined) delete process.env["TZ"];
  else process.env["TZ"] = TZ;
  assert.equal(before.length, 2);
  assert.deepEqual(
    after.slice(0, 2).map(([, page]) => page),
    before.map(([, page]) => page),
  );
  const [, gap] = /^gap before +(.*)$/mu.exec(after[2]?.[1] ?? "") ?? [];
  const told = after[2]?.[0].gap;
  assert.ok(told !== null && told !== undefined);
  assert.equal(gap, `${timeText(told.t1)} to ${timeText(told.t2)} UTC`);
});

test("fractions of a second are told where there are any", () => {
  const second = 1_795_165_200_000_000;
  assert.equal(timeText(second), "2026-11-20 09:00:00");
  assert.equal(timeText(second + 94_000), "2026-11-20 09:00:00.094");
  assert.equal(timeText(second + 500_001), "2026-11-20 09:00:00.500001");
  assert.equal(timeText(second + 1), "2026-11-20 09:00:00.000001");
  assert.equal(timeText(second + 1_000), "2026-11-20 09:00:00.001");
});

test("a changed page is found, a removed one is a note, one built again is the same", async () => {
  const disk = await storeOf(BUSY);
  await writePages(disk);
  const whole = filesBelow(disk, OUT);
  const path = [...whole.keys()].find((each) => each.endsWith(`/${PRINT_FILE}`)) ?? "";
  assert.deepEqual((await verify(whole)).findings, []);
  const changed = new Map(whole).set(path, bytesOf(`${await pageOf(disk)} `));
  const { result, findings } = await verify(changed);
  assert.deepEqual([result, findings.map(({ where }) => where)], ["TAMPERED", [path]]);
  await disk.remove(`${OUT}/${path}`);
  const removed = await verify(filesBelow(disk, OUT));
  assert.deepEqual([removed.result, removed.findings], ["VALID", []]);
  assert.ok(
    removed.notes.some((note) => note.startsWith(path)),
    removed.notes.join(),
  );
  await writePages(disk);
  assert.deepEqual(filesBelow(disk, OUT), whole);
});

test("a lie under a good signature is found by building the page again", async () => {
  const disk = await storeOf(BUSY);
  await writePages(disk);
  const reader = await openReader(disk);
  const [hour] = reader.hours;
  assert.ok(hour !== undefined);
  const before = await compareDerived(reader);
  assert.deepEqual(before.findings, []);
  const page = (await pageOf(disk)).replace("2  open  /etc/shadow", "2  open  /etc/passwd");
  assert.notEqual(page, await pageOf(disk));
  const folder = printFolder(hour.folder);
  const keeping = await keepingWith(disk, reader);
  await writeDerived(keeping, folder, [{ path: PRINT_FILE, bytes: bytesOf(page) }]);
  const { findings, compared } = await compareDerived(reader);
  assert.deepEqual(
    findings.map(({ code, where }) => [code, where]),
    [["derived/content", `${folder}/${PRINT_FILE}`]],
  );
  assert.equal(compared, before.compared);
  await disk.remove(`${OUT}/${folder}/${PRINT_FILE}`);
  assert.equal((await compareDerived(reader)).compared, before.compared - 1);
});

test("late events are on the page", async () => {
  const late = called("09:00:20", 99, { number: OPENAT, exit: DENIED, path: '"/etc/late"' });
  const log = BUSY + opened("09:30:00", 50) + opened("09:40:00", 51) + late;
  const disk = await storeOf(log, { windowSecs: 60 });
  const page = await pageOf(disk);
  assert.ok(filesBelow(disk, OUT).has(`windows/2026/11/20/09/${blockPath("late", 0)}`));
  assert.ok(rowsOf(page, "REFUSED").includes("1 open  /etc/late"), page);
  assert.match(page, /^windows +3, and one of late events$/mu);
});

test("what an hour counts is bounded, and what was most often refused stays", async () => {
  // By id: with d there are four, of which a and d stay; then comes e.
  const names = ["a", "a", "a", "b", "c", "d", "d", "e"];
  const log = names.map((name, at) => {
    const path = `"/srv/${name}"`;
    return called(`09:00:${10 + at}`, at + 1, { number: OPENAT, exit: DENIED, path });
  });
  const disk = await storeOf(log.join(""));
  assert.deepEqual(rowsOf(await pageOf(disk, 2), "REFUSED"), [
    "3 open  /srv/a",
    "2 open  /srv/d",
    "1 open  /srv/e",
  ]);
  assert.equal(rowsOf(await pageOf(disk), "REFUSED").length, 5);
});
