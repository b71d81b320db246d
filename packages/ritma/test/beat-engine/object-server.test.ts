/**
 * Goal: what the object engine promises holds on a real server, behind a line that loses requests
 * and answers.
 *
 * Method: Ceph's object gateway on loopback; the conformance suite against it; then a proxy that
 * spoils requests in turn, and two clients that commit the same beat at once.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { after, test, type TestContext } from "node:test";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { missingForS3, type S3Server, startS3Server } from "../../../../tools/s3-server.ts";
import { skipLoudly } from "../../../../tools/skip.ts";
import { RealDisk } from "../../src/base/disk/real-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { realRng } from "../../src/base/rng.ts";
import type { BeatEngine } from "../../src/stores/beat/engine.ts";
import type { Notice } from "../../src/stores/beat/notice.ts";
import { credentialsFrom, credentialsIn } from "../../src/stores/beat/object/credentials.ts";
import { openObjectEngine } from "../../src/stores/beat/object/object-engine.ts";
import { openS3Store } from "../../src/stores/beat/object/s3-store.ts";
import { drawFrom } from "../recorder/random-log.ts";
import { refuses } from "../base/disk-helpers.ts";
import { engineSuite, type Place } from "./conformance.ts";
import { FaultProxy, type ProxyFault } from "./fault-proxy.ts";
import { beat, got, scanned, stage, STORE } from "./records.ts";

const BUCKET = "ritma-beats";
const REGION = "us-east-1";
const SEED = Number(process.env["RITMA_SEED"] ?? 1);
/** So many requests are spoiled. */
const ONE_OF = 6;
/** Short, so that answers that never come are not waited for. */
const ANSWER_MS = 250;

const missing = missingForS3();
const server = missing === null ? await startS3Server() : null;
if (server !== null) await makeBucket(server);
after(async () => await server?.[Symbol.asyncDispose]());

async function makeBucket({ endpoint, accessKeyId, secretAccessKey }: S3Server): Promise<void> {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region: REGION, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  client.destroy();
}

interface Opening {
  readonly server: S3Server;
  readonly endpoint?: string;
  readonly prefix: string;
  readonly store?: Uint8Array;
  readonly notices?: Notice[];
  readonly attempts?: number;
  readonly answerMs?: number;
}

async function open(opening: Opening): Promise<BeatEngine> {
  const { accessKeyId, secretAccessKey } = opening.server;
  const objects = await openS3Store({
    endpoint: opening.endpoint ?? opening.server.endpoint,
    region: REGION,
    bucket: BUCKET,
    prefix: opening.prefix,
    credentials: { accessKeyId, secretAccessKey },
    answerMs: opening.answerMs ?? 10_000,
  });
  return await openObjectEngine({
    objects,
    primitives: await loadPrimitives(),
    rng: realRng,
    store: opening.store ?? STORE,
    notice: (each) => void opening.notices?.push(each),
    patience: { attempts: opening.attempts ?? 4, waitMs: 20 },
  });
}

if (server !== null) {
  engineSuite({
    name: "object on Ceph",
    modelRuns: 4,
    make: async (): Promise<Place> => {
      const prefix = `${randomUUID()}/`;
      const notices: Notice[] = [];
      return {
        notices,
        open: async (store) => await open({ server, prefix, notices, store: store ?? STORE }),
      };
    },
  });
}

/** Runs `body` with the server, or says loudly that there is none. */
function withServer(name: string, body: (server: S3Server) => Promise<void>): void {
  test(name, async (context: TestContext) => {
    if (server === null) skipLoudly(context, missing ?? "");
    else await body(server);
  });
}

withServer("spoiled requests are tried again, and nothing acknowledged is lost", async (server) => {
  const faults: readonly ProxyFault[] = ["500", "503 after", "no answer", "cut", "cut and lie"];
  await using proxy = await FaultProxy.start(server.port);
  for (const fault of faults) {
    const prefix = `${randomUUID()}/`;
    const place = { server, endpoint: proxy.endpoint, prefix, answerMs: ANSWER_MS, attempts: 10 };
    const draw = drawFrom(SEED);
    let spoiled = 0;
    proxy.faultFor = () => {
      if (draw(ONE_OF) > 0) return null;
      spoiled += 1;
      return fault;
    };
    let engine = await open(place);
    for (let at = 1; at <= 4; at += 1) {
      await beat(engine, at, { data: { a: `${at}`, [`k${at}`]: "x".repeat(2_000) } });
      if (at === 2) await engine.checkpoint();
      if (at === 3) {
        await engine[Symbol.asyncDispose]();
        engine = await open(place);
      }
    }
    await engine[Symbol.asyncDispose]();
    assert.ok(spoiled > 2, `${fault}: ${spoiled} requests`);
    const direct = await open({ server, prefix });
    assert.equal(await got(direct, "data", "a"), "4@4", fault);
    for (let at = 1; at <= 4; at += 1) assert.ok(await got(direct, "data", `k${at}`), fault);
    await direct[Symbol.asyncDispose]();
  }
});

withServer(
  "a server that is gone is told as that, and a redirect is not followed",
  async (server) => {
    await using proxy = await FaultProxy.start(server.port);
    const prefix = `${randomUUID()}/`;
    const place = { server, endpoint: proxy.endpoint, prefix, attempts: 2, answerMs: ANSWER_MS };
    const engine = await open(place);
    await beat(engine, 1, { data: { a: "1" } });
    stage(engine, 2, { data: { a: "2" } });
    proxy.faultFor = (method) => (method === "PUT" ? "500" : null);
    await refuses("beat/unreachable", async () => await engine.commitBeat());
    await refuses("store/refused", async () => engine.beginBeat(3));
    await engine[Symbol.asyncDispose]();
    proxy.faultFor = () => "redirect";
    await refuses("config/bad", async () => await open(place));
    const again = await open({ server, prefix });
    assert.equal(await scanned(again, "data"), "a=1@1");
    await again[Symbol.asyncDispose]();
  },
);

withServer("of writers that commit at once one is acknowledged", async (server) => {
  const prefix = `${randomUUID()}/`;
  for (let round = 1; round <= 3; round += 1) {
    const writers = await Promise.all([1, 2, 3].map(async () => await open({ server, prefix })));
    const outcomes = await Promise.all(
      writers.map(async (writer, at) => {
        stage(writer, round, { data: { winner: `${at}`, [`round${round}`]: `${at}` } });
        return await writer.commitBeat().then(() => "done", codeOf);
      }),
    );
    const won = outcomes.indexOf("done");
    assert.deepEqual(outcomes.toSorted(), ["done", "store/busy", "store/busy"]);
    for (const writer of writers) await writer[Symbol.asyncDispose]();
    const after = await open({ server, prefix });
    assert.equal(await got(after, "data", "winner"), `${won}@${round}`);
    await after[Symbol.asyncDispose]();
  }
});

withServer("wrong credentials and a missing bucket are refused at once", async (server) => {
  const wrong = { ...server, secretAccessKey: "wrong" };
  await refuses("config/bad", async () => await open({ server: wrong, prefix: "x/" }));
  const { accessKeyId, secretAccessKey, endpoint } = server;
  const objects = await openS3Store({
    endpoint,
    region: REGION,
    bucket: "no-such-bucket",
    prefix: "",
    credentials: { accessKeyId, secretAccessKey },
  });
  await refuses("config/bad", async () => await objects.get("head", 1_000));
  await objects[Symbol.asyncDispose]();
});

test("credentials come from the environment, or from a file of ours", async (context) => {
  const found = { accessKeyId: "id", secretAccessKey: "secret" };
  const environment = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };
  assert.deepEqual(credentialsFrom(environment), found);
  await refuses("config/bad", async () => credentialsFrom({ AWS_ACCESS_KEY_ID: "id" }));
  const { mkdtempSync, rmSync, chmodSync } = await import("node:fs");
  const dir = mkdtempSync("/tmp/ritma-credentials-");
  context.after(() => rmSync(dir, { recursive: true }));
  const path = `${dir}/credentials`;
  const text = "[other]\naws_access_key_id = no\n[default]\naws_access_key_id = id\n";
  writeFileSync(path, `${text}aws_secret_access_key=secret\n`, { mode: 0o600 });
  assert.deepEqual(await credentialsIn(new RealDisk(), path), found);
  chmodSync(path, 0o640);
  await refuses("config/bad", async () => await credentialsIn(new RealDisk(), path));
});

function codeOf(error: unknown): string {
  return error instanceof RitmaError ? error.code : String(error);
}
