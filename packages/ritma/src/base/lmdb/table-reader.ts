/**
 * A sealed table, asked for its values by key.
 *
 * Length and digest are compared before anything opens the file; then another process opens it
 * (`table-host.ts`). When that one dies, hangs or says what no table says, the file is damaged and
 * this reader refuses from then on; so do others in the same process.
 *
 * Invariant: what is opened is what was compared, by descriptor and not by name. Who can write to
 * the file in place can still change what later answers say.
 * Invariant: the folder of the file is not written to, and the lock file that LMDB insists on is in
 * a temporary folder that is gone before the first answer.
 *
 * @module
 */
import { equalBytes } from "@ritma/evidence";
import { LentFile, linkTo, makeTemporary } from "../disk/lend.ts";
import { RitmaError } from "../error.ts";
import { TableHost } from "./table-host.ts";
import { KEY_BYTES_MAX, type SealedTable } from "./table-writer.ts";

/** Values by key: a table, or what stands for one. */
export interface TableSource extends AsyncDisposable {
  /** @returns the value, which the caller owns; null when there is no such key. */
  get(key: Uint8Array): Promise<Uint8Array | null>;
}

export class TableReader implements TableSource {
  readonly #path: string;
  readonly #host: TableHost;
  readonly #isOwnHost: boolean;
  readonly #number: number;
  #isClosed = false;

  private constructor(
    path: string,
    number: number,
    { host, isOwn }: { readonly host: TableHost; readonly isOwn: boolean },
  ) {
    this.#path = path;
    this.#number = number;
    this.#host = host;
    this.#isOwnHost = isOwn;
  }

  /** Of the process that reads. */
  get pid(): number {
    return this.#host.pid;
  }

  /**
   * @param sealed what a statement that was checked says of the file
   * @param shared a process that reads other tables, too; without one this gets its own
   * @throws RitmaError `index/damaged`; `index/unavailable` where LMDB does not run; `disk/…`
   */
  static async open(
    path: string,
    sealed: SealedTable,
    shared: TableHost | null = null,
  ): Promise<TableReader> {
    using file = LentFile.open(path);
    if (file.size !== sealed.length) {
      throw damaged(path, `has ${file.size} bytes, and was built with ${sealed.length}`);
    }
    if (!equalBytes(file.sha256(), sealed.sha256)) {
      throw damaged(path, "has another digest than it was built with");
    }
    using folder = makeTemporary();
    const link = `${folder.path}/table`;
    linkTo(`/proc/${process.pid}/fd/${file.fd}`, link);
    const host = shared ?? (await TableHost.start());
    try {
      const number = await told(path, host.open(link));
      return new TableReader(path, number, { host, isOwn: shared === null });
    } catch (error) {
      if (shared === null) await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * @returns the value, which the caller owns; null when the table has no such key.
   * @throws RitmaError `index/damaged`, then and from then on
   */
  async get(key: Uint8Array): Promise<Uint8Array | null> {
    if (key.length < 1 || key.length > KEY_BYTES_MAX) throw new RangeError("not a key");
    if (this.#isClosed) throw damaged(this.#path, "was closed");
    return await told(this.#path, this.#host.get(this.#number, key));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#isOwnHost) await this.#host[Symbol.asyncDispose]();
    else await this.#host.close(this.#number);
  }
}

/** Names the file in what the host says. */
async function told<Value>(path: string, answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof RitmaError) || error.code !== "index/damaged") throw error;
    throw new RitmaError("index/damaged", `${path}: ${error.message}`, { cause: error });
  }
}

function damaged(path: string, how: string): RitmaError {
  return new RitmaError("index/damaged", `${path}: ${how}`);
}
