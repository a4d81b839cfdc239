"""Lots that depend on the customer and a salt alone, never on the order of the rows.

FNV-1a over the salt and the id's bytes, mixed by the finaliser of splitmix64 (Steele, Lea, Flood 2014). A lot can be
recomputed by anybody who has the salt; it is no secret.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.compiled import compiled
from offersmith.strategy.kernels import Floats

Lots = NDArray[np.uint64]


def lots(ids: pa.StringArray, salt: str) -> Lots:
    """Return 64 random-looking bits per id."""
    start = np.frombuffer(hashlib.blake2b(salt.encode(), digest_size=8).digest(), np.uint64)
    out = np.empty(len(ids), np.uint64)
    if len(ids):
        _, ends, data = ids.buffers()
        places = np.frombuffer(ends, np.int32)[ids.offset : ids.offset + len(ids) + 1]
        letters = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
        _hash(letters, places, start, out)
    return out


def uniform(bits: Lots) -> Floats:
    """Return the lots as numbers in [0, 1), evenly spread over multiples of 2**-53."""
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def names(ids: pa.StringArray, salt: str) -> pa.StringArray:
    """Return a 32-digit hexadecimal name per id; two ids share one with a chance of 2**-128."""
    both = np.column_stack([lots(ids, f"{salt}|1"), lots(ids, f"{salt}|2")]).astype(">u8")
    digits = pa.py_buffer(both.tobytes().hex().encode())
    ends = pa.py_buffer(np.arange(len(ids) + 1, dtype=np.int32) * 32)
    return pa.StringArray.from_buffers(len(ids), ends, digits)


@compiled
def _hash(letters: NDArray[np.uint8], places: NDArray[np.int32], start: Lots, out: Lots) -> None:
    prime = np.uint64(0x100000001B3)
    for i in range(out.shape[0]):
        h = start[0] ^ np.uint64(0xCBF29CE484222325)
        for place in range(places[i], places[i + 1]):
            h = (h ^ np.uint64(letters[place])) * prime
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        out[i] = h ^ (h >> np.uint64(31))
