"""Computes whole sessions of the masked sum, independently of the Java code.

Needs the package "cryptography". Prints the JSON of protocol_vector.json:

    python3 protocol_vector.py > protocol_vector.json
"""

import hashlib
import hmac
import json
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

P = 2**61 - 1
WORD = 2**64


def sha(data):
    return hashlib.sha256(data).digest()


def u32(value):
    return struct.pack(">I", value)


def field(data):
    """A byte string or a text behind its length."""
    data = data.encode() if isinstance(data, str) else data
    return u32(len(data)) + data


def longs(values):
    return u32(len(values)) + b"".join(struct.pack(">Q", value % WORD) for value in values)


def derive(secret, label, *context):
    info = field(label) + b"".join(field(part) for part in context)
    return HKDF(hashes.SHA256(), 32, b"", info).derive(secret)


class Stream:
    """AES-256 in counter mode from 0."""

    def __init__(self, key):
        self.encryptor = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()

    def read(self, length):
        return self.encryptor.update(bytes(length))

    def mask(self, length):
        """Little-endian words."""
        return struct.unpack("<%dQ" % length, self.read(8 * length))

    def element(self):
        """A field element: the lower 61 bits of a big-endian word, unless they are p."""
        while True:
            value = struct.unpack(">Q", self.read(8))[0] & P
            if value != P:
                return value


def shamir(secret, holders, threshold, stream):
    limbs = [int.from_bytes(secret[7 * l : 7 * l + 7], "big") for l in range(5)]
    shares = [b""] * holders
    for limb in limbs:
        polynomial = [limb] + [stream.element() for _ in range(threshold - 1)]
        for i in range(holders):
            x = i + 1
            value = sum(c * x**power for power, c in enumerate(polynomial)) % P
            shares[i] += struct.pack(">Q", value)
    return shares


def public(private):
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def agree(private, peer):
    return X25519PrivateKey.from_private_bytes(private).exchange(
        X25519PublicKey.from_public_bytes(peer)
    )


class Party:
    """A worker's keys, its advert, and what it keeps in a session."""

    def __init__(self, name, run, slot):
        self.name = name
        self.master = sha(b"master of " + name.encode())
        self.identity = sha(b"identity of " + name.encode())
        self.signer = Ed25519PrivateKey.from_private_bytes(self.identity)
        self.key = self.signer.public_key().public_bytes_raw()
        self.mask_secret = derive(self.master, "mask-sk", field(run) + u32(slot))
        self.share_secret = derive(self.master, "share-sk", field(run))
        self.mask_key = public(self.mask_secret)
        self.share_key = public(self.share_secret)
        keys = field(self.mask_key) + field(self.share_key)
        signed = field("advert") + field(name) + field(run) + u32(slot) + keys
        self.advert = field(name) + u32(slot) + keys + field(self.signer.sign(signed))


def session(names, dropouts, dimension, round_number, sum_number, slot, least):
    """Everybody commits; those in dropouts send no masked vector."""
    run = sha(b"run")
    session_id = sha(b"session")
    model = sha(b"model")
    parties = {name: Party(name, run, slot) for name in names}
    order = sorted(names)
    threshold = 2 * len(order) // 3 + 1
    roster = sha(field("roster") + b"".join(field(n) + field(parties[n].key) for n in order))
    adverts = sha(b"".join(parties[n].advert for n in order))
    context = sha(
        field("spark-federated masked sum 1")
        + field(run)
        + field(session_id)
        + u32(round_number)
        + u32(sum_number)
        + u32(slot)
        + u32(least)
        + u32(threshold)
        + field(roster)
        + field(model)
        + field(adverts)
    )
    vectors = {
        n: [
            int.from_bytes(sha(("%s %d" % (n, j)).encode())[:8], "big")
            for j in range(dimension)
        ]
        for n in order
    }

    # Phase B. In the full graph everybody holds shares of everybody's secrets.
    holders = u32(threshold) + u32(len(order)) + b"".join(field(n) for n in order)
    commitment, self_secret, shares_of, message_b = {}, {}, {}, {}
    for n in order:
        own = parties[n]
        data = field(context) + field(sha(longs(vectors[n])))
        key = derive(own.master, "commit", context)
        commitment[n] = hmac.new(key, data, hashlib.sha256).digest()
        self_secret[n] = derive(own.master, "self", context, commitment[n])

        def split(label, secret):
            key = derive(own.master, label, context, commitment[n], holders)
            return shamir(secret, len(order), threshold, Stream(key))

        shares_of[n] = (
            split("coefficients-self", self_secret[n]),
            split("coefficients-mask", own.mask_secret),
        )
        peers = [peer for peer in order if peer != n]
        body = field(n) + field(commitment[n]) + u32(len(peers))
        for peer in peers:
            i = order.index(peer)
            plaintext = field(shares_of[n][0][i]) + field(shares_of[n][1][i])
            secret = agree(own.share_secret, parties[peer].share_key)
            key = derive(secret, "share", context, n.encode(), peer.encode(), commitment[n])
            body += field(peer) + field(AESGCM(key).encrypt(bytes(12), plaintext, context))
        signed = sha(field("commitment") + field(session_id) + body)
        message_b[n] = body + field(own.signer.sign(signed))
    pinned = sha(b"".join(field(message_b[n]) for n in order))

    # Phase C.
    message_c = {}
    survivors = [n for n in order if n not in dropouts]
    for n in survivors:
        own = parties[n]
        key = derive(self_secret[n], "self-mask", context, pinned)
        masked = [x + m for x, m in zip(vectors[n], Stream(key).mask(dimension))]
        for peer in order:
            if peer == n:
                continue
            low, high = sorted([n, peer])
            secret = agree(own.mask_secret, parties[peer].mask_key)
            key = derive(secret, "pair", context, pinned, low.encode(), high.encode())
            sign = 1 if n == low else -1
            masked = [x + sign * m for x, m in zip(masked, Stream(key).mask(dimension))]
        signed = field("masked vector") + field(session_id) + field(pinned) + field(n)
        signature = own.signer.sign(sha(signed + longs(masked)))
        message_c[n] = field(n) + field(signature) + u32(dimension) + longs(masked)

    # Phase D: a share of the self secret of survivors, of the mask secret of the others.
    message_d = {}
    sum_hash = sha(field(session_id) + field(pinned) + b"".join(field(n) for n in survivors))
    for n in survivors:
        body = field(n) + u32(len(order))
        for owner in order:
            kind = 0 if owner in survivors else 1
            body += field(owner) + field(shares_of[owner][kind][order.index(n)])
        signed = sha(field("reveal") + field(sum_hash) + body)
        message_d[n] = body + field(parties[n].signer.sign(signed))

    total = [sum(vectors[n][j] for n in survivors) % WORD for j in range(dimension)]
    return {
        "runId": run.hex(),
        "sessionId": session_id.hex(),
        "modelHash": model.hex(),
        "round": round_number,
        "sum": sum_number,
        "slot": slot,
        "minWorkers": least,
        "threshold": threshold,
        "context": context.hex(),
        "workers": {
            n: {
                "identity": parties[n].identity.hex(),
                "master": parties[n].master.hex(),
                "vector": ["%016x" % word for word in vectors[n]],
                "advert": parties[n].advert.hex(),
                "commitment": message_b[n].hex(),
                "masked": message_c[n].hex() if n in survivors else None,
                "reveal": message_d[n].hex() if n in survivors else None,
            }
            for n in order
        },
        "total": ["%016x" % word for word in total],
    }


print(
    json.dumps(
        [
            session(["alice", "bob", "carol"], [], 4, 1, 2, 0, 3),
            session(["dave", "carol", "b\u00f6b", "alice"], ["carol"], 4, 7, 9, 33, 2),
        ],
        indent=1,
    )
)
