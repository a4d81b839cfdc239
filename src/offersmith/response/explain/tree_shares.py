"""Exact Shapley values of the shared model's trees.

A leaf speaks where all conditions on its path hold; of the few features on it, those of the set are the
customer's own and the others as in the background, jointly (the interventional value, Janzing, Minorics & Blöbaum
2020). With so few features the sum over sets is short enough to be tabled once per leaf, for every pattern of held
conditions (Lundberg, Erion & Lee 2018 need recursion where trees are deep).
"""

from __future__ import annotations

import numpy as np

from offersmith.compiled import compiled
from offersmith.response.shared.kernels import Bins, Floats, Ints


@compiled
def path(feature: Ints, leaf: int, inner: int) -> tuple[Ints, Ints, Ints, int]:
    """Return the conditions on the way to a leaf: each one's player, node and whether right; and how many players.

    A player is a feature on the path; -1 players say that no row gets there. A node where each player first appears
    stands behind the players of the conditions in the first array.
    """
    levels = 0
    node = leaf + inner
    while node > 0:
        node = (node - 1) // 2
        levels += 1
    player, nodes, right = np.full(2 * levels, -1), np.zeros(levels, np.int64), np.full(levels, -1)
    players, node = 0, leaf + inner
    for level in range(levels):
        parent = (node - 1) // 2
        goes_right = 1 if node == 2 * parent + 2 else 0
        node = parent
        if feature[parent] < 0:
            if goes_right == 1:
                return player, nodes, right, -1
            continue
        who = -1
        for one in range(players):
            if feature[player[levels + one]] == feature[parent]:
                who = one
        if who < 0:
            who = players
            player[levels + who] = parent
            players += 1
        player[level], nodes[level], right[level] = who, parent, goes_right
    return player, nodes, right, players


@compiled
def sides(bins: Bins, feature: Ints, border: Ints, found: Ints) -> None:
    """Fill in (n,) as bits at which nodes of a tree every row of (p, n) bins would go right."""
    found[:] = 0
    for node in range(len(feature)):
        if feature[node] < 0:
            continue
        column, last, bit = bins[feature[node]], border[node], np.int64(1) << node
        for i in range(len(found)):
            if column[i] > last:
                found[i] += bit


@compiled
def held(went: int, nodes: Ints, player: Ints, right: Ints, players: int) -> int:
    """Return as bits the players of a leaf all of whose conditions hold for a row that goes as `went` says."""
    levels, found = len(nodes), (1 << players) - 1
    for level in range(levels):
        if right[level] >= 0 and (went >> nodes[level] & 1) != right[level]:
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
def lookup(
    own: Ints, usual: Ints, part: Floats, feature: Ints, column: Ints, value: Floats, width: int
) -> tuple[Floats, Floats]:
    """Return (2^inner, width, k) shares of a tree's features by the way a row goes, and (k,) its mean.

    Args:
        own: the ways of customers.
        usual: those of the background.
        part: how much of the background goes each.
        feature: (inner,) of the tree's nodes.
        column: (inner,) the place of each node's feature in the table.
        value: (leaves, k).
        width: distinct features of the tree.
    """
    leaves, k = value.shape
    inner = leaves - 1
    found, base = np.zeros((1 << inner, width, k)), np.zeros(k)
    for leaf in range(leaves):
        player, nodes, right, players = path(feature, leaf, inner)
        if players < 0:
            continue
        counts = np.zeros(1 << players)
        for place in range(len(usual)):
            counts[held(usual[place], nodes, player, right, players)] += part[place]
        by_pattern, mean = table(counts, players)
        for a in range(k):
            base[a] += mean * value[leaf, a]
        for went in own:
            mine = held(went, nodes, player, right, players)
            for one in range(players):
                where = column[player[len(nodes) + one]]
                for a in range(k):
                    found[went, where, a] += by_pattern[mine, one] * value[leaf, a]
    return found, base


@compiled
def shares(bins: Bins, background: Bins, feature: Ints, border: Ints, value: Floats) -> tuple[Floats, Floats]:
    """Return (n, k, p) Shapley values of the sum of some trees, and (k,) their mean over the background.

    Rows that go the same way at every node of a tree are alike to it: each way is worked out once.

    Args:
        bins: (p, n) binned features.
        background: (p, m) likewise.
        feature: (trees, 2^depth - 1), border and value as in `shared.kernels.predict`.
        border: likewise.
        value: (trees, 2^depth, k).
    """
    trees, leaves, k = value.shape
    n, m, inner = bins.shape[1], background.shape[1], leaves - 1
    found, base = np.zeros((len(bins), k, n)), np.zeros(k)
    own, usual = np.empty(n, np.int64), np.empty(m, np.int64)
    for tree in range(trees):
        sides(bins, feature[tree], border[tree], own)
        sides(background, feature[tree], border[tree], usual)
        there, seen = np.zeros(1 << inner), np.zeros(1 << inner, np.bool_)
        for i in range(m):
            there[usual[i]] += 1.0 / m
        for i in range(n):
            seen[own[i]] = True
        column, width = np.full(inner, -1), 0
        for node in range(inner):
            for before in range(node):
                if feature[tree, before] == feature[tree, node]:
                    column[node] = column[before]
            if column[node] < 0 and feature[tree, node] >= 0:
                column[node] = width
                width += 1
        ways = np.flatnonzero(there)
        worth, mean = lookup(np.flatnonzero(seen), ways, there[ways], feature[tree], column, value[tree], width)
        base += mean
        for node in range(inner):
            if feature[tree, node] >= 0 and (column[:node] != column[node]).all():
                for a in range(k):
                    target, source = found[feature[tree, node], a], worth[:, column[node], a].copy()
                    for i in range(n):
                        target[i] += source[own[i]]
    return found.transpose(2, 1, 0), base
