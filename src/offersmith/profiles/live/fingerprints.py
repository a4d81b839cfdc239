"""Fingerprints of ids: 128 bits that stand for a text, so that a set of millions of ids is an array.

MurmurHash3 x64 128 (Appleby, public domain), over the bytes of an Arrow string array without making Python texts. Two
of a thousand million ids share a fingerprint with a chance of about 1e-21.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.compiled import compiled

_C1, _C2 = np.uint64(0x87C37B91114253D5), np.uint64(0x4CF5AD432745937F)
_ADD1, _ADD2 = np.uint64(0x52DCE729), np.uint64(0x38495AB5)
_MIX1, _MIX2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_FIVE, _EIGHT, _64 = np.uint64(5), np.uint64(8), np.uint64(64)
_27, _31, _33 = np.uint64(27), np.uint64(31), np.uint64(33)


def fingerprints(texts: pa.Array) -> NDArray[np.uint64]:
    """Return a fingerprint per text: an array of shape (2, n); of a null it is that of the empty text."""
    texts = texts.cast(pa.string())
    _, offsets, data = texts.buffers()
    where = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    held = np.frombuffer(data if data is not None and data.size else b"\0", np.uint8)
    return hashed(held, where.astype(np.int64))


def fingerprint(text: str) -> NDArray[np.uint64]:
    """Return the fingerprint of one text: shape (2, 1)."""
    data = text.encode()
    return hashed(np.frombuffer(data or b"\0", np.uint8), np.array([0, len(data)], np.int64))


@compiled
def mixed(k: np.uint64) -> np.uint64:
    """Spread the bits of a number over all of it (the finaliser of MurmurHash3)."""
    k = (k ^ (k >> _33)) * _MIX1
    k = (k ^ (k >> _33)) * _MIX2
    return k ^ (k >> _33)


@compiled
def _word(data: NDArray[np.uint8], start: int, count: int) -> np.uint64:
    """Return up to eight bytes as a little-endian number."""
    word = np.uint64(0)
    for i in range(count - 1, -1, -1):
        word = (word << _EIGHT) | np.uint64(data[start + i])
    return word


@compiled
def _turned(k: np.uint64, by: np.uint64) -> np.uint64:
    return (k << by) | (k >> (_64 - by))


@compiled
def hashed(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the fingerprints of texts that lie one after the other, shape (2, n)."""
    n = offsets.size - 1
    found = np.empty((2, n), np.uint64)
    for i in range(n):
        start, length = offsets[i], offsets[i + 1] - offsets[i]
        h1, h2 = np.uint64(0), np.uint64(0)
        for block in range(length // 16):
            k1, k2 = _word(data, start + 16 * block, 8), _word(data, start + 16 * block + 8, 8)
            h1 ^= _turned(k1 * _C1, _31) * _C2
            h1 = (_turned(h1, _27) + h2) * _FIVE + _ADD1
            h2 ^= _turned(k2 * _C2, _33) * _C1
            h2 = (_turned(h2, _31) + h1) * _FIVE + _ADD2
        tail, left = start + length - length % 16, length % 16
        if left > 8:
            h2 ^= _turned(_word(data, tail + 8, left - 8) * _C2, _33) * _C1
        if left > 0:
            h1 ^= _turned(_word(data, tail, min(left, 8)) * _C1, _31) * _C2
        h1 ^= np.uint64(length)
        h2 ^= np.uint64(length)
        h1 += h2
        h2 += h1
        h1, h2 = mixed(h1), mixed(h2)
        h1 += h2
        h2 += h1
        found[0, i], found[1, i] = h1, h2
    return found
