"""What may make a shop hard to learn from: each switch is off by default and has a strength.

A switch changes what customers do, never what is written down of it: the journal holds what a shop's systems would.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Literal

from offersmith.errors import InputError

REMEMBERED_DAYS = 90
"""An offer counts as received lately for this long."""
PULLED_DAYS = 21
"""Purchases of these days after the use of an offer are those that were brought forward."""
CANNIBAL_DAYS = 28
"""Baskets of these days after the use of an offer lack what would have been bought with it at full price."""
LASTING_DAYS = 42
"""How long an offer goes on working after it ended."""
STOCKED_DAYS = 14
"""What was sold in these days is not yet back on the shelf."""

LoggedBy = Literal["orders", "rotation"]
_SHARES = ("pull_forward", "cannibalised", "fatigue")
_LOGGED_BY = ("orders", "rotation")


@dataclass(frozen=True, slots=True)
class Switches:
    """What is switched on, and how strongly; zero is off.

    Attributes:
        delay: mean days between being won over and paying (a geometric law from one day on). Those who would have
            bought anyway pay at once; those whom the offer wins over come back later, also after it ended.
        pull_forward: share of the purchases in the `PULLED_DAYS` after the use of an offer that were made with it
            instead (0 to 1).
        cannibalised: share (0 to 1) of the lines beyond the first that baskets at full price lack in the
            `CANNIBAL_DAYS` after the use of an offer; and the same share of those who would have paid full price, and
            let the offer lie, use it after all.
        fatigue: share of an offer's effect that each offer received in the last `REMEMBERED_DAYS` takes away (0 to 1).
        waiting: log-odds by which a visit without an offer is less likely to end in a purchase, for each offer
            received in the last `REMEMBERED_DAYS` that has ended.
        carry_over: share of an offer's effect on the log-odds that stays for `LASTING_DAYS` after it ended, used or
            not.
        shared_stock: how short a town's shelf is; who comes finds what is wanted with the chance
            1 / (1 + shared_stock * (sold / usual) ** 2), where `sold` is what the town bought in the last
            `STOCKED_DAYS` and `usual` what it would buy in as many with full shelves and no offers. What one takes
            another misses.
        logging: how strongly who is sent an offer depends on what the shop sees of them, log-odds per unit.
        logged_by: `orders`: those who bought more in the first four weeks are sent more (one unit = one standard
            deviation of log(1 + orders)); `rotation`: those who were sent nothing last time are sent more (one unit;
            one less for the others).
        chances_known: whether `Shop.assignments` says with which probability; else it is null.
    """

    delay: float = 0.0
    pull_forward: float = 0.0
    cannibalised: float = 0.0
    fatigue: float = 0.0
    waiting: float = 0.0
    carry_over: float = 0.0
    shared_stock: float = 0.0
    logging: float = 0.0
    logged_by: LoggedBy = "orders"
    chances_known: bool = True

    def check(self) -> None:
        """Refuse strengths that mean nothing.

        Raises:
            InputError: a strength is negative, not finite, a share above 1, or a delay below one day.
        """
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, float | int) and not (math.isfinite(value) and value >= 0):
                raise InputError(f"synthetic shop: switch {one.name} = {value} must be finite and at least 0")
        for name in _SHARES:
            if getattr(self, name) > 1:
                raise InputError(f"synthetic shop: switch {name} = {getattr(self, name)} is a share, at most 1")
        if 0 < self.delay < 1:
            raise InputError(f"synthetic shop: switch delay = {self.delay} must be 0 (off) or at least one day")
        if self.logged_by not in _LOGGED_BY:
            allowed = ", ".join(_LOGGED_BY)
            raise InputError(f"synthetic shop: switch logged_by = {self.logged_by!r} is unknown; allowed: {allowed}")


OFF = Switches()
