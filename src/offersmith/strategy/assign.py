"""Who gets which offer, best for the whole: dual prices, exact breakpoints, and a proof.

Maximise the sum of value over customers, one offer or none each, within a budget row: a multiple-choice knapsack. Its
Lagrangian dual D(price) = price * bound + sum of max(0, value - price * cost) is convex and piecewise linear in one
price, and every D is an upper bound. The price is found exactly:

1. price 0: if everybody's best fits, it is the optimum;
2. a sample of customers gives a narrow bracket of the price, widened until the budget lies inside;
3. between the ends of the bracket every customer's switches (the corners of the upper envelope) are listed and sorted
   by price: taking them from the top until the budget is full solves the linear relaxation (Zemel 1980; Sinha and
   Zoltners 1979), in which a single customer is split;
4. that customer is rounded down, smaller switches fill what is left, and an exchange of one or two offers among the
   customers nearest to a tie closes most of what remains; small instances try again from every single customer.

The certificate is recomputed from the answer alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offersmith.errors import InfeasibleError, InputError
from offersmith.strategy import kernels
from offersmith.strategy.certificate import Assignment, Certificate, Row
from offersmith.strategy.exchange import exchange
from offersmith.strategy.kernels import Bits, Choice, Total
from offersmith.strategy.linear import LinearRow
from offersmith.strategy.restart import SMALL, Filling, restart

SAMPLE = 4096
WINDOW = 512
"""How many switches on either side of the final price are near enough to a tie to be exchanged."""
HALVINGS = 100
FIRST_WIDTH, LAST_WIDTH = 0.0625, 64.0
"""Of the bracket, relative to the guess: four standard errors of the sample; past the last, the price of nobody."""


def assign(value: Bits, rows: Sequence[LinearRow]) -> Assignment:
    """Return the best assignment within the rows, with its certificate.

    Args:
        value: float32 (K, n), offer-major: value of giving offer k to customer i; may be negative. Offers a customer
            may not get have value -inf.
        rows: one row (the budget); its coefficients are float32 (K, n), finite and not negative.

    Raises:
        InputError: shapes, types or numbers are not as said.
        InfeasibleError: the bound is negative, so that not even giving nothing is allowed.
    """
    row = _checked(value, rows)
    cost, bound = row.coefficients, float(row.bound)
    choice = np.empty(value.shape[1], np.int16)
    _, used = kernels.choose(value, cost, 0.0, choice)
    price = 0.0
    if _over(used, bound):
        choice, price = _priced(value, cost, bound)
    return Assignment(choice, certify(value, row, choice, price))


def certify(value: Bits, row: LinearRow, choice: Choice, price: float) -> Certificate:
    """Return the proof of a choice at a dual price, from nothing but the choice and the price."""
    cost, bound = row.coefficients, float(row.bound)
    (worth, worth_rest), (used, used_rest) = kernels.totals(value, cost, choice)
    (reduced, reduced_rest), _ = kernels.choose(value, cost, price, np.empty_like(choice))
    achieved = worth + worth_rest
    dual = (reduced + price * bound) + reduced_rest
    # Rounding of single products may put the bound a hair below what was achieved; the larger of the two is a bound.
    dual = achieved if achieved > dual >= achieved - 1e-12 * abs(achieved) else dual
    gap = (dual - achieved) / dual if dual > 0 else 0.0
    line = Row(row.name, bound, used + used_rest, price)
    offers, customers = value.shape
    integral = bool(np.all((choice >= -1) & (choice < offers)))
    return Certificate(achieved, dual, gap, (line,), integral, customers, offers)


def _checked(value: Bits, rows: Sequence[LinearRow]) -> LinearRow:
    if len(rows) != 1:
        raise InputError(f"an assignment prices exactly one row; got {len(rows)}: {[row.name for row in rows]}")
    row = rows[0]
    if value.ndim != 2 or value.dtype != np.float32 or row.coefficients.dtype != np.float32:
        raise InputError(
            f"value and coefficients must be float32 (offers, customers); got {value.dtype}, {value.ndim} axes"
        )
    if value.shape != row.coefficients.shape:
        raise InputError(
            f"value {value.shape} and coefficients {row.coefficients.shape} of {row.name!r} differ in shape"
        )
    if not np.isfinite(row.bound):
        raise InputError(f"bound of {row.name!r} must be a finite number; got {row.bound}")
    if row.bound < 0:
        raise InfeasibleError(f"bound of {row.name!r} is {row.bound}: not even giving nothing is allowed")
    if value.size:
        top, least, most = np.max(value), np.min(row.coefficients), np.max(row.coefficients)
        if np.isnan(top) or top == np.inf:
            raise InputError("every value must be a number below infinity")
        if not (least >= 0 and most < np.inf):
            raise InputError(f"coefficients of {row.name!r} must be finite and not negative; got {least} to {most}")
    return row


def _over(used: Total, bound: float) -> bool:
    return (used[0] - bound) + used[1] > 0.0


def _priced(value: Bits, cost: Bits, bound: float) -> tuple[Choice, float]:
    low, dear, cheap = _bracket(value, cost, bound)
    count = kernels.count_moves(dear, cheap) * value.shape[0]
    who, to = np.empty(count, np.int64), np.empty(count, np.int16)
    price, step = np.empty(count), np.empty(count)
    found = kernels.switches(value, cost, dear, cheap, low, who, to, price, step)
    who, to, price, step = who[:found], to[:found], price[:found], step[:found]
    # Ties by content before position, so that the order of the customers does not change what is reached.
    order = np.lexsort((who, step, -price))
    choice = dear.copy()
    _, used = kernels.totals(value, cost, choice)
    first, total, rest = kernels.fill(value, cost, order, who, to, used, bound, choice, WINDOW)
    final = float(price[order[first]]) if first < found else low
    near = np.unique(who[order[max(0, first - WINDOW) : first + WINDOW]])
    exchange(value, cost, bound, final, near, choice, (total, rest))
    if value.shape[1] <= SMALL:
        choice = restart(value, cost, bound, Filling(dear, order, who, to, final, near, WINDOW), choice)
    return choice, final


def _bracket(value: Bits, cost: Bits, bound: float) -> tuple[float, Choice, Choice]:
    """Return a price that does not fit, the choices at a higher price that fits, and the choices at that price."""
    if value.shape[1] <= SMALL:
        return 0.0, _chosen(value, cost, _top_price(value, cost)), _chosen(value, cost, 0.0)
    dear, cheap = None, None
    low, high, guess, width = 0.0, np.inf, _guess(value, cost, bound), FIRST_WIDTH
    while dear is None or cheap is None:
        for price in (guess * (1 - width), guess * (1 + width)):
            if low < price < high:
                trial = np.empty(value.shape[1], np.int16)
                _, used = kernels.choose(value, cost, price, trial)
                if _over(used, bound):
                    low, cheap = price, trial
                else:
                    high, dear = price, trial
        if cheap is None and width >= 1:
            cheap = _chosen(value, cost, low)
        if dear is None and width > LAST_WIDTH:
            dear = _chosen(value, cost, _top_price(value, cost))
        width *= 4
    return low, dear, cheap


def _chosen(value: Bits, cost: Bits, price: float) -> Choice:
    choice = np.empty(value.shape[1], np.int16)
    kernels.choose(value, cost, price, choice)
    return choice


def _top_price(value: Bits, cost: Bits) -> float:
    """Return a price at which nobody gets anything that costs."""
    paying = (cost > 0) & (value > 0)
    ratios = np.divide(value, cost, out=np.zeros(value.shape), where=paying, dtype=np.float64)
    return float(ratios.max(initial=0.0)) * (1 + 1e-9)


def _guess(value: Bits, cost: Bits, bound: float) -> float:
    """Return about the price: that of an even sample of customers with its share of the bound, by bisection."""
    customers = value.shape[1]
    places = np.linspace(0, customers - 1, min(SAMPLE, customers)).astype(np.int64)
    values, costs = np.ascontiguousarray(value[:, places]), np.ascontiguousarray(cost[:, places])
    share = bound * places.size / customers
    low, high = 0.0, max(_top_price(values, costs), 1.0)
    trial = np.empty(places.size, np.int16)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        _, used = kernels.choose(values, costs, middle, trial)
        low, high = (middle, high) if _over(used, share) else (low, middle)
    return high
