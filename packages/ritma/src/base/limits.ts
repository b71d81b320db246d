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

/** Atoms of hours that an investigation keeps in memory; each takes about 70 bytes. One hour is
 * kept whatever its size. */
export const EDGES_ATOMS_MAX = 4_000_000;

/** Dictionaries of which an investigation keeps the things in them, of 64 MiB at most each. */
export const EDGES_GENERATIONS_MAX = 8;

/** Blocks that an investigator keeps decoded for timelines, of 8 MB at most each. */
export const BLOCKS_KEPT = 16;

/** Hours of which an investigation keeps what their index says of the things in them. */
export const EDGES_REFS_MAX = 4_096;

/** Lineages that an investigation keeps open, all in one process. */
export const LINEAGES_OPEN_MAX = 64;

/** Ranges of 4,096 ids of which an open lineage keeps what it says of them, of 1 MB at most as a
 * rule. */
export const LINEAGE_RANGES_KEPT = 8;

/** What such a range is unpacked to, at most: room for an hour of fifteen million atoms. */
export const POSTINGS_BYTES_MAX = 64 * MIB;

/** What waits for a pager whose reader does not go on; behind it output ends, and says so. */
export const PAGED_BYTES_MAX = 64 * MIB;

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

/** And a frame of the log of entities when this many new ones wait: each costs about 120 bytes. */
export const FRAME_ENTITIES_PRESSED = 8_192;

/** zstd levels: what ingest can afford at its speed. Roots never depend on them. */
export const ZSTD_LEVEL_PLAIN = 6;
/** Of what a range coder has packed: nothing is left in it to find. */
export const ZSTD_LEVEL_PACKED = 1;
export const ZSTD_LEVEL_CONES = 19;

/** zstd window of an input as a power of two: what `zstd --long=27` writes, 128 MiB of memory. */
export const INPUT_WINDOW_LOG_MAX = 27;

/** Hours whose keys are named at once: a week, and 5 kB. */
export const EPOCHS_A_PERIOD = 168;

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

/** Longest key of a record of a beat: LMDB takes no longer ones than 1,978 bytes. */
export const RECORD_KEY_BYTES_MAX = 1_024;

/** Longest body. The longest that we write is that of an event with its lines. */
export const RECORD_BODY_BYTES_MAX = 16 * MIB;

/** Records of one frame, and its bytes: a branch's part of one beat, which is kept in memory. */
export const BEAT_RECORDS_MAX = 1_048_576;
export const BEAT_BYTES_MAX = 256 * MIB;

/** Bytes of a payload that is deflated or encrypted, before that: it is held whole. */
export const SECURED_BYTES_MAX = 256 * MIB;

/** Deviations of a foreign frame that are listed; of more the number is said. */
export const DEVIATIONS_MAX = 1_000;

/** A beat takes what was appended for it at the latest after this time ... */
export const GROUP_MS = 200;

/** ... or when so many records wait. */
export const GROUP_RECORDS = 512;

/** Records and bytes that wait for a beat, or are in one; whoever appends more waits for room. */
export const GROUP_WAITING_RECORDS_MAX = 65_536;
export const GROUP_WAITING_BYTES_MAX = 64 * MIB;

/** Counters of a branch are put into a beat at most this often, and when the store is closed. */
export const METRICS_PUBLISH_MS = 1_000;

/** A payload from this length on is kept under its digest, where the store has room for those. */
export const CAS_BYTES_MIN = MIB;

/** Longest payload of a cell: it is assembled and hashed in memory. */
export const PAYLOAD_BYTES_MAX = 1024 * MIB;

/** Blobs whose bytes this process has hashed, before that memory is emptied. */
export const CAS_CHECKED_MAX = 65_536;

/** A reader that meets a beat while it assembles a payload begins again so often. */
export const CELL_READ_TRIES = 16;

/** Parents whose newest page of children is remembered. Losing one costs a search. */
export const CELL_TAILS_MAX = 4_096;

/** Outcomes of operations that are kept, of each verb. */
export const OPERATIONS_KEPT = 64;

/** A branch bundle is cut into frames of about this size ... */
export const BUNDLE_FRAME_BYTES = 4 * MIB;

/** ... or so many records. */
export const BUNDLE_FRAME_RECORDS = 16_384;

/** A branch that is there is replaced in one beat, which has to hold all of the bundle. */
export const BUNDLE_REPLACE_BYTES_MAX = 64 * MIB;

/** Longest manifest of a branch bundle: a million files. */
export const BUNDLE_MANIFEST_BYTES_MAX = 128 * MIB;

/** Read of a followed log at once. */
export const TAIL_CHUNK_BYTES = 256 * 1024;

/** Kept of what was read last of a followed log, so that the file is known again. */
export const TAIL_MARK_BYTES = 1_024;

/** Entries of one beat of the journal. */
export const JOURNAL_ENTRIES_MAX = 65_536;

/** A live recorder takes what came at the latest after this time, or so many bytes. */
export const LIVE_BEAT_MS = 200;
export const LIVE_BEAT_BYTES = MIB;

/** How long it waits before it looks at a quiet log again. */
export const LIVE_POLL_MS = 50;

/** A clock that a live log is behind of by less than this is not ahead of it. */
export const TICK_LAG_US = 5_000_000;

/** Time between two ticks, and between two looks at what the kernel lost. */
export const TICK_EVERY_US = 1_000_000;
export const AUDIT_STATUS_EVERY_US = 5_000_000;

/** For auditctl to answer, and what it may print. */
export const AUDITCTL_MS = 5_000;
export const AUDITCTL_BYTES_MAX = MIB;

/** The session ends and another one begins when its journal has grown to this, or has so many
 * inputs: what a restart reads again is bounded by it. */
export const JOURNAL_BYTES_MAX = 256 * MIB;
export const LIVE_INPUTS_MAX = 64;

/** A picture of what is open is taken anew, after so long, while a recorder writes to it. */
export const MOMENT_TRIES = 32;
export const MOMENT_WAIT_MS = 20;

/** Whoever follows a store looks again after this time, and rests so many times as long as it
 * looked: of one core it takes a fifth at most. */
export const FOLLOW_POLL_MS = 2_000;
export const FOLLOW_RESTS = 4;
export const FOLLOW_REST_MS_MAX = 3_600_000;

/** What is this much older than the newest event is whole: its records come together. */
export const FOLLOW_WHOLE_US = 2_000_000;

/** Branches of one store of beats: opening looks into the folder of each. */
export const BRANCHES_MAX = 1_024;

/** A segment of the commit log is followed by another from this length on. */
export const LOG_SEGMENT_BYTES = 8 * MIB;

/** The commit log is checkpointed when it has this length: it is what opening reads ... */
export const LOG_CHECKPOINT_BYTES = 64 * MIB;

/** ... and a beat waits for that when the log has this one. */
export const LOG_BYTES_MAX = 256 * MIB;

/** Entries of a run's index that are read and checked together, in bytes. */
export const RUN_BLOCK_BYTES = 4_096;

/** Such blocks that are kept once they were checked, of all runs. */
export const RUN_BLOCKS_KEPT = 2_048;

/** So many runs of about one size become one: a record is then written again log4(size) times. */
export const RUNS_MERGED = 4;

/** What a scan reads at once where records lie in its order. */
export const SCAN_WINDOW_BYTES = 256 * 1024;

/** Damaged files of one name that are set aside before Ritma asks for a human. */
export const SET_ASIDE_MAX = 1_000;

/** What a recorder says of itself, and how often. */
export const STATUS_BYTES_MAX = 65_536;
export const STATUS_EVERY_MS = 3_000;

/** What an engine over a table reads of it at once ... */
export const TABLE_PAGE_ENTRIES = 512;
export const TABLE_PAGE_BYTES = MIB;

/** ... and how many forgotten records it removes in one batch. */
export const TABLE_REMOVALS_MAX = 4_096;

/** A process that walks through a table counts as hanging after this time. */
export const TABLE_WALK_MS_MAX = 600_000;

/** Processes of which a live recorder remembers the container, and how long before it looks
 * again: a pid may be another process by then. */
export const CONTAINERS_SEEN_MAX = 65_536;
export const CONTAINER_SEEN_MS = 2_000;

/** Lines that are older than this tell of processes that may not be the ones in /proc. */
export const CONTAINER_LAG_MS = 10_000;

/** Processes that a live recorder remembers from /proc, and that a session remembers as observed:
 * the one seen longest ago is forgotten, and is then as one that nobody saw. Of a host that has
 * more when a recording begins, those with the smallest pids are looked at. */
export const PROCESSES_OBSERVED_MAX = 65_536;

/** How long before a process that speaks is looked at again: the pid may be another one's. */
export const PROCESS_SEEN_MS = 2_000;

/** Processes that are asked for at once (each takes a descriptor), and that one entry tells of. */
export const PROCESSES_AT_ONCE = 64;
export const PROCESSES_TOLD_MAX = 4_096;

/** Generations above a process that are looked at; who is further up has no parent. */
export const ANCESTORS_MAX = 64;

/** Between the begins of two looks at who is gone. One goes on for as many steps as it takes. */
export const SWEEP_EVERY_US = 10_000_000;

/** A log that has had nothing more for this long has nothing of what was before. */
export const SWEEP_QUIET_US = 60_000_000;

/** /proc tells the time of boot in whole seconds: a process began at most so much later. */
export const PROCESS_START_ERROR_US = 1_000_000;

/** A log whose newest stamp was once within this of the clock is stamped by it. */
export const OF_NOW_US = 3_600_000_000;

/** Segments behind the checkpoint of an object store: the next beat makes a new checkpoint. */
export const OBJECT_SEGMENTS_MAX = 256;

/** A part of such a checkpoint ends after this many bytes of records. */
export const OBJECT_PART_BYTES = 8 * MIB;

/** Largest object that is read: a segment is at most a beat, of all its branches. */
export const OBJECT_BYTES_MAX = 512 * MIB;

/** The object that names all others: 1,024 branches take 100 KiB. */
export const OBJECT_HEAD_BYTES_MAX = 8 * MIB;

/** How often a request is tried, and the wait before the second time, doubled for each further. */
export const OBJECT_ATTEMPTS = 4;
export const OBJECT_WAIT_MS = 200;

/** To connect, and to hear anything of a request. */
export const OBJECT_CONNECT_MS = 5_000;
export const OBJECT_ANSWER_MS = 30_000;

/** Requests at once while a store is opened. */
export const OBJECT_PARALLEL = 8;

/** Opening begins again when another writer's checkpoint removed what was to be read. */
export const OBJECT_OPENS_MAX = 4;

/** Names that one sweep looks at; the next one looks at the rest. */
export const OBJECT_LISTED_MAX = 10_000;

/** Faults of a branch bundle that are listed. */
export const BUNDLE_FAULTS_MAX = 1_000;

/** Faults of a beat store that are listed. */
export const STORE_FAULTS_MAX = 1_000;

/** Before a socket whose other end went away is connected to again. */
export const RECONNECT_MS = 500;

/** Different facts of one kind that are counted of a span; of more it is said how often. */
export const FACTS_MAX = 65_536;

/** Windows that an answer lists, programs that it tells apart, and processes that it counts. */
export const BLAME_ROWS_MAX = 65_536;

/** Different things that one program did to what is asked about. */
export const BLAME_DEEDS_MAX = 256;

/** Different programs, users or destinations of a day that are counted on when there were twice as
 * many; spec/21-catalog.md says which. */
export const ACTORS_COUNTED_MAX = 65_536;

/** The same for sign-ins and refusals of an hour; spec/24-print.md says which. */
export const PRINT_COUNTED_MAX = 65_536;

/** Longest file that is read as a kept head: a checkpoint with the lines of a hundred witnesses. */
export const HEAD_BYTES_MAX = 32_768;

/** Kept heads that are compared at once, of one folder. */
export const HEADS_MAX = 100_000;

/** Anchors that a data root remembers. */
export const ANCHORS_MAX = 64;

/** Longest reply of a time-stamping authority, and how long it may take, all together. A token has
 * 1.5 to 8 KB. */
export const TIMESTAMP_BYTES_MAX = 65_536;
export const TIMESTAMP_MS = 30_000;

/** Certificates of a token that are looked at, and questions who issued one: a token may hold
 * certificates that issue each other. */
export const TIMESTAMP_CERTIFICATES_MAX = 32;
export const TIMESTAMP_ISSUERS_MAX = 64;

/** Longest file of trusted certificates. */
export const AUTHORITIES_BYTES_MAX = 4 * MIB;

/** What a program may print that anchors a head, and how long it may take. */
export const ANCHOR_PRINT_BYTES_MAX = 65_536;
export const ANCHOR_PROGRAM_MS = 120_000;

/** What git may print when it is asked for every head that it keeps. */
export const ANCHOR_GIT_BYTES_MAX = 256 * MIB;

/** Atoms of one proof, and events that are looked for to be put into one. */
export const PROVED_ATOMS_MAX = 16_384;
export const PROVED_EVENTS_MAX = 4_096;
