/**
 * Which events tell the story, when nobody said which ones to show.
 *
 * Shown is what begins, reaches out, changes or is refused. Left out is what every program does a
 * thousand times: reading, mapping, forking, ending.
 *
 * @module
 */
import {
  type Entity,
  EVENT_TYPES,
  type EventType,
  eventTypeNumber,
  type FlowEntity,
} from "@ritma/evidence";
import type { Wanted } from "../../stores/sealed/event-query.ts";
import { hasFailed } from "../../stores/sealed/record-fields.ts";
import { isDenied } from "./errno.ts";
import { plainPath } from "./names.ts";

const ALWAYS: readonly EventType[] = [
  "exec",
  "unlink",
  "rename",
  "link",
  "symlink",
  "mkdir",
  "mknod",
  "mode",
  "owner",
  "truncate",
  "mount",
  "namespace",
  "memory-file",
  "trace",
  "memory-access",
  "identity",
  "module",
  "bpf",
  "clock",
  "attribute",
  "credentials",
];

/** Records that speak of people, of the audit system itself, or of something being wrong. */
const RECORDS = new RegExp(
  "^(?:USER_(?:LOGIN|LOGOUT|AUTH|ACCT|START|END|CMD|ERR|CHAUTHTOK|MGMT|ROLE_CHANGE|AVC" +
    "|SELINUX_ERR|TTY)|LOGIN|CRED_ACQ|TTY|GRP_\\w+" +
    "|(?:ADD|DEL)_(?:USER|GROUP)|ACCT_(?:LOCK|UNLOCK)|ROLE_\\w+|CONFIG_CHANGE|DAEMON_\\w+" +
    "|SYSTEM_\\w+|SERVICE_\\w+|ANOM_\\w+|RESP_\\w+|AVC|SECCOMP|MAC_\\w+|INTEGRITY_\\w+" +
    "|KERN_MODULE|NETFILTER_CFG)$",
  "u",
);

/** Of interest only when they fail: each goes along with another record that is shown. */
const RECORDS_FAILED = /^(?:CRED_\w+|USER_\w+|CRYPTO_\w+)$/u;

/** Asked for by every program that looks up a name, and answered by nothing that matters. */
const NAME_SERVICE = /^\/(?:var\/)?run\/(?:nscd\/|systemd\/(?:userdb|resolve)\/)/u;

const OPEN_WRITES = 2 | 4 | 8 | 16 | 128;
const AF_UNIX = 1;
const AF_NETLINK = 16;

/** About what they name: a call without a name says nothing here. */
const BY_OBJECT: ReadonlySet<number> = new Set(
  (["connect", "accept", "bind", "record"] as const).map(eventTypeNumber),
);

const SHOWN = new Uint8Array(256);
for (const type of ALWAYS) SHOWN[eventTypeNumber(type)] = 1;
const OPEN = eventTypeNumber("open");
const ACCEPT = eventTypeNumber("accept");
const SIGNAL = eventTypeNumber("signal");

export function inStory(etype: number, flags: number, ret: number): Wanted {
  if (SHOWN[etype] === 1 || isDenied(ret)) return "yes";
  if (etype === SIGNAL) return flags === 0 ? "no" : "yes";
  if (etype === OPEN) return (flags & OPEN_WRITES) === 0 ? "no" : "ask-object";
  if (etype === ACCEPT && ret !== 0) return "no";
  return BY_OBJECT.has(etype) ? "ask-object" : "no";
}

export function isStoryObject(object: Entity): boolean {
  if (object.kind === "fields") {
    if (RECORDS.test(object.type)) return true;
    return RECORDS_FAILED.test(object.type) && hasFailed(object) === true;
  }
  if (object.kind === "file") return !isDevice(plainPath(object.path));
  if (object.kind !== "flow" || object.family === AF_NETLINK) return false;
  return object.family !== AF_UNIX || isStorySocket(object);
}

/** The other end of a local connection has no name, and so none to show. */
function isStorySocket({ address }: FlowEntity): boolean {
  if ("components" in address && address.components.length === 0) return false;
  return !NAME_SERVICE.test(plainPath(address));
}

function isDevice(path: string): boolean {
  return path === "/dev/null" || path === "/dev/tty" || path === "/dev/zero";
}

/** @returns the names of all types, for a message. */
export function typeNames(): string {
  return EVENT_TYPES.join(", ");
}
