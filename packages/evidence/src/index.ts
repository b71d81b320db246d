/**
 * Sealed evidence: its formats, its proofs, and the offline verifier.
 *
 * This is what a stranger must trust, so it does no I/O, has no dependencies and reads no clock:
 * bytes go in; records, proofs and findings come out. Digests, signature checks and decompression
 * come in through `Primitives`.
 *
 * @module
 */
export { FormatError, type FormatFault } from "./error.ts";
export type { Primitives, Sha256, Sign } from "./primitives.ts";

export { fromBase64, toBase64 } from "./bytes/base64.ts";
export { CBOR_DEPTH_MAX, type CborKind, CborReader } from "./bytes/cbor-reader.ts";
export { CborWriter, encodeMap } from "./bytes/cbor-writer.ts";
export { compareBytes, concatBytes, equalBytes } from "./bytes/compare.ts";
export { crc32c } from "./bytes/crc32c.ts";
export { fromHex, toHex } from "./bytes/hex.ts";
export {
  type Digest,
  digest,
  type Fingerprint,
  fingerprint,
  fingerprintOf,
  type StoreId,
  storeId,
} from "./bytes/id.ts";
export { decodeUtf8, encodeUtf8, utf8Length } from "./bytes/utf8.ts";
export { VarintReader, VarintWriter } from "./bytes/varint.ts";

export {
  type Cose1,
  type CoseSigner,
  keyIdOf,
  parseCose1,
  signCose1,
  verifyCose1,
} from "./proof/cose.ts";
export type { Finding, Outcome, Result } from "./proof/finding.ts";
export {
  consistencyPath,
  emptyRoot,
  inclusionPath,
  inclusionPathIn,
  leafHash,
  levelsLength,
  nodeHash,
  TreeHasher,
  prefixRoot,
  treeLevels,
} from "./proof/merkle.ts";
export {
  type ConsistencyProof,
  type InclusionProof,
  verifyConsistency,
  verifyInclusion,
} from "./proof/merkle-verify.ts";
export {
  type Checkpoint,
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
} from "./proof/checkpoint.ts";
export {
  type HeadStanding,
  type JudgedHead,
  judgeHead,
  type KnownLog,
  parseHead,
} from "./proof/kept-head.ts";
export {
  ed25519Verifier,
  formatNote,
  type Note,
  noteKeyId,
  type NoteSignature,
  type NoteVerifier,
  openNote,
  parseNote,
} from "./proof/note.ts";
export { splitEntryBundle } from "./proof/entry-bundle.ts";
export { entriesPath, parseTilePath, type TilePath, tilePath } from "./proof/tile-path.ts";
export { expectedTiles, type LogFile, type ReadLogFile, TileLog } from "./proof/tiles.ts";

export {
  type BlockPlace,
  BlockReader,
  BlockWriter,
  CODED_ATOMS_MAX,
  CODED_SECTIONS_MAX,
  type CodedBlock,
  decodeAnyBlock,
} from "./ctgf/block-frame.ts";
export { type ConesFrame, decodeConesFrame, encodeConesFrame } from "./ctgf/cone-frame.ts";
export type { BoundConstant } from "./ctgf/cone-constants.ts";
export {
  type ConeEntry,
  type ConeIndex,
  decodeConeIndex,
  encodeConeIndex,
  HOT_HOURS,
  isHotCone,
} from "./ctgf/cone-index.ts";
export { type Cone, CONE_ATOMS_MAX, SHAPE_FIELDS } from "./ctgf/cone-shape.ts";
export { coneHash, ConeLibrary, CONES_MAX } from "./ctgf/cones.ts";
export { decodeFrame, packCodedFrame } from "./ctgf/entity-frame.ts";
export { EntityReader, EntityWriter, frameRoom } from "./ctgf/entity-stream.ts";
export { Facts } from "./ctgf/facts.ts";
export { Generation } from "./ctgf/generation.ts";
export { sameSection } from "./ctgf/section-same.ts";

export { type AtomColumns, AtomTable } from "./record/atom-table.ts";
export { type Block, decodeBlock, encodeBlock } from "./record/block.ts";
export { commit, type CommitmentPrimitives, entitySalt } from "./record/commitment.ts";
export {
  type Account,
  ACCOUNT_FIELDS,
  ACCOUNT_FILE,
  accountFolder,
  decodeAccount,
  encodeAccount,
  type HourAccount,
} from "./record/account.ts";
export {
  type Catalog,
  CATALOG_FILE,
  type CatalogGap,
  type CatalogHour,
  catalogFolder,
  dayRootOf,
  decodeCatalog,
  encodeCatalog,
} from "./record/catalog.ts";
export {
  type Actors,
  ACTORS_MAX,
  compareActors,
  type CountedDestination,
  type CountedProgram,
  type CountedUser,
  programEntity,
} from "./record/catalog-actors.ts";
export {
  BUILD_STATEMENT,
  type BuildStatement,
  decodeBuildStatement,
  derivedNames,
  encodeBuildStatement,
  isDerived,
} from "./record/derived.ts";
export {
  coversHour,
  decodePeriod,
  decodePeriodFile,
  encodePeriod,
  encodePeriodFile,
  epochKey,
  epochLeaf,
  EPOCHS_MAX,
  type Period,
  type PeriodFile,
  type PeriodKeys,
  periodPath,
  periodRoot,
  PERIODS_FOLDER,
  sealedSequence,
} from "./record/period.ts";
export { Dictionary } from "./record/dictionary.ts";
export { decodeEntity, encodeEntity } from "./record/entity-codec.ts";
export { type AtomSink, type EntityRef, entityRef } from "./record/entity-ref.ts";
export {
  type ArgumentsEntity,
  type Birth,
  BIRTHS,
  CREDENTIAL_IDS,
  type CredentialsEntity,
  type Entity,
  type FieldsEntity,
  type FileEntity,
  type FlowEntity,
  type LineEntity,
  type Path,
  type PathBase,
  type ProcessEntity,
  type ProcessKey,
  type StringEntity,
} from "./record/entity.ts";
export {
  EVENT_TYPES,
  type EventType,
  eventTypeName,
  eventTypeNumber,
  findEventType,
} from "./record/event-type.ts";
export {
  decodeEntitiesFrame,
  encodeEntitiesFrame,
  type EntitiesFrame,
  FRAME_BYTES_MAX,
  FRAME_ENTITIES_MAX,
  FRAME_UNPACKED_MAX,
  packFrame,
  splitFrames,
} from "./record/generation-log.ts";
export {
  type Compaction,
  COMPACTION_FILE,
  type DaySum,
  decodeCompaction,
  decodeRolling,
  encodeCompaction,
  encodeRolling,
  HEALTH_FOLDER,
  type Rolling,
  ROLLING_DAYS,
  ROLLING_FILE,
} from "./record/health.ts";
export {
  decodeHourHeader,
  encodeHourHeader,
  type FileEntry,
  type ConesPiece,
  type GenerationPiece,
  HOUR_COUNTS,
  type HourCount,
  type HourCounts,
  type HourHeader,
  type InputMark,
} from "./record/hour.ts";
export {
  buildHourTree,
  decodeHourSeal,
  decodeHourTree,
  encodeChain,
  encodeHourEntry,
  encodeHourSeal,
  encodeHourTree,
  type HourEntry,
  type HourSeal,
  type HourTree,
} from "./record/hour-seal.ts";
export { decodeIntent, encodeIntent, type Growth, type Intent } from "./record/intent.ts";
export {
  blockPath,
  CHECKPOINT_PATH,
  clockHour,
  coneIndexPath,
  DRAFT_SUFFIX,
  conesPath,
  entitiesPath,
  HOUR_CHAIN,
  HOUR_HEADER,
  HOUR_SEAL,
  HOUR_TREE,
  HOUR_US,
  hourFolder,
  INTENT_PATH,
  KEYS_PATH,
  LOG_FOLDER,
  microPath,
  schemaPath,
  STORE_PATH,
} from "./record/layout.ts";
export {
  bucketOf,
  decodeJumps,
  encodeJumps,
  indexFolder,
  JUMP_SECONDS,
  type JumpBucket,
  type Jumps,
  jumpsFile,
  type JumpSeconds,
  type SeenCredentials,
} from "./record/jumps.ts";
export {
  CONE_REFS_FILE,
  decodeRefIds,
  decodeRefs,
  EDGE_REFS_FILE,
  encodeRefs,
  hasRef,
  type IdRun,
  type RefIds,
  type Refs,
  type RefsKind,
  runsOf,
} from "./record/jumps-refs.ts";
export { LeafHasher } from "./record/leaf.ts";
export {
  decodeLineageHead,
  encodeLineageHead,
  idRangeKey,
  idRangeOf,
  LINEAGE_ATOMS_MIN,
  LINEAGE_HEAD_KEY,
  type LineageHead,
  type LineagePage,
  lineagePlace,
  pageGroupKey,
  PAGES_A_GROUP,
} from "./record/lineage.ts";
export {
  ABOUT,
  ACTS,
  decodePostings,
  encodePostings,
  FLOWED_IN,
  FLOWED_OUT,
  type Posting,
  relationOf,
  TOUCHED,
} from "./record/lineage-ids.ts";
export { type CutPage, PAGE_ATOMS, PageCutter } from "./record/lineage-pages.ts";
export { PostingTally } from "./record/lineage-tally.ts";
export { PRINT_FILE, printFolder } from "./record/print.ts";
export { flowsOf, INTO_PROCESS, isAside, OUT_OF_PROCESS } from "./record/relations.ts";
export { decodeLogEntry, encodeLogEntry, type LogEntry, logOrigin } from "./record/log-entry.ts";
export {
  decodeMicroHeader,
  encodeMicroHeader,
  encodeMicroSeal,
  type MicroHeader,
} from "./record/micro.ts";
export { SCHEMAS } from "./record/schemas.ts";
export { cutSection, type Section } from "./record/section.ts";
export {
  decodeKeyRecord,
  decodeKeysFile,
  decodeSchemaFile,
  decodeStoreFile,
  encodeKeyRecord,
  encodeKeysFile,
  encodeSchemaFile,
  encodeStoreFile,
  type KeyRecord,
  type KeyRole,
  PRIVACY_MODES,
  type PrivacyMode,
  STORE_FORMAT,
  type StoreFile,
} from "./record/store-file.ts";
export { type Value, VALUE_DOMAINS, type ValueDomain } from "./record/value.ts";

export type { FileTree, TreeFile } from "./verify/file-tree.ts";
export { type FindingCode, FINDINGS } from "./verify/finding-code.ts";
export type { Report, VerifyCounts } from "./verify/report.ts";
export type { KeptHead, VerifiedHead } from "./verify/verify-heads.ts";
export { BLOCK_UNPACKED_MAX } from "./verify/verify-blocks.ts";
export { verifyStore, type VerifyOptions } from "./verify/verify-store.ts";

export {
  compareOpenings,
  decodeEventProof,
  encodeEventProof,
  EVENT_PROOF_BYTES_MAX,
  type EventProof,
  eventProofTag,
  type ProofEpoch,
  type ProofHour,
  type ProofKey,
  type ProofLeaf,
  type ProofOpening,
  type ProofWindow,
} from "./bundle/event-proof.ts";
export { jointPath, jointRoot } from "./bundle/joint-path.ts";
export type { ProofReport, ProvedAtom, ProvedEntity, ProvedWindow } from "./bundle/proof-report.ts";
export { verifyEventProof } from "./bundle/verify-event-proof.ts";
