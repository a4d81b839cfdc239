"""The compiled loop behind interests: what each customer does more than others, listed without repeating itself.

Of a customer with `n` of something, where `e` was to be expected of somebody as busy, the ratio is shrunk towards one
as gamma-Poisson empirical Bayes does (DuMouchel 1999, "Bayesian data mining in large frequency tables"):
(n + b) / (e + b). The score is n * ln of that, times how much the items of the subject belong together: much of it,
more than others, and no word that all kinds of things have, such as a colour. From the highest score on, each pick
blocks what would only repeat it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offersmith.compiled import compiled

Whole = NDArray[np.int64]
Real = NDArray[np.float64]


@compiled
def _gathered(
    item: Whole,
    worth: Real,
    events: Whole,
    last: Whole,
    has_ends: Whole,
    has: Whole,
    has_worth: Real,
    amount: Real,
    seen: Whole,
    newest: Whole,
    touched: Whole,
) -> tuple[int, float, int]:
    """Add up one customer's items by subject into the last four; return how many subjects, the worth, the events."""
    met, total, busy = 0, 0.0, 0
    for row in range(len(item)):
        total += worth[row]
        busy += events[row]
        for place in range(has_ends[item[row]], has_ends[item[row] + 1]):
            subject = has[place]
            if amount[subject] == 0.0:
                touched[met] = subject
                met += 1
                seen[subject] = 0
                newest[subject] = last[row]
            amount[subject] += worth[row] * has_worth[place]
            seen[subject] += events[row]
            newest[subject] = max(newest[subject], last[row])
    return met, total, busy


@compiled
def listed(
    ends: Whole,
    item: Whole,
    worth: Real,
    events: Whole,
    last: Whole,
    has_ends: Whole,
    has: Whole,
    has_worth: Real,
    share: Real,
    focus: Real,
    same_ends: Whole,
    same: Whole,
    prior: float,
    doubt: float,
    most: int,
) -> tuple[Whole, Whole, Real, Whole, Whole]:
    """List the interests of each customer.

    Args:
        ends: row ends of the customers' items, one more than there are customers.
        item: their items.
        worth: what each item weighs for the customer, sub-linear.
        events: how many events each stands for.
        last: the latest of them, microseconds.
        has_ends: row ends of the items' subjects.
        has: the subjects of each item.
        has_worth: how much of the item a subject is, 0 to 1.
        share: of each subject, of all that all customers dealt with.
        focus: of each subject, how much its items belong together, 0 to 1.
        same_ends: row ends of what a subject repeats.
        same: subjects that repeat each other.
        prior: `b`, how much must be seen before a ratio is believed.
        doubt: how much a customer must have dealt with for the list to be half believed.
        most: the longest list.

    Returns:
        Customer (its number), subject, weight, events and latest microsecond of each interest, best first.
    """
    customers, subjects = len(ends) - 1, len(share)
    who = np.empty(customers * most, np.int64)
    what = np.empty(customers * most, np.int64)
    weight = np.empty(customers * most, np.float64)
    count = np.empty(customers * most, np.int64)
    latest = np.empty(customers * most, np.int64)
    amount = np.zeros(subjects, np.float64)
    seen = np.zeros(subjects, np.int64)
    newest = np.zeros(subjects, np.int64)
    blocked = np.full(subjects, -1, np.int64)
    touched = np.empty(subjects, np.int64)
    size = 0
    for customer in range(customers):
        first, beyond = ends[customer], ends[customer + 1]
        met, total, busy = _gathered(
            item[first:beyond], worth[first:beyond], events[first:beyond], last[first:beyond],
            has_ends, has, has_worth, amount, seen, newest, touched,
        )  # fmt: skip
        score = np.empty(met, np.float64)
        for place in range(met):
            subject = touched[place]
            ratio = (amount[subject] + prior) / (total * share[subject] + prior)
            # Ties fall to the first subject, whatever order the items came in.
            score[place] = amount[subject] * np.log(ratio) * focus[subject] * (1.0 - 1e-12 * subject)
            # Of somebody who did more, what happened once is chance.
            if seen[subject] < 2 and busy > 3:
                score[place] = 0.0
        order = np.argsort(-score)
        begin, whole, picked = size, 0.0, 0
        for place in order:
            subject = touched[place]
            if score[place] <= 0.0 or picked == 2 * most:
                break
            if blocked[subject] == customer:
                continue
            for other in range(same_ends[subject], same_ends[subject + 1]):
                blocked[same[other]] = customer
            whole += score[place]
            picked += 1
            if picked <= most:
                who[size], what[size], weight[size] = customer, subject, score[place]
                count[size], latest[size] = seen[subject], newest[subject]
                size += 1
        for row in range(begin, size):
            weight[row] *= total / (total + doubt) / whole
        for place in range(met):
            amount[touched[place]] = 0.0
    return who[:size], what[:size], weight[:size], count[:size], latest[:size]
