"""What a plan expects, beside what the same way of deciding was worth on customers held out.

Where lots were on record, the policy behind a plan was judged on customers it was not fitted on. That figure, times the
customers of the plan, is what there is evidence for; a plan that expects more than its interval allows expects more
than anybody has seen. It may well expect less: a budget binds, lots give what nobody would choose, or the customers of
today are predicted to be harder to win.

What is expected of offers that no lot ever tried is a stated belief, and no held-out customer bears it out. It is told
apart; a plan that comes to more than the measured value only with it is called above what was measured too.

Nobody decides about customers who have opted out of personal offers: they are in neither figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.strategy.opted_out import CODE
from offersmith.strategy.plan import Plan
from offersmith.strategy.reasons import holding
from offersmith.vocabulary import NO_OFFER
from offersmith.words import Language, say

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Promise:
    """A plan's expected profit and the measured one, major units.

    Attributes:
        value: measured on held-out customers, a customer, over giving nobody anything.
        low: lower end of its 95 % interval.
        high: upper end.
        customers: of the plan, whether they get something or not, but for those who have opted out.
        expected: profit of the plan with them.
        stated: the part of it that rests on offers never tried.
        untried: customers who get one of those.
        shown: whether any way of deciding was shown to pay; where none was, value and interval are 0.
        opted_out: customers of the plan who are not in these figures, for nobody decides about them.
    """

    value: float
    low: float
    high: float
    customers: int
    expected: float
    stated: float = 0.0
    untried: int = 0
    shown: bool = True
    opted_out: int = 0

    @property
    def limit(self) -> float:
        """What may be counted on at most: the interval's upper end, or the value where stated beliefs are in the plan.

        Believed gains of tried offers are held to the value already, and no interval speaks of offers without lots.
        """
        return (self.value if self.stated > 0 else self.high) * self.customers

    @property
    def above(self) -> bool:
        """Whether the plan expects more than that."""
        return self.expected > self.limit

    def text(self, currency: str, language: Language = "en") -> str:
        """Say both figures, and plainly so where the plan's is not borne out."""
        count = self.customers
        said = say(
            "strategy.promise",
            language,
            value=self.value,
            low=self.low,
            high=self.high,
            currency=currency,
            customers=count,
            total=self.value * count,
            total_low=self.low * count,
            total_high=self.high * count,
            expected=self.expected,
            each=self.expected / count,
        )
        sentences = [said if self.shown else say("strategy.promise_nothing", language, expected=self.expected)]
        if self.opted_out:
            sentences.append(say("strategy.promise_opted_out", language, customers=self.opted_out))
        if self.untried:
            sentences.append(say("strategy.promise_stated", language, stated=self.stated, untried=self.untried))
        if self.above:
            sentences.append(say("strategy.promise_above", language, limit=self.limit))
        return (" " if language == "en" else "").join(sentences)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        count = self.customers
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "customers": count,
            "total": self.value * count,
            "total_low": self.low * count,
            "total_high": self.high * count,
            "expected": self.expected,
            "stated": self.stated,
            "untried": self.untried,
            "limit": self.limit,
            "shown": self.shown,
            "opted_out": self.opted_out,
            "above": self.above,
        }


def promise(plan: Plan, judged: Mapping[str, Any], uses: Mapping[str, str] = NOTHING) -> Promise | None:
    """Return a plan's figure beside the measured one.

    None where nobody is decided about, and where no policy was shown to pay and nobody gets an offer that was never
    tried.

    Args:
        plan: with its decisions.
        judged: `Evidence.judged` of the model that decided; empty where nothing was judged.
        uses: offers of the plan that stand for one of the shop's own; tried where that one was.
    """
    policy = judged.get("policy") or {}
    value, low, high = (policy.get(name) for name in ("value", "low", "high"))
    settled = plan.opted_out
    apart, earned = (0, 0.0) if settled is None else (settled.customers, settled.expected_profit)
    customers, decisions = plan.customers - apart, plan.decisions
    if apart:
        decisions = decisions.filter(pa.array(~holding(decisions["reasons"].combine_chunks(), CODE)))
    if value is None or low is None or high is None or not customers:
        return None
    tried = [NO_OFFER, *(one["arm"] for one in judged["arms"])]
    tried += [offer for offer, own in uses.items() if own in tried]
    given = decisions["offer_id"].combine_chunks()
    beyond = pc.invert(pc.is_in(given, value_set=pa.array(tried, pa.string()))).to_numpy(zero_copy_only=False)
    who = pc.count_distinct(decisions["customer_id"].filter(pa.array(beyond)))
    untried, shown = int(who.as_py()), policy["kind"] != "none"
    if not shown and not untried:
        return None
    stated = math.fsum(decisions["expected_profit"].to_numpy()[beyond])
    return Promise(value, low, high, customers, plan.expected_profit - earned, stated, untried, shown, apart)
