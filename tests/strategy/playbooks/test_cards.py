import math

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from offersmith.profiles.segments import segment
from offersmith.strategy.playbooks.cards import playbook_cards
from offersmith.strategy.playbooks.members import members
from offersmith.vocabulary import NORMAL_95


@pytest.fixture(scope="module")
def cards(planned):
    return playbook_cards(planned.playbooks, planned.plan, planned.profiles, planned.estimates, 63)


def test_figures_are_those_of_the_decisions(planned, cards):
    spread = {(row["customer_id"], row["offer_id"]): row["profit_sd"] for row in planned.estimates.to_pylist()}
    rows = planned.plan.decisions.to_pylist()
    for card in cards:
        meant = members(card.playbook, planned.profiles, "USD")
        names = {one for one, there in zip(planned.profiles["customer_id"].to_pylist(), meant, strict=True) if there}
        mine = [row for row in rows if row["offer_id"].startswith(f"{card.playbook.name}.")]
        inside = [row for row in rows if row["customer_id"] in names]
        assert mine
        assert {row["customer_id"] for row in mine} <= names
        assert card.given == len(mine) == sum(one.customers for one in card.offers)
        assert card.members == len(names)
        assert card.elsewhere == sum(row["offer_id"] != "none" for row in inside) - len(mine)
        assert card.by_lot == sum("by_lot" in row["reasons"] for row in inside) > 0
        assert card.given_by_lot == sum("by_lot" in row["reasons"] for row in mine)
        assert card.expected_profit == math.fsum(row["expected_profit"] for row in mine)
        assert card.expected_cost == math.fsum(row["expected_cost"] for row in mine)
        shared = math.fsum(spread[row["customer_id"], row["offer_id"]] for row in mine)
        assert card.profit_sd == pytest.approx(shared)
        low, high = card.interval
        assert (low, high) == pytest.approx(
            (card.expected_profit - NORMAL_95 * shared, card.expected_profit + NORMAL_95 * shared)
        )
        for code, share in zip(card.reasons, card.reason_shares, strict=True):
            assert share == sum(code in row["reasons"] for row in mine) / len(mine)
        assert set(card.reasons) & {"by_lot", "profit_above_price", "most_profit", "above_prices", "fills_the_budget"}


def test_cards_of_all_playbooks_add_up_to_the_plan(planned, cards):
    assert math.fsum(card.expected_profit for card in cards) == pytest.approx(planned.plan.expected_profit)
    assert math.fsum(card.expected_cost for card in cards) == pytest.approx(planned.plan.spent)
    assert math.fsum(card.profit_sd for card in cards) == pytest.approx(planned.plan.profit_sd_shared)
    assert sum(card.given for card in cards) == planned.plan.decisions.num_rows - planned.plan.counts["none"]


def test_it_knows_no_interval_without_estimates_and_no_segment_it_cannot_tell(planned, cards):
    plain = playbook_cards(planned.playbooks, planned.plan, planned.profiles)
    assert all(card.interval is None and card.chance_of_loss is None for card in plain)
    assert [card.expected_profit for card in plain] == [card.expected_profit for card in cards]
    assert plain[0].horizon_days == 56
    assert cards[0].horizon_days == 63
    joined = planned.profiles.append_column("segment", segment(planned.profiles)["segment"])
    assert playbook_cards(planned.playbooks, planned.plan, joined, planned.estimates, 63) == cards


def test_the_order_of_the_profiles_changes_nothing(planned, cards):
    turned = planned.profiles.take(pa.array(range(planned.profiles.num_rows - 1, -1, -1)))
    assert playbook_cards(planned.playbooks, planned.plan, turned, planned.estimates, 63) == cards


def test_guard_rails_are_kept(planned, cards):
    by_name = {card.playbook.name: card for card in cards}
    many = planned.plan.decisions.num_rows
    assert by_name["frequent-buyers"].given <= 0.3 * many
    assert by_name["dinner-parties"].given <= 0.2 * many
    for card in cards:
        assert card.expected_cost <= card.playbook.guards.budget_share * planned.plan.budget.major + 1e-6


def test_a_plan_with_no_money_gives_nothing_and_says_so(make_plan, profiles):
    poor = make_plan(["win-back"], profiles, budget="0", explore=0.0)
    (card,) = playbook_cards(poor.playbooks, poor.plan, poor.profiles, poor.estimates)
    assert (card.given, card.expected_profit, card.expected_cost, card.interval) == (0, 0.0, 0.0, (0.0, 0.0))
    assert card.members > 0
    assert pc.all(pc.equal(poor.plan.decisions["offer_id"], "none")).as_py()


def test_plain_values_hold_every_figure(cards):
    for card in cards:
        said = card.as_dict()
        assert said["playbook"] == card.playbook.name
        assert (said["low"], said["high"]) == card.interval
        assert sum(one["customers"] for one in said["offers"]) == said["given"] == card.given
        assert 0 <= said["chance_of_loss"] <= 1
