/**
 * Heads in a branch of a git repository on this host, one commit each.
 *
 *     refs/heads/ritma-anchors : <origin>/<size>
 *
 * Nothing is checked out and no index is touched, so a repository that somebody works in and a bare
 * one are the same. Nothing is pushed: whoever has the repository decides who gets it, and only a
 * copy that is elsewhere proves anything.
 *
 * Invariant: commits are added to the branch, never replaced.
 *
 * @module
 */
import { encodeUtf8 } from "@ritma/evidence";
import type { Clock } from "../../base/clock.ts";
import { RitmaError } from "../../base/error.ts";
import { ANCHOR_GIT_BYTES_MAX, HEAD_BYTES_MAX, HEADS_MAX } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import type { SignedHead } from "../../stores/sealed/signed-head.ts";
import { type Anchored, type FoundHead, refuseOther, sizeNamed } from "./kept-elsewhere.ts";
import { runProgram } from "./program.ts";

const BRANCH = "refs/heads/ritma-anchors";
const AUTHOR = "Ritma <ritma@ritma.invalid>";
const US_PER_SECOND = 1_000_000;
const NEWLINE = 0x0a;

/** Nobody is asked for anything, and the repository's own programs are not run. */
const QUIET = { GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" } as const;
const SETTINGS = ["core.hooksPath=/dev/null", "core.fsync=all", "gc.auto=0"] as const;

/** @throws RitmaError `anchor/refused`, `anchor/fork` */
export async function anchorInGit(
  repository: string,
  head: SignedHead,
  clock: Clock,
): Promise<Anchored> {
  const path = `${head.origin}/${head.size}`;
  const tip = await tipOf(repository);
  const where = `${repository} ${path}`;
  if (tip !== null) {
    const [found] = await readBlobs(repository, [`${tip}:${path}`]);
    if (found !== undefined && found !== null) {
      refuseOther(where, found, head);
      return { isNew: false, where: `${where} in ${tip.slice(0, 12)}` };
    }
  }
  const seconds = Math.floor(clock.nowUs() / US_PER_SECOND);
  const message = `Head of ${head.size} entries of ${head.origin}\n`;
  const from = tip === null ? "" : `from ${tip}\n`;
  const commit =
    `commit ${BRANCH}\ncommitter ${AUTHOR} ${seconds} +0000\n` +
    `data ${message.length}\n${message}${from}` +
    `M 100644 inline ${path}\ndata ${head.bytes.length}\n`;
  const input = Buffer.concat([encodeUtf8(commit), head.bytes, encodeUtf8("\ndone\n")]);
  await git(repository, ["fast-import", "--quiet", "--done"], input);
  const [kept] = await readBlobs(repository, [`${BRANCH}:${path}`]);
  if (kept === undefined || kept === null) {
    throw new RitmaError("anchor/refused", `${escapeText(where)} was not kept`);
  }
  refuseOther(where, kept, head);
  return { isNew: true, where: `${where} in ${(await tipOf(repository))?.slice(0, 12) ?? ""}` };
}

/** Of this log, by size. @throws RitmaError `anchor/refused` */
export async function headsInGit(
  repository: string,
  origin: string,
): Promise<readonly FoundHead[]> {
  const tip = await tipOf(repository);
  if (tip === null) return [];
  const listed = await git(repository, ["ls-tree", "-z", "--name-only", tip, `${origin}/`]);
  const sizes = Buffer.from(listed)
    .toString("latin1")
    .split("\0")
    .map((name) => sizeNamed(name.slice(origin.length + 1)))
    .filter((size) => size !== null)
    .toSorted((a, b) => a - b);
  if (sizes.length > HEADS_MAX) {
    throw new RitmaError("anchor/refused", `${escapeText(repository)} has ${sizes.length} heads`);
  }
  const blobs = await readBlobs(
    repository,
    sizes.map((size) => `${tip}:${origin}/${size}`),
  );
  const place = `${repository} ${origin}`;
  return sizes.map((size, at) => ({ where: `${place}/${size}`, size, bytes: blobs[at] ?? null }));
}

/** @returns the newest commit of the branch, null when there is none yet. */
async function tipOf(repository: string): Promise<string | null> {
  const format = "--format=%(objectname)";
  const printed = await git(repository, ["for-each-ref", format, BRANCH]);
  const tip = Buffer.from(printed).toString("latin1").trim();
  return /^[0-9a-f]{40,64}$/u.test(tip) ? tip : null;
}

/** @returns for each name its bytes, null when there is no such file or it is too large. */
async function readBlobs(
  repository: string,
  names: readonly string[],
): Promise<readonly (Uint8Array | null)[]> {
  const input = encodeUtf8(names.map((name) => `${name}\n`).join(""));
  const printed = await git(repository, ["cat-file", "--batch"], input);
  const blobs: (Uint8Array | null)[] = [];
  for (let at = 0; at < printed.length;) {
    const end = printed.indexOf(NEWLINE, at);
    const line = Buffer.from(printed.subarray(at, end)).toString("latin1");
    const [, kind, length] = /^[0-9a-f]+ (\w+) (\d+)$/u.exec(line) ?? [];
    at = end + 1;
    if (length === undefined) {
      blobs.push(null);
      continue;
    }
    const bytes = printed.subarray(at, at + Number(length));
    blobs.push(kind === "blob" && bytes.length <= HEAD_BYTES_MAX ? bytes.slice() : null);
    at += Number(length) + 1;
  }
  return blobs;
}

async function git(
  repository: string,
  args: readonly string[],
  input: Uint8Array = new Uint8Array(0),
): Promise<Uint8Array> {
  const settings = SETTINGS.flatMap((each) => ["-c", each]);
  const argv = ["git", "-C", repository, ...settings, ...args];
  return await runProgram(argv, input, { bytesMax: ANCHOR_GIT_BYTES_MAX, environment: QUIET });
}
