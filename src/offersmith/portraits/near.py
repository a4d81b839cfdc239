"""Which customers may have been meant, where nobody has the name that was asked for."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

MOST = 3
_LONGEST = 64
_SIGNS = 100


def near(ids: pa.ChunkedArray, asked: str, most: int = MOST) -> tuple[str, ...]:
    """Return some customers whose ids are nearly that, the nearest first; none where none is.

    Nearest are ids that differ in capitals, spaces or leading zeros only, then those one slip away (a sign too many,
    too few, another, or two exchanged; Damerau 1964), then those that end or begin so. All slips are looked up in all
    ids at once, so that a million customers take no longer than a blink.

    Args:
        ids: of all customers.
        asked: an id that nobody has.
        most: how many at most.
    """
    plain = asked.strip()
    if not plain:
        return ()
    texts = pc.cast(ids, pa.string())
    found = [texts.filter(pc.equal(pc.utf8_lower(pc.utf8_trim_whitespace(texts)), plain.lower()))]
    bare = plain.lower().lstrip("0")
    found.append(texts.filter(pc.equal(pc.utf8_ltrim(pc.utf8_lower(texts), "0"), bare)) if bare else texts.slice(0, 0))
    if len(plain) <= _LONGEST:
        found.append(texts.filter(pc.is_in(texts, value_set=pa.array(_slips(plain, _signs(texts)), pa.string()))))
    found += [texts.filter(pc.ends_with(texts, plain)), texts.filter(pc.starts_with(texts, plain))]
    names = dict.fromkeys(one for some in found for one in some.slice(0, 20 * most).sort().to_pylist())
    return tuple(names)[:most]


def _signs(texts: pa.ChunkedArray) -> str:
    """Return the signs that ids are made of, at most so many."""
    some = texts.slice(0, 2_000).to_pylist()
    return "".join(sorted({sign for one in some for sign in one or ""})[:_SIGNS])


def _slips(asked: str, signs: str) -> list[str]:
    """Return every text that is one slip away."""
    parts = [(asked[:at], asked[at:]) for at in range(len(asked) + 1)]
    fewer = {head + tail[1:] for head, tail in parts if tail}
    turned = {head + tail[1] + tail[0] + tail[2:] for head, tail in parts if len(tail) > 1}
    other = {head + sign + tail[1:] for head, tail in parts if tail for sign in signs}
    more = {head + sign + tail for head, tail in parts for sign in signs}
    return sorted((fewer | turned | other | more) - {asked})
