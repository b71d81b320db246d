/**
 * The contexts of the entity model, in order. They are part of the format only in that no two
 * decisions share one which the specification keeps apart.
 *
 * Format: spec/12-entities.md, "Contexts".
 *
 * @module
 */
import { ID_CONTEXTS } from "./coder-ids.ts";
import { UINT_CONTEXTS } from "./coder.ts";
import { Contexts } from "./guesses.ts";

/** Where a value stands decides which contexts it is told under. */
export const DOMAINS = {
  component: 0,
  argument: 1,
  address: 2,
  name: 3,
  field: 4,
  text: 5,
} as const;
export type Domain = (typeof DOMAINS)[keyof typeof DOMAINS];
const DOMAIN_COUNT = 6;

/** What a path is of; each use remembers its own last ones. */
export const USES = { file: 0, executable: 1, address: 2 } as const;
export type Use = (typeof USES)[keyof typeof USES];
const USE_COUNT = 3;

const contexts = new Contexts();
const take = (count: number): number => contexts.take(count);
const takeUint = (count = 1): number => contexts.take(count * UINT_CONTEXTS);

export const ESCAPED = take(1);
export const ESCAPED_LENGTH = takeUint();
export const KIND = take(8 << 12);

export const VALUE_HIT = take(DOMAIN_COUNT * 32);
export const VALUE_KNOWN = take(DOMAIN_COUNT);
export const VALUE_ID = take(DOMAIN_COUNT * ID_CONTEXTS);
export const VALUE_HASHED = take(DOMAIN_COUNT);
export const VALUE_LENGTH = takeUint(DOMAIN_COUNT);
export const VALUE_HEX = take(2);
export const BYTE_HIT = take(32);
export const BYTE = take(256 << 8);

export const PATH_HIT = take(USE_COUNT * 4);
export const PATH_FROM = take(USE_COUNT * 64);
export const PATH_MOVE_HIT = take(4);
export const PATH_MOVE = take(USE_COUNT * 256);
export const PATH_MORE = takeUint();

export const FILE_NO_PATH = take(1);
export const META_HIT = take(4);
export const META_ID = take(ID_CONTEXTS);
export const META_NO_DEVICE = take(1);
export const META_DEVICE = takeUint(2);
export const META_NULL = take(3);
export const META_NUMBER = takeUint(3);
export const INODE_NULL = take(64);
export const INODE_FROM = take(64);
export const INODE_STEP = takeUint(2);

export const BIRTH = take(32);
export const PARENT_RANK = take(256 << 4);
export const PARENT_RANK_MORE = takeUint();
export const PARENT_NULL = take(1);
export const PARENT_KNOWN = take(1);
export const PARENT_BACK = takeUint();
export const PARENT_KEY = takeUint(2);
export const IMAGE_HIT = take(32);
export const IMAGE_ID = take(ID_CONTEXTS);
export const IMAGE_NO_EXECUTABLE = take(1);
export const IMAGE_NO_NAME = take(1);
export const PROCESS_NO_CREDENTIALS = take(1);
export const CREDENTIALS_HIT = take(5);
export const CONTAINER_SAME = take(1);
export const CONTAINER_NULL = take(1);
export const BOOT_STEP = takeUint();
export const PID_SAME = take(1 << 12);
export const PID_STEP = takeUint();
export const SERIAL_HIT = take(4);
export const SERIAL_STEP = takeUint();
export const START_FINE = take(1);
export const START_STEP = takeUint(4);

export const CREDENTIALS_ID = take(2 * ID_CONTEXTS);
export const CREDENTIALS_SAME = take(10);
export const CREDENTIALS_NULL = take(1);
export const CREDENTIALS_NUMBER = takeUint();
export const CREDENTIALS_NO_TEXT = take(1);

export const FAMILY = takeUint();
export const ADDRESS_IS_PATH = take(31);
export const PORT_NULL = take(2);
export const PORT_NEAR = take(256);
export const PORT_NEAR_BY = take(128);
export const PORT_LARGE = take(1);
export const PORT_LARGE_NUMBER = takeUint();
export const PORT_ODD = take(1);
export const PORT_HIGH = take(32);
export const SCOPE_NULL = take(1);
export const SCOPE_NUMBER = takeUint();

export const ARGUMENTS_WHOLE = take(2);
export const ARGUMENTS_COUNT = takeUint();
export const FIELDS_COUNT = takeUint();
export const FIELD_IS_NUMBER = take(256);
export const FIELD_FAR = take(1);
export const FIELD_STEP = takeUint(2);
export const LINE_LENGTH = takeUint();

export const ENTITY_CONTEXTS = contexts.count;
