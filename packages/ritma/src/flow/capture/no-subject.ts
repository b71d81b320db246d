/**
 * The subject of which nothing is known: what a record without one has.
 *
 * One object, so that whoever compares or remembers subjects by identity sees one.
 *
 * @module
 */
import type { Subject } from "./audit-event.ts";

export const NO_SUBJECT: Subject = {
  auid: -1,
  uid: -1,
  gid: -1,
  euid: -1,
  suid: -1,
  fsuid: -1,
  egid: -1,
  sgid: -1,
  fsgid: -1,
  ses: -1,
  tty: null,
  comm: null,
  exe: null,
  subj: null,
  key: null,
};
