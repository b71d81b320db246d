/**
 * The one way tests here ask what a decoder said.
 *
 * @module
 */
import { FormatError, type FormatFault } from "@ritma/evidence";

/** @returns the fault `decode` threw, or "ok"; any other error goes on. */
export function faultOf(decode: () => unknown): FormatFault | "ok" {
  try {
    decode();
    return "ok";
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return error.fault;
  }
}
