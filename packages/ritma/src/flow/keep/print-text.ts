/**
 * Names on the printed page: ASCII, whatever others chose.
 *
 * A page must come out with the same bytes wherever it is made, and a printer may know no more than
 * ASCII. So nothing here asks a table of Unicode: all that is no ASCII is spelled.
 *
 *     \xff   a byte that is no UTF-8        \u{e9}   a character
 *     \#a1b2c3d4   what the store keeps as a hash       \...   what had no room
 *
 * Invariant: two different texts are spelled differently, as long as nothing was cut.
 *
 * Format: spec/24-print.md, "Texts".
 *
 * @module
 */
import type { Entity, FlowEntity, Path, ProcessEntity, Value } from "@ritma/evidence";
import { addressText, withPort } from "../../base/address-text.ts";
import { escapeBytes, escapeText } from "../../base/text.ts";

const CUT = "\\...";
const UNITS = /\\(?:u\{[0-9a-f]+\}|x[0-9a-f]{2}|#[0-9a-f]{8}|.)|./gu;
/** A backslash before it is a name's own, and is doubled. */
const HASH = /\\\\|(?<begin>\\#[0-9a-f]{8})[0-9a-f]+/gu;
const BASES = ["/", "(somewhere)/", "(in memory) "] as const;

export function valueText({ hashed, bytes }: Value): string {
  return hashed ? `\\#${bytes.toHex()}` : spelled(escapeBytes(bytes));
}

/** What is no name of a file, an account or a host: namespaces and types of records. */
export function plainText(text: string): string {
  return spelled(escapeText(text));
}

export function pathText({ base, components }: Path): string {
  return BASES[base] + components.map(valueText).join("/");
}

export function flowText({ family, address, port }: FlowEntity): string {
  return withPort(family, whereText(family, address), port);
}

/** Of what an atom is about: "" for what has no name that a page tells. */
export function objectText(entity: Entity): string {
  if (entity.kind === "file") return entity.path === null ? "" : pathText(entity.path);
  return entity.kind === "flow" ? flowText(entity) : "";
}

/** What runs there: its file, else its own name. */
export function programText({ executable, name }: ProcessEntity): string {
  if (executable !== null) return pathText(executable);
  return name === null ? "an unknown program" : valueText(name);
}

/** Hashes with their first eight digits, and no more columns than there are. */
export function fitted(text: string, columns: number): string {
  const short = text.replaceAll(HASH, (whole, begin: string | undefined) => begin ?? whole);
  if (short.length <= columns) return short;
  const units = short.match(UNITS) ?? [];
  const room = columns - CUT.length;
  const head = taken(units, room >> 1);
  const tail = taken(units.toReversed(), room - head.length);
  const end = short.slice(short.length - tail.length);
  return head + CUT + end;
}

/** As many units from the front as fit. */
function taken(units: readonly string[], columns: number): string {
  let text = "";
  for (const unit of units) {
    if (text.length + unit.length > columns) break;
    text += unit;
  }
  return text;
}

function whereText(family: number, address: Value | Path): string {
  if (!("components" in address)) {
    return address.hashed ? valueText(address) : addressText(family, address.bytes);
  }
  if (address.base !== 2) return pathText(address);
  const { components } = address;
  return components.length === 0 ? "unix" : `@${components.map(valueText).join("/")}`;
}

function spelled(text: string): string {
  return text.replaceAll(/[^ -~]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
