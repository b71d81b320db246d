/**
 * Copies of one data root: what is done to one without interruption says what another must hold in
 * the end, byte for byte.
 *
 * @module
 */
import assert from "node:assert/strict";
import { cpSync, globSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { BUILD_STATEMENT } from "@ritma/evidence";
import { auditLog } from "../../packages/ritma/test/cli/audit-log.ts";
import { Json } from "../../packages/ritma/test/cli/json-document.ts";
import { verify } from "../../packages/ritma/test/recorder/recording.ts";
import { madePlace, ritma } from "../e2e/processes.ts";

/** Seconds after the begin of the log; later than its end. */
const OTHER_FROM = 1_000_000;

export interface Twins extends Disposable {
  /** @returns the data root of a fresh copy, without the one before. */
  readonly fresh: () => string;
  /** The ingest of a copy, as a command line. */
  readonly ingest: (root: string) => string[];
  /** What a verifier says of the copy as it is now: never TAMPERED. */
  readonly mustNotBeTampered: (root: string, when: string) => Promise<void>;
  /**
   * Records another log in a copy of the copy, which must then be VALID. The same command would
   * write over what a recovery forgot; this one does not.
   */
  readonly mustTakeAnother: (root: string, when: string) => Promise<void>;
  /** Ends the ingest of a copy, and compares it with the one that nobody interrupted. */
  readonly mustBecomeTheSame: (root: string, when: string) => void;
}

export interface TwinsShape {
  readonly events: number;
  readonly step: number;
  /** True for an ingest that goes through the journal, and is sealed by the next command. */
  readonly isJournalled?: boolean;
}

export function twins(shape: TwinsShape): Twins {
  const made = madePlace();
  const log = made.file("audit.log", auditLog(shape));
  const other = made.file("other.log", auditLog({ events: 2, from: OTHER_FROM }));
  const untouched = join(made.dir, "untouched");
  const copy = join(made.dir, "copy");
  cpSync(made.root, untouched, { recursive: true });
  const seal = (root: string): string[] => ["ingest", log, "--data", root];
  const ingest = (root: string): string[] => [
    ...seal(root),
    ...(shape.isJournalled === true ? ["--no-seal"] : []),
  ];
  for (const command of [ingest, seal]) {
    const { status, err } = ritma(command(made.root));
    assert.equal(status, 0, err);
  }
  const keys = new Json(ritma(["keys", "--data", made.root, "--json"]).out);
  const trust = ["--trust", keys.text("identity.fingerprint")];
  assert.equal(ritma(["verify", made.out, ...trust]).status, 0, "the uninterrupted one is VALID");
  const wanted = filesIn(made.out);
  return {
    ingest,
    fresh: () => {
      rmSync(copy, { recursive: true, force: true });
      cpSync(untouched, copy, { recursive: true });
      return copy;
    },
    mustNotBeTampered: async (root, when) => {
      const { result, findings } = await verify(filesIn(join(root, "RITMA_OUT")));
      assert.notEqual(result, "TAMPERED", `${when}: ${JSON.stringify(findings)}`);
    },
    mustTakeAnother: async (root, when) => {
      const second = join(made.dir, "second");
      cpSync(root, second, { recursive: true });
      const { status, err } = ritma(["ingest", other, "--data", second]);
      assert.equal(status, 0, `${when}: ${err}`);
      const { findings } = await verify(filesIn(join(second, "RITMA_OUT")));
      assert.deepEqual(findings, [], when);
      rmSync(second, { recursive: true });
    },
    mustBecomeTheSame: (root, when) => {
      const last = ritma(seal(root));
      assert.equal(last.status, 0, `${when}: ${last.err}`);
      const found = filesIn(join(root, "RITMA_OUT"));
      assert.deepEqual([...found.keys()], [...wanted.keys()], when);
      for (const [path, bytes] of found) {
        // What an hour's index says of the node log depends on when it was built.
        if (path.startsWith("windows/") && path.endsWith(BUILD_STATEMENT)) continue;
        assert.equal(Buffer.compare(bytes, wanted.get(path) ?? bytes), 0, `${when}: ${path}`);
      }
    },
    [Symbol.dispose]: () => made[Symbol.dispose](),
  };
}

function filesIn(dir: string): Map<string, Uint8Array> {
  const paths = globSync("**", { cwd: dir }).filter((path) => statSync(join(dir, path)).isFile());
  return new Map(paths.toSorted().map((path) => [path, readFileSync(join(dir, path))]));
}
