/**
 * Goal: what is withheld stands in nothing that is opened, however it is called there; and no more
 * is closed than that asks for.
 *
 * Method: rows of entities as they come together in real atoms, and what may be opened of them.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CredentialsEntity, Entity, Path, ProcessEntity, Value } from "@ritma/evidence";
import {
  mayOpen,
  type NamedEntity,
  type ProofField,
} from "../../src/services/prover/withholding.ts";

function value(text: string): Value {
  return { hashed: false, bytes: new TextEncoder().encode(text) };
}

function hash(digit: number): Value {
  return { hashed: true, bytes: new Uint8Array(16).fill(digit) };
}

function path(...components: readonly (string | Value)[]): Path {
  const values = components.map((each) => (typeof each === "string" ? value(each) : each));
  return { base: 0, components: values };
}

function file(...components: readonly (string | Value)[]): Entity {
  const unknown = { inode: null, device: null, mode: null, uid: null, gid: null };
  return { kind: "file", path: path(...components), ...unknown };
}

function args(...values: readonly string[]): Entity {
  return { kind: "arguments", whole: true, values: values.map((each) => value(each)) };
}

const ids: CredentialsEntity = {
  kind: "credentials",
  ids: [1000, 33, 33, 33, 33, 33, 33, 33, 33, 3],
  terminal: value("pts0"),
  label: null,
};

const curl: ProcessEntity = {
  kind: "process",
  node: value("web-01"),
  boot: 0,
  pid: 501,
  start: 1_795_000_000_000_000,
  serial: 6,
  birth: "exec",
  parent: { boot: 0, pid: 500, start: 1_794_000_000_000_000, serial: 4 },
  executable: path("usr", "bin", "curl"),
  name: value("curl"),
  credentials: ids,
  container: null,
};
const child: ProcessEntity = {
  ...curl,
  pid: 502,
  serial: 9,
  executable: path("tmp", ".x"),
  name: value(".x"),
  credentials: null,
  parent: { boot: 0, pid: 501, start: curl.start, serial: 6 },
};
const local: Entity = {
  kind: "flow",
  family: 2,
  address: { hashed: false, bytes: Uint8Array.of(127, 0, 0, 1) },
  port: 8081,
  scope: null,
};

type Row = readonly [
  name: string,
  withheld: ProofField,
  given: readonly (readonly [Entity, ProofField])[],
  opened: readonly boolean[],
];

const ROWS: readonly Row[] = [
  [
    "arguments alone: the name of the program in front of them is no secret",
    "args",
    [
      [curl, "process"],
      [file("usr", "bin", "curl"), "object"],
      [args("curl", "-o", "x"), "args"],
    ],
    [true, true, false],
  ],
  [
    "a program that calls itself by another name has a secret there",
    "args",
    [
      [{ ...curl, name: value("nginx") }, "process"],
      [args("nginx", "-o"), "args"],
    ],
    [false, false],
  ],
  [
    "a file that is an argument too",
    "object",
    [
      [curl, "process"],
      [file("etc", "shadow"), "object"],
      [args("curl", "/etc/shadow"), "args"],
    ],
    [true, false, false],
  ],
  [
    "a file by its last name in a larger argument",
    "object",
    [
      [curl, "process"],
      [file("etc", "shadow"), "object"],
      [args("curl", "-F=./shadow"), "args"],
    ],
    [true, false, false],
  ],
  [
    "an address in a URL",
    "object",
    [
      [curl, "process"],
      [local, "object"],
      [args("curl", "http://127.0.0.1:8081/s"), "args"],
    ],
    [true, false, false],
  ],
  [
    "the program of an exec is that of its process",
    "object",
    [
      [curl, "process"],
      [file("usr", "bin", "curl"), "object"],
    ],
    [false, false],
  ],
  [
    "a process, and what has its program, its ids or its key",
    "process",
    [
      [curl, "process"],
      [file("usr", "bin", "curl"), "object"],
      [ids, "object2"],
      [child, "object"],
    ],
    [false, false, false, false],
  ],
  [
    "credentials, and the process that began with them",
    "object",
    [
      [curl, "process"],
      [ids, "object"],
    ],
    [false, false],
  ],
  [
    "hashed names are compared as they are",
    "object",
    [
      [curl, "process"],
      [file("srv", hash(1)), "object"],
      [file("srv", hash(1)), "object2"],
      [file("srv", hash(2)), "object2"],
    ],
    [true, false, false, true],
  ],
  [
    "a short text counts as a whole only",
    "object",
    [
      [curl, "process"],
      [{ kind: "string", value: value("ur") }, "object"],
      [{ kind: "string", value: value("ur") }, "args"],
    ],
    [true, false, false],
  ],
  [
    "a record that tells it",
    "object",
    [
      [curl, "process"],
      [file("etc", "shadow"), "object"],
      [
        {
          kind: "fields",
          type: "USER_CMD",
          fields: [
            ["cmd", value("cat /etc/shadow")],
            ["uid", 3],
          ],
        },
        "object2",
      ],
    ],
    [true, false, false],
  ],
  [
    "bytes that are no text",
    "object",
    [
      [curl, "process"],
      [
        {
          kind: "line",
          length: 4,
          value: { hashed: false, bytes: Uint8Array.of(0xff, 0, 0x80, 1) },
        },
        "object",
      ],
      [
        { kind: "string", value: { hashed: false, bytes: Uint8Array.of(7, 0xff, 0, 0x80, 1) } },
        "object2",
      ],
    ],
    [true, false, false],
  ],
];

for (const [name, withheld, given, opened] of ROWS) {
  test(name, () => {
    const named = given.map(([entity, field]): NamedEntity => {
      return { entity, fields: new Set([field]), process: curl };
    });
    assert.deepEqual(mayOpen(named, new Set([withheld])), opened);
    assert.deepEqual(
      mayOpen(named, new Set()),
      opened.map(() => true),
    );
  });
}

test("an entity in two fields is closed by either", () => {
  const fields = new Set<ProofField>(["process", "object"]);
  const named = [{ entity: curl, fields, process: curl }];
  assert.deepEqual(mayOpen(named, new Set(["object"])), [false]);
});
