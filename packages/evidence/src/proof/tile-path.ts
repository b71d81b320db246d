/**
 * Names of tiles and entry bundles (C2SP tlog-tiles).
 *
 *     tile/<level>/<index>[.p/<width>]        256 hashes, 32 bytes each
 *     tile/entries/<index>[.p/<width>]        256 entries, each u16be length || bytes
 *
 * An index is written in groups of three digits, all but the last with an "x": 1234067 is
 * `x001/x234/067`. A name without a width is full, which is 256; one with `.p/` holds 1 to 255.
 *
 * Format: spec/03-tiles.md, "Paths". Vectors: spec/vectors/tiles.json.
 *
 * @module
 */
import { FormatError } from "../error.ts";

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;
const TILE_LEVEL_MAX = 63;

export interface TilePath {
  /** 0..63, or "entries" for a bundle of entries. */
  readonly level: number | "entries";
  readonly index: number;
  /** 1..256; 256 is a full one. */
  readonly width: number;
}

const TILE = /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/u;

/** @param width 1..256; without it, a full tile. */
export function tilePath(level: number, index: number, width: number = TILE_WIDTH): string {
  if (!isCount(level) || level > TILE_LEVEL_MAX) throw new RangeError(`no tile level ${level}`);
  return `tile/${level}/${indexAndWidth(index, width)}`;
}

/** @param width 1..256; without it, a full bundle. */
export function entriesPath(index: number, width: number = TILE_WIDTH): string {
  return `tile/entries/${indexAndWidth(index, width)}`;
}

/** @throws FormatError `not-canonical` on every name that the two functions above do not make. */
export function parseTilePath(path: string): TilePath {
  const [, levelText, groups, widthText] = TILE.exec(path) ?? [];
  if (levelText !== undefined && groups !== undefined) {
    const level = levelText === "entries" ? levelText : Number(levelText);
    const index = Number(groups.replaceAll(/[x/]/gu, ""));
    const width = widthText === undefined ? TILE_WIDTH : Number(widthText);
    if (isPath(level, index, width) && pathOf(level, index, width) === path) {
      return { level, index, width };
    }
  }
  throw new FormatError("not-canonical", 0, "not the name of a tile");
}

function pathOf(level: number | "entries", index: number, width: number): string {
  return level === "entries" ? entriesPath(index, width) : tilePath(level, index, width);
}

function isPath(level: number | "entries", index: number, width: number): boolean {
  const levelIsGood = level === "entries" || level <= TILE_LEVEL_MAX;
  return levelIsGood && isCount(index) && width >= 1 && width <= TILE_WIDTH;
}

function indexAndWidth(index: number, width: number): string {
  if (!isCount(index)) throw new RangeError(`no tile ${index}`);
  if (!isCount(width) || width < 1 || width > TILE_WIDTH) {
    throw new RangeError(`no tile of width ${width}`);
  }
  const groups = [threeDigits(index % 1000)];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${threeDigits(rest % 1000)}`);
  }
  const name = groups.join("/");
  return width === TILE_WIDTH ? name : `${name}.p/${width}`;
}

function threeDigits(value: number): string {
  return String(value).padStart(3, "0");
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
