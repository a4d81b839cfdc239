"""Customers and products so unlike the others that a fit is better without them: resellers, bots, broken rows.

Two judges agree on whom to name. Robust distances say how far a row lies outside the usual in one feature
(`profiles.fences`); an isolation forest says how few cuts part it from the others in all features together (Liu, Ting
and Zhou, ICDM 2008), on the same robust scale, seeded. A row is odd if one feature is `FAR` times as far out as its
fence, or `NEAR` times and easily isolated: a shop's best customers are beyond a fence now and then, and belong into its
fits. Rows are ranked by the mean of both ranks, and never more than a small share is named. The forest is asked only
about rows beyond `NEAR`, since no other row can be odd.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.money import scale
from offersmith.profiles.behaviour.named import named, unit_of
from offersmith.profiles.drift import values
from offersmith.profiles.fences import Fences, fences
from offersmith.words import Language, say

FAR = 3.0
"""A feature this many times as far from the median as its fence makes a row odd by itself."""

NEAR = 2.0
"""A feature this many times as far makes a row odd that is easily isolated too."""

ISOLATED = 0.65
"""An isolation score from here on is easily isolated (.5 is an ordinary row, 1 the highest)."""

FEWEST = 20
"""Of fewer rows none is odd."""

Kind = Literal["reseller", "bot", "returner", "unusual"]

_TRAFFIC = ("views", "sessions", "searches", "cart_adds", "other_events")
_VOLUME = ("orders", "spend", "products", "basket", "quantity", "buying_days", "bought_lines", "paid")
_RETURNS = ("refunds", "return_rate")
_TREES, _SAMPLE = 100, 256


@dataclass(frozen=True, slots=True)
class Why:
    """One feature that makes a row odd.

    Attributes:
        feature: column.
        value: of the row.
        usual: median of all rows.
        times: how far from the median, in distances of the fence; negative below.
    """

    feature: str
    value: float
    usual: float
    times: float

    def text(self, language: Language = "en", currency: str = "") -> str:
        """Return the reason in words; money in minor units where no currency is given."""
        side = "high" if self.times > 0 else "low"
        value, usual = (_written(one, unit_of(self.feature), currency) for one in (self.value, self.usual))
        return say(f"behaviour.odd_{side}", language, feature=named(self.feature, language), value=value, usual=usual,
                   times=_short(abs(self.times)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class OddOne:
    """One odd row.

    Attributes:
        key: customer or product.
        kind: what its reasons look like.
        score: of the isolation forest, in (0, 1); .5 is ordinary.
        why: the features furthest outside the usual, furthest first; three at most.
    """

    key: str
    kind: Kind
    score: float
    why: tuple[Why, ...]

    def text(self, language: Language = "en", currency: str = "") -> str:
        """Return who it is, and why, in a sentence; money in minor units where no currency is given."""
        joint = say("behaviour.odd_and", language)
        reasons = joint.join(one.text(language, currency) for one in self.why)
        return say(f"behaviour.odd_{self.kind}", language, who=self.key, reasons=reasons)


@dataclass(frozen=True, slots=True)
class Odd:
    """The odd rows of a table.

    Attributes:
        key: column that names the rows.
        rows: looked at.
        found: odd ones, oddest first.
        more: rows that were as odd by the rule but go unnamed, because of `share`.
        features: compared; constant ones say nothing and are left out.
        share: of rows that may be named at most.
    """

    key: str
    rows: int
    found: tuple[OddOne, ...]
    more: int
    features: tuple[str, ...]
    share: float

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en", shown: int = 5) -> str:
        """Return how many are odd, and the first few with their reasons."""
        head = say("behaviour.odd_head", language, found=len(self.found), rows=self.rows)
        return "\n".join([head, *(one.text(language) for one in self.found[:shown])])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for `--json` and the report."""
        return asdict(self)


def odd(
    table: pa.Table,
    seed: int,
    *,
    key: str = "customer_id",
    features: Sequence[str] | None = None,
    share: float = 0.01,
    far: float = FAR,
    near: float = NEAR,
) -> Odd:
    """Name the odd rows of a table.

    Args:
        table: a profile table, or any table with a row per thing, such as `store.goods.goods` with a row per product.
        seed: of the isolation forest.
        key: column that names the rows.
        features: columns to compare; None takes all of numbers.
        share: of the rows, that may be named at most; one may always be, of `FEWEST` rows and more.
        far: how many times as far as its fence a feature must be to make a row odd by itself.
        near: how many times, where the row is easily isolated too.

    Raises:
        InputError: the key or a feature is missing, a feature holds no numbers, or `share`, `far` or `near` is out of
            range.
    """
    if not 1 <= near <= far:
        raise InputError(f"near is {near} and far {far}; allowed is 1 <= near <= far", field="near", value=near)
    if not 0 < share <= 0.1:
        raise InputError(f"share is {share}; allowed is above 0 and up to 0.1", field="share", value=share)
    chosen = _chosen(table, key, features)
    usual = {name: found for name in chosen if (found := fences(values(table, name))) is not None}
    if table.num_rows < FEWEST or not usual:
        return Odd(key, table.num_rows, (), 0, tuple(usual), share)
    furthest = np.zeros(table.num_rows)
    for name, fence in usual.items():
        np.maximum(furthest, np.abs(fence.outlyingness(values(table, name))), out=furthest)
    beyond = np.flatnonzero(furthest > near)
    if not beyond.size:
        return Odd(key, table.num_rows, (), 0, tuple(usual), share)
    reached = furthest[beyond]
    score = _isolation(table, usual, beyond, seed)
    is_odd = (reached > far) | (score > ISOLATED)
    rank = _rank(reached) + _rank(score)
    order = np.lexsort((beyond, -rank))
    order = order[is_odd[order]]
    most = max(int(share * table.num_rows), 1)
    picked = order[:most]
    told = _told(table, key, usual, beyond[picked], score[picked])
    return Odd(key, table.num_rows, told, int(order.size - picked.size), tuple(usual), share)


def keep(table: pa.Table, found: Odd) -> NDArray[np.bool_]:
    """Return which rows of a table are not odd: a mask for fits, for any table that has the key.

    Raises:
        InputError: the table lacks the key.
    """
    if found.key not in table.column_names:
        raise InputError(f"the table lacks the column {found.key}", field="key", value=found.key)
    names = pa.array([one.key for one in found.found], pa.string())
    known = pc.is_in(table[found.key].cast(pa.string()), value_set=names)
    return np.asarray(pc.invert(known).to_numpy(), dtype=np.bool_)


def _chosen(table: pa.Table, key: str, features: Sequence[str] | None) -> tuple[str, ...]:
    kinds = {field.name: field.type for field in table.schema}
    numbers = tuple(
        name for name, kind in kinds.items()
        if name != key and (pa.types.is_integer(kind) or pa.types.is_floating(kind))
    )  # fmt: skip
    if key not in kinds:
        raise InputError(f"key is {key!r}; the table has: {', '.join(kinds)}", field="key", value=key)
    unknown = [name for name in features or () if name not in numbers]
    if unknown:
        raise InputError(
            f"features has {', '.join(unknown)}; columns of numbers are: {', '.join(numbers) or 'none'}",
            field="features", value=unknown[0],
        )  # fmt: skip
    return numbers if features is None else tuple(features)


def _isolation(table: pa.Table, usual: Mapping[str, Fences], rows: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Return the isolation score of some rows, of a forest grown on a sample of all."""
    from sklearn.ensemble import IsolationForest  # noqa: PLC0415 - start-up path: fits ask this file whom to leave out

    size = min(table.num_rows, _TREES * _SAMPLE)
    sample = np.sort(np.random.default_rng(seed).choice(table.num_rows, size, replace=False))
    forest = IsolationForest(n_estimators=_TREES, max_samples=min(_SAMPLE, size), random_state=seed)
    forest.fit(_matrix(table, usual, sample))
    return -np.asarray(forest.score_samples(_matrix(table, usual, rows)), dtype=np.float64)


def _rank(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks from 1, equal values sharing the mean of theirs."""
    _, place, times = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(times).astype(np.float64)
    ranks: NDArray[np.float64] = (last - (times - 1) / 2)[place]
    return ranks


def _matrix(table: pa.Table, usual: Mapping[str, Fences], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return outlyingness, a column per feature; logarithmic beyond the fence, so that no giant hides another."""
    columns = []
    for name, fence in usual.items():
        far = fence.outlyingness(values(table, name)[rows])
        columns.append(np.where(np.abs(far) > 1, np.sign(far) * (1 + np.log(np.maximum(np.abs(far), 1))), far))
    return np.column_stack(columns).astype(np.float32)


def _told(
    table: pa.Table, key: str, usual: Mapping[str, Fences], rows: NDArray[np.int64], score: NDArray[np.float64]
) -> tuple[OddOne, ...]:
    """Return the odd ones with their reasons; few rows by the cap on their share."""
    names = list(usual)
    held = np.column_stack([values(table, name)[rows] for name in names])
    times = np.column_stack([usual[name].outlyingness(held[:, i]) for i, name in enumerate(names)])
    keys = table[key].take(pa.array(rows)).to_pylist()
    first = np.argsort(-np.abs(times), axis=1, kind="stable")
    found = []
    for i, who in enumerate(keys):
        beyond = [j for j in first[i] if abs(times[i, j]) > 1]
        why = tuple(Why(names[j], float(held[i, j]), usual[names[j]].median, float(times[i, j])) for j in beyond[:3])
        high = [names[j] for j in beyond if times[i, j] > FAR]
        kind = _kind(high) if key == "customer_id" else "unusual"
        found.append(OddOne(str(who), kind, float(score[i]), why))
    return tuple(found)


def _written(value: float, unit: str, currency: str) -> str:
    """Return a value with what it counts, where that is money or a share."""
    if unit == "minor" and currency:
        return f"{_short(value / scale(currency))} {currency}"
    return f"{value:.0%}" if unit == "share" else _short(value)


def _short(value: float) -> str:
    """Return a number as a person writes it: whole from a hundred on, else three digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _kind(high: Sequence[str]) -> Kind:
    """Return what kind of customer is very high in these features, furthest first."""
    for name in high:
        if name.startswith(_TRAFFIC):
            return "reseller" if any(other.startswith(_VOLUME) for other in high) else "bot"
        if name.startswith(_VOLUME):
            return "reseller"
        if name.startswith(_RETURNS):
            return "returner"
    return "unusual"
