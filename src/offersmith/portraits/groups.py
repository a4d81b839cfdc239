"""Which segments a customer is in, by every way of segmenting, what stands next to them, and where their like went."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError, StateError
from offersmith.kept import SEGMENTS_SEED, Kept
from offersmith.profiles.clusters import rfm
from offersmith.profiles.clusters.base import label
from offersmith.profiles.clusters.describe import SegmentFacts, describe
from offersmith.profiles.clusters.naming import names
from offersmith.profiles.clusters.neighbours import neighbours
from offersmith.profiles.clusters.told import told
from offersmith.profiles.segments import meaning, name, segment
from offersmith.report.format import Reader
from offersmith.report.inputs_base import Both
from offersmith.report.portrait.facts import Group, Move, Neighbour
from offersmith.words import LANGUAGES, Language, say

MOVED_DAYS = 28
"""Days over which it is told where customers of a segment went."""


def usual(profiles: pa.Table, place: int) -> Group:
    """Return the customer's segment of `profiles.segments`."""
    codes = segment(profiles)["segment"]
    code = codes[place].as_py()
    said, means = ({tongue: tell(code, tongue) for tongue in LANGUAGES} for tell in (name, meaning))
    return _group("usual", Both(**said), Both(**means), pc.equal(codes, code))


def cell(profiles: pa.Table, place: int) -> Group:
    """Return the customer's cell of recency, frequency and money, with its scores."""
    table = rfm.cells(profiles)
    row = table.slice(place, 1).to_pylist()[0]
    code = row["cell"]
    means = Both.say(f"clusters.cell_{code}_means")
    if row["r"] is not None:
        scores = {"r": row["r"], "f": row["f"], "m": row["m"]}
        means = Both(*(
            Reader(tongue, "").sentences([means.of(tongue), Both.say("portrait.scores", **scores).of(tongue)])
            for tongue in LANGUAGES
        ))  # fmt: skip
    return _group("cells", Both.say(f"clusters.cell_{code}"), means, pc.equal(table["cell"], code))


def found(kept: Kept, profiles: pa.Table, place: int, at: datetime) -> tuple[Group | None, Neighbour | None]:
    """Return the customer's segment of those found in this shop, as the page of segments names it, and its neighbour.

    Both are None where nothing was bought in the whole shop.
    """
    try:
        segments = kept.clusters(at)
    except InputError:
        return None, None
    labels = label(segments, profiles)
    described = describe(profiles, labels, seed=SEGMENTS_SEED)
    called = {number: Both(one.en, one.zh) for number, one in names(described).items()}
    own = labels["segment"][place].as_py()
    facts = next(one for one in described if one.segment == own)
    currency = kept.settings.shop.currency
    group = _group("found", called[own], Both(*(_tells(facts, currency, to) for to in LANGUAGES)),
                   pc.equal(labels["segment"], own))  # fmt: skip
    row = neighbours(segments, profiles.slice(place, 1)).to_pylist()[0]
    if row["next"] not in called or row["nearness"] is None:
        return group, None
    return group, Neighbour(called[row["next"]], row["nearness"])


def moves(kept: Kept, profiles: pa.Table, place: int, at: datetime) -> tuple[Move, ...]:
    """Return where those who were in a segment some days ago are now; nothing where the shop was not there yet."""
    codes = segment(profiles)["segment"]
    try:
        earlier = kept.profiles(kept.moment(at - timedelta(days=MOVED_DAYS)))[0]
    except StateError:
        return ()
    were = earlier["customer_id"].filter(pc.equal(segment(earlier)["segment"], codes[place]))
    now = pc.index_in(were.combine_chunks(), value_set=profiles["customer_id"].combine_chunks())
    counts = Counter(codes.take(now.drop_null()).to_pylist())
    total = counts.total()
    return tuple(
        Move(Both(**{tongue: name(one, tongue) for tongue in LANGUAGES}), number / total)
        for one, number in counts.most_common()
    )


def _tells(facts: SegmentFacts, currency: str, language: Language) -> str:
    """Return what sets a segment apart, in one text."""
    lines = told(facts, Reader(language, currency).minor, language) or (say("crowd.average", language),)
    return ("；" if language == "zh" else "; ").join(lines)


def _group(way: str, called: Both, means: Both, mine: pa.ChunkedArray) -> Group:
    size = pc.sum(mine).as_py() or 0
    return Group(Both.say(f"portrait.{way}"), called, means, size, size / len(mine))
