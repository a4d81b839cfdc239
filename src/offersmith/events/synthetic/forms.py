"""What an offer does to a customer, in several forms: how likely a visit ends in a purchase, and how much is bought.

`logit` is smooth in the depth and leaves the basket alone, which a structural model of conversion times basket holds.
`basket`, `threshold` and `interaction` are outside of it. What moves a customer shows in what they do (lines of a
basket, evenings, the app, tastes), so that it can be learned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from offersmith.events.synthetic.people import People
from offersmith.events.synthetic.promotions import ARMS, OFFERS, points
from offersmith.events.synthetic.shelf import Floats


@dataclass(frozen=True, slots=True)
class Response:
    """What offers do, customers x arms; nothing for the first arm, which is no offer.

    Attributes:
        lift: what is added to the log-odds that a visit ends in a purchase, while the offer is held.
        lines: factor on the lines beyond the first of a basket bought with the offer.
    """

    lift: Floats
    lines: Floats


_SMALL = 1.34  # half the people put fewer lines than this beside the first

Form = Callable[[People, Floats], Response]
"""From customers and their depths (percentage points of their usual basket, customers x arms) to the response."""


def logit(people: People, depth: Floats) -> Response:
    """Log-odds rise by `per_point` for every percentage point off; baskets stay."""
    return Response(people.per_point[:, None] * depth, np.ones_like(depth))


def basket(people: People, depth: Floats) -> Response:
    """As `logit` at two thirds; half the people fill the basket the deeper the offer, the others buy the offer alone.

    Who shops in the evening takes up to 1.2 times more lines at 20 points, who does not up to 0.5 times fewer.
    """
    fills = np.where(people.evening > 0.4, 1.2, -0.5)
    lines = np.maximum(1 + fills[:, None] * np.minimum(depth, 30.0) / 20, 0.1)
    return Response(people.per_point[:, None] * depth * 2 / 3, np.where(depth > 0, lines, 1.0))


def threshold(people: People, depth: Floats) -> Response:
    """Nothing happens below a personal depth, all of it above; deep offers put some people off.

    The depth is 6 to 18 points, less for those who use the app; the wary and those with large baskets take 18 points
    and more as a sign that something is wrong.
    """
    need = 18 - 12 * people.mobile
    above = (depth >= need[:, None]) * (0.2 + 25 * np.abs(people.per_point))[:, None]
    doubts = (people.per_point < 0) | (people.lines > 2.5)
    put_off = 1.2 * (depth >= 18.0) * doubts[:, None]
    return Response(np.where(depth > 0, above - put_off, 0.0), np.ones_like(depth))


def interaction(people: People, depth: Floats) -> Response:
    """Two traits that do nothing alone decide together; and at equal depth, money off and percent off are not equal.

    An offer moves those who come in the evening with the app, or by day without it; the others hardly. Small baskets
    like an amount off twice as much as a percentage, large ones half as much.
    """
    alike = (people.evening > 0.4) == (people.mobile > 0.5)
    moved = np.where(alike, 1.9, 0.1)[:, None]
    amount = np.array([False, *(one.kind == "amount_off" for one in OFFERS)])
    liked = np.where(amount, np.where(people.lines < _SMALL, 2.0, 0.5)[:, None], 1.0)
    return Response(people.per_point[:, None] * depth * moved * liked, np.ones_like(depth))


FORMS: Mapping[str, Form] = {"logit": logit, "basket": basket, "threshold": threshold, "interaction": interaction}
"""Every form by name; a new one is one function and one entry."""


def respond(form: str, people: People, basket: Floats) -> Response:
    """Return what each offer does to each customer.

    Args:
        form: key of `FORMS`.
        people: n customers.
        basket: (n,) expected basket over the year, major units: what an offer's depth is felt against.
    """
    return FORMS[form](people, np.stack([points(arm, basket) for arm in range(len(ARMS))], axis=1))
