/**
 * Things that carry nothing from one process to another.
 *
 * @module
 */
import type { Entity } from "@ritma/evidence";
import type { Nodes } from "./nodes.ts";

const AF_UNSPECIFIED = 0;
const AF_NETLINK = 16;
/** Of a file's mode. */
const MODE_KIND = 0o170_000;
const MODE_CHARACTERS = 0o020_000;

/**
 * A device that forgets or only gives, as /dev/null; the other end of a local connection, which has
 * no name; and the kernel itself.
 */
export function isIdle(nodes: Nodes, node: number): boolean {
  return nodes.members(node).some(carriesNothing);
}

function carriesNothing(entity: Entity): boolean {
  if (entity.kind === "file") return ((entity.mode ?? 0) & MODE_KIND) === MODE_CHARACTERS;
  if (entity.kind !== "flow") return false;
  const { family, address } = entity;
  if (family === AF_NETLINK || family === AF_UNSPECIFIED) return true;
  return "components" in address && address.components.length === 0;
}
