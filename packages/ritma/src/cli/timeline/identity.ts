/**
 * Who a process is, and what a call changed of it.
 *
 * The record of a call that succeeded holds the ids after it. What they were before is known only
 * where the recorder had seen the process earlier; then the event also has new credentials.
 *
 * @module
 */
import { CREDENTIAL_IDS, type CredentialsEntity, eventTypeNumber } from "@ritma/evidence";
import type { EventView } from "../../stores/sealed/event-view.ts";
import { UNSET_ID } from "../../stores/sealed/record-fields.ts";

const CREDENTIALS = eventTypeNumber("credentials");
const USER_IDS = ["uid", "euid", "suid", "fsuid"] as const;
const GROUP_IDS = ["gid", "egid", "sgid", "fsgid"] as const;

type IdName = (typeof CREDENTIAL_IDS)[number];

/**
 * `uid 33`, and the effective one where it is another; null where the record has neither. Names of
 * accounts are not in the log.
 */
export function userText(credentials: CredentialsEntity): string | null {
  const [uid, euid] = [idOf(credentials, "uid"), idOf(credentials, "euid")];
  const parts = [
    uid === null ? "" : `uid ${idText(uid)}`,
    euid === null || euid === uid ? "" : `euid ${idText(euid)}`,
  ];
  return parts.join(" ").trim() || null;
}

export function idText(id: number): string {
  return id === UNSET_ID ? "unset" : String(id);
}

/** What a call that changes ids asked for, and what came of it. */
export function identityText({ atom, also }: EventView): string {
  const { object, num, ret } = atom;
  const asked = num === null || num === UNSET_ID ? "" : `to id ${num}`;
  const before = object?.kind === "credentials" ? object : null;
  if (before === null) return asked;
  if (ret !== 0) return joined(asked, `still ${userText(before) ?? "the same"}`);
  const after = also.find(({ etype }) => etype === CREDENTIALS)?.object;
  const changes = after?.kind === "credentials" ? changesOf(before, after) : "";
  return changes === "" ? joined(asked, `now ${userText(before) ?? "not told"}`) : changes;
}

function joined(asked: string, held: string): string {
  return asked === "" ? held : `${asked}, ${held}`;
}

/** `all uids 0 → 2002`, `euid fsuid 33 → 0, egid 33 → 0`. */
function changesOf(before: CredentialsEntity, after: CredentialsEntity): string {
  const texts: string[] = [];
  for (const [names, all] of [
    [USER_IDS, "all uids"],
    [GROUP_IDS, "all gids"],
  ] as const) {
    const byChange = new Map<string, IdName[]>();
    for (const name of names) {
      const [old, now] = [idOf(before, name), idOf(after, name)];
      if (old === null || now === null || old === now) continue;
      const change = `${idText(old)} → ${idText(now)}`;
      byChange.set(change, [...(byChange.get(change) ?? []), name]);
    }
    for (const [change, changed] of byChange) {
      texts.push(`${changed.length === names.length ? all : changed.join(" ")} ${change}`);
    }
  }
  return texts.join(", ");
}

function idOf({ ids }: CredentialsEntity, name: IdName): number | null {
  return ids[CREDENTIAL_IDS.indexOf(name)] ?? null;
}
