/**
 * Stores with an index for each hour, whose blocks are cut at every window, as those of a busier
 * hour would be at some; and logs in which processes change their credentials.
 *
 * @module
 */
import { blockPath, type CodedBlock, hasRef, indexFolder } from "@ritma/evidence";
import type { Disk } from "../../src/base/disk/disk.ts";
import type { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { indexHour } from "../../src/flow/keep/jumps.ts";
import { type Keeping, writeDerived } from "../../src/flow/keep/write-derived.ts";
import { entityRefs } from "../../src/stores/sealed/jumps.ts";
import type { SealedHour } from "../../src/stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { line } from "../recorder/audit-lines.ts";
import type { Draw } from "../recorder/random-log.ts";
import { open, primitives } from "../recorder/recording.ts";
import { openReader } from "../sealed/searching.ts";

/** Numbers of the blocks that were decoded since somebody emptied it. */
export interface CutReader extends StoreReader {
  readonly decoded: number[];
}

/** Reads each section as a block of its own. */
export async function openCut(disk: Disk): Promise<CutReader> {
  const reader = Object.assign(await openReader(disk), { decoded: [] as number[] });
  const header = reader.header.bind(reader);
  const blocks = reader.blocks.bind(reader);
  reader.header = async (hour) => {
    const found = await header(hour);
    const [{ sha256, length } = { sha256: new Uint8Array(32), length: 0 }] = found.files;
    const more = Array.from({ length: hour.windows }, (_, at) => ({
      path: blockPath("inst", at),
      length,
      sha256,
    }));
    return { ...found, files: [...more, ...found.files] };
  };
  reader.blocks = async function* cut(hour, _, kind, first) {
    const whole: CodedBlock[] = [];
    for await (const block of blocks(hour, await header(hour), kind)) whole.push(block);
    const parts = whole.flatMap((block) =>
      block.sections.map((section, at) => ({
        ...block,
        sections: [section],
        coneIds: [block.coneIds[at] ?? new Uint32Array(0)],
      })),
    );
    for (const [number, part] of parts.entries()) {
      if (first !== undefined && number < first) continue;
      if (kind === "inst") reader.decoded.push(number);
      yield { ...part, number };
    }
  };
  return reader;
}

/** What is derived is written with this. */
export async function keepingWith(disk: SimDisk, reader: StoreReader): Promise<Keeping> {
  const { keystore } = await open(disk);
  return { disk, primitives, key: keystore.seal, reader };
}

/** Gives every hour its index. */
export async function indexAll(keeping: Keeping): Promise<void> {
  const { reader } = keeping;
  for (const hour of reader.hours) {
    const files = await indexHour(reader, hour, null);
    if (files.length > 0) await writeDerived(keeping, indexFolder(hour.folder), files);
  }
}

/**
 * @param ids of the dictionary of `generation`
 * @returns the hours of that generation, oldest first, without those of which an index tells that
 * nothing in them refers to any of the ids
 */
export async function hoursWith(
  reader: StoreReader,
  generation: number,
  ids: readonly number[],
): Promise<SealedHour[]> {
  const hours: SealedHour[] = [];
  for (const hour of reader.hours) {
    const refs = await entityRefs(reader, hour);
    const own = refs?.generation ?? (await reader.header(hour)).generation.number;
    if (own > generation) break;
    if (own === generation && (refs === null || ids.some((id) => hasRef(refs, id)))) {
      hours.push(hour);
    }
  }
  return hours;
}

/** An atom, and where it stands. */
export interface Row {
  readonly time: number;
  readonly block: number;
  readonly row: number;
  readonly ids: ReadonlySet<number>;
}

/** Every atom of an hour. */
export async function rowsOf(
  reader: StoreReader,
  hour: SealedHour,
  kind: "inst" | "late",
): Promise<Row[]> {
  const rows: Row[] = [];
  const header = await reader.header(hour);
  for await (const { number, sections } of reader.blocks(hour, header, kind)) {
    let before = 0;
    for (const { atoms } of sections) {
      const { process, object, object2, arg } = atoms;
      for (let row = 0; row < atoms.length; row += 1) {
        const ids = [process, object, object2, arg].map((column) => column[row] ?? 0);
        const used = new Set(ids.filter((id) => id > 0));
        rows.push({ time: atoms.time[row] ?? 0, block: number, row: before + row, ids: used });
      }
      before += atoms.length;
    }
  }
  return rows;
}

/** Calls of four processes over two hours: who they are changes, and some come late. */
export function changingLog(draw: Draw, events: number): string {
  const lines: string[] = [];
  let second = 9 * 3600 + draw(1800);
  for (let serial = 1; serial <= events; serial += 1) {
    second += [0, 0, 1, 5, 40, 100, 700][draw(7)] ?? 0;
    const at = new Date((second - (draw(9) === 0 ? draw(400) : 0)) * 1000);
    const clock = `${at.toISOString().slice(11, 19)}.${String(draw(1000)).padStart(3, "0")}`;
    lines.push(called(clock, serial, 100 + draw(4), draw(3), draw(5)));
  }
  return lines.join("");
}

const IDS = ["auid", "uid", "gid", "euid", "suid", "fsuid", "egid", "sgid", "fsgid"];
const CONNECT = 42;
const RENAME = 82;
const OPENAT = 257;

/** connect(2) for path 0, rename(2) for path 1, else openat(2). */
function called(clock: string, serial: number, pid: number, uid: number, path: number): string {
  const who = IDS.map((name) => `${name}=${uid}`).join(" ");
  const call = [CONNECT, RENAME][path] ?? OPENAT;
  const rest =
    `arch=c000003e syscall=${call} success=yes exit=0 a0=3 a1=0 a2=0 a3=0 items=1 ppid=1 ` +
    `pid=${pid} ${who} tty=pts0 ses=3 comm="cat" exe="/usr/bin/cat" key=(null)`;
  const named = (item: number, name: string, type: string): string =>
    line(
      "PATH",
      clock,
      serial,
      `item=${item} name="${name}" inode=${name.length} dev=fe:01 mode=0100644 ouid=0 ogid=0 ` +
        `rdev=00:00 nametype=${type}`,
    );
  const about = new Map([
    [CONNECT, line("SOCKADDR", clock, serial, "saddr=02001F917F0000010000000000000000")],
    [RENAME, named(0, "/srv/old", "DELETE") + named(1, "/srv/new", "CREATE")],
    [OPENAT, named(0, `/srv/${path}`, "NORMAL")],
  ]);
  const end = line("EOE", clock, serial, "");
  return line("SYSCALL", clock, serial, rest) + (about.get(call) ?? "") + end;
}
