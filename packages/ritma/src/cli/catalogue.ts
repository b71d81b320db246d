/**
 * Every command that works, in the order in which help shows them.
 *
 * @module
 */
import type { Command } from "./command.ts";
import { account } from "./commands/account.ts";
import { anchor } from "./commands/anchor.ts";
import { beat } from "./commands/beat.ts";
import { bisect } from "./commands/bisect.ts";
import { blame } from "./commands/blame.ts";
import { cones } from "./commands/cones.ts";
import { demo } from "./commands/demo.ts";
import { diff } from "./commands/diff.ts";
import { explain } from "./commands/explain.ts";
import { head } from "./commands/head.ts";
import { ingest } from "./commands/ingest.ts";
import { init } from "./commands/init.ts";
import { keys } from "./commands/keys.ts";
import { log } from "./commands/log.ts";
import { prove } from "./commands/prove.ts";
import { record } from "./commands/record.ts";
import { reindex } from "./commands/reindex.ts";
import { report } from "./commands/report.ts";
import { show } from "./commands/show.ts";
import { stats } from "./commands/stats.ts";
import { status } from "./commands/status.ts";
import { tag } from "./commands/tag.ts";
import { timeline } from "./commands/timeline.ts";
import { trace } from "./commands/trace.ts";
import { tree } from "./commands/tree.ts";
import { verify } from "./commands/verify.ts";
import { who } from "./commands/who.ts";

export const COMMANDS: readonly Command[] = [
  init,
  ingest,
  record,
  status,
  timeline,
  log,
  show,
  tag,
  tree,
  trace,
  who,
  diff,
  blame,
  bisect,
  report,
  cones,
  stats,
  account,
  reindex,
  verify,
  head,
  anchor,
  prove,
  beat,
  keys,
  demo,
  explain,
];
