"""Who gets which offer under any number of limits, with the proof: prices first, then the few who are near a tie.

1. Prices on a small even sample, by cutting planes; how far they vary between its quarters says how far off they are.
2. On larger samples, and at last on all customers, only those are looked at who could choose differently within that
   far (`core`); prices out of the box move the box (`search`).
3. The box shrinks until few enough are left for a linear and a small integer program (`ties`).
4. One pass writes everybody's choice and recomputes what is claimed.
5. Where a few customers are worth so much that they leave a gap, what each of them gets is tried (`giants`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offersmith.errors import InfeasibleError
from offersmith.strategy.allocation.conflict import conflict
from offersmith.strategy.allocation.giants import GAP, apart
from offersmith.strategy.allocation.mixed import mixed
from offersmith.strategy.allocation.pricing import Choice, drawn_by, take
from offersmith.strategy.allocation.problem import OWN, Floats, Instance, Limit, Memory, Rows
from offersmith.strategy.allocation.search import FEW as EXACT
from offersmith.strategy.allocation.search import FIRST, LARGEST, SAMPLED, Box, Search
from offersmith.strategy.allocation.ties import ENOUGH, settle
from offersmith.strategy.certificate import Assignment, Certificate, Row

SMALL = 4_000
"""Options that the linear program takes."""
SPARE = 2e-8
"""Of the value, that need not be found."""
TINY = 1e-4
"""Radius of a box, in units of prices, inside of which customers who are not parted are alike."""
WIDE = 0.02
"""Gap that few customers must leave for giants among them to be tried."""
UNSAID = -2


def allocate(instance: Instance, limits: Sequence[Limit], *, seed: int = 0, gap: float = GAP) -> Assignment:
    """Return the best assignment within all limits, with its certificate.

    Args:
        instance: the customers.
        limits: any number.
        seed: of the samples, which decide how fast it goes and, among equals, who.
        gap: from which giants are tried one by one, which may take as long as dozens of answers.

    Returns:
        The assignment. The bound is what the rows' prices give, or less where giants were tried one by one: then it is
        the largest of their branches, each of which has prices of its own, and those told are of the branch taken.

    Raises:
        InputError: a limit's name, shape or numbers.
        InfeasibleError: the limits cannot be kept together; it says which.
    """
    found = _allocated(instance, limits, seed)
    # Up to so many are all decided as wholes: a gap is the bound's. Of a few more it is told only if it is wide.
    many = instance.customers * instance.offers > EXACT
    wide = instance.customers > ENOUGH and found.certificate.gap > WIDE
    if isinstance(instance, Memory) and (many or wide) and found.certificate.gap > gap:
        tried = apart(instance, limits, found, lambda rest, left: _allocated(rest, left, seed))
        rows = Rows.of(limits, instance.offers, instance.cells, OWN + instance.extra.shape[0])
        price = rows.sign * np.array([row.price for row in tried.certificate.rows])
        return Assignment(tried.choice, certify(instance, rows, tried.choice, price, tried.certificate.dual_bound))
    return found


def _allocated(instance: Instance, limits: Sequence[Limit], seed: int) -> Assignment:
    sample = instance.sample(LARGEST, seed)
    rows = Rows.of(limits, instance.offers, instance.cells, OWN + sample.extra.shape[0])
    search = Search.of(sample.sample(FIRST, seed), rows, instance.customers)
    said = np.full(instance.customers, UNSAID, np.int16)
    price = _priced(instance, search, search.sampled(sample, instance.customers), said)
    if price is None and instance.customers > SAMPLED:
        # A sample may miss the few whom a limit speaks of: it takes all customers to say that it cannot be kept.
        said[:] = UNSAID
        price = _priced(instance, search, search.whole(instance), said)
    if price is None:
        found_out = conflict(instance, rows)
        raise InfeasibleError(found_out.says(), conflict=found_out.as_dict())
    choice = np.empty(instance.customers, np.int16)
    bound = take(instance, rows, price, choice).gain + float(price @ rows.bound)
    np.copyto(choice, said, where=said != UNSAID)
    proof = certify(instance, rows, choice, price, bound)
    if proof.value < 0 and (rows.bound >= 0).all():
        # Nothing for anybody keeps all limits too, and loses nothing.
        choice = np.full(instance.customers, -1, np.int16)
        proof = certify(instance, rows, choice, price, bound)
    return Assignment(choice, proof)


def _priced(instance: Instance, search: Search, near: tuple[Floats, Floats] | None, choice: Choice) -> Floats | None:
    """Return the best prices from about where they are, `choice` filled; None: limits are not kept."""
    return None if near is None else _finished(search, search.boxed(instance, search.rows, *near), choice)


def certify(instance: Instance, rows: Rows, choice: NDArray[np.int16], price: Floats, bound: float) -> Certificate:
    """Return the proof of a choice, from the choice, the prices and the dual value there: one pass."""
    drawn = drawn_by(instance, rows, choice)
    usage, worth = rows.usage(drawn), float(drawn[2].sum())
    lines = tuple(
        Row(name, float(most * sign), float(used * sign), float(each * sign), bool(sign < 0))
        for name, most, used, each, sign in zip(rows.names, rows.bound, usage, price, rows.sign, strict=True)
    )
    # Rounding of sums may put the bound a hair below what was achieved; the larger of the two is a bound.
    best = worth if worth > bound >= worth - 1e-12 * abs(worth) else bound
    gap = (best - worth) / abs(best) if best else 0.0
    integral = bool(((choice >= -1) & (choice < instance.offers)).all())
    return Certificate(worth, best, gap, lines, integral, instance.customers, instance.offers)


def _finished(search: Search, box: Box, choice: Choice) -> Floats | None:
    """Shrink the box until the rest can be decided exactly, decide it, and return the prices.

    Args:
        search: that found the box.
        box: around the best prices.
        choice: (n,) filled for those whom the prices do not settle.

    Returns:
        None where the limits cannot be kept.
    """
    boxes = [box]
    while len(box.core.offer) > SMALL:
        smaller = search.smaller(box)
        if 2 * len(smaller.core.offer) > len(box.core.offer) and (box.radius < TINY * search.unit).all():
            break  # many are alike, and no price parts them
        box = smaller
        boxes.append(box)
    # Where the smallest box leaves too few to keep the limits with, a larger one does.
    for box in reversed(boxes):
        core = box.core
        if len(core.offer) > SMALL:
            core, option = mixed(core, search.rows, box.low, SMALL)
            choice[box.core.who] = box.core.offers_of(option)
        done = settle(core, search.rows, SPARE * abs(box.low.value))
        if done.option is not None:
            choice[core.who] = core.offers_of(done.option)
            # Of the program's own prices nothing is known outside of the box.
            return done.price if done.price is not None and box.holds(done.price) else box.low.place
    return None
