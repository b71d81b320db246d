/**
 * The page that tells of an hour on paper: where it lies.
 *
 * Derived: whoever has the sealed files of the hour makes the same bytes. It proves nothing.
 *
 * Format: spec/24-print.md. Not here: making it, which needs the blocks (the recorder does).
 *
 * @module
 */

/** Lines of ASCII. */
export const PRINT_FILE = "print.txt";

/** @param folder of the hour. @returns the folder of its page. */
export function printFolder(folder: string): string {
  return `${folder}/report`;
}
