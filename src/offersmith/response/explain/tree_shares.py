"""Exact Shapley values of the shared model's trees.

A leaf speaks where all conditions on its path hold; of the at most three features on it, those of the set are the
customer's own and the others as in the background, jointly (the interventional value, Janzing, Minorics & Blöbaum
2020). With so few features the sum over sets is short enough to be tabled once per leaf, for every pattern of held
conditions (Lundberg, Erion & Lee 2018 need recursion where trees are deep).
"""

from __future__ import annotations

import numpy as np

from offersmith.response.shared.kernels import Bins, Floats, Ints, compiled


@compiled
def path(feature: Ints, border: Ints, leaf: int, inner: int) -> tuple[Ints, Ints, Ints, int]:
    """Return the conditions on the way to a leaf: each one's player, last bin, whether right; and how many players.

    A player is a feature on the path; -1 players say that no row gets there. Features of players stand behind the
    conditions in the first array.
    """
    levels = 0
    node = leaf + inner
    while node > 0:
        node = (node - 1) // 2
        levels += 1
    player, last, right = np.full(2 * levels, -1), np.zeros(levels, np.int64), np.full(levels, -1)
    players, node = 0, leaf + inner
    for level in range(levels):
        parent = (node - 1) // 2
        goes_right = 1 if node == 2 * parent + 2 else 0
        node = parent
        if feature[parent] < 0:
            if goes_right == 1:
                return player, last, right, -1
            continue
        who = -1
        for one in range(players):
            if player[levels + one] == feature[parent]:
                who = one
        if who < 0:
            who = players
            player[levels + who] = feature[parent]
            players += 1
        player[level], last[level], right[level] = who, border[parent], goes_right
    return player, last, right, players


@compiled
def held(bins: Bins, i: int, player: Ints, last: Ints, right: Ints, players: int) -> int:
    """Return as bits the players all of whose conditions row `i` meets."""
    levels, found = len(last), (1 << players) - 1
    for level in range(levels):
        if right[level] < 0:
            continue
        beyond = bins[player[levels + player[level]], i] > last[level]
        if beyond != (right[level] == 1):
            found &= ~(1 << player[level])
    return found


@compiled
def table(counts: Floats, players: int) -> tuple[Floats, float]:
    """Return (2^players, players) Shapley values by the pattern a row holds, and the value of the background.

    Args:
        counts: (2^players,) share of the background with each pattern.
        players: how many.
    """
    size = 1 << players
    others = np.zeros(size)
    for chosen in range(size):
        missing = (size - 1) & ~chosen
        for pattern in range(size):
            if pattern & missing == missing:
                others[chosen] += counts[pattern]
    factorial = np.ones(players + 1)
    for one in range(1, players + 1):
        factorial[one] = factorial[one - 1] * one
    found = np.zeros((size, players))
    for own in range(size):
        for one in range(players):
            for chosen in range(size):
                if chosen >> one & 1:
                    continue
                among = 0
                for other in range(players):
                    among += chosen >> other & 1
                more = chosen | 1 << one
                after = others[more] if more & ~own == 0 else 0.0
                before = others[chosen] if chosen & ~own == 0 else 0.0
                share = factorial[among] * factorial[players - among - 1] / factorial[players]
                found[own, one] += share * (after - before)
    return found, others[0]


@compiled
def shares(bins: Bins, background: Bins, feature: Ints, border: Ints, value: Floats) -> tuple[Floats, Floats]:
    """Return (n, k, p) Shapley values of the sum of some trees, and (k,) their mean over the background.

    Args:
        bins: (p, n) binned features.
        background: (p, m) likewise.
        feature: (trees, 2^depth - 1), border and value as in `shared.kernels.predict`.
        border: likewise.
        value: (trees, 2^depth, k).
    """
    trees, leaves, k = value.shape
    n, m = bins.shape[1], background.shape[1]
    found, base = np.zeros((n, k, len(bins))), np.zeros(k)
    for tree in range(trees):
        for leaf in range(leaves):
            player, last, right, players = path(feature[tree], border[tree], leaf, leaves - 1)
            if players < 0:
                continue
            counts = np.zeros(1 << players)
            for i in range(m):
                counts[held(background, i, player, last, right, players)] += 1.0 / m
            by_pattern, usual = table(counts, players)
            for a in range(k):
                base[a] += usual * value[tree, leaf, a]
            for i in range(n):
                own = held(bins, i, player, last, right, players)
                for one in range(players):
                    part = by_pattern[own, one]
                    column = player[len(last) + one]
                    for a in range(k):
                        found[i, a, column] += part * value[tree, leaf, a]
    return found, base
