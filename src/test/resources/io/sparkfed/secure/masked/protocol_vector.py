"""Computes whole runs of the masked sum, independently of the Java code.

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


def fields(*parts):
    return b"".join(field(part) for part in parts)


def longs(values):
    return u32(len(values)) + b"".join(struct.pack(">Q", value) for value in values)


def entries(by_name):
    """Sorted names with a byte string each."""
    return u32(len(by_name)) + b"".join(fields(n, by_name[n]) for n in sorted(by_name))


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def prf(key, label, *context):
    return mac(key, fields(label, *context))


def derive(secret, label, *context):
    return HKDF(hashes.SHA256(), 32, b"", fields(label, *context)).derive(secret)


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


class Ring:
    """Single words, and behind them whole numbers of several words, the least one first."""

    def __init__(self, singles, width):
        self.singles = singles
        self.width = width

    def numbers(self, words):
        """The vector as (value, words it takes)."""
        out = [(word, 1) for word in words[: self.singles]]
        for at in range(self.singles, len(words), self.width):
            part = words[at : at + self.width]
            out.append((sum(word << (64 * k) for k, word in enumerate(part)), len(part)))
        return out

    def add(self, words, other, sign=1):
        out = []
        for (a, size), (b, _) in zip(self.numbers(words), self.numbers(other)):
            value = (a + sign * b) % WORD**size
            out += [value >> (64 * k) & (WORD - 1) for k in range(size)]
        return out


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


def neighbours(order, seed, degree):
    """In the full graph all others, else the nearest in a circle that the seed fixes."""
    if degree == len(order) - 1:
        return {n: [peer for peer in order if peer != n] for n in order}
    circle = sorted(order, key=lambda n: sha(fields(seed, n)))
    size = len(circle)
    steps = [s for step in range(1, degree // 2 + 1) for s in (step, -step)]
    return {n: sorted(circle[(at + s) % size] for s in steps) for at, n in enumerate(circle)}


class Party:
    """A worker's keys and its card of a run."""

    def __init__(self, name, run):
        self.name = name
        self.master = sha(b"master of " + name.encode())
        self.identity = sha(b"identity of " + name.encode())
        self.journal = sha(b"journal of " + name.encode())
        # The test's journal draws a run's secret like this; an owner's draws it at random.
        secret = derive(self.journal, "run", run)
        self.own = derive(self.master, "run", secret)
        self.signer = Ed25519PrivateKey.from_private_bytes(self.identity)
        self.public = self.signer.public_key().public_bytes_raw()
        self.agreement = X25519PrivateKey.from_private_bytes(derive(self.own, "agreement", run))
        self.key = self.agreement.public_key().public_bytes_raw()
        signature = self.signer.sign(fields("card", name, run, self.key))
        self.card = fields(name, self.public, self.key, signature)

    def pair_secret(self, peer, run):
        agreed = self.agreement.exchange(X25519PublicKey.from_public_bytes(peer.key))
        low, high = sorted([self.name, peer.name])
        return derive(agreed, "pair secret", run, low, high)


def words_of(name, session, length):
    """Large words, so that sums wrap around and carry."""
    return [
        int.from_bytes(sha(("%s %s %d" % (name, session, j)).encode())[:8], "big") | 3 << 62
        for j in range(length)
    ]


def one_sum(parties, run, frame, ring, session, round_number, number, missing, length):
    order = sorted(parties)
    session_id = sha(b"session " + session.encode())
    asked = sha(b"asked " + session.encode())
    degree, threshold, least = frame
    cards = u32(len(order)) + b"".join(parties[n].card for n in order)
    roster = sha(field("roster") + b"".join(fields(n, parties[n].public) for n in order))
    context = sha(
        fields("spark-federated masked sum 2", run, session_id)
        + u32(round_number)
        + u32(least)
        + u32(degree)
        + u32(threshold)
        + fields(roster, asked, sha(cards))
    )
    peers_of = neighbours(order, roster, degree)
    holders_of = {n: sorted(peers_of[n] + [n]) for n in order}
    vectors = {n: words_of(n, session, length) for n in order}

    # First phase.
    shares, commitments, sealed, seeds, messages = {}, {}, {}, {}, {}
    for n in order:
        own = parties[n]
        data = fields(context, sha(longs(vectors[n])))
        commitment = commitments[n] = mac(derive(own.own, "commit", context), data)
        secret = derive(own.own, "self", context, commitment)
        coefficients = Stream(derive(own.own, "coefficients", context, commitment))
        split = shamir(secret, len(holders_of[n]), threshold, coefficients)
        shares[n] = dict(zip(holders_of[n], split))
        mask = Stream(derive(secret, "self-mask", context)).mask(length)
        masked = ring.add(vectors[n], mask)
        body = fields(n, commitment, sha(shares[n][n])) + u32(len(peers_of[n]))
        for peer in peers_of[n]:
            pair = own.pair_secret(parties[peer], run)
            seeds[n, peer] = prf(pair, "pair", context)
            sign = 1 if n < peer else -1
            masked = ring.add(masked, Stream(seeds[n, peer]).mask(length), sign)
            key = prf(pair, "share", context, n, peer, commitment)
            sealed[n, peer] = AESGCM(key).encrypt(bytes(12), shares[n][peer], context)
            body += fields(peer, sealed[n, peer], sha(shares[n][peer]), sha(seeds[n, peer]))
        body += longs(masked)
        signature = own.signer.sign(fields("masked vector", context, sha(body)))
        messages[n] = fields(body, signature)

    # Second phase.
    survivors = [n for n in order if n not in missing]
    reveals, inboxes = {}, {}
    for n in survivors:
        senders = [peer for peer in peers_of[n] if peer in survivors]
        inboxes[n] = u32(len(senders)) + b"".join(
            fields(peer, commitments[peer], sealed[peer, n]) for peer in senders
        )
        reveals[n] = (
            field(n)
            + entries({peer: shares[peer][n] for peer in senders + [n]})
            + entries({peer: seeds[n, peer] for peer in peers_of[n] if peer in missing})
        )

    total = [0] * length
    for n in survivors:
        total = ring.add(total, vectors[n])
    return {
        "sessionId": session_id.hex(),
        "asked": asked.hex(),
        "round": round_number,
        "number": number,
        "context": context.hex(),
        "workers": {
            n: {
                "vector": ["%016x" % word for word in vectors[n]],
                "masked": messages[n].hex() if n in survivors else None,
                "inbox": inboxes[n].hex() if n in survivors else None,
                "reveal": reveals[n].hex() if n in survivors else None,
            }
            for n in order
        },
        "total": ["%016x" % word for word in total],
    }


def run(name, names, frame, singles, width, *sums):
    """A run: frame is (degree, threshold, min-workers), a sum its round, number, missing, words."""
    run_id = sha(b"run " + name.encode())
    parties = {n: Party(n, run_id) for n in names}
    return {
        "what": name,
        "runId": run_id.hex(),
        "degree": frame[0],
        "threshold": frame[1],
        "minWorkers": frame[2],
        "singles": singles,
        "width": width,
        "workers": {
            n: {
                "identity": parties[n].identity.hex(),
                "master": parties[n].master.hex(),
                "journal": parties[n].journal.hex(),
                "card": parties[n].card.hex(),
            }
            for n in sorted(names)
        },
        "sums": [
            one_sum(parties, run_id, frame, Ring(singles, width), "%s %d" % (name, k), *one)
            for k, one in enumerate(sums)
        ],
    }


SINGLES = 2**31 - 1

print(
    json.dumps(
        [
            run(
                "three workers, two sums",
                ["alice", "bob", "carol"],
                (2, 3, 3),
                SINGLES,
                1,
                (1, 1, [], 4),
                (2, 2, [], 5),
            ),
            run(
                "four workers, one sends no vector",
                ["dave", "carol", "b\u00f6b", "alice"],
                (3, 3, 2),
                SINGLES,
                1,
                (7, 9, ["carol"], 4),
            ),
            run(
                "whole numbers of three words",
                ["north", "east", "south", "west"],
                (3, 3, 2),
                2,
                3,
                (1, 1, ["south"], 8),
                (1, 2, [], 5),
            ),
            run(
                "a sparse graph",
                ["w%d" % i for i in range(7)],
                (4, 4, 3),
                1,
                2,
                (3, 1, ["w2"], 5),
            ),
        ],
        indent=1,
    )
)
