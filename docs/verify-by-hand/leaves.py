#!/usr/bin/env python3
"""Recomputes the micro roots of windows that stand in plain blocks, from their atoms.

    leaves.py STORE

For a store that verify.py and sha256sum have accepted: headers, micro headers and files are taken
as they stand. Plain are blocks of `ritma/block@1` over entities of `ritma/entities@1`. Windows in
coded blocks are counted and not looked into: that needs a decoder of spec/10-coder.md,
spec/11-blocks.md and spec/12-entities.md. Prints what it recomputed; exits with 1 at the first
root that differs. Pages: spec/05-record.md, spec/06-store.md; zstd is the program.
"""
import glob
import hmac
import os
import subprocess
import sys

from basics import REFUSALS, decode, encode, leaf_hash, record, require, root_of, sha256

BLOCK_BYTES_MAX = 512 * 2**20
FRAME_BYTES_MAX = 32 * 2**20
ATOMS_MAX = 4096
IDLE_US = 1_000_000
NULL = None


def unzstd(data, bytes_max, place):
    content = subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE, check=False)
    require(content.returncode == 0 and len(content.stdout) <= bytes_max, place, "is not zstd")
    return content.stdout


class Column:
    """spec/00-conventions.md, "Varints"."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def v(self):
        value, shift = 0, 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def z(self):
        value = self.v()
        return value >> 1 if value % 2 == 0 else -(value >> 1) - 1


class Generation:
    """spec/06-store.md, "Generation log"; spec/05-record.md, "Commitments"."""

    def __init__(self):
        self.salt, self.plain, self.commitments = None, True, []

    def add(self, piece, store_id, number, place):
        while piece and self.plain:
            length = int.from_bytes(piece[:4], "little")
            frame = unzstd(piece[4 : 4 + length], FRAME_BYTES_MAX, place)
            piece = piece[4 + length :]
            self.plain = decode(frame, place)[0] == "ritma/entities@1"
            if self.plain:
                owner, generation, first, salt, entities = record(frame, place, "ritma/entities@1")
                require([owner, generation, first] ==
                        [store_id, number, len(self.commitments) + 1], place, "is of another place")
                self.salt = salt or self.salt
                self.commitments += [self.commit(entity) for entity in entities]

    def commit(self, entity):
        return sha256(b"\x02" + hmac.digest(self.salt, entity, "sha256") + entity)

    def of(self, number):
        """The commitment of an id; ids count from 1."""
        require(0 < number <= len(self.commitments), "dictionary", f"has no id {number}")
        return self.commitments[number - 1]


def atoms_of(section, tick):
    """spec/06-store.md, "Blocks". Yields (process id, atoms) of each instantiation, an atom being
    [t, serial, etype, flags, ret, object, object2, arg, num] with ids or null for the entities."""
    _, instantiations, atoms, columns = section
    (process, count, start, first_serial, etype, flags, ret, time, serial, entities,
     num) = columns = [Column(column) for column in columns]
    process_id, begin, serial_then, last, left = 0, 0, 0, [0, 0, 0], atoms

    def entity(place):
        told = entities.v()
        if told == 0:
            return NULL
        last[place] += (told - 1) // 2 if told % 2 == 1 else -(told // 2)
        return last[place]

    for _ in range(instantiations):
        process_id += process.z()
        begin += start.z()
        serial_then += first_serial.z()
        found, t, serial_now = [], begin, serial_then
        for position in range(count.v()):
            if position > 0:
                t += time.v()
                serial_now += serial.z()
            found.append([t * tick, serial_now, etype.byte(), flags.v(), ret.v(),
                          entity(0), entity(1), entity(2), num.z() if num.v() else NULL])
        left -= len(found)
        yield process_id, found
    require(left == 0, "block", "has other counts than its sections say")
    require(all(c.at == len(c.data) for c in columns), "block", "its columns go on")


def instantiation(process, atoms, generation):
    """spec/05-record.md, "Atoms" and "Instantiations"."""
    committed = generation.of(process)
    leaves, shape, seen = [], [], {}
    for i, (t, serial, etype, flags, ret, *ids, num) in enumerate(atoms):
        named = [NULL if each is NULL else generation.of(each) for each in ids]
        leaves.append(leaf_hash(encode(["ritma/atom@1", i, t, serial, etype, flags, ret, committed,
                                        named[0], named[1], num, named[2], NULL])))
        shape.append([etype, flags, ret] + [
            0 if each is NULL else seen.setdefault(each, len(seen) + 1) for each in ids])
    cut = all(after[0] - before[0] < IDLE_US for before, after in zip(atoms, atoms[1:]))
    require(cut and len(atoms) <= ATOMS_MAX, "block", "an instantiation is cut in another place")
    return encode(["ritma/instantiation@1", sha256(encode(["ritma/shape@1", shape])), committed,
                   atoms[0][0], atoms[0][1], len(atoms), root_of(leaves)])


def check_block(data, place, header, generation, sealed):
    """Returns the windows whose roots were recomputed, or null for a coded block."""
    if decode(data, place)[0] == "ritma/block@2":
        return NULL
    owner, sequence, _, number, tick, sections = record(data, place, "ritma/block@1")
    require([owner, sequence, number] == [header[0], header[3], header[7][0]], place,
            "is of another hour")
    for section in sections:
        window, leaves, counts = section[0], [], section[2:0:-1]
        for process, atoms in atoms_of(section, tick):
            leaves.append(leaf_hash(instantiation(process, atoms, generation)))
            require(window is NULL or all(sealed[window][0] <= a[0] < sealed[window][1]
                                          for a in atoms), place, "has atoms of another time")
        require(sealed[window][2][1:] == counts, place, f"window {window} has other counts")
        require(sealed[window][3] == root_of(leaves), place,
                f"the atoms of window {window} do not hash to its micro root")
    return [section[0] for section in sections]


def read(*parts):
    with open(os.path.join(*parts), "rb") as file:
        return file.read()


def check(store):
    generations, plain, coded = {}, 0, 0
    hours = []
    for path in glob.glob(f"{glob.escape(store)}/windows/*/*/*/*/hour_header.cbor"):
        header = record(read(path), path, "ritma/hour-header@1", "ritma/hour-header@2")
        hours.append((header[3], os.path.dirname(path), header))
    for _, folder, header in sorted(hours):
        number, offset, length, _, _, _, root, _ = header[7]
        generation = generations.setdefault(number, Generation())
        log = f"graph/dict/v{number:04d}/entities.cbor.zst"
        generation.add(read(store, log)[offset : offset + length], header[0], number, log)
        if generation.plain:
            require(root_of([leaf_hash(each) for each in generation.commitments]) == root, log,
                    f"its entities do not hash to the root that hour {header[3]} seals")
        sealed = {}
        for path in glob.glob(f"{glob.escape(folder)}/micro/*.cbor"):
            micro = record(read(path), path, "ritma/micro@1")
            sealed[micro[4]] = (micro[5], micro[6], micro[7], micro[12])
        done = []
        for path in sorted(glob.glob(f"{glob.escape(folder)}/blocks/*.cbor.zst")):
            block = unzstd(read(path), BLOCK_BYTES_MAX, path)
            done.append(check_block(block, path, header, generation, sealed))
        windows = [window for each in done if each is not NULL for window in each]
        require(len(windows) == len(set(windows)), folder, "a window stands in two blocks")
        if NULL not in done:
            require(set(windows) == set(sealed), folder, "the blocks hold other windows")
        plain, coded = plain + len(windows), coded + len(sealed) - len(windows)
    print(f"good: {plain} windows hashed again from their atoms; {coded} in coded blocks, "
          "not looked into")


if __name__ == "__main__":
    try:
        check(*sys.argv[1:])
    except REFUSALS as error:
        sys.exit(f"refused: {error}")
