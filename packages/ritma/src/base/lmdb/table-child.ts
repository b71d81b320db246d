/**
 * The process that opens a sealed table, so that a damaged file takes down nothing else.
 *
 *     request: u8 length, key             answer: u32be n, then n - 1 bytes; n = 0: no such key
 *
 * First it answers HELLO, when LMDB is loaded, then an empty answer, when the file is open. It ends
 * with its input, so with the process that started it, and by itself on anything unexpected.
 *
 *     node table-child.ts PATH
 *
 * @module
 */
import { TABLE_VALUE_BYTES_MAX } from "../limits.ts";

/** Said before the file is touched: from here on, what goes wrong is the file's fault. */
export const HELLO = "ritma/table@1";

async function serve(path: string): Promise<void> {
  const { openTableForReading } = await import("./engine.ts");
  answer(new TextEncoder().encode(HELLO));
  const get = openTableForReading(path);
  answer(null);
  let rest = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const length = rest[0];
      if (length === undefined || rest.length <= length) break;
      answer(get(rest.subarray(1, 1 + length)));
      rest = rest.subarray(1 + length);
    }
  }
}

/** The parent asks for one key at a time, so at most one answer waits here. */
function answer(value: Uint8Array | null): void {
  if (value !== null && value.length > TABLE_VALUE_BYTES_MAX) {
    throw new RangeError(`a value of ${value.length} bytes`);
  }
  const head = Buffer.alloc(4);
  head.writeUInt32BE(value === null ? 0 : value.length + 1);
  process.stdout.write(value === null ? head : Buffer.concat([head, value]));
}

if (import.meta.main) await serve(process.argv[2] ?? "");
