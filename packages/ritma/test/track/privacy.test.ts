/**
 * Goal: a hash-only store gives a reader without the key nothing that names a person, a machine or
 * a secret, and gives the holder of the key exact and prefix questions.
 *
 * Method: ten thousand common words (command lines, paths, addresses, accounts) are recorded, each
 * in every role a record can give it. Then an attacker who knows all of them looks for each in what
 * was stored: as it is, and under every unkeyed hash he would try. The holder of the key asks for
 * some of them.
 */
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { test } from "node:test";
import { blake2b } from "@noble/hashes/blake2.js";
import { blake3 } from "@noble/hashes/blake3.js";
import { type Entity, type Path, toHex, VALUE_DOMAINS, type Value } from "@ritma/evidence";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { addressBytes } from "../../src/flow/capture/address.ts";
import type { AuditEvent } from "../../src/flow/capture/audit-event.ts";
import {
  hashOnlyPrivacy,
  type Privacy,
  questionAddress,
  questionPath,
  questionText,
  rawPrivacy,
} from "../../src/flow/capture/privacy.ts";
import { Projector } from "../../src/flow/capture/track/projector.ts";
import {
  type Atom,
  bytes,
  call,
  collector,
  event,
  fields,
  path,
  shownPath,
  text,
} from "./story.ts";

const KEY = Uint8Array.from({ length: 32 }, (_, at) => at * 7 + 1);
const { keyedHash16: keyed } = await loadPrimitives();
const WORDS = 10_000;

interface Word {
  readonly argument: string;
  readonly file: string;
  readonly address: Uint8Array;
  readonly account: string;
}

function dictionary(): Word[] {
  const tools = ["mysql -psecret", "curl https://intra", "ssh admin@db", "cat notes", "vim plan"];
  return Array.from({ length: WORDS }, (_, at) => ({
    argument: `${tools[at % tools.length]}-${at}`,
    file: `report-${at}.pdf`,
    address: Uint8Array.of(10, at >> 8, at & 0xff, 1 + (at % 250)),
    account: `user${at}x`,
  }));
}

/** Every role at once, many words to an event. */
function record(words: readonly Word[], privacy: Privacy): Atom[] {
  const atoms: Atom[] = [];
  const projector = new Projector({ node: bytes("db-host-7"), privacy, sink: collector(atoms) });
  words.forEach((word, at) => {
    for (const each of eventsOf(word, at)) projector.project(each);
    projector.line(bytes(`half a line of ${word.account}`), 0);
  });
  return atoms;
}

function eventsOf({ argument, file, address, account }: Word, at: number): AuditEvent[] {
  const who = { pid: 7, exe: `/home/${account}/bin/tool` };
  const cwd = bytes(`/srv/${account}`);
  const args = [bytes("sh"), bytes(argument)];
  const sockaddr = { family: "inet", address, port: 443 } as const;
  const unix = { family: "unix", path: bytes(`@${account}`), abstract: true } as const;
  const content = {
    pid: 7,
    acct: account,
    addr: address.join("."),
    hostname: `${account}.example`,
    cmd: argument,
    data: argument,
    text: argument,
    unit: file,
    name: file,
    path: `/home/${account}/${file}`,
    exe: `/usr/bin/../../home/${account}`,
    subj: `${account}_u:staff_r:staff_t`,
    invented: account,
  };
  return [
    call(at, "execve", who, {}, { args, cwd, paths: [path(0, "NORMAL", file, at)] }),
    call(at, "unlink", who, {}, { paths: [path(0, "DELETE", `/home/${account}/${file}`, at)] }),
    call(at, "unlink", who, {}, { paths: [path(0, "DELETE", `/proc/9/root/${file}`, at)] }),
    call(at, "unlink", who, {}, { paths: [path(0, "DELETE", file, at)] }),
    call(at, "connect", who, { a0: 3 }, { sockaddr }),
    call(at, "connect", who, { a0: 3 }, { sockaddr: unix }),
    event(at, { others: [{ type: "USER_CMD", fields: fields(content) }] }),
    event(at, { proctitle: bytes(argument), node: `${account.slice(0, 6)}-node` }),
  ];
}

function valuesOf(atoms: readonly Atom[]): Value[] {
  const values: Value[] = [];
  const ofPath = (of: Path | null) => {
    values.push(...(of?.components ?? []));
  };
  const add = (value: Value | null) => {
    if (value !== null) values.push(value);
  };
  const entities = new Set(
    atoms.flatMap((atom) => [atom.process, atom.object, atom.object2, atom.arg]),
  );
  for (const entity of entities) if (entity !== null) eachValue(entity, add, ofPath);
  return values;
}

function eachValue(
  entity: Entity,
  add: (value: Value | null) => void,
  addPath: (of: Path | null) => void,
): void {
  if (entity.kind === "string" || entity.kind === "line") {
    add(entity.value);
  } else if (entity.kind === "file") {
    addPath(entity.path);
  } else if (entity.kind === "flow") {
    if ("components" in entity.address) addPath(entity.address);
    else add(entity.address);
  } else if (entity.kind === "credentials") {
    add(entity.label);
    add(entity.terminal);
  } else if (entity.kind === "arguments") {
    for (const value of entity.values) add(value);
  } else if (entity.kind === "fields") {
    for (const [, value] of entity.fields) if (typeof value === "object") add(value);
  } else {
    add(entity.node);
    add(entity.name);
    addPath(entity.executable);
    if (entity.credentials !== null) eachValue(entity.credentials, add, addPath);
  }
}

/** Every form a dictionary attack would try: whole, or the parts of it, in each domain. */
function guesses(word: Word): Uint8Array[] {
  const { argument, file, address, account } = word;
  const texts = [argument, file, account, `/home/${account}/${file}`, address.join(".")];
  const whole = [...texts.map(bytes), address, bytes(`half a line of ${account}`)];
  const inDomains = Object.values(VALUE_DOMAINS).flatMap((domain) =>
    whole.map((each) => Uint8Array.of(domain, ...each)),
  );
  return [...whole, ...inDomains];
}

test("a dictionary of ten thousand words finds nothing without the key", () => {
  const words = dictionary();
  const values = valuesOf(record(words, hashOnlyPrivacy(keyed, KEY)));
  const hashes = new Set(values.filter(({ hashed }) => hashed).map((value) => toHex(value.bytes)));
  assert.ok(hashes.size > WORDS * 5, "the words were recorded");
  const clear = new Set(
    values.filter(({ hashed }) => !hashed).map(({ bytes: content }) => text(content)),
  );
  const allClear = [...clear].join("\n");
  for (const word of words) {
    for (const secret of [word.argument, word.file, word.account, word.address.join(".")]) {
      assert.ok(!allClear.includes(secret), `${secret} stands in clear`);
    }
    assert.ok(!clear.has(text(word.address)), "an address stands in clear");
    for (const guess of guesses(word)) assertUnknown(hashes, guess);
  }
});

function assertUnknown(hashes: ReadonlySet<string>, guess: Uint8Array): void {
  assert.ok(!hashes.has(hash("sha256", guess, "hex").slice(0, 32)));
}

test("what is stored is BLAKE3 with the key, over domain and bytes", () => {
  const { hashed, bytes: stored } = hashOnlyPrivacy(keyed, KEY).value("argument", bytes("-l"));
  assert.ok(hashed);
  const want = blake3(Uint8Array.of(2, ...bytes("-l")), { key: KEY, dkLen: 16 });
  assert.equal(toHex(stored), toHex(want));
});

test("nor does BLAKE3 without a key, or with one that is easily guessed", () => {
  const words = dictionary().slice(0, 300);
  const values = valuesOf(record(words, hashOnlyPrivacy(keyed, KEY)));
  const hashes = new Set(values.map((value) => toHex(value.bytes)));
  for (const guess of words.flatMap(guesses)) {
    assert.ok(!hashes.has(toHex(blake3(guess, { dkLen: 16 }))));
    assert.ok(!hashes.has(toHex(keyed(new Uint8Array(32), guess))));
    assert.ok(!hashes.has(toHex(blake2b(guess, { dkLen: 16 }))));
  }
});

test("the holder of the key finds exact values and everything below a directory", () => {
  const privacy = hashOnlyPrivacy(keyed, KEY);
  const words = dictionary().slice(0, 50);
  const atoms = record(words, privacy);
  const files = atoms.flatMap(({ object }) =>
    object?.kind === "file" && object.path !== null ? [object.path] : [],
  );
  const keyOf = (values: readonly Value[]) => values.map(valueKey).join("/");
  const below = (prefix: string) => {
    const { base, components } = questionPath(privacy, bytes(prefix));
    return files.filter(
      (file) =>
        file.base === base &&
        keyOf(file.components.slice(0, components.length)) === keyOf(components),
    );
  };
  assert.equal(below("/home/user7x/report-7.pdf").length, 1);
  assert.equal(below("/home/user7x").length, 1);
  assert.equal(below("/home").length, 50);
  assert.equal(below("/srv/user7x").length, 1, "the program named from the current directory");
  assert.equal(below("/home/nobody").length, 0);
  assert.equal(below("report-7.pdf").length, 1, "a name whose directory is not known");
  const stored = new Set(valuesOf(atoms).map(valueKey));
  const address = words[7]?.address ?? new Uint8Array(0);
  assert.ok(stored.has(valueKey(questionAddress(privacy, address))));
  assert.ok(
    stored.has(valueKey(questionText(privacy, "argument", bytes(words[7]?.argument ?? "")))),
  );
  assert.ok(stored.has(valueKey(questionText(privacy, "name", bytes("user7x")))));
  assert.ok(!stored.has(valueKey(questionText(privacy, "argument", bytes("user7x")))), "domain");
});

function valueKey({ hashed, bytes: content }: Value): string {
  return `${hashed ? "#" : "="}${toHex(content)}`;
}

test("an address is the same in a flow and in the text of a record", () => {
  const { address } = dictionary()[9] ?? { address: new Uint8Array(0) };
  const privacy = hashOnlyPrivacy(keyed, KEY);
  const atoms = record(dictionary().slice(9, 10), privacy);
  const want = toHex(questionAddress(privacy, address).bytes);
  const found = valuesOf(atoms).filter((value) => toHex(value.bytes) === want);
  assert.equal(found.length, 2);
});

test("what stays in clear", () => {
  const privacy = hashOnlyPrivacy(keyed, KEY);
  const stays = (name: string) => shownPath(questionPath(privacy, bytes(name)));
  assert.equal(stays("/usr/bin/ls"), "/usr/bin/ls");
  assert.equal(stays("/etc/shadow"), "/etc/shadow");
  assert.equal(stays("/proc/77/status"), "/proc/77/status");
  assert.equal(stays("/proc/77/root/home/a"), "/proc/77/root/#/#");
  assert.equal(stays("/proc/77/cwd/a"), "/proc/77/cwd/#");
  assert.equal(stays("/dev/pts/0"), "/dev/pts/0");
  assert.equal(stays("/dev/shm/a"), "/dev/shm/#");
  assert.equal(stays("/usr/local/bin/a"), "/usr/#/#/#");
  assert.equal(stays("/home/a/x"), "/home/#/#");
  assert.equal(stays("/data/x"), "/#/#");
  assert.equal(stays("/etc/../home/a"), "/home/#");
  assert.equal(stays("bin/ls"), "?/#/#");
  assert.equal(stays("/"), "/");
});

test("numbers, programs' names, terminals and system labels stay; other fields do not", () => {
  const content = {
    pid: 7,
    comm: "sh",
    terminal: "/dev/pts/0",
    res: "success",
    acct: "?",
    subj: "system_u:system_r:init_t:s0",
    obj: "alice_u:object_r:user_home_t:s0",
    exe: "/usr/sbin/sshd",
    secret: 12_345,
    acct2: "bob",
  };
  const atoms: Atom[] = [];
  const privacy = hashOnlyPrivacy(keyed, KEY);
  const projector = new Projector({ node: bytes("n"), privacy, sink: collector(atoms) });
  projector.project(event(1, { others: [{ type: "USER_AUTH", fields: fields(content) }] }));
  const object = atoms[0]?.object;
  assert.ok(object?.kind === "fields");
  const hidden = object.fields.flatMap(([name, value]) =>
    typeof value === "object" && value.hashed ? [name] : [],
  );
  assert.deepEqual(hidden, ["obj", "secret", "acct2"]);
});

test("of a line, its length and its hash", () => {
  const atoms: Atom[] = [];
  const privacy = hashOnlyPrivacy(keyed, KEY);
  const projector = new Projector({ node: bytes("n"), privacy, sink: collector(atoms) });
  projector.line(bytes("type=SYSCALL msg=audi"), 0);
  const object = atoms[0]?.object;
  assert.ok(object?.kind === "line");
  assert.equal(object.length, 21);
  assert.ok(object.value.hashed);
});

test("raw keeps everything", () => {
  const values = valuesOf(record(dictionary().slice(0, 20), rawPrivacy()));
  assert.ok(values.every(({ hashed }) => !hashed));
});

function hex(address: string): string | null {
  const found = addressBytes(bytes(address));
  return found === null ? null : toHex(found);
}

test("addresses as text", () => {
  assert.equal(hex("10.0.0.1"), "0a000001");
  assert.equal(hex("::1"), "00000000000000000000000000000001");
  assert.equal(hex("fe80::1:2"), "fe800000000000000000000000010002");
  assert.equal(hex("::ffff:1.2.3.4"), "00000000000000000000ffff01020304");
  assert.equal(hex("1:2:3:4:5:6:7:8"), "00010002000300040005000600070008");
  for (const bad of ["", "10.0.0", "10.0.0.256", "010.0.0.1", "1::2::3", "1:2", "::1%eth0", "x"]) {
    assert.equal(hex(bad), null, bad);
  }
});
