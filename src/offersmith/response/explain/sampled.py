"""Shapley values of any model by asking it: features are exchanged one by one, in drawn orders.

Every order that a customer's features replace those of somebody of the background in tells what each feature adds at
its turn; the mean over orders and people is the interventional Shapley value (Castro, Gomez & Tejada 2009; Strumbelj &
Kononenko 2014). Every order is used in reverse too, with the same person, which takes most of the noise out (Mitchell
et al. 2022).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from offersmith.response.base import Floats, Ints
from offersmith.response.explain.parted import Parted


def sampled(
    effects: Callable[[Floats], Floats], x: Floats, background: Floats, draws: int, seed: int
) -> tuple[Parted, Floats]:
    """Return effects taken apart, and the standard errors (n, k, p) of the shares.

    The shares add up exactly, to the customers' effects less those of the people drawn; that those are not the whole
    background is told apart in `rest`.

    Args:
        effects: (n, p) features in, (n, k) effects out.
        x: (n, p) customers.
        background: (m, p) others.
        draws: pairs of orders, at least two; each costs 2 p effects a customer.
        seed: of orders and people.
    """
    luck = np.random.default_rng(seed)
    whole = effects(x)
    n, k = whole.shape
    p = x.shape[1]
    usual = effects(background)
    base = usual.mean(axis=0)
    # One person from every part of the background, from those moved least to those moved most: they stand for all.
    parts = np.array_split(np.argsort(usual.sum(axis=1), kind="stable"), min(draws, len(background)))
    total, square, start = np.zeros((n, k, p)), np.zeros((n, k, p)), np.zeros((n, k))
    for draw in range(draws):
        part = parts[draw % len(parts)]
        people = background[part[luck.integers(len(part), size=n)]]
        order = luck.permutation(p)
        before = effects(people)
        start += before / draws
        both = 0.5 * (_walk(effects, x, people, order, before) + _walk(effects, x, people, order[::-1], before))
        total += both
        square += both**2
    mean = total / draws
    error = np.sqrt(np.maximum(square / draws - mean**2, 0.0) / (draws - 1))
    return Parted(base, mean, start - base), error


def _walk(effects: Callable[[Floats], Floats], x: Floats, people: Floats, order: Ints, before: Floats) -> Floats:
    found: Floats = np.zeros((*before.shape, x.shape[1]))
    mixed, last = people.copy(), before
    for j in order.tolist():
        mixed[:, j] = x[:, j]
        now = effects(mixed)
        found[:, :, j] = now - last
        last = now
    return found
