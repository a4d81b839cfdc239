"""Forms of response: what no conversion smooth in the depth, times a basket that stays, could say."""

import numpy as np
import pytest

from offersmith.events.synthetic import people
from offersmith.events.synthetic.forms import FORMS, respond
from offersmith.events.synthetic.promotions import ARMS, OFFERS

BASKETS = np.linspace(15, 120, 2000)


@pytest.fixture(scope="module")
def crowd() -> people.People:
    return people.draw(np.random.default_rng(3), 1, 2000)


@pytest.mark.parametrize("form", FORMS)
def test_no_offer_does_nothing_and_every_offer_something(form: str, crowd: people.People) -> None:
    found = respond(form, crowd, BASKETS)
    assert found.lift.shape == found.lines.shape == (2000, len(ARMS))
    assert (found.lift[:, 0] == 0).all()
    assert (found.lines[:, 0] == 1).all()
    assert (np.abs(found.lift[:, 1:]) > 0).any(axis=0).all()
    assert (found.lines > 0).all()
    assert np.isfinite(found.lift).all()


def test_only_one_form_moves_baskets_and_it_moves_them_both_ways(crowd: people.People) -> None:
    for form in FORMS:
        lines = respond(form, crowd, BASKETS).lines[:, 2]
        assert ((lines > 1).any() and (lines < 1).any()) == (form == "basket")


def test_below_a_personal_depth_nothing_happens_and_then_all_of_it(crowd: people.People) -> None:
    """Between 10 and 20 percent some gain nothing, some all, and some lose: no line through the origin does that."""
    ten, twenty = respond("threshold", crowd, BASKETS).lift[:, 1:3].T
    assert 0.2 < (ten == 0).mean() < 0.8
    assert ((ten == 0) & (twenty > 0)).any()
    assert ((ten > 0) & (twenty == ten)).any()
    assert ((ten > 0) & (twenty < ten)).any()


def test_an_amount_off_is_not_a_percentage_of_the_same_depth(crowd: people.People) -> None:
    alike = np.full(2000, 50.0)  # 5.00 off 50 is 10 percent
    assert [one.offer_id for one in OFFERS] == ["save-10", "save-20", "five-off"]
    for form in FORMS:
        lift = respond(form, crowd, alike).lift
        assert np.allclose(lift[:, 1], lift[:, 3]) == (form != "interaction")


def test_two_traits_that_decide_nothing_alone_decide_together(crowd: people.People) -> None:
    share = respond("interaction", crowd, BASKETS).lift[:, 2] / respond("logit", crowd, BASKETS).lift[:, 2]
    evening, mobile = crowd.evening > 0.4, crowd.mobile > 0.5
    together = [share[evening == one].mean() for one in (True, False)]
    assert together[0] == pytest.approx(together[1], rel=0.15)
    assert share[evening == mobile].min() > 10 * share[evening != mobile].max()
