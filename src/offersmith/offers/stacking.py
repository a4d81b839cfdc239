"""The one function that prices a basket: which promotions apply, in which order, and what each takes off.

Phases come one after the other: catalogue, item, order, shipping, and rewards (points earned) on what is left. Within a
phase, evaluation groups come by their order; a group applies all of its promotions (`stack`, each working on what the
earlier ones left), the first, the best or the worst, for the basket or line by line. Within a group the higher priority
comes first, then the smaller id. An exclusive promotion that applies is the only one of the cart; an exclusive
catalogue offer has its lines to itself.

The best of a group is what leaves least to pay at the end of the phase, whatever comes after it in the phase
(`offers.phase`), so adding a promotion to such a group never makes the phase dearer, as far as the search goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from offersmith.errors import InputError
from offersmith.offers.base import Refusal
from offersmith.offers.basket import Basket
from offersmith.offers.cart import Cart
from offersmith.offers.context import Context
from offersmith.offers.effects import Effects
from offersmith.offers.outcome import effects_of
from offersmith.offers.phase import Phase
from offersmith.offers.programme import Programme, Stage
from offersmith.offers.promotion import NO_GROUPS, Group, Promotion
from offersmith.offers.till import Till

ANYWHERE = Context()


def evaluate(
    basket: Basket,
    promotions: Programme | Iterable[Promotion],
    context: Context = ANYWHERE,
    groups: Mapping[str, Group] = NO_GROUPS,
) -> Effects:
    """Price a basket; the rules stand at the top of this file.

    Args:
        basket: what is bought; may be empty.
        promotions: in any order, or a programme made of them before.
        context: the moment, the customer, the codes that were entered, what is left of limits.
        groups: the evaluation groups of `promotions`, where they are no programme.

    Raises:
        InputError: the programme is for another currency.
        SettingsError: the promotions contradict each other.
    """
    programme = promotions if isinstance(promotions, Programme) else Programme(promotions, basket.currency, groups)
    if programme.currency != basket.currency:
        raise InputError(f"basket currency = {basket.currency!r}, but the promotions are in {programme.currency}")
    cart = Cart(Till(basket, context))
    opened = _opened(programme, cart)
    entered = False
    for phase, stages in programme.phases:
        cart.till.enter()
        if not entered and phase != "catalogue":
            opened = _exclusive(programme, cart, opened)
            entered = True
        live = [Stage(stage.group, [entry for entry in stage.entries if entry.index in opened]) for stage in stages]
        cart = Phase([stage for stage in live if stage.entries], picky=programme.picky).run(cart)
        if phase == "catalogue":
            cart.till.list_prices()
    return effects_of(programme, cart)


def _opened(programme: Programme, cart: Cart) -> set[int]:
    """Return the promotions whose settled conditions hold; the others are told why not."""
    till, context = cart.till, cart.till.context
    moment, unlocked, blocked, refused = context.moment, context.unlocked, context.blocked, cart.refused
    opened = set()
    for entry in programme.entries:
        one = entry.promotion
        if blocked and entry.name in blocked:
            refused[entry.index] = (Refusal(blocked[entry.name]), None)
        elif one.needs_code and entry.name not in unlocked:
            refused[entry.index] = (Refusal("code_needed"), None)
        elif one.starts is not None and moment is not None and moment < one.starts:
            refused[entry.index] = (Refusal("not_started", {"starts": one.starts.isoformat()}), None)
        elif one.ends is not None and moment is not None and moment >= one.ends:
            refused[entry.index] = (Refusal("expired", {"ends": one.ends.isoformat()}), None)
        else:
            for place, ask in entry.settled:
                why = ask(till)
                if why is not None:
                    refused[entry.index] = (why, place)
                    break
            else:
                opened.add(entry.index)
    return opened


def _exclusive(programme: Programme, cart: Cart, opened: set[int]) -> set[int]:
    """Return the promotions that are still open after the strongest exclusive one that does something, if any."""
    for entry in programme.exclusives:
        if entry.index not in opened:
            continue
        if cart.fork().try_on(entry, picky=programme.picky) is None:
            # Asked where the cart's phases begin; what fails here stays out, whatever the others would do to the cart.
            cart.try_on(entry, picky=programme.picky)
            opened = opened - {entry.index}
            continue
        others = [
            other for other in programme.entries
            if other is not entry and other.index in opened and other.phase not in ("catalogue", "reward")
        ]  # fmt: skip
        cart.refuse(others, Refusal("exclusive_applied", {"by": entry.name}))
        return opened - {other.index for other in others}
    return opened
