#!/usr/bin/env python3
"""Checks an evidence store down to its micro roots, with Python's cbor2 and cryptography alone.

    verify.py STORE WORK

Written from the pages in spec/, which the comments name; no code of Ritma is used. WORK/entries
holds the entries of the node log, a line of hex each, as nodelog.go prints them once the log is
proved. Stops at the first thing that is wrong, says it in one line, and exits with 1; with 2 if
nothing is wrong but the end of the log is open. Digests of whole files it leaves to sha256sum: it
writes them to WORK/files.sha256. What is in the blocks is leaves.py's.
"""
import base64
import datetime
import os
import re
import stat
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from basics import (REFUSALS, Refused, decode, encode, leaf_hash, levels, record, require,
                    root_of, sha256, signed_parts)

OPEN_END = 2
HOUR_US = 3600 * 10**6


# spec/04-cose.md, "Signing and verifying".


def payload_of(data, place, key_of):
    """The payload, once the signature holds. `key_of` finds the public key of a key id."""
    key_id, payload, message, signature = signed_parts(data, place)
    public = key_of(key_id)
    require(sha256(public)[:8] == key_id, place, "names another key than its signer's")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        raise Refused(f"{place}: the signature is wrong") from None
    return payload


# spec/06-store.md, "Store".


class Store:
    """The files of a store, and what store.cbor, pubkeys.cbor and the periods say."""

    def __init__(self, folder):
        self.folder = folder
        self.named = set()  # Every file that something named, so that no other may be there.
        self.digests = []  # Lines for sha256sum.
        (self.id, self.format, self.namespace, self.node, _, self.privacy, self.window_secs,
         self.identity, self.schemas) = record(
            self.read("_meta/store.cbor"), "_meta/store.cbor", "ritma/store@1")
        require(self.format == 1, "_meta/store.cbor", f"format {self.format} is not known")
        self.log_name = f"ritma.invalid/node/{self.id.hex()}"
        path = "_meta/keys/pubkeys.cbor"
        owner, self.key_files = record(self.read(path), path, "ritma/keys@1")
        require(owner == self.id, path, "is of another store")
        self.keys = [self.key_record(data, f"{path}#{i}") for i, data in enumerate(self.key_files)]
        self.periods = []
        while os.path.lexists(os.path.join(folder, self.period_path())):
            self.periods.append(self.period(self.period_path()))

    def read(self, path):
        self.named.add(path)
        with open(os.path.join(self.folder, path), "rb") as file:
            return file.read()

    def expect(self, path, digest, length=None):
        """Leaves the digest of a file to sha256sum."""
        self.named.add(path)
        found = os.stat(os.path.join(self.folder, path)).st_size
        require(length in (None, found), path, f"has {found} bytes, {length} were sealed")
        self.digests.append(f"{digest.hex()}  {path}\n")

    def key_record(self, data, place):
        payload = payload_of(data, place, lambda key_id: self.identity)
        owner, key_id, public, role, first, last = record(payload, place, "ritma/key@1")
        require(owner == self.id, place, "is of another store")
        require(key_id == sha256(public)[:8], place, "has another key id than its key")
        return {"id": key_id, "public": public, "role": role, "first": first, "last": last}

    def period_path(self):
        return f"_meta/keys/periods/{len(self.periods):04d}.cbor"

    def period(self, path):
        """spec/27-epochs.md: the identity signed the root over the keys of the next hours."""
        signed, keys = record(self.read(path), path, "ritma/period-file@1")
        payload = payload_of(signed, path, lambda key_id: self.identity)
        owner, number, first, epochs, root = record(payload, path, "ritma/period@1")
        require([owner, number] == [self.id, len(self.periods)], path, "is another period")
        begin = self.periods[-1]["end"] if self.periods else first
        require(first == begin and len(keys) == 32 * epochs, path, "is of other hours")
        keys = [keys[at:at + 32] for at in range(0, len(keys), 32)]
        leaves = [leaf_hash((first + at).to_bytes(8, "big") + key) for at, key in enumerate(keys)]
        require(root_of(leaves) == root, path, "has other keys than the identity signed")
        return {"first": first, "end": first + epochs, "keys": keys, "digest": sha256(signed)}

    def key_for(self, key_id, role, sequence, place):
        """The only place that says which key may sign what: by key id, role and hour sequence.
        From the first period on an hour has a key of its own, and no other. A build statement
        names no hour (sequence None): spec/13-derived.md."""
        if role == "seal" and self.periods and sequence >= self.periods[0]["first"]:
            for period in self.periods:
                if period["first"] <= sequence < period["end"]:
                    return period["keys"][sequence - period["first"]]
            raise Refused(f"{place}: no period has a key for this hour")
        for key in self.keys:
            covers = sequence is None or (
                key["first"] <= sequence and (key["last"] is None or sequence <= key["last"]))
            if key["id"] == key_id and key["role"] in role.split() and covers:
                return key["public"]
        raise Refused(f"{place}: no key record allows key {key_id.hex()} to be its {role} key")

    def sealed(self, path, sequence):
        return payload_of(self.read(path), path,
                          lambda key_id: self.key_for(key_id, "seal", sequence, path))


# spec/07-node-log.md.

GENESIS, KEY, MICRO, HOUR, GAP, CLOSE, OPEN = range(7)


def read_story(store, entries):
    """Walks the entries in their order. Returns the hours, each with its micro seals, and whether
    the log is closed."""
    hours, micros, keys, sessions, running, end, last = [], [], [], 0, False, None, None
    for index, (kind, body) in enumerate(entries):
        place = f"_tlog#{index}"
        require((kind == GENESIS) == (index == 0), place, "the genesis stands first, and alone")
        if kind not in (MICRO, HOUR):
            require(not micros, place, "micro seals without their hour")
        require(last != GAP or kind == MICRO, place, "nothing but an hour follows a gap")
        last = kind
        if kind == GENESIS:
            digest = sha256(store.read("_meta/store.cbor"))
            require(body == [store.id, digest], place, "is the genesis of another store.cbor")
        elif kind == KEY:
            keys.append((body[0], len(hours)))
        elif kind == OPEN:
            require(body[0] == sessions, place, "sessions are not dense")
            sessions, running = sessions + 1, True
        elif kind == CLOSE:
            require(running and body[0] == sessions - 1, place, "closes no open session")
            require(body[1:3] == [len(hours) - 1 if hours else None, end or 0], place,
                    "names another end")
            running = False
        elif kind == GAP:
            require(running and body[0] < body[1], place, "does not tile time")
            require(end in (None, body[0]), place, "does not tile time")
            end = body[1]
        elif kind == MICRO:
            require(running and body[0] == len(hours), place, "is of another hour")
            micros.append(body)
        elif kind == HOUR:
            sequence, t1, t2, root, seal = body
            require(running and sequence == len(hours), place, "hours are not dense")
            require(end in (None, t1) and t1 <= t2, place, "does not tile time")
            hours.append({"index": index, "sequence": sequence, "session": sessions - 1, "t1": t1,
                          "t2": t2, "root": root, "seal": seal, "micros": micros})
            micros, end = [], t2
        else:
            raise Refused(f"{place}: no entry of this kind is known")
    count = len(store.key_files)
    require([digest for digest, _ in keys[:count]] == [sha256(data) for data in store.key_files],
            "_meta/keys/pubkeys.cbor", "does not hold the key records that the node log names")
    require(keys[count:] == [(period["digest"], period["first"]) for period in store.periods],
            "_meta/keys/periods", "does not hold the periods that the node log names, in place")
    return hours, not micros and not running


# spec/06-store.md, "Hour" and "Micro-window".


def hour_folders(hours):
    """One folder a clock hour; a later hour in the same one has its sequence behind it."""
    taken = set()
    for hour in hours:
        begin = datetime.datetime.fromtimestamp(hour["t1"] // 10**6, datetime.timezone.utc)
        folder = begin.strftime("windows/%Y/%m/%d/%H")
        hour["folder"] = f"{folder}-{hour['sequence']}" if folder in taken else folder
        taken.add(folder)


def check_hour(store, hour, previous, pieces):
    folder, sequence = hour["folder"], hour["sequence"]
    place = f"{folder}/proofs/hour_root.sig"
    seal = store.sealed(place, sequence)
    require(sha256(seal) == hour["seal"], place, "is not the seal that the node log names")
    header_bytes = store.read(f"{folder}/hour_header.cbor")
    says = record(seal, place, "ritma/hour-seal@1")
    require(says == [store.id, sequence, [hour["t1"], hour["t2"]], hour["root"],
                     sha256(header_bytes), previous, hour["index"]],
            place, "does not seal this header behind this hour at this place of the node log")
    place = f"{folder}/proofs/chain.cbor"
    link = record(store.read(place), place, "ritma/chain@1")
    require(link == [store.id, sequence, previous, hour["index"]], place, "is another link")
    windows = check_tree(store, hour)
    require(len(hour["micros"]) == len(windows), f"{folder}/proofs/hour_root.cbor",
            "the node log names other windows")
    counts = [check_micro(store, hour, micro, *window)
              for micro, window in zip(hour["micros"], windows)]
    check_header(store, hour, header_bytes, [window[0] for window in windows], counts, pieces)


def check_tree(store, hour):
    """The tree hashes to the sealed root and tiles the hour. Returns its windows, late last."""
    place = f"{hour['folder']}/proofs/hour_root.cbor"
    owner, sequence, entries, nodes, root = record(store.read(place), place, "ritma/hour-root@1")
    require([owner, sequence, root] == [store.id, hour["sequence"], hour["root"]], place,
            "is the tree of another hour")
    tree = levels([leaf_hash(encode(entry)) for entry in entries])
    require(tree[-1][0] == root, place, "its entries do not hash to the sealed root")
    require(b"".join(b"".join(level) for level in tree) == nodes, place, "has other nodes")
    end, windows, length = hour["t1"], [], store.window_secs * 10**6
    for tag, kind, window, t1, t2, micro_root in entries:
        require(tag == "ritma/hour-entry@1" and kind in (0, 1, 2), place, "has another entry")
        if kind == 2:
            require([t1, t2] == [hour["t1"], hour["t2"]] and end == t2, place, "late is not last")
        else:
            require(t1 == end and t1 < t2, place, "leaves a hole, or overlaps")
            end = t2
        if kind == 0:
            numbers = {t % HOUR_US // length for t in (t1, t2 - 1)}
            require(numbers == {window}, place, "has a window under another number")
        if kind == 1:
            require([window, micro_root] == [None, None], place, "has a root for no events")
        else:
            windows.append((window, t1, t2, micro_root))
    require(end == hour["t2"], place, "does not reach the end of the hour")
    return windows


def check_micro(store, hour, micro, window, t1, t2, micro_root):
    """Header and seal of one window are those of tree and node log. Returns its counts."""
    name = "late" if window is None else f"w{window:03d}"
    place = f"{hour['folder']}/micro/{name}.cbor"
    header = store.read(place)
    require(micro == [hour["sequence"], window, sha256(header), micro_root], place,
            "is not what the node log names")
    said = record(header, place, "ritma/micro@1")
    expected = [store.id, store.namespace, store.node, hour["sequence"], window, t1, t2,
                1, "sha256", "ed25519", store.privacy, micro_root]
    require(said[:7] + said[8:] == expected, place, "is of another window")
    place = f"{hour['folder']}/micro/{name}.sig"
    seal = record(store.sealed(place, hour["sequence"]), place, "ritma/micro-seal@1")
    require(seal == [store.id, hour["sequence"], window, sha256(header), micro_root], place,
            "seals another window")
    return said[7]


FILE = re.compile(r"blocks/(inst|late)_\d{4,}\.cbor\.zst|micro/(w\d{3,}|late)\.cbor")


def check_header(store, hour, data, windows, counts, pieces):
    place = f"{hour['folder']}/hour_header.cbor"
    says = record(data, place, "ritma/hour-header@1", "ritma/hour-header@2")
    generation, rest = says[7], says[8:]
    cones = rest.pop(0) if decode(data, place)[0].endswith("@2") else None
    total, _, _, privacy, _, files = rest
    expected = [store.id, store.namespace, store.node, hour["sequence"], hour["session"],
                hour["t1"], hour["t2"]]
    require(says[:7] == expected and privacy == store.privacy, place, "is of another hour")
    require([total[0], total[2], total[3]] == [sum(count[i] for count in counts) for i in range(3)],
            place, "its counts are not the sums of its windows")
    names = [f"micro/{'late' if window is None else f'w{window:03d}'}.cbor" for window in windows]
    require(sorted(names) == [p for p, _, _ in files if p.startswith("micro/")], place,
            "lists other windows than its tree")
    require([p for p, _, _ in files] == sorted({p for p, _, _ in files}), place, "is not sorted")
    for path, length, digest in files:
        require(FILE.fullmatch(path), place, f"lists {path!r}, which no hour has")
        store.expect(f"{hour['folder']}/{path}", digest, length)
    number = generation[0]
    pieces.setdefault(f"graph/dict/v{number:04d}/entities.cbor.zst", []).append(generation[1:4])
    if cones is not None and cones[1] > 0:
        pieces.setdefault(f"ctgf/cones/v{number:04d}/cones.cbor.zst", []).append(cones[:3])


def check_pieces(store, path, pieces):
    """spec/06-store.md, "Generation log": each hour names what it added, and nothing follows."""
    data, end = store.read(path), 0
    for offset, length, digest in pieces:
        require(offset == end, path, f"the piece at {offset} does not follow the one before")
        end = offset + length
        require(sha256(data[offset:end]) == digest, f"{path}@{offset}", "is not the sealed piece")
    require(end == len(data), path, "goes on after the last sealed piece")


# spec/13-derived.md. What is derived may be missing; what is there under a statement must be it.

DERIVED = re.compile(
    r"accounting/\d{4}/\d\d/\d\d/account\.cbor\.zst|catalog/\d{4}/\d\d/\d\d/day\.cbor\.zst"
    r"|_meta/health/(stats_rolling_7d\.cbor\.zst|last_compaction\.cbor)"
    r"|ctgf/cones/v\d{4,}/cone_index\.cbor|graph/dict/dict\.lmdb"
    r"|graph/edges/\d{4}/\d\d/\d\d/\d\d(-\d+)?\.edges\.lmdb"
    r"|windows/\d{4}/\d\d/\d\d/\d\d(-\d+)?/(report/print\.txt"
    r"|index/(t_1s|t_10s|t_60s|edge_refs|cone_refs)\.cbor)")


def check_derived(store, path, leaves):
    folder = os.path.dirname(path)
    payload = payload_of(store.read(path), path,
                         lambda key_id: store.key_for(key_id, "build seal", None, path))
    owner, where, size, root, files = record(payload, path, "ritma/derived@1")
    require([owner, where] == [store.id, folder], path, "is of another store or folder")
    require(1 <= size <= len(leaves), path, "was built from more than the node log has")
    require(root == root_of(leaves[:size]), path, "was built from another node log")
    for name, length, digest in files:
        require(DERIVED.fullmatch(f"{folder}/{name}"), path, f"names {name!r}")
        if os.path.lexists(os.path.join(store.folder, folder, name)):
            store.expect(f"{folder}/{name}", digest, length)


# spec/09-verification.md, "Order".


def files_of(folder):
    """Every file, by its path in the store. Links, devices and sockets are refused."""
    for base, folders, names in os.walk(folder, onerror=stop):
        for name in folders + names:
            mode = os.lstat(os.path.join(base, name)).st_mode
            path = os.path.relpath(os.path.join(base, name), folder)
            require(stat.S_ISREG(mode) or stat.S_ISDIR(mode), repr(path), "is no plain file")
            if stat.S_ISREG(mode):
                yield path


def stop(error):
    raise error


def check(folder, work):
    found = sorted(files_of(folder))
    store = Store(folder)
    with open(os.path.join(work, "entries"), encoding="ascii") as file:
        entries = [bytes.fromhex(line) for line in file]
    story = [decode(entry, f"_tlog#{index}") for index, entry in enumerate(entries)]
    if "_meta/intent.cbor" in found:
        print("incomplete: something was being sealed (spec/06-store.md, Sealing)")
        return OPEN_END
    hours, closed = read_story(store, story)
    with open(os.path.join(folder, "_tlog/checkpoint"), "rb") as file:
        check_log_key(store, file.read(), len(hours))
    for name, digest in store.schemas:
        require(re.fullmatch("event|proof", name), "_meta/store.cbor", f"names schema {name!r}")
        store.expect(f"_meta/schema/{name}_schema_v1.cbor", digest)
    hour_folders(hours)
    previous, pieces = None, {}
    for hour in hours:
        check_hour(store, hour, previous, pieces)
        previous = hour["seal"]
    for path in pieces:
        check_pieces(store, path, pieces[path])
    leaves = [leaf_hash(entry) for entry in entries]
    for path in found:
        if path.endswith("/derived.stmt"):
            check_derived(store, path, leaves)
    for path in found:
        if path in store.named or path.startswith("_tlog/") or path.endswith(".draft"):
            continue
        require(DERIVED.fullmatch(path), repr(path), "is a file that nothing names")
        print(f"note: {path} is derived, and no statement covers it: do not use it")
    with open(os.path.join(work, "files.sha256"), "w", encoding="ascii") as file:
        file.writelines(store.digests)
    windows = sum(len(hour["micros"]) for hour in hours)
    print(f"good: {len(entries)} entries, {len(hours)} hours, {windows} windows down to their "
          f"micro roots; {len(store.digests)} digests for sha256sum")
    if not closed:
        print("incomplete: the log does not end with a close: still open, or cut")
    return 0 if closed else OPEN_END


def check_log_key(store, checkpoint, hours):
    """spec/07-node-log.md: the log key covers the newest hour. The signature is Go's to check."""
    line = checkpoint.splitlines()[-1].split(b" ")[-1]
    note_id = base64.b64decode(line)[:4]
    newest = max(hours - 1, 0)
    for key in store.keys:
        if key["role"] == "log" and note_key_id(store.log_name, key["public"]) == note_id:
            store.key_for(key["id"], "log", newest, "_tlog/checkpoint")
            return
    raise Refused("_tlog/checkpoint: no key record of role log")


def note_key_id(name, public):
    """spec/03-tiles.md, "Notes"."""
    return sha256(name.encode() + b"\n\x01" + public)[:4]


if __name__ == "__main__":
    try:
        sys.exit(check(*sys.argv[1:]))
    except REFUSALS as error:
        print(f"refused: {error}", file=sys.stderr)
        sys.exit(1)
