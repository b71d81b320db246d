/**
 * Every command that works, in the order in which help shows them.
 *
 * @module
 */
import type { Command } from "./command.ts";
import { account } from "./commands/account.ts";
import { beat } from "./commands/beat.ts";
import { cones } from "./commands/cones.ts";
import { demo } from "./commands/demo.ts";
import { explain } from "./commands/explain.ts";
import { ingest } from "./commands/ingest.ts";
import { init } from "./commands/init.ts";
import { keys } from "./commands/keys.ts";
import { record } from "./commands/record.ts";
import { reindex } from "./commands/reindex.ts";
import { stats } from "./commands/stats.ts";
import { status } from "./commands/status.ts";
import { timeline } from "./commands/timeline.ts";
import { verify } from "./commands/verify.ts";

export const COMMANDS: readonly Command[] = [
  init,
  ingest,
  record,
  status,
  timeline,
  cones,
  stats,
  account,
  reindex,
  verify,
  beat,
  keys,
  demo,
  explain,
];
