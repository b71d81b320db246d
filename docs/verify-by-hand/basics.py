"""CBOR, trees and what is signed, as in spec/01-cbor.md, spec/02-merkle.md and spec/04-cose.md."""
import hashlib

import cbor2


class Refused(Exception):
    """The store is not what the specification says."""


# What wrong bytes can make the code below raise: each is a refusal.
REFUSALS = (Refused, cbor2.CBORError, ValueError, TypeError, LookupError, AttributeError,
            ArithmeticError, OSError, RecursionError, MemoryError)


def require(condition, place, reason):
    if not condition:
        raise Refused(f"{place}: {reason}")


def sha256(data):
    return hashlib.sha256(data).digest()


# spec/01-cbor.md. A value has one encoding: what encodes again to other bytes is refused.


def encode(value):
    return cbor2.dumps(value, canonical=True)


def decode(data, place):
    value = cbor2.loads(data)
    require(encode(value) == data, place, "is not canonical CBOR")
    return value


def record(data, place, *tags):
    """A record is an array that begins with its type. Returns what stands behind the type."""
    value = decode(data, place)
    require(isinstance(value, list) and value[0] in tags, place, f"is not a {' or '.join(tags)}")
    return value[1:]


# spec/02-merkle.md.


def leaf_hash(data):
    return sha256(b"\x00" + data)


def levels(leaves):
    """All levels of the tree over leaf hashes, the leaves first, the root last."""
    found = [leaves]
    while len(found[-1]) > 1:
        last = found[-1]
        pairs = [last[i : i + 2] for i in range(0, len(last), 2)]
        found.append([sha256(b"\x01" + b"".join(p)) if len(p) == 2 else p[0] for p in pairs])
    return found


def root_of(leaves):
    return levels(leaves)[-1][0] if leaves else sha256(b"")


# spec/04-cose.md.


def signed_parts(data, place):
    """Key id, payload, the bytes that are signed, signature. Nothing is verified here."""
    item = decode(data, place)
    require(isinstance(item, cbor2.CBORTag) and item.tag == 18, place, "is not a COSE_Sign1")
    protected, unprotected, payload, signature = item.value
    header = decode(protected, place)
    require(set(header) == {1, 4} and unprotected == {}, place, "has other COSE headers")
    require(header[1] in (-8, -19), place, "is not signed with Ed25519")
    return header[4], payload, encode(["Signature1", protected, b"", payload]), signature
