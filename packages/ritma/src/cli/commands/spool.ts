/**
 * Standard input as a file: what can be read once must be kept until it is sealed.
 *
 * The draft lies in the data root, so the caller holds its lock, and a draft that a killed process
 * left is swept by the next run.
 *
 * @module
 */
import { type Disk, DRAFT_SUFFIX, removeDurably } from "../../base/disk/disk.ts";
import { type InputFile, openInput } from "../../base/disk/input-file.ts";
import { RitmaError } from "../../base/error.ts";

/** How standard input is named among the operands. */
export const STDIN = "-";

const SHOWN = "standard input";

export interface Spooled extends AsyncDisposable {
  readonly file: InputFile;
}

/** @throws RitmaError `input/empty`, `input/unsupported`, and of the disk */
export async function spoolInput(
  disk: Disk,
  dataRoot: string,
  input: AsyncIterable<Uint8Array>,
): Promise<Spooled> {
  const path = pathIn(dataRoot);
  try {
    await write(disk, path, input);
    const file = await openInput(path);
    return {
      file: { ...file, path: SHOWN, chunks: () => renamed(path, file) },
      [Symbol.asyncDispose]: async () => {
        await file[Symbol.asyncDispose]();
        await removeDurably(disk, path);
      },
    };
  } catch (error) {
    await removeDurably(disk, path);
    throw named(error, path);
  }
}

/** Removes what a run that was killed left. The caller holds the lock. */
export async function sweepSpool(disk: Disk, dataRoot: string): Promise<void> {
  const path = pathIn(dataRoot);
  if ((await disk.size(path)) !== null) await removeDurably(disk, path);
}

function pathIn(dataRoot: string): string {
  return `${dataRoot}/stdin${DRAFT_SUFFIX}`;
}

async function write(disk: Disk, path: string, input: AsyncIterable<Uint8Array>): Promise<void> {
  await using draft = await disk.create(path);
  for await (const chunk of input) await draft.write(chunk);
}

async function* renamed(path: string, file: InputFile): AsyncGenerator<Uint8Array> {
  try {
    yield* file.chunks();
  } catch (error) {
    throw named(error, path);
  }
}

/** The same error, without the name that nobody gave. */
function named(error: unknown, path: string): unknown {
  if (!(error instanceof RitmaError) || !error.code.startsWith("input/")) return error;
  return new RitmaError(error.code, error.message.replaceAll(path, SHOWN), { cause: error });
}
