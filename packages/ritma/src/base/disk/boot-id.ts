/**
 * Which boot of the host this is: a counter of the kernel means something within one only.
 *
 * Source: random(4), `/proc/sys/kernel/random/boot_id`.
 *
 * @module
 */
import { readFile } from "node:fs/promises";

/** @returns "" where the kernel does not tell. */
export async function bootId(): Promise<string> {
  try {
    return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  } catch (error) {
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}
