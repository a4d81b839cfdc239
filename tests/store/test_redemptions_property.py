"""Whatever is asked in whatever order: the ledger agrees with a model that knows only sums, and its books balance."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offersmith.store.books import books
from offersmith.store.ledger import Ledger
from offersmith.store.redemptions import Claim, Redemptions, Reservation

NOW = datetime(2026, 11, 22, 12)
DIGEST = "a" * 64
NAMES = ("budget", "uses")
EXAMPLES = count()

VERBS = st.one_of(
    st.tuples(st.just("reserve"), st.integers(0, 5), st.lists(st.integers(1, 9), min_size=2, max_size=2)),
    st.tuples(st.sampled_from(("confirm", "roll_back")), st.integers(0, 5), st.just([])),
    st.tuples(st.just("give_back"), st.integers(0, 5), st.lists(st.integers(0, 5), min_size=2, max_size=2)),
    st.tuples(st.just("sweep"), st.just(0), st.just([])),
)


@dataclass
class Model:
    """What may be so: by redemption its state, what it asked for and what it holds."""

    caps: Counter[str]
    state: dict[int, str] = field(default_factory=dict)
    asked: dict[int, Counter[str]] = field(default_factory=dict)
    held: dict[int, Counter[str]] = field(default_factory=dict)

    def fits(self, more: Counter[str]) -> bool:
        return sum(self.held.values(), Counter()) + more <= self.caps

    def reserve(self, name: int, more: Counter[str]) -> bool:
        if name not in self.state and self.fits(more):
            self.state[name], self.asked[name], self.held[name] = "reserved", more, more
        return name in self.state

    def confirm(self, name: int, _: Counter[str]) -> bool:
        if self.state.get(name) == "expired" and self.fits(self.asked[name]):
            self.state[name], self.held[name] = "confirmed", self.asked[name]
        if self.state.get(name) == "reserved":
            self.state[name] = "confirmed"
        return self.state.get(name) == "confirmed"

    def roll_back(self, name: int, _: Counter[str]) -> bool:
        if name in self.state:
            self.state[name], self.held[name] = "rolled_back", Counter()
        return name in self.state

    def give_back(self, name: int, less: Counter[str]) -> bool:
        if self.state.get(name) != "confirmed" or not less <= self.held[name]:
            return False
        self.held[name] = self.held[name] - less
        return True

    def sweep(self, _: int, __: Counter[str]) -> bool:
        for name, state in self.state.items():
            if state == "reserved":
                self.state[name], self.held[name] = "expired", Counter()
        return True


def ask(redemptions: Redemptions, model: Model, turn: str, verb: str, name: int, amounts: Counter[str]) -> bool:
    """Ask the ledger what the model is asked; `turn` makes names and keys of this example its own."""
    redemption, key, at = f"{turn}-{name}", f"{turn}-{name}-{verb}", NOW + timedelta(days=1)
    if verb == "sweep":
        redemptions.sweep(at)
        return True
    if verb != "reserve":
        # Every attempt has a key of its own, as the answers to repeated keys are tried elsewhere.
        key = f"{key}-{next(EXAMPLES)}"
        further: tuple[Any, ...] = (DIGEST, {f"{turn}/{m}": amounts[m] for m in NAMES}) if verb == "give_back" else ()
        return bool(getattr(redemptions, verb)(redemption, key, at, *further).done)
    claims = tuple(
        Claim(f"{turn}/{meter}", turn, meter, "", "", "use", model.caps[meter], amounts[meter]) for meter in NAMES
    )
    end = NOW + timedelta(minutes=30)
    return redemptions.reserve(Reservation(key, redemption, DIGEST, None, None, "EUR", NOW, end, claims)).done


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
@given(
    caps=st.tuples(st.integers(0, 25), st.integers(0, 25)),
    asked=st.lists(VERBS, max_size=25),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_ledger_agrees_with_the_sums(
    ledger: Ledger, caps: tuple[int, int], asked: list[tuple[str, int, list[int]]]
) -> None:
    redemptions, turn = Redemptions(ledger), f"c{next(EXAMPLES)}"
    model = Model(Counter(dict(zip(NAMES, caps, strict=True))))
    taken: Counter[str] = Counter()
    for verb, name, numbers in asked:
        amounts = Counter(dict(zip(NAMES, numbers, strict=False)))
        assert ask(redemptions, model, turn, verb, name, amounts) == getattr(model, verb)(name, amounts)
        stands = {meter.name: meter for meter in redemptions.meters(turn)}
        for meter in NAMES:
            if meter not in stands:
                continue
            assert stands[meter].used == sum(held[meter] for held in model.held.values()) <= model.caps[meter]
            assert stands[meter].taken >= taken[meter]  # nothing given back ever lowers what was taken
            taken[meter] = stands[meter].taken
    for name, state in model.state.items():
        found = redemptions.find(f"{turn}-{name}")
        assert found is not None
        assert (found.state, dict(found.held)) == (
            state, {f"{turn}/{meter}": amount for meter, amount in model.held[name].items() if amount}
        )  # fmt: skip
    assert books(ledger, turn).differences == ()
