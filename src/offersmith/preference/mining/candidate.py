"""A candidate of a bundle or cross-sell: what it is, what it is worth, and why it is one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from offersmith.preference.mining.measures import Real
from offersmith.preference.mining.worth import Worth

REASONS = (
    "beyond_chance", "beyond_habit", "adds_to_each", "one_way", "same_group", "joins_groups", "variants", "cost_known",
    "margin_stated", "price_unknown",
)  # fmt: skip
"""Why a candidate is one, and how its money is known; their words are `mining.reason_...`."""


def _column(name: str, kind: pa.DataType, unit: str, *, null: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=null, metadata={"unit": unit})


BUNDLES = pa.schema(
    [
        _column("kind", pa.string(), "bundle, cross_sell or next"),
        _column("products", pa.list_(pa.string()), "those bought, the offered one left out"),
        _column("offered", pa.string(), "product; null = all of them as a bundle", null=True),
        _column("together", pa.int64(), "baskets with all of them; customers, of next"),
        _column("missed", pa.int64(), "baskets (customers) with the products and without the offered one", null=True),
        _column("confidence", pa.float64(), "share of those with the products who have the offered one", null=True),
        _column("lift", pa.float64(), "times chance; of next, times habit"),
        _column("price", pa.int64(), "minor units, of all pieces at their usual prices", null=True),
        _column("margin", pa.int64(), "minor units, of the offered piece (of all, of a bundle)", null=True),
        _column("gain", pa.float64(), "minor units a basket (customer) with the products", null=True),
        _column("reasons", pa.list_(pa.string()), "codes of REASONS"),
    ]
)
"""A row per candidate; of each kind the one with the most margin missed first, those without a price last."""


class Told:
    """Makes rows of `BUNDLES` from rules.

    Args:
        place: where each product stands in `worth`.
        group: of each product in the network; those outside are missing.
        kinds: category of each product; those without one are missing.
        worth: of each item.
    """

    def __init__(self, place: dict[str, int], group: dict[str, int], kinds: dict[str, str], worth: Worth) -> None:
        self.place, self.group, self.kinds, self.worth = place, group, kinds, worth

    def bundle(self, products: list[str], rule: dict[str, Any], *why: str) -> dict[str, Any]:
        """Return products of a rule as a bundle, with reasons."""
        price, margin, known = self._money(products)
        return {
            "kind": "bundle", "products": products, "offered": None, "together": rule["together"], "missed": None,
            "confidence": None, "lift": rule["lift"], "price": price, "margin": margin, "gain": None,
            "reasons": self._why(products, known, price, "beyond_chance", *why),
        }  # fmt: skip

    def offered(self, kind: str, rule: dict[str, Any], share: float, *why: str) -> dict[str, Any]:
        """Return a rule as an offer of what stands after it; `share` is that of all who have it anyway."""
        products = [*rule["before"], rule["after"]]
        price, _, _ = self._money(products)
        _, margin, known = self._money([rule["after"]])
        first = () if kind == "next" else ("beyond_chance",)
        gain = None if margin is None else (rule["confidence"] - share) * margin
        return {
            "kind": kind, "products": rule["before"], "offered": rule["after"], "together": rule["together"],
            "missed": rule["with_before"] - rule["together"], "confidence": rule["confidence"], "lift": rule["lift"],
            "price": price, "margin": margin, "gain": gain, "reasons": self._why(products, known, margin, *first, *why),
        }  # fmt: skip

    def _money(self, products: list[str]) -> tuple[int | None, int | None, bool]:
        price, margin, known = self.worth.sums(np.array([[self.place[one] for one in products]]))
        return _whole(price), _whole(margin), bool(known[0])

    def _why(self, products: list[str], known: bool, money: int | None, *why: str) -> list[str]:
        groups = {self.group.get(one, -1) for one in products}
        kinds = {self.kinds.get(one, "") for one in products}
        where = "same_group" if len(groups) == 1 and -1 not in groups else "joins_groups" if -1 not in groups else ""
        variants = "variants" if len(kinds) == 1 and "" not in kinds else ""
        how = "price_unknown" if money is None else "cost_known" if known else "margin_stated"
        return [one for one in (*why, where, variants, how) if one]


def _whole(value: Real) -> int | None:
    return None if np.isnan(value[0]) else round(float(value[0]))
