/**
 * The port to an object store: as much of S3 as the object engine needs, and as small as a fault.
 *
 * A put is conditional, always. That one condition, kept by the server, is what makes a beat atomic
 * and refuses the slower of two writers; a server that ignores it must not be used (`probe.ts`).
 *
 * Not here: which server (`s3-store.ts`), trying again (`patient-store.ts`).
 *
 * @module
 */

export interface StoredObject {
  readonly bytes: Uint8Array;
  /** Of this content: what a later put can be made to depend on. */
  readonly version: string;
}

/** What must be under the name for a put to be done: nothing, or this version. */
export type PutCondition = { readonly absent: true } | { readonly version: string };

/**
 * Each call may throw RitmaError `beat/unreachable`; a put or a removal has then been done, or not,
 * or is still to be done.
 */
export interface ObjectStore extends AsyncDisposable {
  /** @returns null when there is no such object. @throws RitmaError `disk/too-large` */
  get(name: string, bytesMax: number): Promise<StoredObject | null>;
  /** Durable on return. @returns the new version; null when the condition was not met. */
  put(name: string, bytes: Uint8Array, condition: PutCondition): Promise<string | null>;
  /** An absent object is no error. */
  remove(name: string): Promise<void>;
  /** Names that begin with `prefix`, sorted, at most `limit`. */
  list(prefix: string, limit: number): Promise<readonly string[]>;
}
