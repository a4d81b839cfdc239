"""The books find what a hand in the database did, and only that."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from offersmith.store.books import Difference, Total, books
from offersmith.store.ledger import Ledger
from offersmith.store.redemptions import Claim, Redemptions, Reservation
from offersmith.store.tables import ENTRIES, METERS, REDEMPTION_STEPS, REDEMPTIONS

NOW = datetime(2026, 11, 22, 12)
DIGEST = "a" * 64


def claim(campaign: str, name: str, subject: str, amount: int) -> Claim:
    unit = "money" if name == "budget" else "use"
    return Claim(f"{campaign}/{name}/{subject}", campaign, name, subject, "", unit, 1_000, amount)  # type: ignore[arg-type]


@pytest.fixture
def season(ledger: Ledger) -> Ledger:
    """Redemptions in every state; two campaigns share an order."""
    redemptions = Redemptions(ledger)
    orders = {
        "kept": [claim("spring", "budget", "", 300), claim("spring", "uses", "ann", 1), claim("may", "uses", "", 1)],
        "back": [claim("spring", "budget", "", 200), claim("spring", "uses", "bob", 1)],
        "gone": [claim("spring", "budget", "", 100), claim("spring", "uses", "ann", 1)],
        "open": [claim("may", "uses", "", 1)],
        "free": [],
    }
    for name, claims in orders.items():
        end = None if name == "open" else NOW + timedelta(minutes=30)
        asked = Reservation(f"k-{name}", name, DIGEST, None, None, "EUR", NOW, end, tuple(claims))
        assert redemptions.reserve(asked).done
    for name in ("kept", "back", "free"):
        assert redemptions.confirm(name, f"c-{name}", NOW).done
    assert redemptions.give_back("kept", "g", NOW, DIGEST, {"spring/budget/": 50}).done
    assert redemptions.roll_back("back", "r", NOW).done
    assert redemptions.sweep(NOW + timedelta(hours=1)) == 1
    return ledger


def hand(ledger: Ledger, *statements: sa.Executable) -> None:
    with ledger.transaction(writing=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_the_books_of_a_season_balance(season: Ledger) -> None:
    found = books(season)
    assert found.balanced
    assert found.differences == ()
    assert found.meters == (
        Total("may", "uses", "use", 1, 2, 0),
        Total("spring", "budget", "money", 1, 600, 350),
        Total("spring", "uses", "use", 2, 3, 2),
    )
    assert [total.used for total in found.meters] == [2, 250, 1]
    assert books(season, "spring").meters == found.meters[1:]
    assert books(season, "autumn").meters == ()
    assert books(season, "may").as_dict() == {
        "balanced": True,
        "meters": (
            {"campaign_id": "may", "name": "uses", "unit": "use", "meters": 1, "taken": 2, "given_back": 0},
        ),
        "differences": (),
    }  # fmt: skip


def test_an_empty_ledger_balances(ledger: Ledger) -> None:
    assert books(ledger).balanced


def test_a_meter_that_was_changed_by_hand_is_found(season: Ledger) -> None:
    meter = METERS.c
    hand(season, sa.update(METERS).where(meter.meter_id == "spring/budget/").values(taken=601, given_back=349))
    found = books(season)
    assert not found.balanced
    assert found.differences == (
        Difference("taken", "spring/budget/", "600", "601"),
        Difference("given_back", "spring/budget/", "350", "349"),
    )
    assert books(season, "spring").differences == found.differences
    assert books(season, "may").balanced


def test_a_meter_without_entries_and_entries_without_their_meter_s_word_are_found(season: Ledger) -> None:
    hand(season, sa.delete(ENTRIES).where(ENTRIES.c.meter_id == "may/uses/"))
    assert books(season).differences == (Difference("taken", "may/uses/", "0", "2"),)


@pytest.mark.parametrize(
    ("name", "state", "said"), [("kept", "reserved", "confirmed"), ("open", "expired", "reserved")]
)
def test_a_state_that_no_step_made_is_found(season: Ledger, name: str, state: str, said: str) -> None:
    hand(season, sa.update(REDEMPTIONS).where(REDEMPTIONS.c.redemption_id == name).values(state=state))
    kinds = {difference.kind: difference for difference in books(season).differences}
    assert kinds["state"] == Difference("state", name, said, state)
    assert ("held" in kinds) == (state == "expired")


def test_a_redemption_whose_steps_are_gone_is_found(season: Ledger) -> None:
    hand(season, sa.delete(REDEMPTION_STEPS).where(REDEMPTION_STEPS.c.redemption_id == "free"))
    assert books(season).differences == (Difference("state", "free", "nothing", "confirmed"),)


def test_who_gave_back_more_than_it_took_or_in_another_s_name_is_found(season: Ledger) -> None:
    moved = sa.update(ENTRIES).where(ENTRIES.c.step_key == "g").values(redemption_id="free")
    hand(season, moved)
    found = books(season).differences
    assert found == (
        Difference("held", "free", "0", "-50 of spring/budget/"),
        Difference("step", "free", "free", "kept by g"),
    )
    # The meter's sums are the same, so only the redemptions give it away.
    assert books(season, "spring").differences == found
