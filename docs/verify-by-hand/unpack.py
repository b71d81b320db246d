#!/usr/bin/env python3
"""Takes store.cbor and the key records apart, so that openssl and the shell can check them.

    unpack.py STORE WORK

Writes to WORK: identity.raw (the public key), log.name (of the node log), and of each key record N
what is signed (record-N.message) and the signature (record-N.signature); of a record of role log
also its public key (log-N.raw). Verifies nothing. Pages: spec/04-cose.md, spec/06-store.md.
"""
import os
import sys

from basics import REFUSALS, record, signed_parts


def unpack(store, work):
    def stored(path, tag):
        with open(os.path.join(store, path), "rb") as file:
            return record(file.read(), path, tag)

    store_file = stored("_meta/store.cbor", "ritma/store@1")
    keys_file = stored("_meta/keys/pubkeys.cbor", "ritma/keys@1")
    name = f"ritma.invalid/node/{store_file[0].hex()}"
    files = {"identity.raw": store_file[7], "log.name": name.encode()}
    for index, data in enumerate(keys_file[1]):
        place = f"_meta/keys/pubkeys.cbor#{index}"
        _, payload, message, signature = signed_parts(data, place)
        files[f"record-{index}.message"], files[f"record-{index}.signature"] = message, signature
        _, _, public, role, *_ = record(payload, place, "ritma/key@1")
        if role == "log":
            files[f"log-{index}.raw"] = public
    for name, data in files.items():
        with open(os.path.join(work, name), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    try:
        unpack(*sys.argv[1:])
    except REFUSALS as error:
        sys.exit(f"refused: {error}")
