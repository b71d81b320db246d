/**
 * The condition of `ritma bisect`: flags as of `ritma timeline`, all of which must hold for one
 * event.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import type { Privacy } from "../../flow/capture/privacy.ts";
import type { Question } from "../../flow/investigate/blame-scan.ts";
import { addressAsked, pathAsked, processAsked } from "../../services/investigator/needles.ts";
import { userAsked } from "../../services/investigator/blame-needle.ts";
import type { Context } from "../command.ts";
import { EVERYTHING, typesAsked } from "../timeline/question.ts";

/** @throws RitmaError `usage/bad-argument`, `query/needs-key` */
export function conditionAsked(context: Context, privacy: Privacy): Question {
  const flags = ["path", "addr", "proc", "user", "type"] as const;
  const [path, addr, proc, user, type] = flags.map((name) => context.text(name) ?? undefined);
  if ([path, addr, proc, user, type].every((value) => value === undefined)) {
    const message =
      "there is no condition: give --path, --addr, --proc, --user or --type, or several";
    throw new RitmaError("usage/bad-argument", message);
  }
  return {
    ...(type === undefined ? EVERYTHING : typesAsked(type)),
    process: proc === undefined ? null : processAsked(proc),
    objects: [
      ...(path === undefined ? [] : [pathAsked(privacy, path)]),
      ...(addr === undefined ? [] : [addressAsked(privacy, addr)]),
    ],
    user: user === undefined ? null : userAsked(user),
  };
}
