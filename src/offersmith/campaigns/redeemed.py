"""What is told of redemptions: what a step came to, how many were let go, and everything that is kept of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from offersmith.campaigns.redeem import Till
from offersmith.money import Money
from offersmith.store.reservation import Outcome, Redemption, Step
from offersmith.words import Language, say


@dataclass(frozen=True, slots=True)
class Stepped:
    """What came of confirming or rolling back."""

    outcome: Outcome

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {**asdict(self.outcome), "facts": dict(self.outcome.facts), "done": self.outcome.done}

    def text(self, language: Language = "en") -> str:
        """Say what came of it."""
        return say(f"campaigns.redeem_{self.outcome.code}", language, redemption=self.outcome.redemption_id)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Swept:
    """How many reservations were let go because their time was over."""

    count: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"swept": self.count}

    def text(self, language: Language = "en") -> str:
        """Say it."""
        return say("desk.swept", language, count=self.count)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True)
class Look:
    """Redemptions with all their steps.

    Attributes:
        asked: the redemption or the order that was asked for.
        redemptions: those there are, each with its steps.
    """

    asked: str
    redemptions: Sequence[tuple[Redemption, Sequence[Step]]]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "asked": self.asked,
            "redemptions": [
                {
                    "redemption_id": one.redemption_id,
                    "state": one.state,
                    "order_id": one.order_id,
                    "customer_id": one.customer_id,
                    "currency": one.currency,
                    "at": one.at.isoformat(),
                    "expires_at": one.expires_at.isoformat() if one.expires_at else None,
                    "effects": one.facts.get("effects", {}),
                    "held": dict(one.held),
                    "steps": [
                        {"step": step.step, "key": step.key, "at": step.at.isoformat(), "facts": dict(step.facts),
                         "amounts": dict(step.amounts)}
                        for step in steps
                    ],
                }
                for one, steps in self.redemptions
            ],
        }  # fmt: skip

    def text(self, language: Language = "en") -> str:
        """Say where each stands, what was promised, and what happened to it; times are UTC."""
        if not self.redemptions:
            return say("desk.no_redemption", language, asked=self.asked)
        return "\n".join(line for one, steps in self.redemptions for line in _lines(one, steps, language))

    def __str__(self) -> str:
        return self.text()


def look(till: Till, redemption_id: str) -> Look:
    """Return everything that is kept of a redemption."""
    found = till.redemptions.find(redemption_id)
    return Look(redemption_id, [(found, till.redemptions.steps(redemption_id))] if found else [])


def look_order(till: Till, order_id: str) -> Look:
    """Return everything that is kept of the redemptions of an order."""
    found = till.redemptions.by_order(order_id)
    return Look(order_id, [(one, till.redemptions.steps(one.redemption_id)) for one in found])


def _lines(one: Redemption, steps: Sequence[Step], language: Language) -> list[str]:
    def money(minor: int) -> str:
        return str(Money(minor, one.currency))

    effects = one.facts["effects"]
    head = say(
        "desk.redemption", language, redemption=one.redemption_id, state=say(f"desk.redemption_{one.state}", language),
        total=money(effects["total"]), off=money(effects["off"] + effects["shipping_off"]),
    )  # fmt: skip
    lines = [head]
    if one.state == "reserved" and one.expires_at:
        lines.append(say("desk.held_until", language, expires=f"{one.expires_at:%Y-%m-%d %H:%M:%S}"))
    lines += [
        say("desk.gave", language, promotion=given["promotion_id"], off=money(given["off"]))
        for given in effects["applied"]
    ]
    for step in steps:
        said = say(f"desk.step_{step.step}", language)
        refund = say("desk.refunded", language, refund=money(step.facts["refund"])) if "refund" in step.facts else ""
        lines.append(f"  {step.at:%Y-%m-%d %H:%M:%S}  {said}{refund}")
    return lines
