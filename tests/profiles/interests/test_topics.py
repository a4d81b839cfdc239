"""Topics: planted vocabularies are told apart, named by their words as the shop wrote them, all names different."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from scipy import sparse

from offersmith.profiles.interests.topics import coherence, fit_topics

PLANTED = 4
WORDS = [f"{group}{i}" for group in ("绿茶", "纸尿裤", "Garden", "Phone") for i in range(12)] + ["Everyday", "Milk"]
OF = np.repeat(np.arange(PLANTED), 12)


def counts(customers: int = 600, seed: int = 4) -> sparse.csr_matrix:
    rng = np.random.default_rng(seed)
    rows = np.zeros((customers, len(WORDS)))
    for row in rows:
        own = rng.integers(0, PLANTED)
        row[12 * own + rng.choice(12, 6, replace=False)] = 1
        row[rng.choice(48, 1)] = 1
        row[48:] = 1
    return sparse.csr_matrix(rows)


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_planted_vocabularies_are_told_apart(method: Literal["nmf", "lda"]) -> None:
    found = fit_topics(counts(), 1, (2, 4), method)
    assert len(found.order) == PLANTED
    groups = [{int(OF[i]) for i in order[:8]} for order in found.order]
    assert sorted(groups, key=min) == [{0}, {1}, {2}, {3}]
    assert found.coherence > 0.2
    assert np.asarray(found.shares.sum(axis=1)).ravel() == pytest.approx(np.ones(4))


def test_texts_belong_to_the_topic_of_their_words() -> None:
    found = fit_topics(counts(), 1, (4,))
    texts = sparse.csr_matrix(np.eye(50)[[0, 13, 26, 39, 48]])
    shares = found.of_texts(texts)
    assert len({int(row.argmax()) for row in shares[:4]}) == 4
    assert shares[:4].max(axis=1).min() > 0.5
    assert not shares[4].any(), "what everybody buys is of no topic"


def test_names_are_words_of_the_shop_and_differ() -> None:
    found = fit_topics(counts(), 1, (4,))
    names = found.names(WORDS)
    assert len(set(names)) == len(names) == 4
    assert {part for name in names for part in name.split(" · ")} <= set(WORDS)
    assert len(set(found.names(["same"] * len(WORDS)))) == 4


def test_the_same_seed_gives_the_same_topics() -> None:
    one, two = fit_topics(counts(), 1, (4, 6)), fit_topics(counts(), 1, (4, 6))
    assert one.order == two.order
    assert one.coherence == two.coherence


def test_words_that_go_together_are_more_coherent_than_mixed_ones() -> None:
    own = np.equal.outer(np.arange(PLANTED), np.append(OF, [-1, -1])) / 12
    mixed = own[:, np.random.default_rng(0).permutation(50)]
    assert coherence(own, counts()) > coherence(mixed, counts()) + 0.2


@pytest.mark.parametrize(
    "given", [np.zeros((0, 5)), np.zeros((50, 0)), np.zeros((50, 5)), np.ones((50, 5)), np.ones((5, 50))]
)
def test_without_enough_to_go_by_there_are_no_topics(given: np.ndarray) -> None:
    found = fit_topics(sparse.csr_matrix(given), 1)
    assert found.order == ()
    assert found.names([]) == ()
    assert found.of_texts(sparse.csr_matrix((3, given.shape[1]))).shape == (3, 0)
