/**
 * Vectors of the catalog of a day: spec/21-catalog.md.
 *
 * @module
 */
import {
  type Actors,
  type Catalog,
  type CatalogHour,
  CborWriter,
  dayRootOf,
  decodeCatalog,
  encodeCatalog,
  encodeEntity,
  type FlowEntity,
  type Path,
  programEntity,
  type Value,
} from "@ritma/evidence";
import { bad, badEnds, type BadVector, digestOf, good, hashes, STORE_ID, TIME } from "./vector.ts";

const HOUR_US = 3_600_000_000;

const hour: CatalogHour = {
  sequence: 2,
  t1: TIME,
  t2: TIME + HOUR_US,
  folder: "windows/2026/03/01/10",
  windows: 60,
  events: 500,
  atoms: 600,
  lost: 1,
  late: 2,
  bytes: 9000,
  hourRoot: digestOf("an hour root"),
  header: digestOf("an hour header"),
};

const next: CatalogHour = {
  ...hour,
  sequence: 3,
  t1: hour.t2,
  t2: hour.t2,
  folder: "windows/2026/03/01/11",
  hourRoot: digestOf("another hour root"),
};

const gap = { t1: TIME - HOUR_US, t2: TIME };

function value(text: string): Value {
  return { hashed: false, bytes: new TextEncoder().encode(text) };
}

function pathTo(...names: readonly string[]): Path {
  return { base: 0, components: names.map(value) };
}

const hashed: Path = {
  base: 0,
  components: [{ hashed: true, bytes: digestOf("a name").subarray(0, 16) }],
};

const flow: FlowEntity = {
  kind: "flow",
  family: 2,
  address: { hashed: false, bytes: Uint8Array.of(127, 0, 0, 1) },
  port: 8081,
  scope: null,
};

const actors: Actors = {
  programs: [
    { count: 9, path: pathTo("bin", "sh") },
    { count: 2, path: pathTo("usr", "bin", "id") },
    { count: 1, path: hashed },
  ],
  users: [
    { count: 8, uid: 0 },
    { count: 8, uid: 33 },
  ],
  destinations: [{ count: 3, flow }],
};

const catalog: Catalog = {
  store: STORE_ID,
  day: "2026-03-01",
  dayRoot: dayRootOf(hashes.sha256, [hour.hourRoot, next.hourRoot]),
  hours: [hour, next],
  gaps: [gap],
  actors,
};

export function makeCatalogVectors(): object {
  const bytes = encodeCatalog(catalog);
  return {
    description:
      "Catalogs of a day as they are before compression, spec/21-catalog.md. `day_root` is over " +
      "`hour_roots`. Bad ones must be refused.",
    good: [
      withRoots("catalog", catalog),
      withRoots("catalog, of one hour, made without reading blocks", {
        ...catalog,
        dayRoot: dayRootOf(hashes.sha256, [hour.hourRoot]),
        hours: [hour],
        gaps: [],
        actors: null,
      }),
    ],
    bad: record([...badEnds(bytes, decodeCatalog), ...badHours(), ...badActors()]),
  };
}

function record(vectors: readonly BadVector[]): object[] {
  return vectors.map((vector) => ({ record: "catalog", ...vector }));
}

function withRoots(name: string, each: Catalog): object {
  return Object.assign(good(name, encodeCatalog(each)), {
    day_root: each.dayRoot.toHex(),
    hour_roots: each.hours.map(({ hourRoot }) => hourRoot.toHex()),
  });
}

function of(changed: Partial<Catalog>): Uint8Array {
  return encodeCatalog({ ...catalog, ...changed });
}

function badHours(): BadVector[] {
  const decode = decodeCatalog;
  const back = { ...hour, t2: hour.t1 - 1 };
  return [
    bad("no hour", of({ hours: [] }), "out-of-range", decode),
    bad("an hour twice", of({ hours: [hour, hour] }), "not-canonical", decode),
    bad("hours out of order", of({ hours: [next, hour] }), "not-canonical", decode),
    bad("an hour that goes back", of({ hours: [back] }), "out-of-range", decode),
    bad("a day without a month", of({ day: "2026-03" }), "wrong-type", decode),
    bad("a gap of no time", of({ gaps: [{ t1: TIME, t2: TIME }] }), "out-of-range", decode),
    bad("a gap twice", of({ gaps: [gap, gap] }), "not-canonical", decode),
  ];
}

function badActors(): BadVector[] {
  const decode = decodeCatalog;
  const withActors = (changed: Partial<Actors>): Uint8Array =>
    of({ actors: { ...actors, ...changed } });
  const { programs, users, destinations } = actors;
  const many = Array.from({ length: 21 }, (_, uid) => ({ count: 1, uid }));
  const [again] = users.map(({ uid }) => ({ count: 1, uid }));
  if (again === undefined) throw new TypeError("a user");
  const nobody = withActors({ users: [{ count: 0, uid: 0 }] });
  return [
    bad("21 users", withActors({ users: many }), "out-of-range", decode),
    bad("a user who did nothing", nobody, "out-of-range", decode),
    bad("users by uid", withActors({ users: users.toReversed() }), "not-canonical", decode),
    bad("a user twice", withActors({ users: [...users, again] }), "not-canonical", decode),
    bad("few first", withActors({ programs: programs.toReversed() }), "not-canonical", decode),
    bad(
      "a destination twice",
      withActors({ destinations: [...destinations, ...destinations] }),
      "not-canonical",
      decode,
    ),
    bad("a program that is a flow", withActor(0, encodeEntity(flow)), "wrong-type", decode),
    bad("a program with an owner", withActor(0, owned()), "wrong-type", decode),
    bad("a destination that is a file", withActor(2, programEntity(hashed)), "wrong-type", decode),
  ];
}

function owned(): Uint8Array {
  const unknown = { inode: null, device: null, mode: null, gid: null };
  return encodeEntity({ kind: "file", path: pathTo("bin", "sh"), ...unknown, uid: 0 });
}

/** A catalog with one actor, in list `at`, named by these bytes. */
function withActor(at: 0 | 2, named: Uint8Array): Uint8Array {
  const empty = encodeCatalog({
    ...catalog,
    actors: { programs: [], users: [], destinations: [] },
  });
  const writer = new CborWriter().array(3);
  for (let list = 0; list < 3; list += 1) {
    if (list === at) writer.array(1).array(2).uint(1).bytes(named);
    else writer.array(0);
  }
  // The three empty lists and their head are the last four bytes.
  return Uint8Array.of(...empty.subarray(0, -4), ...writer.finish());
}
