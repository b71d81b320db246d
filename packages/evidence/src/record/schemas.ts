/**
 * The CDDL that a store is written under, kept in the store itself.
 *
 * Invariant: these are the blocks of the spec pages, to the letter; a test compares them. Their
 * digests are in `store.cbor`, so an old store says for ever what its bytes meant.
 *
 * Format: spec/05-record.md and spec/06-store.md.
 *
 * @module
 */

const EVENT_SCHEMA = `value  = plain / hashed
plain  = bstr                    ; the bytes, as the kernel gave them
hashed = [bstr .size 16]         ; keyed BLAKE3, first 16 bytes, over (u8 domain || bytes)

entity = string / file / process / flow / credentials / arguments / fields / line

string      = ["ritma/string@1", value]
file        = ["ritma/file@1", path, inode: uint / null, device / null, mode: uint / null,
               uid: uint / null, gid: uint / null]
path        = [base, [* value]] / null      ; null: the log names none
base        = 0 / 1 / 2                     ; 0 from the root; 1 from a directory that is not
                                            ; known; 2 no place in a file tree (memfd)
device      = [major: uint, minor: uint]
process     = ["ritma/process@1", node: value, boot: uint, pid: uint, start: uint, serial: uint,
               birth, parent / null, executable: path, name: value / null,
               credentials / null, container: value / null]
birth       = 0 / 1 / 2 / 3                 ; 0 the node itself (pid 0); 1 fork seen;
                                            ; 2 exec seen; 3 inferred from its first record
parent      = [boot: uint, pid: uint, start: uint, serial: uint]
flow        = ["ritma/flow@1", family: uint, address: value / path, port: uint / null,
               scope: uint / null]
credentials = ["ritma/credentials@1", auid: id, uid: id, gid: id, euid: id, suid: id, fsuid: id,
               egid: id, sgid: id, fsgid: id, ses: id, terminal: value / null,
               label: value / null]
id          = uint / null
arguments   = ["ritma/arguments@1", whole: bool, [* value]]
fields      = ["ritma/fields@1", type: tstr, [* [name: tstr, value / int]]]
line        = ["ritma/line@1", length: uint, value]

atom = ["ritma/atom@1", i: uint, t: uint, serial: uint, etype: uint, flags_class: uint, ret: uint,
        process: commitment, object: commitment / null, object2: commitment / null,
        num: int / null, arg: commitment / null, payload: bstr .size 32 / null]
commitment = bstr .size 32

instantiation = ["ritma/instantiation@1", shape_hash: bstr .size 32, process: commitment,
                 t_start: uint, first_serial: uint, n: uint, atoms_root: bstr .size 32]
shape = ["ritma/shape@1", [+ [etype: uint, flags_class: uint, ret: uint, object: uint,
                              object2: uint, arg: uint]]]
`;

const PROOF_SCHEMA = `store-file = ["ritma/store@1", store: store-id, format: uint, namespace: tstr,
              node: value, created: uint, privacy, window_secs: 1..3600, identity: bstr .size 32,
              [* [schema: tstr, digest]]]
schema-file = ["ritma/schema@1", name: tstr, text: tstr]
keys-file = ["ritma/keys@1", store: store-id, [* bstr]]
                          ; each a COSE_Sign1 by the identity key, in node-log order
key-record = ["ritma/key@1", store: store-id, key_id: bstr .size 8, public: bstr .size 32,
              role: "seal" / "log" / "build", first: uint, last: uint / null]
                          ; first and last: hour sequences, inclusive
store-id = bstr .size 16
digest = bstr .size 32    ; SHA-256; roots too
privacy = "raw" / "hash-only"

entities-frame = ["ritma/entities@1", store: store-id, generation: uint, first_id: uint,
                  salt: bstr .size 32 / null, [1*65536 bstr]]

block = ["ritma/block@1", store: store-id, sequence: uint, number: uint, generation: uint,
         tick: 1 / 1000, [+ section]]
section = [window: uint / null, instantiations: uint, atoms: uint, columns: [11*11 bstr]]

micro = ["ritma/micro@1", store: store-id, namespace: tstr, node: value, sequence: uint,
         window: uint / null, t1: uint, t2: uint,
         [events: uint, atoms: uint, instantiations: uint],
         schema: 1, "sha256", "ed25519", privacy, micro_root: digest]
micro-seal = ["ritma/micro-seal@1", store: store-id, sequence: uint, window: uint / null,
              header: digest, micro_root: digest]       ; header: of wNNN.cbor as stored

hour-header = ["ritma/hour-header@2", store: store-id, namespace: tstr, node: value,
               sequence: uint, session: uint, t1: uint, t2: uint, generation, cones, counts,
               sensor, rules: digest / null, privacy, inputs: [* input], files: [* file-entry]]
generation = [number: uint, offset: uint, length: uint, digest, first_id: uint,
              entities: uint, root: digest, begun: uint]
cones = [offset: uint, length: uint, digest, first_id: uint, cones: uint]
counts = [events: uint, records: uint, atoms: uint, instantiations: uint, lost: uint, late: uint,
          evicted: uint, uninterpreted: uint, refused: uint, incomplete: uint]
sensor = [name: tstr, version: uint, projection: digest]
input = [length: uint, digest, unterminated: bool, head: digest, delivered: uint]
file-entry = [path: tstr, length: uint, digest]
hour-entry = ["ritma/hour-entry@1", kind: 0 / 1 / 2, window: uint / null, t1: uint, t2: uint,
              micro_root: digest / null]
                          ; 0 window, 1 run of windows without events, 2 late
hour-tree = ["ritma/hour-root@1", store: store-id, sequence: uint, [+ hour-entry],
             nodes: bstr, hour_root: digest]
hour-seal = ["ritma/hour-seal@1", store: store-id, sequence: uint, [t1: uint, t2: uint],
             hour_root: digest, header: digest, previous: digest / null, log_size: uint]
chain = ["ritma/chain@1", store: store-id, sequence: uint, previous: digest / null,
         log_size: uint]

intent = ["ritma/intent@2", store: store-id, phase: 0 / 1, files: [* file-entry],
          growing: [* [path: tstr, before: uint, after: uint, digest]],
          sign: [* [path: tstr, payload: bstr]], plain: [* [path: tstr, bytes: bstr]],
          log_size: uint, entries: [* bstr]]
`;

/** In the order in which `store.cbor` names them. */
export const SCHEMAS: readonly { readonly name: string; readonly text: string }[] = [
  { name: "event", text: EVENT_SCHEMA },
  { name: "proof", text: PROOF_SCHEMA },
];
