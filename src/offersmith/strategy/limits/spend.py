"""Spend: the money that offers to a segment are expected to cost is at least or at most an amount or a share."""

from __future__ import annotations

from typing import ClassVar

from offersmith.strategy.allocation.problem import COST, Limit
from offersmith.strategy.limits.base import Segmented, Share
from offersmith.strategy.limits.ground import Amount, Ground, refusal


class Spend(Segmented, frozen=True, kw_only=True):
    """`at_least` and `at_most` are amounts, `share_at_least` and `share_at_most` shares of the budget; one or two."""

    kind: ClassVar[str] = "spend"
    at_least: Amount | None = None
    at_most: Amount | None = None
    share_at_least: Share | None = None
    share_at_most: Share | None = None

    def rows(self, ground: Ground) -> tuple[Limit, ...]:
        """Return a row for each bound; where there are two, their names say which is which."""
        least = self._bound(ground, "at_least", self.at_least, self.share_at_least)
        most = self._bound(ground, "at_most", self.at_most, self.share_at_most)
        if least is None and most is None:
            allowed = "an amount is needed, here or as at_most, share_at_least or share_at_most"
            raise refusal(ground.words.where, self.name, "at_least", None, allowed)
        if least is not None and most is not None and least > most:
            field = "at_least" if self.share_at_least is None else "share_at_least"
            allowed = f"comes to {least:,.2f}, which must not be more than the {most:,.2f} that are allowed at most"
            raise refusal(ground.words.where, self.name, field, getattr(self, field), allowed)
        weight = ground.weight({COST: 1.0}, self.chosen(ground.words), self.segment())
        both = least is not None and most is not None
        found = []
        if least is not None:
            found.append(Limit(f"{self.name} ≥" if both else self.name, weight, least, at_least=True))
        if most is not None:
            found.append(Limit(f"{self.name} ≤" if both else self.name, weight, most))
        return tuple(found)

    def _bound(self, ground: Ground, field: str, amount: Amount | None, share: float | None) -> float | None:
        if amount is not None and share is not None:
            raise refusal(ground.words.where, self.name, f"share_{field}", share, f"leave it or {field} out")
        if share is None:
            return None if amount is None else ground.words.money(self.name, field, amount)
        if ground.budget is None:
            allowed = "is a share of the budget, and there is none; add a limit of kind budget"
            raise refusal(ground.words.where, self.name, f"share_{field}", share, allowed)
        return share * ground.budget
