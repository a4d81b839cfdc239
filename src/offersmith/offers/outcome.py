"""The effects of a pricing that is done: lines, pieces, and an answer for every promotion."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from offersmith.offers.basket import Basket, Line
from offersmith.offers.cart import Cart
from offersmith.offers.effects import Answer, Applied, Effects, Pieces
from offersmith.offers.programme import Programme

_NOTHING: dict[str, Any] = {}


def effects_of(programme: Programme, cart: Cart) -> Effects:
    """Return what was done to the basket, and why the rest was not."""
    till = cart.till
    gifts = [
        (entry, replace(gift, gift_of=entry.name, line_id=gift.line_id or f"{entry.name}/{gift.product_id}"))
        for entry, taken in cart.applied
        for gift in taken.gifts
    ]
    lines = [*till.lines, *(gift for _, gift in gifts)]
    off_of = {entry.index: [0] * len(lines) for entry, _ in cart.applied}
    offs = {entry.index: taken.off for entry, taken in cart.applied}
    total = [0] * len(lines)
    entries = programme.entries
    pieces = []
    for place, count, took in zip(till.line, till.count, till.took, strict=True):
        off = 0
        by: dict[str, int] = {}
        for who, amount in took:
            off_of[who][place] += amount
            off += amount
            name = entries[who].name
            by[name] = by[name] + amount if name in by else amount
        total[place] += off
        pieces.append(Pieces(place, count, off, tuple(by.items())))
    for place, (entry, gift) in enumerate(gifts, len(till.lines)):
        off_of[entry.index][place] += gift.total
        total[place] = gift.total
        pieces.append(Pieces(place, gift.quantity, gift.total, ((entry.name, gift.total),)))
    if len(till.line) > len(till.lines):
        pieces.sort(key=lambda one: one.line)
    return Effects(
        _basket(till.basket, lines),
        tuple(
            Applied(
                entry.name,
                entry.promotion.offer.offer_id,
                offs[entry.index],
                tuple(off_of[entry.index]),
                _shipping(cart, entry.index),
            )
            for entry, _ in cart.applied
        ),
        tuple(total),
        tuple(one.amount - left for one, left in zip(till.basket.shipping, till.shipping, strict=True)),
        tuple(pieces),
        _answers(programme, cart, offs),
        sum(taken.points_earned for _, taken in cart.applied),
        sum(taken.points_spent for _, taken in cart.applied),
    )


def _basket(asked: Basket, lines: list[Line]) -> Basket:
    if len(lines) == len(asked.lines) and all(one is two for one, two in zip(lines, asked.lines, strict=True)):
        return asked
    return Basket(tuple(lines), asked.currency, asked.shipping, asked.prices_include_tax)


def _shipping(cart: Cart, who: int) -> tuple[int, ...]:
    offs = [0] * len(cart.till.shipping)
    for by, place, off in cart.till.took_shipping:
        if by == who:
            offs[place] += off
    return tuple(offs)


def _answers(programme: Programme, cart: Cart, offs: dict[int, int]) -> tuple[Answer, ...]:
    hints = {entry.index: taken.hint for entry, taken in cart.applied}
    refused = cart.refused
    answers = []
    for entry in programme.by_name:
        index, name, offer_id, coded = entry.index, entry.name, entry.offer_id, entry.needs_code
        if index in offs:
            answers.append(Answer(name, offer_id, True, "applied", None, _NOTHING, offs[index], hints[index], coded))
        else:
            (code, facts, hint), place = refused[index]
            answers.append(Answer(name, offer_id, False, code, place, facts, 0, hint, coded))
    return tuple(answers)
