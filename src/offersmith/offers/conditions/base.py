"""What every condition of a promotion can say of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from offersmith.errors import SettingsError
from offersmith.offers.base import Refusal
from offersmith.offers.scope import whole
from offersmith.offers.till import Till

Spec = Mapping[str, Any]


class Test(NamedTuple):
    """A condition ready to be asked.

    Attributes:
        ask: returns None where it holds, else the reason with its parameters and what would help.
        settled: whether the answer is the same throughout one pricing, so that it is asked once.
    """

    ask: Callable[[Till], Refusal | None]
    settled: bool


class ConditionKind(Protocol):
    """A rule about the basket, the customer or the moment. Pure: it looks at the till and at nothing else."""

    name: str
    examples: Sequence[Spec]
    """Conditions in normal form (USD), without their `kind`; the contract tests run over them."""

    def check(self, spec: Spec, currency: str) -> dict[str, Any]:
        """Return the condition in its one normal form; checking that form again changes nothing.

        Raises:
            SettingsError: naming the key, its value and what is allowed.
        """

    def compile(self, spec: Spec, currency: str) -> Test:
        """Return the test of a checked condition."""


def where(kind: str) -> str:
    """Return how a fault names the condition."""
    return f"condition {kind!r}"


def refuse_unknown(kind: str, spec: Spec, known: tuple[str, ...]) -> None:
    """Raise if the condition has a key its kind does not know.

    Raises:
        SettingsError: naming the keys and what is allowed.
    """
    unknown = sorted(set(spec) - {*known, "kind"})
    if unknown:
        raise SettingsError(f"{where(kind)} does not know {', '.join(unknown)}; allowed: {', '.join(known)}")


def texts(kind: str, name: str, raw: Any) -> list[str]:
    """Return a text or a list of texts as a sorted list.

    Raises:
        SettingsError: it is neither.
    """
    found = [raw] if isinstance(raw, str) else raw
    if not isinstance(found, (list, tuple)) or not found or not all(isinstance(one, str) and one for one in found):
        raise SettingsError(f"{where(kind)}: {name} = {raw!r} must be a text or a list of texts")
    return sorted(set(found))


def whole_bounds(kind: str, spec: Spec) -> dict[str, Any]:
    """Return `min` and `max` of a condition on a number of things; one of them is there.

    Raises:
        SettingsError: neither is, one is no whole number from 0, or they leave nothing between them.
    """
    here = where(kind)
    found = {name: whole(here, name, spec[name], 0) for name in ("min", "max") if spec.get(name) is not None}
    if not found:
        raise SettingsError(f"{here} needs min or max, a whole number")
    if found.get("min", 0) > found.get("max", found.get("min", 0)):
        raise SettingsError(f"{here}: min = {found['min']} is above max = {found['max']}")
    return found
