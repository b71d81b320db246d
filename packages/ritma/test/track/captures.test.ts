/**
 * Goal: on recordings of real hosts, processes have the parents that those who made the recordings
 * say they had.
 *
 * Method: the recordings lie outside of this repository (`$RITMA_DATASETS`, or a folder beside
 * the checkout). The attack in `web-attack` is labelled: each step lists its processes and where
 * they began. Every process of a step must lead to such a beginning by parents alone, and from
 * there to the service that was attacked.
 */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { decodeEntity, type EntityRef, type ProcessEntity, type ProcessKey } from "@ritma/evidence";
import { skipLoudly } from "../../../../tools/skip.ts";
import { AuditParser } from "../../src/flow/capture/auditd/parser.ts";
import { rawPrivacy } from "../../src/flow/capture/privacy.ts";
import { Projector, type ProjectorCounts } from "../../src/flow/capture/track/projector.ts";
import { bytes, shownPath } from "./story.ts";

const DATASETS =
  process.env["RITMA_DATASETS"] ?? join(import.meta.dirname, "../../../../../shared/data");

interface Step {
  readonly id: string;
  readonly pids: readonly number[];
  readonly root_pids: readonly number[];
}

type Range = readonly [first: number, last: number];
type Ranges = Readonly<Record<string, readonly Range[]>>;

interface Replay {
  /** By serial: who acted. */
  readonly actors: ReadonlyMap<number, ProcessEntity>;
  readonly processes: ReadonlyMap<string, ProcessEntity>;
  readonly counts: ProjectorCounts;
  readonly events: number;
  readonly atoms: number;
}

/** @returns undefined after a loud skip when the recording is not here. */
function replay(context: TestContext, capture: string): Replay | undefined {
  const directory = join(DATASETS, "captures", capture);
  if (!existsSync(directory)) {
    skipLoudly(context, `captures/${capture} (set RITMA_DATASETS to where the recordings are)`);
    return undefined;
  }
  const actors = new Map<number, ProcessEntity>();
  const processes = new Map<string, ProcessEntity>();
  const known = new Map<EntityRef, ProcessEntity>();
  let atoms = 0;
  const projector = new Projector({
    node: bytes(capture),
    privacy: rawPrivacy(),
    sink: {
      atom(_time, serial, _etype, _flags, _ret, process) {
        atoms += 1;
        let actor = known.get(process);
        if (actor === undefined) {
          const entity = decodeEntity(process.bytes);
          assert.ok(entity.kind === "process");
          actor = entity;
          known.set(process, actor);
          processes.set(keyOf(actor), actor);
        }
        actors.set(serial, actor);
      },
    },
  });
  const parser = new AuditParser({
    event: (event) => projector.project(event),
    uninterpreted: (line, _reason, timeUs) => projector.line(line, timeUs ?? 0),
    refused: () => assert.fail("a line was refused"),
  });
  for (const file of globSync("audit.log*.zst", { cwd: directory }).toSorted().toReversed()) {
    parser.feed(zstdDecompressSync(readFileSync(join(directory, file))));
  }
  parser.end();
  return { actors, processes, counts: projector.counts, events: parser.counts.events, atoms };
}

function keyOf({ boot, pid, start, serial }: ProcessKey): string {
  return `${boot}/${pid}/${start}/${serial}`;
}

/** The process and its ancestors, as far as they are known. */
function lineage(process: ProcessEntity, { processes }: Replay): ProcessEntity[] {
  const chain: ProcessEntity[] = [];
  for (let at: ProcessEntity | undefined = process; at !== undefined;) {
    chain.push(at);
    at = at.parent === null ? undefined : processes.get(keyOf(at.parent));
  }
  return chain;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

function stepsOf(directory: string): Step[] {
  const labels = readJson(join(directory, "labels.json"));
  assert.ok(Array.isArray(labels));
  return labels;
}

function rangesOf(directory: string): Ranges {
  const labels: unknown = readJson(join(directory, "label_serials.json"));
  assert.ok(isRanges(labels));
  return labels;
}

function isRanges(value: unknown): value is Ranges {
  return typeof value === "object" && value !== null && Object.values(value).every(Array.isArray);
}

/** Root's sshd is outside of the rules: known by its logins, and the parent of sessions. */
const SESSIONS = "/usr/sbin/sshd";

test("web-attack: every process of an attack step comes from where the step began", (context) => {
  const told = replay(context, "web-attack");
  if (told === undefined) return;
  const directory = join(DATASETS, "captures", "web-attack");
  const ranges = rangesOf(directory);
  let checked = 0;
  for (const step of stepsOf(directory)) {
    checked += checkStep(step, actorsIn(ranges[step.id] ?? [], told), told);
  }
  assert.ok(checked > 4_000, `${checked} events of attack steps`);
});

/** @returns how many events were of the step. */
function checkStep(step: Step, actors: readonly ProcessEntity[], told: Replay): number {
  const own = actors.filter(({ pid }) => step.pids.includes(pid));
  for (const actor of own) {
    const ancestors = lineage(actor, told);
    const chain = ancestors.map(({ pid }) => pid);
    const session = imageOf(ancestors.at(-1) ?? actor) === SESSIONS;
    const found = session || step.root_pids.some((root) => chain.includes(root));
    assert.ok(found, `${step.id}: ${chain.join(" < ")} does not come from where it began`);
  }
  assert.ok(own.length > 0, step.id);
  return own.length;
}

/** Who acted in each event of these ranges of serials. */
function actorsIn(ranges: readonly Range[], { actors }: Replay): ProcessEntity[] {
  const found: ProcessEntity[] = [];
  for (const [first, last] of ranges) {
    for (let serial = first; serial <= last; serial += 1) {
      const actor = actors.get(serial);
      if (actor !== undefined) found.push(actor);
    }
  }
  return found;
}

function imageOf({ executable }: ProcessEntity): string {
  return executable === null ? "?" : shownPath(executable);
}

test("web-attack: the shells of the injection are children of the service", (context) => {
  const told = replay(context, "web-attack");
  if (told === undefined) return;
  const [step] = stepsOf(join(DATASETS, "captures", "web-attack"));
  const [root] = step?.root_pids ?? [];
  const shell = [...told.processes.values()].find(({ pid }) => pid === root);
  assert.ok(shell !== undefined);
  const images = lineage(shell, told).map(imageOf);
  assert.ok(images.includes("/usr/sbin/fcgiwrap"), images.join(" < "));
});

test("odd-raw: nothing that was forked is without a parent", (context) => {
  const told = replay(context, "odd-raw");
  if (told === undefined) return;
  const orphans = [...told.processes.values()].filter(
    ({ birth, parent }) => birth !== "node" && parent === null,
  );
  const outside = new Set(["/usr/local/sbin/svrun", "/usr/sbin/auditctl", "/usr/sbin/auditd", "?"]);
  for (const orphan of orphans) assert.ok(outside.has(imageOf(orphan)), imageOf(orphan));
  assert.ok(told.atoms >= told.events);
});

test("pod-pidns: parents are found although children are numbered from inside", (context) => {
  const told = replay(context, "pod-pidns");
  if (told === undefined) return;
  const all = [...told.processes.values()].filter(({ birth }) => birth !== "node");
  const orphans = all.filter(({ parent }) => parent === null);
  assert.ok(orphans.length * 10 < all.length, `${orphans.length} of ${all.length} have no parent`);
  for (const { birth, pid } of all) assert.ok(birth !== "fork" || pid > 1_000, "an inner number");
});

test("web-steady: pids that came round twice are different processes", (context) => {
  const told = replay(context, "web-steady");
  if (told === undefined) return;
  assert.equal(told.counts.bootResets, 0);
  assert.equal(told.counts.evictedProcesses, 0);
  assert.ok(told.counts.inferred * 100 < told.counts.processes, `${told.counts.inferred} inferred`);
  assert.ok(told.atoms >= told.events);
});
