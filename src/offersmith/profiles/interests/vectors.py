"""Vectors of products: what is bought in the same baskets lies close together, also what has never been sold.

Skip-gram with negative sampling over baskets (item2vec: Barkan and Koenigstein 2016; Mikolov et al. 2013) factorises
the shifted pointwise mutual information of products (Levy and Goldberg 2014). That matrix is built and factorised here
directly: it needs no passes over the baskets, no learning rate and no luck, and gives the same vectors each time.
Contexts are smoothed by the power 3/4 as in word2vec; a basket of m products counts as much as its m products, not as
its m^2 pairs. A word's vector is the mean of the products that have it, and a product that nobody bought gets the mean
of its words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

from offersmith.profiles.interests.tfidf import inverse_frequency

SIZE = 64
_SMOOTH, _SHIFT = 0.75, 1.0
_LARGEST_BASKET, _MOST_PRODUCTS, _MOST_BASKETS = 200, 30_000, 1_000_000


@dataclass(frozen=True, slots=True)
class ProductVectors:
    """Vectors of length 1, or 0 of a product of which nothing is known.

    Attributes:
        products: products by dimensions.
        words: words of the lexicon by dimensions.
    """

    products: NDArray[np.float64]
    words: NDArray[np.float64]

    def nearest(self, product: int, most: int = 10) -> NDArray[np.int64]:
        """Return the products closest to one, nearest first, without itself and without unknown ones."""
        near = self.products @ self.products[product]
        near[~self.products.any(axis=1)] = -np.inf
        near[product] = -np.inf
        order: NDArray[np.int64] = np.argsort(-near, kind="stable")[:most]
        if not self.products[product].any():
            order = order[:0]
        found: NDArray[np.int64] = order[np.isfinite(near[order])]
        return found

    def of_customers(self, dealt: sparse.csr_matrix) -> NDArray[np.float64]:
        """Return customers by dimensions: the mean of their products, weighted by what each is worth.

        Args:
            dealt: customers by products, decayed weights.
        """
        return _unit(np.asarray(dealt @ self.products))


def focus(has: sparse.csr_matrix, vectors: NDArray[np.float64], sold: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much the products of a subject belong together: their mean cosine, 0 to 1.

    A subject of one product, or of which no vectors are known, gets the middle of all others, or 1 where none are.

    Args:
        has: products by subjects; what is not 0 counts.
        vectors: of the products, of length 1 or 0.
        sold: of each product; each counts by the root.
    """
    known = vectors.any(axis=1)
    root = np.sqrt(sold) * known
    binary = sparse.csr_matrix((np.ones(len(has.indices)), has.indices, has.indptr), has.shape)
    total = np.asarray(binary.T @ root).ravel()
    squares = np.asarray(binary.T @ root**2).ravel()
    middle = np.asarray(binary.T @ (vectors * root[:, None]))
    pairs = total**2 - squares
    several = pairs > 1e-9 * np.maximum(total**2, 1e-300)
    cosine = np.divide((middle**2).sum(axis=1) - squares, pairs, out=np.zeros_like(pairs), where=several)
    usual = float(np.median(cosine[several])) if several.any() else 1.0
    answer: NDArray[np.float64] = np.where(several, np.clip(cosine, 0.0, 1.0), usual)
    return answer


def basket_matrix(baskets: pa.Table, products: pa.Array, seed: int = 0) -> sparse.csr_matrix:
    """Return baskets by products, 1 where a basket has the product.

    Baskets of one product say nothing of what goes together, and very large ones (a reseller's, a bot's) hardly
    anything: both are left out. Of more than a million, a seeded sample is taken.

    Args:
        baskets: answer of `store.texts.compile_baskets`.
        products: ids of the products, in the order of the columns.
        seed: of the sample.
    """
    rows = baskets.combine_chunks()
    coded = pc.dictionary_encode(rows["basket"])
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    row = np.asarray(coded.indices).astype(np.int64)
    column = np.asarray(pc.index_in(rows["product_id"], value_set=products)).astype(np.int64)
    shape = (len(coded.dictionary), len(products))
    found = sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=shape)
    sizes = np.diff(found.indptr)
    kept = np.flatnonzero((sizes > 1) & (sizes <= _LARGEST_BASKET))
    if len(kept) > _MOST_BASKETS:
        kept = np.sort(np.random.default_rng(seed).permutation(kept)[:_MOST_BASKETS])
    return found[kept]


def fit_vectors(baskets: sparse.csr_matrix, words: sparse.csr_matrix, size: int = SIZE) -> ProductVectors:
    """Learn vectors of products and of words.

    Args:
        baskets: baskets by products, from `basket_matrix`.
        words: products by words of the lexicon.
        size: dimensions, at most; fewer where there are fewer products.
    """
    products = baskets.shape[1]
    sold = np.bincount(baskets.indices, minlength=products)
    kept = np.sort(np.argsort(-sold, kind="stable")[:_MOST_PRODUCTS])
    kept = kept[sold[kept] > 1]
    vectors = np.zeros((products, size))
    if len(kept) > 2:
        vectors[kept] = _factors(baskets[:, kept], size)
    vectors = _unit(vectors)
    idf = inverse_frequency(words)
    of_words = _unit(np.asarray(words.T @ vectors))
    guessed = _unit(np.asarray((words @ sparse.diags(idf)) @ of_words))
    unknown = ~vectors.any(axis=1)
    vectors[unknown] = guessed[unknown]
    return ProductVectors(vectors, of_words)


def _factors(baskets: sparse.csr_matrix, size: int) -> NDArray[np.float64]:
    lengths = np.diff(baskets.indptr)
    # A product beside m - 1 others shares itself out among them.
    share = np.divide(1.0, lengths - 1, out=np.zeros(len(lengths)), where=lengths > 1)
    together = sparse.coo_matrix(baskets.T @ sparse.diags(share) @ baskets)
    apart = together.row != together.col
    row, column, value = together.row[apart], together.col[apart], together.data[apart]
    of_row = np.bincount(row, value, minlength=baskets.shape[1])
    context = of_row**_SMOOTH
    with np.errstate(divide="ignore"):
        expected = of_row[row] * (context / max(context.sum(), 1e-300))[column]
        positive = np.log(value / expected) - np.log(_SHIFT)
    good = positive > 0
    matrix = sparse.csr_matrix((positive[good], (row[good], column[good])), shape=together.shape)
    rank = min(size, matrix.shape[0] - 1)
    answer = np.zeros((matrix.shape[0], size))
    if not matrix.nnz:
        return answer
    start = np.random.default_rng(0).standard_normal(matrix.shape[0])
    left, values, _ = svds(matrix, k=rank, v0=start)
    order = np.argsort(-values, kind="stable")
    # Levy, Goldberg and Dagan 2015: the root of the singular values, as SGNS shares them between words and contexts.
    left = left[:, order] * np.sqrt(np.maximum(values[order], 0.0))
    sign = np.sign(left[np.abs(left).argmax(axis=0), np.arange(rank)])
    answer[:, :rank] = left * np.where(sign == 0, 1.0, sign)
    return answer


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    found: NDArray[np.float64] = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 1e-12)
    return found
