/**
 * Figures for a person.
 *
 * @module
 */

/** 1234567 -> "1,234,567". */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/gu, ",");
}
