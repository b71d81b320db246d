/**
 * An object store in memory that keeps conditions, with a fault before, in or after each request.
 *
 * @module
 */
import { RitmaError } from "../../src/base/error.ts";
import type {
  ObjectStore,
  PutCondition,
  StoredObject,
} from "../../src/stores/beat/object/object-store.ts";

/**
 * What happens to a request: it does not arrive, its answer gets lost, or half of what it gets is
 * cut off.
 */
export type ObjectFault = "lost request" | "lost answer" | "cut answer";

/** What a server that keeps no conditions gets wrong. */
export type Lie = "If-None-Match" | "If-Match" | "If-Match never";

/** Shared by all stores that were opened on it: a server. */
export class SimServer {
  readonly objects: Map<string, StoredObject> = new Map();
  /** Asked before each request, with its number from 1 on. */
  faultAt: (request: number) => ObjectFault | null = () => null;
  lie: Lie | null = null;
  /** Runs before each request is done: another client's turn. */
  before: ((what: string, name: string) => Promise<void>) | null = null;
  requests = 0;
  #versions = 0;

  open(): ObjectStore {
    return new SimObjects(this);
  }

  put(name: string, bytes: Uint8Array, condition: PutCondition): string | null {
    const old = this.objects.get(name);
    const isMet =
      "absent" in condition
        ? old === undefined || this.lie === "If-None-Match"
        : (old?.version === condition.version || this.lie === "If-Match") &&
          this.lie !== "If-Match never";
    if (!isMet) return null;
    this.#versions += 1;
    const version = `v${this.#versions}`;
    this.objects.set(name, { bytes: bytes.slice(), version });
    return version;
  }
}

class SimObjects implements ObjectStore {
  readonly #server: SimServer;

  constructor(server: SimServer) {
    this.#server = server;
  }

  async get(name: string, bytesMax: number): Promise<StoredObject | null> {
    return await this.#request("get", name, (fault) => {
      const found = this.#server.objects.get(name);
      if (found === undefined) return null;
      if (found.bytes.length > bytesMax) throw new RitmaError("disk/too-large", name);
      if (fault !== "cut answer") return found;
      return { ...found, bytes: found.bytes.slice(0, found.bytes.length >> 1) };
    });
  }

  async put(name: string, bytes: Uint8Array, condition: PutCondition): Promise<string | null> {
    return await this.#request("put", name, () => this.#server.put(name, bytes, condition));
  }

  async remove(name: string): Promise<void> {
    await this.#request("remove", name, () => this.#server.objects.delete(name));
  }

  async list(prefix: string, limit: number): Promise<readonly string[]> {
    return await this.#request("list", prefix, () =>
      [...this.#server.objects.keys()]
        .filter((name) => name.startsWith(prefix))
        .toSorted()
        .slice(0, limit),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #request<Value>(
    what: string,
    name: string,
    work: (fault: ObjectFault | null) => Value,
  ): Promise<Value> {
    await this.#server.before?.(what, name);
    this.#server.requests += 1;
    const fault = this.#server.faultAt(this.#server.requests);
    if (fault === "lost request") throw new RitmaError("beat/unreachable", `${what}: lost`);
    const answer = work(fault);
    if (fault === "lost answer") throw new RitmaError("beat/unreachable", `${what}: no answer`);
    return answer;
  }
}
