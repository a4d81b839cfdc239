"""Codes: drawn so that nobody guesses them, printed so that nobody misreads them, found again however they are typed.

A code is drawn from a cryptographic source, symbol by symbol, uniformly (bytes that would favour some symbols are
thrown away). Its alphabet has one sign of each set that looks alike and no vowels, which keeps words out. Where a typed
code is not known as it stands, signs outside the alphabet are read as the one they look like: that is never a guess, as
each looks like one sign of the alphabet alone.
"""

from __future__ import annotations

import math
import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from offersmith.errors import InputError

ALPHABET: Final = "23456789CDFGHJKMNPRTVWXY"
"""What codes are drawn from: no 0 O Q, no 1 I L, and of S 5, Z 2, B 8, U V the second of each; no A E I O U."""

LOOK_ALIKES: Final = {"S": "5", "Z": "2", "B": "8", "U": "V"}
"""A sign that is not in the alphabet -> the only sign of the alphabet it looks like."""

LEAST_SYMBOLS: Final = 10
MOST_SYMBOLS: Final = 32
LONGEST: Final = 64
"""The most signs a code may have, without what only parts it for the eye."""

Source = Callable[[int], bytes]
"""Returns so many random bytes; `os.urandom` unless a test wants to see the same codes twice."""

_FAIR: Final = 256 // len(ALPHABET) * len(ALPHABET)
_SYMBOLS: Final = np.frombuffer(ALPHABET.encode(), np.uint8)
_EXTRA: Final = frozenset("_.")
_DASHES: Final = frozenset("\u2212\u00b7'`\u00b4")


@dataclass(frozen=True, slots=True)
class Form:
    """How drawn codes look.

    Attributes:
        symbols: random symbols, 10 to 32; 12 are 55 bits.
        prefix: letters and digits before them, the same for all; at most 16.
        group: symbols between two dashes in print; 0 = no dashes.

    Raises:
        InputError: a value outside what is allowed.
    """

    symbols: int = 12
    prefix: str = ""
    group: int = 4

    def __post_init__(self) -> None:
        if not LEAST_SYMBOLS <= self.symbols <= MOST_SYMBOLS:
            raise InputError(f"symbols = {self.symbols} is not allowed; allowed: {LEAST_SYMBOLS} to {MOST_SYMBOLS}")
        if not (self.prefix == "" or (self.prefix.isascii() and self.prefix.isalnum())) or len(self.prefix) > 16:
            raise InputError(f"prefix = {self.prefix!r} is not allowed; allowed: up to 16 of A-Z and 0-9")
        if not 0 <= self.group <= MOST_SYMBOLS:
            raise InputError(f"group = {self.group} is not allowed; allowed: 0 (no dashes) to {MOST_SYMBOLS}")

    @property
    def bits(self) -> float:
        """What guessing one code costs, as the base-2 logarithm of the number of possible codes."""
        return self.symbols * math.log2(len(ALPHABET))


def mint(count: int, form: Form = Form(), source: Source = os.urandom) -> list[tuple[str, str]]:
    """Draw `count` codes: (as they are looked up, as they are printed). Two may be the same, if by a rare chance.

    Args:
        count: how many.
        form: how they look.
        source: where the randomness comes from.

    >>> Form(prefix="spring").bits > 55
    True
    >>> [(key, printed)] = mint(1, Form(prefix="spring"), lambda count: bytes(count))
    >>> printed
    'SPRING-2222-2222-2222'
    """
    drawn = _draw(count * form.symbols, source).reshape(count, form.symbols)
    prefix = form.prefix.upper()
    width = form.group or form.symbols
    parts = [drawn[:, place : place + width] for place in range(0, form.symbols, width)]
    dash = np.full((count, 1), ord("-"), np.uint8)
    printed = _texts(np.hstack([piece for part in parts for piece in (dash, part)][1:]))
    keys = _texts(drawn)
    if not prefix:
        return list(zip(keys, printed, strict=True))
    joint = f"{prefix}-" if form.group else prefix
    return [(prefix + key, joint + code) for key, code in zip(keys, printed, strict=True)]


def normalise(text: str) -> str:
    """Return a code as it is looked up: one case, one width, without spaces and dashes; "" if it cannot be a code.

    >>> normalise(" spring-22cd ") == normalise("ＳＰＲＩＮＧ２２ＣＤ") == "SPRING22CD"
    True
    >>> normalise("drop table")
    'DROPTABLE'
    >>> normalise("*")
    ''
    """
    if len(text) > 4 * LONGEST:
        return ""
    wide = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
    key = "".join(sign for sign in wide if not _only_parts(sign))
    return key if 0 < len(key) <= LONGEST and all(sign.isalnum() or sign in _EXTRA for sign in key) else ""


def spellings(text: str) -> tuple[str, ...]:
    """Return what to look up for a typed code, the code as it stands first; () if it cannot be a code.

    After it come readings with look-alikes repaired from some place to the end: a prefix may hold signs that drawn
    symbols never do. Only where the code as it stands is unknown and one single reading is known is that one meant.

    >>> spellings("spring-s2cd")
    ('SPRINGS2CD', 'SPRING52CD', '5PRING52CD')
    """
    key = normalise(text)
    if not key:
        return ()
    places = [place for place, sign in enumerate(key) if sign in LOOK_ALIKES]
    table = str.maketrans(LOOK_ALIKES)
    return (key, *dict.fromkeys(key[:place] + key[place:].translate(table) for place in reversed(places)))


def _draw(count: int, source: Source) -> NDArray[np.uint8]:
    """Return `count` symbols, each as likely as every other."""
    found: list[NDArray[np.uint8]] = []
    missing = count
    while missing > 0:
        drawn = np.frombuffer(source(missing + missing // 10 + 16), np.uint8)
        fair = drawn[drawn < _FAIR][:missing]
        found.append(_SYMBOLS[fair % len(ALPHABET)])
        missing -= len(fair)
    return np.concatenate(found) if found else np.empty(0, np.uint8)


def _texts(signs: NDArray[np.uint8]) -> list[str]:
    """Return each row of ASCII signs as text."""
    width = signs.shape[1]
    flat = np.ascontiguousarray(signs).tobytes().decode("ascii")
    return [flat[start : start + width] for start in range(0, len(flat), width)]


def _only_parts(sign: str) -> bool:
    """Say whether a sign only parts a code for the eye: spaces, dashes, marks nobody sees."""
    return sign in _DASHES or unicodedata.category(sign) in ("Pd", "Zs", "Zl", "Zp", "Cf", "Cc")
