"""The desk where the page of a shop's segments is put together: found, described, drawn, and followed in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import StateError
from offersmith.kept import SEGMENTS_SEED, Kept
from offersmith.profiles.apart import apart
from offersmith.profiles.clusters import own
from offersmith.profiles.clusters.base import Clustering, label
from offersmith.profiles.clusters.describe import SegmentFacts, describe
from offersmith.profiles.clusters.map import draw
from offersmith.profiles.clusters.migration import migration
from offersmith.profiles.clusters.naming import Name, names
from offersmith.profiles.clusters.rfm import CELLS, cells
from offersmith.profiles.clusters.told import told
from offersmith.profiles.odd import Odd, keep
from offersmith.report.crowd.facts import Cell, CrowdFacts, Kind, Moves, Sketch, Tried
from offersmith.report.crowd.page import headline, kept_out_lines, render_crowd
from offersmith.report.format import Reader
from offersmith.report.inputs_base import Both
from offersmith.store.files import replace
from offersmith.words import LANGUAGES, Language, say

POINTS = 400
"""Customers on the map of the page."""
MOVED = timedelta(days=28)


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """The segments of a shop, and the page that was written of them."""

    facts: CrowdFacts
    labels: pa.Table
    file: Path
    size: int

    def text(self, language: Language = "en") -> str:
        """Say the segments with their sizes, then where the page is."""
        reader = Reader(language, self.facts.currency)
        lines = [headline(self.facts, reader)]
        for one in self.facts.kinds:
            sizes = {"customers": one.customers, "share": one.share, "sales": one.spend_share}
            lines.append(say("crowd.line", language, name=one.name.of(language), **sizes))
        lines += kept_out_lines(self.facts, reader)
        return "\n".join([*lines, say("crowd.written", language, file=self.file, kilobytes=self.size // 1000)])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        facts = self.facts
        return {
            "as_of": facts.as_of.isoformat(),
            "customers": facts.customers,
            "stability": facts.stability,
            "segments": [
                {"segment": one.number, "name": {"en": one.name.en, "zh": one.name.zh}, "customers": one.customers,
                 "share": one.share, "sales_share": one.spend_share, "tells": [line.en for line in one.tells]}
                for one in facts.kinds
            ],
            "cells": [{"name": one.name.en, "customers": one.customers} for one in facts.cells],
            "kept_out": [one.en for one in facts.kept_out],
            "own": [{"name": one.name.en, "customers": one.customers} for one in facts.own],
            "file": str(self.file),
            "bytes": self.size,
        }  # fmt: skip

    def __str__(self) -> str:
        return self.text()


def crowd(kept: Kept, at: datetime, out: Path, rules_file: Path | None = None) -> Crowd:
    """Find the segments of a shop at a moment, and write their page.

    Args:
        kept: the shelf of the shop.
        at: naive UTC.
        out: the page.
        rules_file: segments of the shop's own, in TOML.

    Raises:
        InputError: nobody has bought yet, or the rules say what cannot be.
        OSError: the page cannot be written.
    """
    profiles, _ = kept.profiles(at)
    stated = None if rules_file is None else own.find(profiles, rules_file, lambda: kept.lifetimes(at))
    found = kept.clusters(at)
    odd = apart(kept.analytics, at)
    labels = label(found, profiles, ~keep(profiles, odd))
    described = describe(profiles, labels, seed=SEGMENTS_SEED)
    called = {number: _both(name) for number, name in names(described).items()}
    currency = kept.settings.shop.currency
    kinds = tuple(
        Kind(
            number=one.segment, name=called[one.segment], customers=one.customers, share=one.share, spend=one.spend,
            spend_share=one.spend_share, spend_median=one.spend_median, orders=one.orders,
            tells=_tells(one, currency),
        )
        for one in described
    )  # fmt: skip
    facts = CrowdFacts(
        shop=kept.settings.shop.name,
        as_of=at,
        currency=currency,
        customers=profiles.num_rows,
        kinds=kinds,
        stability=found.stability,
        tried=tuple(
            Tried(one.segments, one.ideas, one.stability, one.silhouette, one == found.chosen) for one in found.choices
        ),
        map=_map(found, profiles),
        cells=_cells(profiles),
        own=() if stated is None else _own(profiles, stated),
        own_horizon=None if stated is None else stated.horizon_days,
        own_unlearned=stated is not None and stated.unlearned,
        moves=_moves(kept, found, labels, called, at),
        kept_out=kept_out(odd, kept.settings.shop.currency),
    )
    html = render_crowd(facts, kept.settings.shop.language).encode()
    replace(out, html)
    return Crowd(facts, labels, out, len(html))


def kept_out(odd: Odd, currency: str) -> tuple[Both, ...]:
    """Return a sentence of everybody who is kept out of the fits, the oddest first."""
    return tuple(Both(one.text("en", currency), one.text("zh", currency)) for one in odd.found)


def _tells(one: SegmentFacts, currency: str) -> tuple[Both, ...]:
    lines = (told(one, Reader(language, currency).minor, language) for language in LANGUAGES)
    return tuple(Both(*both) for both in zip(*lines, strict=True))


def _both(name: Name) -> Both:
    return Both(name.en, name.zh)


def _map(found: Clustering, profiles: pa.Table) -> Sketch | None:
    drawn = draw(found, profiles, seed=SEGMENTS_SEED, most=POINTS)
    if len(drawn.axes) < 2:
        return None
    across, up = (Both(axis.said("en"), axis.said("zh")) for axis in drawn.axes[:2])
    x, y = (tuple(np.round(column, 3).tolist()) for column in drawn.points.T)
    return Sketch(x, y, tuple(drawn.segment.tolist()), across, up, drawn.shown)


def _cells(profiles: pa.Table) -> tuple[Cell, ...]:
    """Return the cells of recency, frequency and money that somebody is in."""
    codes, spend = cells(profiles)["cell"], _spend(profiles)
    found = [(code, np.asarray(pc.equal(codes, code).to_numpy(), np.bool_)) for code in CELLS]
    return tuple(
        _cell(Both.say(f"clusters.cell_{code}"), mine, spend, Both.say(f"clusters.cell_{code}_means"))
        for code, mine in found
        if mine.any()
    )


def _own(profiles: pa.Table, found: own.Own) -> tuple[Cell, ...]:
    spend = _spend(profiles)
    return tuple(
        _cell(Both(one.said("en"), one.said("zh")), np.asarray(found.matched[one.id].to_numpy(), np.bool_), spend)
        for one in found.rules
    )


def _cell(
    name: Both,
    mine: np.ndarray[Any, np.dtype[np.bool_]],
    spend: np.ndarray[Any, np.dtype[np.float64]],
    meaning: Both | None = None,
) -> Cell:
    return Cell(name, int(mine.sum()), float(mine.mean()), float(spend[mine].sum() / max(spend.sum(), 1e-9)), meaning)


def _spend(profiles: pa.Table) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(pc.fill_null(profiles["spend"].cast(pa.float64()), 0.0).to_numpy(), np.float64)


def _moves(kept: Kept, found: Clustering, labels: pa.Table, called: dict[int, Both], at: datetime) -> Moves | None:
    """Return how customers moved in the last weeks; None where the shop was not there yet."""
    try:
        before = kept.profiles(kept.moment(at - MOVED))[0]
    except StateError:
        return None
    moved = migration(label(found, before), labels, start=at - MOVED, end=at)
    numbers: Sequence[Any] = [one for one in moved.labels if one in called]
    counts = moved.counts()
    place = {one: moved.labels.index(one) for one in numbers}
    rows = [[int(counts[place[one], place[other]]) for other in numbers] for one in numbers]
    some = [(one, row) for one, row in zip(numbers, rows, strict=True) if sum(row)]
    if not some:
        return None
    kept_numbers = [one for one, _ in some]
    at_place = [numbers.index(one) for one in kept_numbers]
    square = [[row[other] for other in at_place] for _, row in some]
    totals = [max(sum(row), 1) for row in square]
    return Moves(
        start=at - MOVED,
        end=at,
        names=tuple(called[one] for one in kept_numbers),
        shares=tuple(tuple(one / total for one in row) for row, total in zip(square, totals, strict=True)),
        customers=tuple(sum(row) for row in square),
        joined=moved.joined,
    )
