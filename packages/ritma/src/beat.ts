/**
 * `ritma/beat`: the beat store as a library. Cells in branches, put a beat at a time, seen whole or
 * not at all, durable when the call returned.
 *
 *     import { openBeatStore } from "ritma/beat";
 *
 *     await using beats = await openBeatStore({ dir: "./beats" });
 *     const { cells } = beats.store;
 *     await beats.store.apply(async (beat) => {
 *       await cells.put(beat, "notes", ["host"], new TextEncoder().encode("web-01"));
 *     });
 *     const read = await cells.get("notes", ["host"]);
 *
 * Many `apply` and `append` calls share a beat, and each returns when its own is durable. Records
 * below cells are for `append`, `get` and `scan`. What goes wrong is a RitmaError with a code that
 * `ritma explain` knows.
 *
 * @module
 */
export { RitmaError } from "./base/error.ts";
export { BEAT_ENGINES, type BeatEngineName } from "./services/beats/open-beats.ts";
export { openBeatStore, type OpenedBeats, type OpenOptions } from "./services/beats/open-folder.ts";
export type { BeatStore } from "./stores/beat/beat-store.ts";
export type { CellStore, PutOptions, ReadCell } from "./stores/beat/cells/cell-store.ts";
export type { Notice, NoticeSink, NoticeTopic } from "./stores/beat/notice.ts";
export type { OpenBeat } from "./stores/beat/open-beat.ts";
export { Operations } from "./stores/beat/operations/operations.ts";
export { type BeatRecord, type CellPath, recordKey, recordPrefix } from "./stores/beat/record.ts";
export { BeatTree } from "./stores/beat/tree.ts";
