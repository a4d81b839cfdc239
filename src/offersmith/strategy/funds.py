"""What may really be promised: what the shop has, less what offers that are still out are expected to cost.

An offer that was sent is a promise, and the money for it is not there a second time. What counts is its expected cost,
the chance of being used times what a use takes off, from the plan that sent it: whole until it is used or runs out, so
that it is rather too much that is held back than too little.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from offersmith.errors import InputError
from offersmith.money import Money, scale
from offersmith.words import Language, say

ROUNDING = 1e-9
"""Minor units that the rounding of sums may add."""


@dataclass(frozen=True, slots=True)
class StillOut:
    """What of one plan was sent and is neither used nor over.

    Attributes:
        name: of the campaign that was made of the plan; the plan's version where the shop sends it itself.
        plan: its version.
        offers: how many customers hold one.
        expected: what they are expected to cost, major units; no more than the campaign's own budget has left.
    """

    name: str
    plan: str
    offers: int
    expected: float


@dataclass(frozen=True, slots=True)
class Funds:
    """What is promised already.

    Attributes:
        currency: of the shop.
        held: what still costs something, by plan.
        codes: live codes of running campaigns that no plan made: nobody estimated what they will cost, and it is not
            counted.
        unsent: plans that would still hold, and nothing says that they were sent: not counted.
    """

    currency: str
    held: tuple[StillOut, ...] = ()
    codes: int = 0
    unsent: int = 0

    @property
    def expected(self) -> Money:
        """What all of it is expected to cost, rounded up."""
        exact = math.fsum(one.expected for one in self.held) * scale(self.currency)
        return Money(math.ceil(exact - ROUNDING), self.currency)

    @property
    def out(self) -> dict[str, Any]:
        """Plain values, as a request keeps them."""
        plans = [asdict(one) for one in self.held]
        offers = sum(one.offers for one in self.held)
        return {"expected": stated(self.expected), "offers": offers, "plans": plans}

    @property
    def uncounted(self) -> dict[str, int]:
        """What is told beside it, as plain values."""
        return {"codes": self.codes, "unsent": self.unsent}


def left(balance: Money, expected: Money) -> Money:
    """Return what may be planned with.

    Raises:
        InputError: nothing is left.
    """
    rest = balance - expected
    if rest.minor <= 0:
        add = "add money; --budget AMOUNT plans without looking at what is still out"
        why = f", because offers that are still out are expected to cost {expected}" if expected.minor else ""
        raise InputError(
            f"balance {balance}: nothing is left to plan with{why}",
            hint=f"wait until they are used or run out, or {add}" if expected.minor else add,
            key="nothing_left_but_out" if expected.minor else "nothing_left",
            field="balance",
            balance=stated(balance),
            out=stated(expected),
        )
    return rest


def stated(money: Money) -> str:
    """Return an amount with its currency, as a request keeps it."""
    return f"{money.text} {money.currency}"


def lines(
    balance: str, out: Mapping[str, Any], uncounted: Mapping[str, int], budget: Money, language: Language = "en"
) -> list[str]:
    """Return what the budget was made of; nothing where it was stated itself.

    Args:
        balance: as `Request.balance`.
        out: as `Request.out`.
        uncounted: as `Request.uncounted`.
        budget: what is left.
        language: of the lines.
    """
    if not balance:
        return []
    held, expected = Money.stated(balance, budget.currency), Money.stated(out["expected"], budget.currency)
    counts = {"offers": out["offers"], "plans": len(out["plans"])}
    key = "funds" if out["offers"] else "funds_stated" if expected.minor else "funds_nothing_out"
    said = [say(f"strategy.{key}", language, balance=held, expected=expected, left=budget, **counts)]
    codes, unsent = uncounted.get("codes", 0), uncounted.get("unsent", 0)
    said += [say("strategy.funds_codes", language, codes=codes)] if codes else []
    return [*said, *([say("strategy.funds_unsent", language, plans=unsent)] if unsent else [])]
