"""Whether the customers of one moment still look like those of another, feature by feature: population stability.

The population stability index compares shares of customers in bins: PSI = sum (q - p) ln(q / p), with the bins cut at
quantiles of the first table and the unknown values as a bin of their own (Siddiqi, Credit Risk Scorecards, 2006, with
the rule of thumb .1 and .25). A value that fills a quantile by itself, such as zero, gets a bin of its own, so that a
constant feature that is constant no more is seen.

Small shops differ by chance: between samples of n and m customers of one population PSI is about (1/n + 1/m) times a
chi-square with one degree less than there are bins (Yurdakul & Naranjo, Journal of Risk Model Validation 14(4), 2020).
What chance alone exceeds in 5 % of tables, all features of a table counted together (Bonferroni), is told beside the
index, and nothing below it is called a shift. Two tables that share customers differ less than that by chance. What
counts from the first day on, such as orders ever, grows with the shop's age: watch features with a window for change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.stats import chi2

from offersmith.errors import InputError
from offersmith.profiles.behaviour.named import named
from offersmith.words import Language, say

MODERATE, SHIFTED = 0.1, 0.25
"""A population stability index from here on is a moderate change, or a shift."""

FEWEST = 30
"""Fewer customers than these in a table say nothing about drift."""

Verdict = Literal["stable", "moderate", "shifted", "too_few"]
Move = Literal["none", "up", "down", "wider", "narrower", "less_known", "better_known", "reshaped"]

_BINS, _PER_BIN = 10, 20
_FLOOR = 0.5  # customers in a bin where there are none, so that the logarithm is finite
_CLEAR = 0.05  # a smaller lead of one side over the other is no direction


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """How one feature moved between two tables.

    Attributes:
        feature: column.
        psi: population stability index.
        noise: index that chance alone stays below, with the samples' sizes; in 95 of 100 whole tables.
        verdict: by `MODERATE` and `SHIFTED`, but `stable` where `psi` is not above `noise`; `too_few` below `FEWEST`.
        move: which way, where the verdict is `moderate` or `shifted`.
        edges: upper ends of the bins but the last, of values as they are; bin i holds (edges[i-1], edges[i]].
        first: customers per bin in the first table; the last bin holds the unknown values.
        second: the same of the second table.
        median_first: of the known values; None where there are none.
        median_second: the same of the second table.
    """

    feature: str
    psi: float
    noise: float
    verdict: Verdict
    move: Move
    edges: tuple[float, ...]
    first: tuple[int, ...]
    second: tuple[int, ...]
    median_first: float | None
    median_second: float | None

    def text(self, language: Language = "en") -> str:
        """Return the finding as a sentence."""
        return say(
            f"behaviour.drift_{self.verdict}", language, feature=named(self.feature, language), psi=self.psi,
            noise=self.noise, move=say(f"behaviour.drift_move_{self.move}", language),
        )  # fmt: skip

    def bars(self) -> list[dict[str, Any]]:
        """Return both histograms, a row per bin: low, high (None = open), known, and the share of each table."""
        lows, highs = (None, *self.edges), (*self.edges, None)
        totals = max(sum(self.first), 1), max(sum(self.second), 1)
        return [
            {
                "low": lows[i] if i < len(lows) else None,
                "high": highs[i] if i < len(highs) else None,
                "known": i < len(highs),
                "first": self.first[i] / totals[0],
                "second": self.second[i] / totals[1],
            }
            for i in range(len(self.first))
        ]


@dataclass(frozen=True, slots=True)
class Drift:
    """How two profile tables differ.

    Attributes:
        first_as_of: moment of the first table, ISO 8601; empty where it does not say.
        second_as_of: moment of the second.
        customers: in the first and the second.
        features: one entry per compared feature, the furthest moved first.
        left_out: columns that are in one table only, or hold no numbers.
    """

    first_as_of: str
    second_as_of: str
    customers: tuple[int, int]
    features: tuple[FeatureDrift, ...]
    left_out: tuple[str, ...] = ()

    def moved(self) -> tuple[FeatureDrift, ...]:
        """Return the features whose verdict is `moderate` or `shifted`."""
        return tuple(one for one in self.features if one.verdict in ("moderate", "shifted"))

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en") -> str:
        """Return lines for a person: how many features moved, and each that did."""
        moved = self.moved()
        head = say("behaviour.drift_head", language, features=len(self.features), moved=len(moved),
                   first=self.customers[0], second=self.customers[1])  # fmt: skip
        return "\n".join([head, *(one.text(language) for one in moved)])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for `--json` and the report's picture."""
        return {**asdict(self), "features": [{**asdict(one), "bars": one.bars()} for one in self.features]}


def drift(
    first: pa.Table, second: pa.Table, features: Sequence[str] | None = None, *, bins: int = _BINS, level: float = 0.05
) -> Drift:
    """Compare every feature of two profile tables.

    Args:
        first: the table whose quantiles cut the bins, such as that the model was fitted on.
        second: the table that is compared, such as today's.
        features: columns; None takes all columns of numbers or booleans that both have.
        bins: quantile bins at most; fewer where the smaller table has few customers (20 to a bin).
        level: share of pairs of tables from one population in which any feature goes beyond its `noise`.

    Raises:
        InputError: a named feature is missing or holds no numbers, or `bins` or `level` is out of range.
    """
    if not 2 <= bins <= 100:
        raise InputError(f"bins is {bins}; allowed are 2 to 100", field="bins", value=bins)
    if not 0 < level < 1:
        raise InputError(f"level is {level}; allowed is above 0 and below 1", field="level", value=level)
    both = [name for name in first.column_names if name in second.column_names]
    usable = [name for name in both if _is_number(first[name].type) and _is_number(second[name].type)]
    chosen = usable if features is None else list(features)
    unknown = [name for name in chosen if name not in usable]
    if unknown:
        raise InputError(
            f"features has {', '.join(unknown)}; both tables have these numbers: {', '.join(usable) or 'none'}",
            field="features", value=unknown[0],
        )  # fmt: skip
    fewest = min(first.num_rows, second.num_rows)
    cut = int(np.clip(fewest // _PER_BIN, 2, bins))
    alone = level / max(len(chosen), 1)
    found = [_of_feature(name, values(first, name), values(second, name), cut, alone) for name in chosen]
    found.sort(key=lambda one: (-one.psi, one.feature))
    others = {*first.column_names, *second.column_names} - set(usable) - {"customer_id"}
    left_out = tuple(sorted(others)) if features is None else ()
    return Drift(_moment(first), _moment(second), (first.num_rows, second.num_rows), tuple(found), left_out)


def values(table: pa.Table, name: str) -> NDArray[np.float64]:
    """Return a column of numbers or booleans as floats, unknown as NaN."""
    column = table[name]
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    filled = pc.fill_null(column.cast(pa.float64(), safe=False), np.nan)
    return np.asarray(filled.to_numpy(), dtype=np.float64)


def _of_feature(
    name: str, first: NDArray[np.float64], second: NDArray[np.float64], bins: int, level: float
) -> FeatureDrift:
    known = first[~np.isnan(first)], second[~np.isnan(second)]
    edges = _edges(known[0] if known[0].size else known[1], bins)
    counts = _counts(first, edges), _counts(second, edges)
    medians = [float(np.median(part)) if part.size else None for part in known]
    psi, used = _psi(*counts)
    few = min(first.size, second.size) < FEWEST
    noise = _noise(first.size, second.size, used, level) if not few else 0.0
    verdict: Verdict = "too_few" if few else _verdict(psi, noise)
    move = _move(counts, known) if verdict in ("moderate", "shifted") else "none"
    histograms = [tuple(int(count) for count in part) for part in counts]
    return FeatureDrift(
        name, psi, noise, verdict, move, tuple(float(edge) for edge in edges), histograms[0], histograms[1],
        medians[0], medians[1],
    )  # fmt: skip


def _edges(known: NDArray[np.float64], bins: int) -> NDArray[np.float64]:
    """Return the upper ends of all bins but the last; a value that fills a whole bin stands alone in it."""
    if not known.size:
        return np.zeros(0)
    marks = np.quantile(known, np.arange(1, bins) / bins, method="higher")
    distinct, times = np.unique(marks, return_counts=True)
    alone = distinct[(times > 1) | (distinct == known.min())]
    edges: NDArray[np.float64] = np.unique(np.concatenate([distinct, np.nextafter(alone, -np.inf)]))
    return edges


def _counts(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return customers per bin, those with an unknown value last."""
    known = values[~np.isnan(values)]
    inside = np.bincount(np.searchsorted(edges, known, side="left"), minlength=edges.size + 1)
    return np.append(inside, values.size - known.size).astype(np.int64)


def _psi(first: NDArray[np.int64], second: NDArray[np.int64]) -> tuple[float, int]:
    """Return the index, and how many bins have anybody."""
    used = (first > 0) | (second > 0)
    if not first.sum() or not second.sum():
        return 0.0, int(used.sum())
    p, q = (np.maximum(part[used], _FLOOR) / part.sum() for part in (first, second))
    return float(np.sum((q - p) * np.log(q / p))), int(used.sum())


def _noise(n: int, m: int, bins: int, level: float) -> float:
    return float((1 / n + 1 / m) * chi2.ppf(1 - level, bins - 1)) if bins > 1 else 0.0


def _verdict(psi: float, noise: float) -> Verdict:
    if psi <= noise or psi < MODERATE:
        return "stable"
    return "shifted" if psi >= SHIFTED else "moderate"


def _move(
    counts: tuple[NDArray[np.int64], NDArray[np.int64]], known: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> Move:
    """Return the plainest name of the change: values known or not, higher or lower, further apart or closer."""
    first, second = counts
    unknown = [part[-1] / part.sum() for part in counts]
    alone, _ = _psi(first[:-1], second[:-1])
    both, _ = _psi(first, second)
    if alone < both / 2:
        return "less_known" if unknown[1] > unknown[0] else "better_known"
    p, q = (part[:-1] / max(part[:-1].sum(), 1) for part in counts)
    # Cliff's delta of the binned values: how much oftener the second is above the first than below.
    lead = float(np.sum(q * (np.cumsum(p) - p)) - np.sum(p * (np.cumsum(q) - q)))
    if abs(lead) > _CLEAR:
        return "up" if lead > 0 else "down"
    widths = [float(np.subtract(*np.quantile(part, [0.9, 0.1]))) if part.size else 0.0 for part in known]
    if widths[0] == widths[1]:
        return "reshaped"
    return "wider" if widths[1] > widths[0] else "narrower"


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        or pa.types.is_boolean(kind)
    )  # fmt: skip


def _moment(table: pa.Table) -> str:
    return str((table.schema.metadata or {}).get(b"as_of", b"").decode())
