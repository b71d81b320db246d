/**
 * The one module that imports the AWS SDK: objects below a prefix of a bucket, by the S3 API.
 *
 * The SDK is loaded when a store is opened. It tries nothing again (`patient-store.ts` does),
 * follows no redirect, asks no metadata service for credentials, and adds no checksum headers:
 * servers that are not Amazon's refuse some. The body of a put is signed, so that nobody changes it
 * on its way.
 *
 * A version is an ETag. The standard wants it in quotes, Ceph 16 compares it without: whichever of
 * the two is met first is used from then on.
 *
 * What a server says in words is not passed on, only its status and the name of its error; and the
 * SDK's error, which holds the signed request, is not passed on at all.
 *
 * @module
 */
import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { concatBytes } from "@ritma/evidence";
import { RitmaError } from "../../../base/error.ts";
import { OBJECT_ANSWER_MS, OBJECT_CONNECT_MS } from "../../../base/limits.ts";
import type { S3Credentials } from "./credentials.ts";
import type { ObjectStore, PutCondition, StoredObject } from "./object-store.ts";

export interface S3Options {
  /** https://HOST, or http://127.0.0.1:PORT */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Of all names; "" or ending in "/". */
  readonly prefix: string;
  readonly credentials: S3Credentials;
  /** For an answer to begin. Default OBJECT_ANSWER_MS. */
  readonly answerMs?: number;
}

type Sdk = typeof import("@aws-sdk/client-s3");

const REFUSED = new Set([409, 412]);
const NOT_FOUND = 404;
const TOO_MANY = 429;
/** What a slow line carries while a request waits for its answer. */
const BYTES_PER_MS = 1_000;
const LIST_KEYS_MAX = 1_000;

/** Sends nothing yet. @throws RitmaError `beat/unavailable` where the SDK is not installed */
export async function openS3Store(options: S3Options): Promise<ObjectStore> {
  const { endpoint, region, credentials, answerMs = OBJECT_ANSWER_MS } = options;
  const sdk = await load();
  const client = new sdk.S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    followRegionRedirects: false,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: OBJECT_CONNECT_MS,
      requestTimeout: answerMs,
      throwOnRequestTimeout: true,
      socketTimeout: answerMs,
    },
  });
  return new S3Store(sdk, client, { ...options, answerMs });
}

async function load(): Promise<Sdk> {
  try {
    return await import("@aws-sdk/client-s3");
  } catch (cause) {
    const isAbsent = cause instanceof Error && "code" in cause;
    if (!isAbsent || cause.code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new RitmaError("beat/unavailable", "@aws-sdk/client-s3 is not installed", { cause });
  }
}

class S3Store implements ObjectStore {
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #options: S3Options & { readonly answerMs: number };
  /** Around an ETag; null until a condition on one was met. */
  #quote: "" | '"' | null = null;

  constructor(sdk: Sdk, client: S3Client, options: S3Options & { readonly answerMs: number }) {
    this.#sdk = sdk;
    this.#client = client;
    this.#options = options;
  }

  async get(name: string, bytesMax: number): Promise<StoredObject | null> {
    const command = new this.#sdk.GetObjectCommand(this.#place(name));
    return await asking(`get ${name}`, async () => {
      const answer = await this.#client.send(command).catch(nullIf(new Set([NOT_FOUND])));
      if (answer === null) return null;
      if (!(answer.Body instanceof Readable)) throw new TypeError("an answer without a stream");
      const bytes = await collect(name, answer.Body, bytesMax);
      if (answer.ContentLength !== undefined && bytes.length !== answer.ContentLength) {
        throw unreachable(`get ${name}: the answer was cut`);
      }
      return { bytes, version: versionOf(answer.ETag) };
    });
  }

  async put(name: string, bytes: Uint8Array, condition: PutCondition): Promise<string | null> {
    if ("absent" in condition) return await this.#put(name, bytes, { IfNoneMatch: "*" });
    for (const quote of this.#quote === null ? ['"', ""] : [this.#quote]) {
      const IfMatch = `${quote}${condition.version}${quote}`;
      const version = await this.#put(name, bytes, { IfMatch });
      if (version === null) continue;
      this.#quote = quote === "" ? "" : '"';
      return version;
    }
    return null;
  }

  async remove(name: string): Promise<void> {
    const command = new this.#sdk.DeleteObjectCommand(this.#place(name));
    await asking(`remove ${name}`, async () => {
      await this.#client.send(command).catch(nullIf(new Set([NOT_FOUND])));
    });
  }

  async list(prefix: string, limit: number): Promise<readonly string[]> {
    const { bucket, prefix: ours } = this.#options;
    const names: string[] = [];
    for (let token: string | undefined; names.length < limit;) {
      const command = new this.#sdk.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: ours + prefix,
        MaxKeys: Math.min(limit, LIST_KEYS_MAX),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      });
      const answer = await asking(`list ${prefix}`, async () => await this.#client.send(command));
      for (const { Key } of answer.Contents ?? []) {
        if (Key !== undefined) names.push(Key.slice(ours.length));
      }
      token = answer.NextContinuationToken;
      if (answer.IsTruncated !== true || token === undefined) break;
    }
    return names.slice(0, limit);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy();
  }

  async #put(
    name: string,
    bytes: Uint8Array,
    condition: { readonly IfMatch: string } | { readonly IfNoneMatch: string },
  ): Promise<string | null> {
    const command = new this.#sdk.PutObjectCommand({
      ...this.#place(name),
      ...condition,
      Body: bytes,
    });
    const requestTimeout = this.#options.answerMs + bytes.length / BYTES_PER_MS;
    return await asking(`put ${name}`, async () => {
      const answer = await this.#client.send(command, { requestTimeout }).catch(nullIf(REFUSED));
      return answer === null ? null : versionOf(answer.ETag);
    });
  }

  #place(name: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#options.bucket, Key: this.#options.prefix + name };
  }
}

/** For an answer that tells something; a missing bucket has the status of a missing object. */
function nullIf(statuses: ReadonlySet<number>): (error: unknown) => null {
  return (error) => {
    const isBucket = error instanceof Error && error.name === "NoSuchBucket";
    if (!isBucket && statuses.has(statusOf(error) ?? 0)) return null;
    throw error;
  };
}

async function collect(name: string, body: Readable, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("a stream of something else");
    length += chunk.length;
    if (length > bytesMax) {
      throw new RitmaError("disk/too-large", `object ${name} has more than ${bytesMax} bytes`);
    }
    chunks.push(chunk);
  }
  return concatBytes(...chunks);
}

function versionOf(etag: string | undefined): string {
  const version = (etag ?? "").replaceAll('"', "");
  if (version === "") throw unreachable("the server tells no ETag");
  return version;
}

async function asking<Value>(what: string, request: () => Promise<Value>): Promise<Value> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof RitmaError || error instanceof TypeError) throw error;
    if (!(error instanceof Error)) throw error;
    const status = statusOf(error);
    const told = `${what}: ${status ?? "no answer"} (${error.name})`;
    if (status !== null && status >= 300 && status < 500 && status !== TOO_MANY) {
      throw new RitmaError("config/bad", `the object store refuses ${told}`);
    }
    throw unreachable(told);
  }
}

function unreachable(what: string): RitmaError {
  return new RitmaError("beat/unreachable", what);
}

/** @returns null when no answer came. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("$metadata" in error)) return null;
  const { $metadata: metadata } = error;
  if (typeof metadata !== "object" || metadata === null) return null;
  const status: unknown = Reflect.get(metadata, "httpStatusCode");
  return typeof status === "number" ? status : null;
}
