/**
 * Every limit of the recorder, in one table.
 *
 * Each queue, buffer, scan and retry has its bound here. What exceeds one is counted as lost in the
 * sealed header, or refused with a code; it is never dropped in silence.
 *
 * Limits that belong to a format (a record's longest spelling, the depth of an encoding) are in
 * @ritma/evidence, because a stranger's verifier needs them too.
 *
 * @module
 */

const MIB = 1024 * 1024;

/** Longest line of an audit log, in bytes. The kernel's records end at 8,970 bytes. */
export const LINE_BYTES_MAX = MIB;

/** Events that have begun and not completed, over all nodes of an input. */
export const IN_FLIGHT_EVENTS_MAX = 65_536;

/** Records of one event. A real one has below 20; EXECVE with long arguments has hundreds. */
export const EVENT_RECORDS_MAX = 4_096;

/** Processes whose state is kept: executable, credentials, descriptors. The kernel's pid_max is
 * 4 M, of which a busy host has a few thousand alive. */
export const LIVE_PROCESSES_MAX = 65_536;

/** A process that ended is remembered for this much event time: twice what events may be late. */
export const ENDED_KEPT_US = 10_000_000;

/** An event without a terminating record counts as whole after this much event time. */
export const EVENT_TIMEOUT_US = 2_000_000;

/** A window is closed when the newest stamp is this far past its end, in microseconds. */
export const WATERMARK_LAG_US = 5_000_000;

/** An hour that reaches this many atoms closes early and goes on under the next sequence. */
export const HOUR_ATOMS_MAX = 4_000_000;

/** The same for new entities of one hour. */
export const HOUR_ENTITIES_MAX = 1_000_000;

/** A generation of the dictionary ends at the next hour after this many entities ... */
export const GENERATION_ENTITIES_MAX = 1_000_000;

/** ... or this many bytes of entities ... */
export const GENERATION_BYTES_MAX = 64 * MIB;

/** ... or this many days. */
export const GENERATION_DAYS_MAX = 7;

/** Largest `config.yaml`, in bytes. Ours has about 500. */
export const CONFIG_BYTES_MAX = 64 * 1024;

/** Values the parser keeps to give equal bytes the same object. Losing one costs memory only. */
export const INTERN_ENTRIES_MAX = 65_536;

/** The same for their bytes, of each table. */
export const INTERN_BYTES_MAX = 16 * MIB;

/** Delivered events whose late records are still recognised as theirs. */
export const RECENT_EVENTS_MAX = 65_536;

/** Descriptors remembered per process; the oldest is forgotten first. */
export const FDS_PER_PROCESS_MAX = 1_024;

/** Nodes in one input (the `node=` field). */
export const NODES_MAX = 1_024;

/** 2000-01-01T00:00:00Z and 2100-01-01T00:00:00Z in microseconds since 1970. A stamp outside
 * [min, max) is counted, kept as late, and moves no watermark. */
export const TIME_US_MIN = 946_684_800_000_000;
export const TIME_US_MAX = 4_102_444_800_000_000;

/** How much of an input is looked at before it is refused as not an audit log. */
export const NOT_AUDIT_BYTES = MIB;

/** Largest file read whole when the caller names no smaller limit. */
export const FILE_BYTES_MAX = 1024 * MIB;

/** Drafts held open at once by `writeAllDurably`. The usual limit of a process is 1,024 files. */
export const OPEN_DRAFTS_MAX = 32;

/** Directories whose names are known to be durable, before that memory is emptied. */
export const DURABLE_DIRS_MAX = 65_536;

/** Public keys kept in parsed form. */
export const PARSED_KEYS_MAX = 4_096;

/** Window of a zstd frame as a power of two: memory that a stranger's frame may ask for. */
export const ZSTD_WINDOW_LOG_MAX = 23;

/** A block is written when the closed windows that wait for one hold this many atoms. */
export const BLOCK_ATOMS_MAX = 131_072;

/** Released at the latest when this many events wait in the reorder buffer. */
export const REORDER_EVENTS_MAX = 262_144;

/** The same for the bytes of their lines. */
export const REORDER_BYTES_MAX = 64 * MIB;

/** Reading waits while the press has this many atoms before it ... */
export const PRESS_ATOMS_MAX = 262_144;

/** ... or this many hours wait to be written. */
export const ORDERS_WAITING_MAX = 64;

/** zstd levels: what ingest can afford at its speed. Roots never depend on them. */
export const ZSTD_LEVEL_PLAIN = 6;
/** Of what a range coder has packed: nothing is left in it to find. */
export const ZSTD_LEVEL_PACKED = 1;
export const ZSTD_LEVEL_CONES = 19;

/** zstd window of an input as a power of two: what `zstd --long=27` writes, 128 MiB of memory. */
export const INPUT_WINDOW_LOG_MAX = 27;

/** Files that one batch makes durable together. A busy hour has about 70. */
export const BATCH_FILES_MAX = 256;

/** Bytes of the records of one event: its largest entity must fit a frame of the dictionary. */
export const EVENT_BYTES_MAX = 8 * MIB;

/** Different values of one field of a cone that are counted. */
export const CONE_VALUES_MAX = 65_536;

/** A sealed table (LMDB) is written this many entries or bytes at a time. */
export const TABLE_BATCH_ENTRIES = 1_024;
export const TABLE_BATCH_BYTES = 8 * MIB;

/** Longest value of a sealed table. Above the longest that an index has. */
export const TABLE_VALUE_BYTES_MAX = 64 * MIB;

/** After this time the process that reads a table counts as hanging; it answers in microseconds. */
export const TABLE_ANSWER_MS_MAX = 10_000;

/** Ids that one question by name is answered with ... */
export const NAMES_FOUND_MAX = 1_024;

/** ... and entities that it looks at; more are asked for from where it stopped. */
export const NAMES_EXAMINED_MAX = 4_096;

/** Pages of entities that are kept unpacked, of about 100 KB each. */
export const NAMES_PAGES_KEPT = 16;

/** zstd level of these pages. 9 is twice as fast and leaves a twentieth more; 19 takes 16 times as
 * long, for a fiftieth. */
export const ZSTD_LEVEL_NAMES = 12;
