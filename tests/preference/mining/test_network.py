"""Planted complements, groups, bridges and substitutes come out, and large trips or eager customers make none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from tests.preference.mining.shops import Basket, shop

from offersmith.preference.mining.louvain import communities, modularity
from offersmith.preference.mining.mine import Finds, mine

KINDS = {f"p{item:03}": "milk" for item in (20, 21)} | {"p022": "fuel"}


def planted(seed: int = 1, customers: int = 150, visits: int = 40) -> list[Basket]:
    """Return a shop of two groups of complements (0-3, 4-7) joined by 8, two milks (20, 21), and fuel on errands.

    Trips differ in size and customers in habits, as they do.
    """
    rng = np.random.default_rng(seed)
    baskets: list[Basket] = []
    for who in range(customers):
        taste = rng.gamma(2, 0.03, 20)
        for visit in range(visits):
            size = rng.gamma(2, 0.5)
            items = set(np.flatnonzero(rng.random(20) < taste * size).tolist())
            for group in (range(4), range(4, 8)):
                if rng.random() < 0.08:
                    items |= {one for one in (*group, 8) if rng.random() < 0.7}
            items.add(20 + int(rng.random() < 0.5)) if rng.random() < 0.6 else None
            errand = rng.random() < 0.2
            baskets.append((who, visit * 24, frozenset({22} if errand else items or {19})))
    return baskets


@pytest.fixture(scope="module")
def found() -> Finds:
    return mine(shop(planted(), 23), KINDS, 0.001, seed=7)


def named(finds: Finds, first: np.ndarray, second: np.ndarray) -> set[tuple[int, int]]:
    return {(int(finds.found.items[a]), int(finds.found.items[b])) for a, b in zip(first, second, strict=True)}


def test_complements_are_edges_and_others_are_not(found: Finds) -> None:
    net = found.network
    edges = named(found, net.items[net.first], net.items[net.second])
    groups = [{0, 1, 2, 3, 8}, {4, 5, 6, 7, 8}]
    meant = {(a, b) for group in groups for a in group for b in group if a < b}
    assert edges == meant
    assert (net.lift > 1).all()
    assert (net.own_lift > 1).all()


def test_groups_and_their_bridge_are_found(found: Finds) -> None:
    net = found.network
    group = {int(found.found.items[item]): int(one) for item, one in zip(net.items, net.group, strict=True)}
    assert len({group[one] for one in range(4)}) == len({group[one] for one in range(4, 8)}) == 1
    assert group[0] != group[4]
    assert [int(found.found.items[net.items[one]]) for one in net.bridges()] == [8]
    assert net.modularity > 0.2


def test_the_two_milks_stand_in_for_each_other_and_fuel_for_nothing(found: Finds) -> None:
    subs = found.substitutes
    assert named(found, subs.first, subs.second) == {(20, 21)}
    assert subs.how.together[0] == 0
    assert subs.how.buyers[0] > 100
    assert subs.apart > 0


def test_the_order_of_baskets_and_of_customers_changes_nothing(found: Finds) -> None:
    again = planted()
    np.random.default_rng(0).shuffle(again)  # type: ignore[arg-type]
    other = mine(shop(again, 23), KINDS, 0.001, seed=7)
    assert other.pairs.equals(found.pairs)
    assert other.sequences.equals(found.sequences)
    assert other.network.group.tolist() == found.network.group.tolist()


def test_without_known_customers_there_are_edges_and_no_substitutes() -> None:
    nobody: list[Basket] = [(None, hour, items) for _, hour, items in planted()]
    found = mine(shop(nobody, 23), KINDS, 0.001, seed=7)
    net = found.network
    assert {(0, 1), (4, 5)} <= named(found, net.items[net.first], net.items[net.second])
    assert len(found.substitutes.first) == 0
    assert found.sequences.num_rows == 0


@pytest.mark.parametrize("baskets", [[], [(0, 1, frozenset({0}))], [(n, 1, frozenset({0, 1})) for n in range(30)]])
def test_hardly_any_shop_is_mined_without_a_fault(baskets: list[Basket]) -> None:
    found = mine(shop(baskets, 2), {})
    assert len(found.network.items) == len(found.substitutes.first) == 0
    assert found.network.modularity == 0.0


@given(st.integers(0, 50), st.integers(2, 12))
def test_modularity_is_that_of_the_definition(seed: int, nodes: int) -> None:
    rng = np.random.default_rng(seed)
    dense = np.triu(rng.random((nodes, nodes)) * (rng.random((nodes, nodes)) < 0.5), 1)
    dense += dense.T
    group, worth = communities(csr_array(dense), seed)
    total, strength = dense.sum(), dense.sum(axis=1)
    same = group[:, None] == group[None, :]
    expected = ((dense - np.outer(strength, strength) / total) * same).sum() / total if total else 0.0
    assert worth == pytest.approx(max(expected, 0.0))
    assert worth >= modularity(csr_array(dense), np.zeros(nodes, np.int64)) - 1e-12
    assert np.bincount(group).tolist() == sorted(np.bincount(group), reverse=True)
