"""Reasons for a decision, from the contributions to the effect it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from offersmith import words
from offersmith.errors import InputError
from offersmith.response.explain.contributions import Contributions

Code = Literal["raises", "lowers"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature that moves an arm's effect on a customer away from that on others.

    Attributes:
        code: whether it raises the effect or lowers it.
        feature: its name.
        value: the customer's.
        change: of the effect, in the outcome's unit.
    """

    code: Code
    feature: str
    value: float
    change: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why an arm was given, or why none was.

    Attributes:
        given: number of the arm that was given.
        arm: number of the arm whose effect is explained: the one given, or where none was, the best there was.
        effect: of `arm` on the customer.
        usual: its effect on the background.
        reasons: the features that moved it most, those that speak for the decision first.
    """

    given: int
    arm: int
    effect: float
    usual: float
    reasons: tuple[Reason, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return plain | {"reasons": [reason.as_dict() for reason in self.reasons]}


def reasons(found: Contributions, row: int, arm: int, top: int = 3) -> Reasons:
    """Return why a customer gets an arm.

    Of the `top` features that move the effect most, those that speak for the decision come first: for an offer what
    raises its effect, for no offer what lowers the effect of the best offer there was.

    Args:
        found: of `explain`.
        row: number of the customer in it.
        arm: number of the arm decided for; 0 = nothing.
        top: how many reasons at most; features that change nothing are no reasons.

    Raises:
        InputError: no such customer or arm, or only one arm.
    """
    n, k, _ = found.values.shape
    if not 0 <= row < n:
        raise InputError(f"row {row} of {n} explained customers", field="row")
    if not 0 <= arm < k or k < 2:
        raise InputError(f"arm {arm} of {k} arms", field="arm")
    effects = found.base + found.values[row].sum(axis=1) + found.rest[row]
    asked = arm or 1 + int(np.argmax(effects[1:]))
    changes = found.values[row, asked]
    # Sums of zeros by different ways are not quite zero.
    least = 1e-9 * (1 + float(np.abs(changes).max(initial=0.0)))
    chosen = [j for j in np.argsort(-np.abs(changes), kind="stable")[:top].tolist() if abs(changes[j]) > least]
    every = [
        Reason("raises" if changes[j] > 0 else "lowers", found.names[j], float(found.x[row, j]), float(changes[j]))
        for j in chosen
    ]
    wanted = "raises" if arm else "lowers"
    every.sort(key=lambda reason: reason.code != wanted)
    return Reasons(arm, asked, float(effects[asked]), float(found.base[asked]), tuple(every))


def because(
    found: Reasons,
    arms: Sequence[str],
    language: words.Language = "en",
    *,
    features: Mapping[str, str] | None = None,
    unit: str = "",
) -> str:
    """Return the reasons as one sentence.

    Args:
        found: of `reasons`.
        arms: (k,) what the arms are called.
        language: of the sentence.
        features: what features are called, with a place `{value}` where it is to stand ("last order {value} days
            ago"); a name without one is followed by its value, one not named here keeps its own name.
        unit: of the outcome, such as "EUR "; stands before every amount.
    """
    called = features or {}
    wanted: Code = "raises" if found.given else "lowers"
    sides = []
    for speaks in (True, False):
        parts = [
            words.say(
                "response.reason",
                language,
                what=_what(reason, called.get(reason.feature, reason.feature), language),
                change=_amount(reason.change, unit, plus="+"),
            )
            for reason in found.reasons
            if (reason.code == wanted) == speaks
        ]
        sides.append(words.say("response.comma", language).join(parts))
    said = words.say(
        "response.decided_offer" if found.given else "response.decided_nothing",
        language,
        arm=arms[found.arm],
        effect=_amount(found.effect, unit),
    )
    if sides[0]:
        said += words.say("response.because", language, reasons=sides[0])
    if sides[1]:
        said += words.say("response.although", language, reasons=sides[1])
    return said + words.say("response.stop", language)


def _amount(value: float, unit: str, plus: str = "") -> str:
    """Write an amount; one that reads as nothing has no sign."""
    size = f"{abs(value):.2f}"
    sign = "" if float(size) == 0 else "-" if value < 0 else plus
    return f"{sign}{unit}{size}"


def _what(reason: Reason, called: str, language: words.Language) -> str:
    value = f"{reason.value:.4g}"
    if "{value}" in called:
        return called.replace("{value}", value)
    return words.say("response.reason_value", language, feature=called, value=value)
