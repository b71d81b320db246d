/**
 * Operating errors: things that go wrong on a healthy build, which an operator can act on.
 *
 * The table is the contract. A code never changes its meaning; the exit status follows sysexits(3),
 * so `ritma` behaves in scripts and in systemd units. `ritma explain CODE` prints both sentences.
 *
 * Bad evidence is not an error (see `Finding` in @ritma/evidence), and neither is a bug: a broken
 * invariant is an AssertionError, which nobody catches.
 *
 * Not here: exit statuses 0 to 3, which are results of `verify` and not errors.
 *
 * @module
 */

/** One row: what the code means, what to do next, and the exit status of sysexits(3). */
export interface ErrorRow {
  readonly exit: number;
  readonly meaning: string;
  readonly advice: string;
}

export const ERRORS = {
  "usage/bad-flag": {
    exit: 64,
    meaning: "The command has no such flag, or the flag needs another kind of value.",
    advice: "Run the command with --help; it lists every flag and what each takes.",
  },
  "usage/bad-argument": {
    exit: 64,
    meaning: "An argument is missing, is one too many, or cannot be understood.",
    advice: "Run the command with --help; its first line shows the arguments.",
  },
  "input/missing": {
    exit: 66,
    meaning: "There is no file at the path that was given as input.",
    advice: "Check the path. Use - to read standard input.",
  },
  "input/denied": {
    exit: 77,
    meaning: "The input exists, and this user may not read it.",
    advice: "Run as a user who may read it; /var/log/audit is usually readable by root alone.",
  },
  "input/directory": {
    exit: 66,
    meaning: "The input is a directory, and a file is needed.",
    advice:
      "Name the file itself. Of a folder `ritma ingest` takes audit.log and its rotated files; " +
      "logs of other names are given one by one, oldest first.",
  },
  "input/empty": {
    exit: 65,
    meaning: "The input holds not a single byte, so there is nothing to record.",
    advice: "Check that it is the right file, and that auditd is running and writes to it.",
  },
  "input/not-audit": {
    exit: 65,
    meaning: "The input is not an audit log: no line at its start looks like an audit record.",
    advice:
      "Expected lines like: type=SYSCALL msg=audit(1763629200.101:4711): ... " +
      "Name the log that auditd writes, usually /var/log/audit/audit.log.",
  },
  "input/cut": {
    exit: 65,
    meaning: "The compressed input ends in the middle: its end is missing.",
    advice: "Copy it again from its source. What came before the cut was recorded if it says so.",
  },
  "input/corrupt": {
    exit: 65,
    meaning: "The compressed input is damaged: it does not decompress, or its checksum is wrong.",
    advice: "Check it with `gzip -t` or `zstd -t`, and copy it again from its source.",
  },
  "input/overlap": {
    exit: 65,
    meaning:
      "The input begins with the same record as another one, and is neither the same nor a " +
      "longer one: an older copy, an edited one, or a log that lost its end in a crash.",
    advice:
      "Leave it out if the longer one is recorded. `--overlap` records what follows the longest " +
      "known beginning; events that stand in both are then recorded twice.",
  },
  "input/changed": {
    exit: 65,
    meaning: "The input was rewritten or cut while it was read.",
    advice:
      "Run the same command again. A log that is copied and cut in place is better given to " +
      "Ritma as its copies.",
  },
  "input/unsupported": {
    exit: 65,
    meaning: "The input is no regular file, or packed in a way that this build does not read.",
    advice:
      "Read are plain, gzip and zstd files. Unpack others first; of a pipe or a device give the " +
      "content: `COMMAND | ritma ingest -`.",
  },
  "disk/missing": {
    exit: 66,
    meaning: "A file or directory that must be there is not.",
    advice: "Check the path. A data root is made with `ritma init`, a store comes with it.",
  },
  "disk/io": {
    exit: 74,
    meaning: "The disk refused an operation.",
    advice:
      "Look at the kernel log (dmesg) and at the disk's health. Nothing unsealed was published; " +
      "run `ritma verify` before going on.",
  },
  "disk/full": {
    exit: 74,
    meaning: "There is no space left on the disk, or a quota is used up.",
    advice:
      "Free space or raise the quota, then run the same command again; it goes on from there.",
  },
  "disk/denied": {
    exit: 77,
    meaning: "This user may not do that to this file or directory.",
    advice: "Run as the user who owns the data root, or choose another one with --data.",
  },
  "disk/read-only": {
    exit: 73,
    meaning: "The file system is mounted read-only.",
    advice: "Mount it writable; if the kernel did this by itself, look at dmesg first.",
  },
  "disk/too-large": {
    exit: 65,
    meaning: "A file is larger than Ritma ever writes at that place, so it was not read.",
    advice: "Run `ritma verify` on the store; a file of this size is not one of ours.",
  },
  "disk/exists": {
    exit: 73,
    meaning: "Something already lies at a path where a new file was to be made.",
    advice: "Nothing was overwritten. Move it away, or choose another path.",
  },
  "disk/wrong-kind": {
    exit: 74,
    meaning: "A directory, symbolic link or device lies where another kind of file must be.",
    advice: "Ritma follows no links inside its own directories. Find out who put it there.",
  },
  "store/missing": {
    exit: 66,
    meaning: "There is no data root at this place.",
    advice: "Run `ritma init` to make one, or name the right one with --data.",
  },
  "store/none": {
    exit: 66,
    meaning: "The directory that was named is no evidence store, and no data root that has one.",
    advice:
      "Name the folder that has _meta, _tlog and windows in it, usually RITMA_OUT, or the data " +
      "root that it is in.",
  },
  "store/no-recorder": {
    exit: 66,
    meaning: "No live recorder has ever written into this data root.",
    advice: "Start one with `ritma record`; what was ingested is shown by `ritma stats`.",
  },
  "store/exists": {
    exit: 73,
    meaning: "There already is a data root at this place, and `init` never overwrites one.",
    advice:
      "Use it as it is, or choose another place with --data. Where a half of one is in the way, " +
      "the message names what to remove.",
  },
  "store/busy": {
    exit: 75,
    meaning: "Another Ritma process is writing to this data root.",
    advice: "Wait until it ends, or stop it; the lock is freed even if that process is killed.",
  },
  "store/version": {
    exit: 65,
    meaning: "The store was written in a format version that this build does not know.",
    advice: "Use the Ritma version that wrote it, or a newer one.",
  },
  "store/damaged": {
    exit: 65,
    meaning: "A file of the store does not hold what it must, so nothing was written to the store.",
    advice: "Run `ritma verify` to see what is damaged, and restore that from a backup or replica.",
  },
  "store/unsealed": {
    exit: 65,
    meaning: "What was asked for is not sealed yet.",
    advice: "Wait for the seal (at most an hour), or end the recording session first.",
  },
  "store/key-missing": {
    exit: 66,
    meaning: "A key file of this data root is not there.",
    advice: "Restore keys/ from a backup. Without it the store can be verified, not written to.",
  },
  "store/key-damaged": {
    exit: 65,
    meaning: "A key file of this data root does not hold a key that fits the store.",
    advice: "Restore keys/ from a backup. Do not make new keys in its place.",
  },
  "store/key-exposed": {
    exit: 77,
    meaning:
      "A key of this data root, or the folder of its keys, belongs to another user or can be " +
      "used by others: whoever reads a key can sign as this node.",
    advice:
      "Find out who had access. Then, as the user who records: chown that user to them, " +
      "`chmod 700 keys` and `chmod 600 keys/*`.",
  },
  "store/refused": {
    exit: 74,
    meaning: "A write or sync failed before, so what is on the disk is not known until reopened.",
    advice: "Mend the cause of the first error, then start again; recovery reads what is there.",
  },
  "config/bad": {
    exit: 78,
    meaning: "A setting has a value that is not allowed, or config.yaml has an unknown key.",
    advice: "Mend the place that the message names; `ritma init --help` lists the settings.",
  },
  "time/bad": {
    exit: 64,
    meaning: "A time cannot be understood, or lies outside the years 2000 to 2100.",
    advice:
      "Write it as 2026-11-20T09:32:00Z, 2026-11-20 09:32, 09:32 (on the day of the last event), " +
      "or -15m, -2h, -1d (before the last event).",
  },
  "query/needs-key": {
    exit: 77,
    meaning: "The store keeps only keyed hashes of this, and the key is not at hand.",
    advice: "Ask on the host that recorded it, where keys/ is, or by a value that is not hashed.",
  },
  "query/unknown": {
    exit: 66,
    meaning:
      "The store holds nothing of what was asked for: a window, an event, a process, a " +
      "generation, a cone, a day.",
    advice:
      "Ask what there is: `ritma log` shows windows, `ritma timeline` events and processes, " +
      "`ritma cones list` cones, `ritma account` days.",
  },
  "query/ambiguous": {
    exit: 64,
    meaning: "More than one thing in the store fits what was asked for.",
    advice: "Name one of the candidates that the message lists.",
  },
  "head/bad": {
    exit: 65,
    meaning: "What was given as a head that was kept elsewhere is not the head of any log.",
    advice:
      "Give the file that `ritma head --out FILE` wrote, or a folder of such files: three lines, " +
      "an empty one, and the line of the signature.",
  },
  "anchor/none": {
    exit: 66,
    meaning: "This data root has no anchors, so there is nothing to do or to check.",
    advice: "Add one with `ritma anchor add`; `ritma anchor --help` shows the kinds.",
  },
  "anchor/refused": {
    exit: 69,
    meaning: "An anchor did not take the head: nobody answered, or the answer was no.",
    advice:
      "The head is not anchored there. Mend what the message names, then `ritma anchor run`; " +
      "nothing is lost, since a later head stands for all before it.",
  },
  "anchor/reply": {
    exit: 65,
    meaning: "The reply of a time-stamping authority is no time stamp of this head.",
    advice:
      "Nothing was kept. Ask again, or another authority; `openssl ts -reply -in FILE -text` " +
      "shows what it says.",
  },
  "anchor/fork": {
    exit: 65,
    meaning:
      "An anchor keeps another head of this log than the one that it was given, of the same " +
      "size: two histories were signed.",
    advice:
      "Nothing was overwritten. Keep both: together they prove it. Find out whether this data " +
      "root was restored from a backup, or its keys are used twice.",
  },
  "beat/order": {
    exit: 64,
    meaning: "Beats strictly increase, and this one does not.",
    advice: "Begin the next beat behind the newest one; `ritma beat ls` names it.",
  },
  "beat/damaged": {
    exit: 65,
    meaning: "Something in the beat store is not what was committed.",
    advice:
      "Nothing was erased. `ritma beat verify` names every place; restore the branch from a " +
      "branch bundle or a backup, and keep the damaged copy.",
  },
  "beat/unsupported": {
    exit: 65,
    meaning: "A frame uses a capability, a type or a version that this build does not know.",
    advice: "Nothing was written. Read it with the version of Ritma that wrote it, or a newer one.",
  },
  "beat/missing": {
    exit: 66,
    meaning: "There is no such branch, cell or payload in the beat store.",
    advice: "Look with `ritma beat ls`, which lists branches, and what is in one.",
  },
  "beat/exists": {
    exit: 73,
    meaning: "There already is a branch of this name in the beat store.",
    advice:
      "Nothing was changed. Import it under another name with --as, or --replace the branch that " +
      "is there.",
  },
  "beat/bundle": {
    exit: 65,
    meaning: "A branch bundle is not whole, or is not what its manifest says.",
    advice: "Nothing was imported. Export it again, or copy it again from its source.",
  },
  "beat/unavailable": {
    exit: 69,
    meaning: "The library that an engine of the beat store needs does not run on this machine.",
    advice: "Run `npm ci` again in Ritma's folder, or choose another engine; `flat` needs none.",
  },
  "beat/unreachable": {
    exit: 69,
    meaning: "The object store does not answer, or refuses what was asked of it.",
    advice:
      "Check its address, the bucket and the credentials, then start again; opening reads what " +
      "was committed. Nothing that was acknowledged is lost by this.",
  },
  "index/damaged": {
    exit: 65,
    meaning:
      "An index that was derived from the evidence does not hold what was built, or killed the " +
      "process that read it. The evidence itself is not touched by this.",
    advice: "Build it again with `ritma reindex`; then look at the disk's health.",
  },
  "index/unavailable": {
    exit: 69,
    meaning: "The library that reads and builds an index (LMDB) does not run on this machine.",
    advice:
      "Run `npm ci` again in Ritma's folder, on Linux, x64 or arm64, with room for a process.",
  },
  "internal/limit": {
    exit: 69,
    meaning: "A limit of this build was reached where it cannot go on by counting the loss.",
    advice: "Split the work (fewer files, a shorter time range), and report this as a bug.",
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** An operating error. `message` says what happened to which file; the advice is in the table. */
export class RitmaError extends Error {
  override readonly name = "RitmaError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get exitStatus(): number {
    return ERRORS[this.code].exit;
  }
}
