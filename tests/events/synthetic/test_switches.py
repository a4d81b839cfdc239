"""Each switch does what it says and nothing else, and the journal holds what such a shop's systems write down."""

from dataclasses import fields
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from offersmith.errors import InputError
from offersmith.events.synthetic import FORMS, Switches, make
from offersmith.events.synthetic.promotions import ARMS, CHANCES, VALID_DAYS
from offersmith.events.synthetic.shop import TOWN
from offersmith.vocabulary import EVENTS, NO_OFFER

STRONG = {
    "delay": Switches(delay=10),
    "pull_forward": Switches(pull_forward=0.8),
    "cannibalised": Switches(cannibalised=0.8),
    "fatigue": Switches(fatigue=0.8),
    "waiting": Switches(waiting=0.8),
    "carry_over": Switches(carry_over=0.8),
    "shared_stock": Switches(shared_stock=3.0),
    "logging": Switches(logging=1.0),
}


def journal(**values) -> pa.Table:
    return pa.Table.from_batches(make(**values).batches(), EVENTS)


def of(events: pa.Table, name: str) -> pa.Table:
    return events.filter(pc.equal(events["event"], name))


def test_every_switch_has_a_case() -> None:
    strengths = {one.name for one in fields(Switches)} - {"logged_by", "chances_known"}
    assert strengths == set(STRONG)


@pytest.mark.parametrize("name", STRONG)
def test_a_switch_changes_the_shop_repeatably_and_keeps_the_schema(name: str) -> None:
    size = {"customers": 250, "days": 100, "seed": 3}
    found, plain = journal(**size, switches=STRONG[name]), journal(**size)
    assert found.equals(journal(**size, switches=STRONG[name]))
    assert not found.equals(plain)
    found.validate(full=True)
    assert len(pc.unique(found["event_id"])) == found.num_rows


@pytest.mark.parametrize("name", sorted(set(STRONG) - {"logging"}))
def test_before_the_first_offer_only_the_shelf_can_be_felt(name: str) -> None:
    size = {"customers": 250, "days": 28, "seed": 3}
    same = journal(**size, switches=STRONG[name]).equals(journal(**size))
    assert same == (name != "shared_stock")


def test_those_won_over_come_back_after_the_offer_with_it() -> None:
    events = journal(customers=1500, days=100, seed=3, switches=Switches(delay=10))
    sent, used = of(events, "view_promotion"), of(events, "redeem")
    key = ["campaign_id", "customer_id"]
    joined = used.select([*key, "time", "offer_id"]).join(
        sent.select([*key, "time", "offer_id"]), key, right_suffix="_sent"
    )
    late = pc.subtract(joined["time"], joined["time_sent"]).to_pylist()
    assert joined["offer_id"].equals(joined["offer_id_sent"])
    assert 0.02 < np.mean([one > timedelta(days=VALID_DAYS) for one in late]) < 0.5
    assert set(used["order_id"].to_pylist()) <= set(of(events, "purchase")["order_id"].to_pylist())


def test_towns_draw_together_and_with_the_stated_chances() -> None:
    shop = make(3000, 100, 5, drawn_by="town")
    drawn, register = shop.assignments(), shop.register()
    towns = drawn.join(register.select(["customer_id", "town"]), "customer_id")
    arms = towns.group_by(["campaign_id", "town"]).aggregate([("offer_id", "count_distinct"), ("offer_id", "min")])
    assert pc.max(arms["offer_id_count_distinct"]).as_py() == 1
    assert len(pc.unique(register["town"])) == 3000 // TOWN
    share = np.mean(np.array(arms["offer_id_min"].to_pylist()) == NO_OFFER)
    assert share == pytest.approx(CHANCES[0], abs=0.2)


@pytest.mark.parametrize("logged_by", ["orders", "rotation"])
def test_logged_chances_are_those_it_was_drawn_with(logged_by: str) -> None:
    """Weights by them bring every arm back to everybody: the mean of 1 / chance over who drew it is one."""
    shop = make(8000, 100, 5, switches=Switches(logging=1.0, logged_by=logged_by))
    drawn = shop.assignments()
    for campaign in ("mailing-1", "mailing-2"):
        mine = drawn.filter(pc.equal(drawn["campaign_id"], campaign))
        arm, chance = np.array(mine["offer_id"].to_pylist()), mine["probability"].to_numpy()
        for offer in ARMS:
            assert ((arm == offer) / chance).mean() == pytest.approx(1.0, abs=0.12)
        # Nobody got anything before the first campaign, so that a rotation begins with the plain chances.
        plain = logged_by == "rotation" and campaign == "mailing-1"
        assert (set(chance.round(6)) == set(CHANCES)) == plain


def test_hidden_chances_are_drawn_alike_and_not_said() -> None:
    known, hidden = (make(300, 60, 5, switches=Switches(logging=1.0, chances_known=one)) for one in (True, False))
    assert hidden.assignments()["probability"].null_count == hidden.assignments().num_rows
    for name in ("customer_id", "campaign_id", "offer_id"):
        assert known.assignments()[name].equals(hidden.assignments()[name])


def test_good_customers_are_sent_more() -> None:
    shop = make(4000, 60, 5, switches=Switches(logging=1.0))
    bought = of(pa.Table.from_batches(shop.batches()), "purchase")
    early = bought.filter(pa.array(bought["time"].to_numpy() < np.datetime64(shop.start) + np.timedelta64(28, "D")))
    drawn = shop.assignments()
    good = pc.is_in(drawn["customer_id"], early["customer_id"].combine_chunks()).to_numpy()
    sent = np.array(drawn["offer_id"].to_pylist()) != NO_OFFER
    assert sent[good].mean() > sent[~good].mean() + 0.3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"switches": Switches(delay=0.5)}, "delay = 0.5"),
        ({"switches": Switches(pull_forward=1.2)}, "pull_forward = 1.2"),
        ({"switches": Switches(waiting=-1.0)}, "waiting = -1.0"),
        ({"switches": Switches(carry_over=float("nan"))}, "carry_over = nan"),
        ({"switches": Switches(logged_by="mood")}, "logged_by = 'mood'"),
        ({"form": "cubist"}, "form = 'cubist'"),
        ({"drawn_by": "street"}, "drawn_by = 'street'"),
        ({"every_days": VALID_DAYS - 1}, "every_days = 13"),
    ],
)
def test_what_means_nothing_is_named(wrong: dict, said: str) -> None:
    with pytest.raises(InputError, match=said):
        make(**wrong)


def test_an_unknown_campaign_is_named_and_a_known_one_is_alone() -> None:
    shop = make(50, 100, 3)
    whole = shop.truth()
    assert shop.truth(campaign="mailing-2").equals(whole.filter(pc.equal(whole["campaign_id"], "mailing-2")))
    with pytest.raises(InputError, match="mailing-9"):
        shop.truth(campaign="mailing-9")


@pytest.mark.parametrize("form", FORMS)
def test_the_shop_of_a_form_is_priced_and_repeatable(form: str) -> None:
    size = {"customers": 200, "days": 60, "seed": 3, "form": form}
    assert journal(**size).equals(journal(**size))
    assert journal(**size).equals(journal(customers=200, days=60, seed=3)) == (form == "logit")
