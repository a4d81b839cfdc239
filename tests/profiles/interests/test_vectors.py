"""Vectors of products: planted groups lie together, unsold products follow their words, and nothing depends on luck."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from offersmith.profiles.interests.lexicon import fit_lexicon
from offersmith.profiles.interests.vectors import basket_matrix, fit_vectors, focus

NAMES = [f"{group} {kind}" for group in ("tea", "baby", "garden") for kind in ("one", "two", "three", "four", "five")]
GROUP = np.repeat(np.arange(3), 5)


def baskets(seed: int = 2, many: int = 600) -> sparse.csr_matrix:
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 3, many)
    rows = [{f"p{i:02}" for i in (*rng.choice(5, 3) + 5 * one, rng.integers(0, 15))} for one in group]
    pairs = [(f"b{i}", product) for i, row in enumerate(rows) for product in sorted(row)]
    table = pa.table({"basket": [one for one, _ in pairs], "product_id": [one for _, one in pairs]})
    return basket_matrix(table, pa.array([f"p{i:02}" for i in range(16)]))


def words() -> sparse.csr_matrix:
    texts = [*NAMES, "tea strainer"]
    return fit_lexicon(texts).matrix(texts)


def test_what_is_bought_together_lies_together() -> None:
    found = fit_vectors(baskets(), words(), 8)
    for product in range(15):
        assert {int(GROUP[i]) for i in found.nearest(product, 4) if i < 15} == {int(GROUP[product])}
        assert product not in found.nearest(product, 16)


def test_what_was_never_sold_follows_its_words() -> None:
    found = fit_vectors(baskets(), words(), 8)
    assert np.linalg.norm(found.products[15]) == pytest.approx(1)
    assert all(GROUP[i] == 0 for i in found.nearest(15, 4))


def test_vectors_are_of_length_one_and_the_same_again() -> None:
    one, two = fit_vectors(baskets(), words(), 8), fit_vectors(baskets(), words(), 8)
    assert np.array_equal(one.products, two.products)
    assert np.allclose(np.linalg.norm(one.products, axis=1), 1)
    customer = one.of_customers(sparse.csr_matrix(np.eye(16)[[0, 1]].sum(axis=0)))
    assert GROUP[np.argmax(one.products[:15] @ customer[0])] == 0


def test_without_baskets_nothing_is_known() -> None:
    empty = basket_matrix(pa.table({"basket": pa.array([], pa.string()), "product_id": pa.array([], pa.string())}),
                          pa.array(["p1", "p2"]))  # fmt: skip
    found = fit_vectors(empty, sparse.csr_matrix((2, 0)))
    assert not found.products.any()
    assert len(found.nearest(0)) == 0


def test_a_very_large_basket_is_left_out() -> None:
    many = [f"p{i}" for i in range(300)]
    table = pa.table({"basket": ["big"] * 300 + ["b", "b", "one"], "product_id": [*many, "p1", "p2", "p3"]})
    assert basket_matrix(table, pa.array(many)).sum() == 2


def test_what_belongs_together_has_more_focus_than_what_is_spread() -> None:
    found = fit_vectors(baskets(), words(), 8)
    has = sparse.csr_matrix(
        np.column_stack([np.arange(16) < 5, np.arange(16) % 5 == 0, np.arange(16) == 3]).astype(float)
    )
    tea, spread, single = focus(has, found.products, np.ones(16))
    assert tea > 2 * spread
    assert min(tea, spread) <= single <= max(tea, spread)
