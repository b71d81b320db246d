/**
 * A log that is written, rotated by rename, and copied and cut, in memory: names lead to inodes,
 * and who has a file open keeps it.
 *
 * @module
 */
import { concatBytes, encodeUtf8 } from "@ritma/evidence";
import type { FileIdentity, LogFile, LogFiles } from "../../src/base/disk/log-files.ts";

interface Inode {
  readonly number: number;
  bytes: Uint8Array;
  modifiedUs: number;
}

const FOLDER = "/var/log/audit";
export const LOG = `${FOLDER}/audit.log`;

export class RotatingLog implements LogFiles {
  readonly #names: Map<string, Inode> = new Map();
  readonly #keep: number;
  #inodes = 100;
  #nowMs = 1_000;

  /** @param keep rotated files; older ones are removed */
  constructor(keep: number) {
    this.#keep = keep;
    this.#names.set(LOG, this.#inode());
  }

  write(text: string): void {
    const log = this.#at(LOG);
    log.bytes = concatBytes(log.bytes, encodeUtf8(text));
    this.#nowMs += 1;
    log.modifiedUs = this.#nowMs;
  }

  /** As auditd does: each file takes the next number, and a new one is made. */
  rename(): void {
    this.#shift();
    this.#names.set(`${LOG}.1`, this.#at(LOG));
    this.#names.set(LOG, this.#inode());
  }

  /** As logrotate does with copytruncate; what is written in between is in neither. */
  copyAndCut(): void {
    this.#shift();
    const log = this.#at(LOG);
    const copy = this.#inode();
    copy.bytes = log.bytes.slice();
    copy.modifiedUs = log.modifiedUs;
    if (this.#keep > 0) this.#names.set(`${LOG}.1`, copy);
    log.bytes = new Uint8Array(0);
    this.#nowMs += 1;
    log.modifiedUs = this.#nowMs;
  }

  readonly open = async (path: string): Promise<LogFile | null> => {
    const inode = this.#names.get(path);
    if (inode === undefined) return null;
    return {
      identity: { device: 1, inode: inode.number },
      stat: async () => ({ size: inode.bytes.length, modifiedUs: inode.modifiedUs }),
      read: async (offset, length) => inode.bytes.slice(offset, offset + length),
      [Symbol.asyncDispose]: async () => {},
    };
  };

  readonly identityOf = async (path: string): Promise<FileIdentity | null> => {
    const inode = this.#names.get(path);
    return inode === undefined ? null : { device: 1, inode: inode.number };
  };

  readonly names = async (folder: string): Promise<readonly string[]> =>
    [...this.#names.keys()]
      .filter((path) => path.startsWith(`${folder}/`))
      .map((path) => path.slice(folder.length + 1));

  #shift(): void {
    for (let number = this.#keep; number >= 1; number -= 1) {
      const file = this.#names.get(`${LOG}.${number}`);
      this.#names.delete(`${LOG}.${number}`);
      if (file !== undefined && number < this.#keep) this.#names.set(`${LOG}.${number + 1}`, file);
    }
  }

  #at(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw new TypeError(`${path} is not there`);
    return inode;
  }

  #inode(): Inode {
    this.#inodes += 1;
    this.#nowMs += 1;
    return { number: this.#inodes, bytes: new Uint8Array(0), modifiedUs: this.#nowMs };
  }
}
