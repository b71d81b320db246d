/**
 * What a question since when something is there is about, by its spelling.
 *
 *     /etc/shadow   /tmp/          a file, all below a directory
 *     10.0.0.1   [::1]:8080        an address
 *     uid=33   auid=1000           a user, by an id that the log has
 *     nginx   nginx[911]   911     a program, a process
 *
 * @module
 */
import { CREDENTIAL_IDS, type CredentialsEntity } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import type { Privacy } from "../../flow/capture/privacy.ts";
import type { Question } from "../../flow/investigate/blame-scan.ts";
import { needleAsked } from "./needles.ts";

export interface AskedNeedle {
  readonly kind: "path" | "address" | "user" | "process";
  readonly question: Question;
}

const USER = /^(?<name>[a-z]{2,8})=(?<id>.*)$/su;
const ID = /^\d{1,10}$/u;
const UNSET = 4_294_967_295;
/** 128 bits or more, or a name of what makes such. */
const FILE_HASH = /^(?:(?:md5|sha-?\d{1,3}|blake[23]b?)[:=-].*|[\da-f]{32,128})$/iu;
const KINDS = { file: "path", flow: "address", process: "process" } as const;
const ANYTHING: Question = {
  wanted: () => "yes",
  wantedObject: () => true,
  process: null,
  objects: [],
  user: null,
};

/** @throws RitmaError `usage/bad-argument`, `query/needs-key` */
export function blameNeedle(privacy: Privacy, text: string): AskedNeedle {
  const shown = escapeText(text.slice(0, 100));
  if (text === "") throw refused("there is no needle: name a path, an address, a user, a program");
  if (FILE_HASH.test(text)) {
    const message = "looks like the hash of a file, and the audit log has no hashes of content";
    throw refused(`"${shown}" ${message}: ask by path`);
  }
  if (USER.test(text)) {
    return { kind: "user", question: { ...ANYTHING, user: userAsked(text) } };
  }
  const { kind, test, at } = needleAsked(privacy, text);
  if (at !== null) throw refused(`"${shown}": blame looks at all times, so leave out the @ and it`);
  const question =
    kind === "process" ? { ...ANYTHING, process: test } : { ...ANYTHING, objects: [test] };
  return { kind: KINDS[kind], question };
}

/** By an id that the log has: `uid=33`. @throws RitmaError `usage/bad-argument` */
export function userAsked(text: string): (credentials: CredentialsEntity) => boolean {
  const { name, id = "" } = USER.exec(text)?.groups ?? {};
  const shown = escapeText(text.slice(0, 100));
  const at = CREDENTIAL_IDS.findIndex((known) => known === name);
  if (at === -1) throw refused(`"${shown}" names no id; known: ${CREDENTIAL_IDS.join(", ")}`);
  if (id !== "unset" && !ID.test(id)) {
    throw refused(`"${shown}": the log has numbers and not the names of accounts`);
  }
  const asked = id === "unset" ? UNSET : Number(id);
  return ({ ids }) => ids[at] === asked;
}

function refused(message: string): RitmaError {
  return new RitmaError("usage/bad-argument", message);
}
