/**
 * The process that opens sealed tables, so that a damaged file takes down nothing else.
 *
 *     request: u32be length of the rest, verb, u32be number of a table, then
 *              "o" and its path, "g" and a key, "c" and nothing
 *     answer:  u32be n, then n - 1 bytes; n = 0: no such key, or done
 *
 * First it answers HELLO, when LMDB is loaded. It ends with its input, so with the process that
 * started it, and by itself on anything unexpected.
 *
 * @module
 */
import { TABLE_VALUE_BYTES_MAX } from "../limits.ts";

/** Said before a file is touched: from here on, what goes wrong is the file's fault. */
export const HELLO = "ritma/table@2";

export const VERBS = { open: 0x6f, get: 0x67, close: 0x63 } as const;
export const HEAD_BYTES = 4;

async function serve(): Promise<void> {
  const { openTableForReading } = await import("./engine.ts");
  type Table = ReturnType<typeof openTableForReading>;
  const tables = new Map<number, Table>();
  answer(new TextEncoder().encode(HELLO));
  const serveOne = async (
    verb: number | undefined,
    number: number,
    rest: Buffer,
  ): Promise<void> => {
    if (verb === VERBS.open) {
      tables.set(number, openTableForReading(rest.toString()));
      answer(null);
      return;
    }
    const table = tables.get(number);
    if (table === undefined) throw new RangeError(`no table ${number}`);
    if (verb === VERBS.get) {
      answer(table.get(rest));
      return;
    }
    tables.delete(number);
    await table.close();
    answer(null);
  };
  let input = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    input = Buffer.concat([input, chunk]);
    for (;;) {
      const end = input.length < HEAD_BYTES ? Infinity : HEAD_BYTES + input.readUInt32BE(0);
      if (input.length < end) break;
      const request = input.subarray(HEAD_BYTES, end);
      await serveOne(request[0], request.readUInt32BE(1), request.subarray(1 + HEAD_BYTES));
      input = input.subarray(end);
    }
  }
}

/** The parent asks one question at a time, so at most one answer waits here. */
function answer(value: Uint8Array | null): void {
  if (value !== null && value.length > TABLE_VALUE_BYTES_MAX) {
    throw new RangeError(`a value of ${value.length} bytes`);
  }
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(value === null ? 0 : value.length + 1);
  process.stdout.write(value === null ? head : Buffer.concat([head, value]));
}

if (import.meta.main) await serve();
