"""What the deciding model says for and against the offers of some customers, counted and in words.

It stands in the column `because` of the decisions (`response.explain.because`), apart from reason codes, which say what
the arithmetic of the plan did, and from facts, which say what a customer is like.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.profiles import FEATURES, label
from offersmith.response.explain.because import LIMITS, STATED
from offersmith.words import Language, say

MOST = 3
COMMON = 0.1
"""Share of the customers a model was asked about from which on a reason is worth saying."""
LEAST = 0.005
"""Major units a customer below which a change reads as 0.00, and is not said."""


@dataclass(frozen=True, slots=True)
class ModelReason:
    """One thing that moves a model's expectation of an offer away from the usual.

    Attributes:
        feature: of the profile; or `[stated]`, what the shop states under `[priors]`; or `[limits]`, what
            cannot be put down to one feature.
        held: whether the customers' values are `lower` or `higher` than usual or `unknown`; empty where none is held.
        raises: whether it speaks for the offer.
        share: of the customers asked about, for whom it is among the most important.
        change: of their expected profit, on average, major units a customer.
    """

    feature: str
    held: str
    raises: bool
    share: float
    change: float


def frequent(why: pa.ChunkedArray) -> tuple[int, tuple[ModelReason, ...]]:
    """Return how many customers a model was asked about, and its common reasons, for before against, frequent first.

    Args:
        why: the column `because` of some decisions.
    """
    asked = len(why) - why.null_count
    held = pc.list_flatten(why).combine_chunks()
    if not len(held):
        return asked, ()
    change = held.field("change")
    columns = {"feature": held.field("feature"), "held": pc.fill_null(held.field("held"), ""), "change": change}
    table = pa.table({**columns, "raises": pc.greater(change, 0.0)})
    # One thread: sums of floats depend on their order, and a card must not.
    grouped = table.group_by(["feature", "held", "raises"], use_threads=False)
    counted = grouped.aggregate([("change", "mean"), ("change", "count")]).to_pylist()
    counted.sort(key=lambda one: (not one["raises"], -one["change_count"], one["feature"], one["held"]))
    found = [
        ModelReason(one["feature"], one["held"], one["raises"], one["change_count"] / asked, one["change_mean"])
        for one in counted
        if one["change_count"] >= COMMON * asked
    ]
    return asked, (*_side(found, raises=True), *_side(found, raises=False))


def _side(found: Sequence[ModelReason], *, raises: bool) -> list[ModelReason]:
    return [one for one in found if one.raises == raises][:MOST]


def joined(reasons: Sequence[ModelReason], language: Language, currency: str, *, raises: bool) -> str:
    """Return what speaks for an offer, or against it, in words; empty if nothing does."""
    worth = [one for one in reasons if one.raises == raises and abs(one.change) >= LEAST]
    return say("strategy.and", language).join(_one(one, language, currency) for one in worth)


def lines(reasons: Sequence[ModelReason], language: Language, currency: str) -> list[str]:
    """Return a line of what speaks for an offer and one of what speaks against it, where there is any.

    Args:
        reasons: as of `frequent`.
        language: of the lines.
        currency: of the changes; empty where it is not known.
    """
    sides = (("card_model", True), ("card_model_against", False))
    said = [(key, joined(reasons, language, currency, raises=raises)) for key, raises in sides]
    return [say(f"strategy.{key}", language, reasons=text) for key, text in said if text]


def _one(reason: ModelReason, language: Language, currency: str) -> str:
    held = say(f"strategy.held_{reason.held}", language) if reason.held else ""
    key = "strategy.card_model_reason" if held else "strategy.card_model_reason_plain"
    name = called(reason.feature, language)
    unit = f" {currency}" if currency else ""
    return say(key, language, feature=name, held=held, share=reason.share, change=reason.change, unit=unit)


def called(feature: str, language: Language) -> str:
    """Return what a person calls what a model goes by; a column of the shop's own keeps its name."""
    if feature in (STATED, LIMITS):
        return say(f"strategy.because_{feature.strip('[]')}", language)
    return label(feature, language) if feature in FEATURES else feature
