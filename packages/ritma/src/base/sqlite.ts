/**
 * The one module that imports node:sqlite, which is to rename its class (DEP0210).
 *
 * @module
 */
export { DatabaseSync as Database } from "node:sqlite";
