"""Customers and products by words, as sparse weights: sub-linear counts times inverse document frequency.

Salton and Buckley (1988), "Term-weighting approaches in automatic text retrieval": ln(1 + n) * (ln((1 + N) / (1 + d))
+ 1), rows of length 1. What a customer does more of counts less and less, so that nobody dominates.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def inverse_frequency(counts: sparse.csr_matrix) -> NDArray[np.float64]:
    """Return how telling each column is: ln((1 + N) / (1 + d)) + 1, where d of N rows have it."""
    have = np.bincount(counts.indices, minlength=counts.shape[1])
    found: NDArray[np.float64] = np.log((1 + counts.shape[0]) / (1 + have)) + 1
    return found


def tfidf(counts: sparse.csr_matrix, idf: NDArray[np.float64]) -> sparse.csr_matrix:
    """Return rows of length 1 (or 0, of an empty row), weighted by `idf`.

    Args:
        counts: documents by words, not negative.
        idf: of each word, from `inverse_frequency` of the documents it was learned from.
    """
    weighted = sparse.csr_matrix(
        (np.log1p(counts.data) * idf[counts.indices], counts.indices, counts.indptr), shape=counts.shape
    )
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return sparse.csr_matrix(sparse.diags(scale) @ weighted)
