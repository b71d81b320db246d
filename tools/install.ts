/**
 * Debian packages that a test needs: installed when root, else left to whoever reads the skip.
 *
 * @module
 */
import { spawnSync } from "node:child_process";

export function installPackages(names: readonly string[]): void {
  if (process.getuid?.() !== 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const args = ["install", "-y", "--no-install-recommends", ...names];
  if (spawnSync("apt-get", args, { env, stdio: "ignore" }).status === 0) return;
  spawnSync("apt-get", ["update"], { env, stdio: "ignore" });
  spawnSync("apt-get", args, { env, stdio: "ignore" });
}
