"""What a plan expects, beside what the same way of deciding was worth on customers held out.

Where lots were on record, the policy behind a plan was judged on customers it was not fitted on. That figure, times the
customers of the plan, is what there is evidence for; a plan that expects more than its interval allows expects more
than anybody has seen. It may well expect less: a budget binds, lots give what nobody would choose, or the customers of
today are predicted to be harder to win.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from offersmith.strategy.plan import Plan
from offersmith.words import Language, say


@dataclass(frozen=True, slots=True)
class Promise:
    """A plan's expected profit and the measured one, major units.

    Attributes:
        value: measured on held-out customers, a customer, over giving nobody anything.
        low: lower end of its 95 % interval.
        high: upper end.
        customers: of the plan, whether they get something or not.
        expected: profit of the whole plan.
    """

    value: float
    low: float
    high: float
    customers: int
    expected: float

    @property
    def above(self) -> bool:
        """Whether the plan expects more than the interval's upper end for as many customers."""
        return self.expected > self.high * self.customers

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
        if not self.above:
            return said
        return (" " if language == "en" else "").join(
            [said, say("strategy.promise_above", language, total_high=self.high * count)]
        )

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
            "above": self.above,
        }


def promise(plan: Plan, judged: Mapping[str, Any]) -> Promise | None:
    """Return a plan's figure beside the measured one; None where no policy was shown to pay, or nobody is there.

    Args:
        plan: with its decisions.
        judged: `Evidence.judged` of the model that decided; empty where nothing was judged.
    """
    policy = judged.get("policy", {})
    value, low, high = (policy.get(name) for name in ("value", "low", "high"))
    customers = plan.decisions.num_rows
    if policy.get("kind", "none") == "none" or value is None or low is None or high is None or not customers:
        return None
    return Promise(value, low, high, customers, plan.expected_profit)
