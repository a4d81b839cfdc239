"""What each customer cares for: a short list of categories, topics and words, with weights a marketer can read.

An interest is what a customer does more than others (`scoring`): what everybody buys is nobody's interest. Subjects of
three kinds compete: categories of the shop, topics of its texts, and words; what deals with the same products, or is
called by the same words, is listed once. The list is believed the more, the more there is to go by: its weights add up
to at most w / (w + 2), where w is what the customer dealt with, in purchases, sub-linear per product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from offersmith.profiles.interests.evidence import Evidence
from offersmith.profiles.interests.lexicon import Lexicon, fit_lexicon
from offersmith.profiles.interests.scoring import listed
from offersmith.profiles.interests.topics import Topics, fit_topics
from offersmith.profiles.interests.vectors import ProductVectors, basket_matrix, fit_vectors, focus
from offersmith.words import Language, say

Kind = Literal["category", "topic", "word"]
INTERESTS = pa.schema(
    [
        pa.field("customer_id", pa.string(), nullable=False),
        pa.field("rank", pa.int32(), nullable=False),
        pa.field("interest", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("weight", pa.float64(), nullable=False, metadata={"unit": "0 to 1; a customer's add up to at most 1"}),
        pa.field("evidence", pa.int64(), nullable=False, metadata={"unit": "events"}),
        pa.field("last", pa.timestamp("us"), nullable=False, metadata={"unit": "UTC"}),
    ]
)
MOST = 5
_DOUBT = 2.0
_SAME = 0.6
_LEAST_CUSTOMERS = 3
_MOST_CUSTOMERS = 100_000
_TOPIC_SHARE = 0.5
_BUSIEST = 0.99
_SMALLEST_PRIOR, _LARGEST_PRIOR = 0.5, 20.0


@dataclass(frozen=True, slots=True)
class InterestModel:
    """What interests there can be in a shop, and how usual each is.

    Attributes:
        keys: `category:...`, `topic:3`, `word:...`.
        kinds: of each.
        names: what people read, as the shop wrote it; all different within a kind.
        has: items by subjects, 0 to 1.
        share: of each subject, of all that customers dealt with; nobody counts more than the busiest one in a hundred.
        focus: how much the items of each belong together, 0 to 1.
        same: subjects by subjects, where one would repeat the other.
        prior: how much must be seen before a ratio is believed, in purchases.
        lexicon: the words.
        topics: the topics.
        vectors: of the products, in the order of the evidence.
    """

    keys: tuple[str, ...]
    kinds: tuple[Kind, ...]
    names: tuple[str, ...]
    has: sparse.csr_matrix
    share: NDArray[np.float64]
    focus: NDArray[np.float64]
    same: sparse.csr_matrix
    prior: float
    lexicon: Lexicon
    topics: Topics
    vectors: ProductVectors


def fit_interests(evidence: Evidence, baskets: pa.Table, seed: int) -> InterestModel:
    """Learn what interests there are in a shop.

    Args:
        evidence: of all customers before the moment; of more than 100,000, a sample is learned from.
        baskets: what was dealt with together before it, from `store.texts.compile_baskets`.
        seed: of the samples that topics and vectors are learned from.
    """
    texts = evidence.texts.to_pylist()
    lexicon = fit_lexicon(texts)
    words = lexicon.matrix(texts)
    dealt = _sampled(evidence, seed)
    topics = fit_topics(sparse.csr_matrix(dealt @ words), seed)
    belongs = topics.of_texts(words)
    belongs[belongs < _TOPIC_SHARE] = 0.0
    coded = pc.dictionary_encode(evidence.categories)
    categories = coded.dictionary.to_pylist()
    known = np.flatnonzero(np.asarray(pc.is_valid(coded)))
    column = np.asarray(coded.indices.drop_null()).astype(np.int64)
    shape = (len(texts), len(categories))
    in_category = sparse.csr_matrix((np.ones(len(known)), (known, column)), shape=shape)
    has = sparse.csr_matrix(sparse.hstack([in_category, sparse.csr_matrix(belongs), words]))
    stems = sorted(lexicon.index, key=lexicon.index.__getitem__)
    keys = (
        *(f"category:{name}" for name in categories),
        *(f"topic:{i}" for i in range(len(topics.order))),
        *(f"word:{stem}" for stem in stems),
    )
    names = (*categories, *topics.names(lexicon.names), *lexicon.names)
    sizes = (("category", len(categories)), ("topic", len(topics.order)), ("word", len(stems)))
    kinds: tuple[Kind, ...] = tuple(kind for kind, size in sizes for _ in range(size))  # type: ignore[misc]
    amounts = sparse.csr_matrix(dealt @ has)
    customers = np.bincount(amounts.indices, minlength=len(keys))
    is_word = np.array([kind == "word" for kind in kinds], np.bool_)
    # A word that hardly anybody dealt with would name the customer rather than an interest.
    common = customers >= min(_LEAST_CUSTOMERS, max(dealt.shape[0], 1))
    common[-len(stems) or len(keys) :] &= ~_half_said(lexicon, words)
    kept = np.flatnonzero(~is_word | common)
    has, amounts = sparse.csr_matrix(has[:, kept]), sparse.csr_matrix(amounts[:, kept])
    total = float(dealt.sum())
    share = np.asarray(amounts.sum(axis=0)).ravel() / total if total else np.zeros(len(kept))
    chosen = tuple(names[i] for i in kept)
    products = len(evidence.products)
    vectors = fit_vectors(basket_matrix(baskets, evidence.products, seed), sparse.csr_matrix(words[:products]))
    sold = np.asarray(dealt.sum(axis=0)).ravel()
    together = focus(sparse.csr_matrix(has[:products]), vectors.products, sold[:products])
    usual = float(np.median(together)) if len(kept) else 1.0
    # A category or a topic belongs together by what it is.
    together = np.where(is_word[kept], together, np.maximum(together, usual))
    return InterestModel(
        tuple(keys[i] for i in kept),
        tuple(kinds[i] for i in kept),
        chosen,
        has,
        share,
        together,
        _same(has, sold, chosen),
        _prior(amounts, np.asarray(dealt.sum(axis=1)).ravel(), share),
        lexicon,
        topics,
        vectors,
    )


def list_interests(model: InterestModel, evidence: Evidence, most: int = MOST) -> pa.Table:
    """List what each customer cares for.

    Args:
        model: of the same evidence.
        evidence: what customers dealt with.
        most: the longest list.

    Returns:
        Schema `INTERESTS`, by customer and rank (from 1); customers of whom nothing is known have no row.
    """
    who, what, weight, events, last = listed(
        evidence.ends, evidence.item, _sublinear(evidence.weight), evidence.events, evidence.last,
        model.has.indptr.astype(np.int64), model.has.indices.astype(np.int64), model.has.data,
        model.share, model.focus, model.same.indptr.astype(np.int64), model.same.indices.astype(np.int64),
        model.prior, _DOUBT, most,
    )  # fmt: skip
    first = np.searchsorted(who, who)
    columns = [
        evidence.customers.take(pa.array(who)),
        pa.array((np.arange(len(who)) - first + 1).astype(np.int32)),
        pa.array(model.keys, pa.string()).take(pa.array(what)),
        pa.array(model.kinds, pa.string()).take(pa.array(what)),
        pa.array(weight),
        pa.array(events),
        pa.array(last).cast(pa.timestamp("us")),
    ]
    return pa.table(columns, schema=INTERESTS)


def interest_name(model: InterestModel, key: str, language: Language = "en") -> str:
    """Return an interest in words: what the shop calls it, and which kind it is.

    Raises:
        ValueError: the model has no such interest.
    """
    place = model.keys.index(key)
    return say(f"interests.{model.kinds[place]}", language, name=model.names[place])


def _sublinear(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ln(1 + w) / ln 2: one purchase is 1, a hundred are not a hundred."""
    found: NDArray[np.float64] = np.log2(1.0 + weight)
    return found


def _sampled(evidence: Evidence, seed: int) -> sparse.csr_matrix:
    """Return a seeded sample of customers by items, sub-linear, nobody above the busiest one in a hundred."""
    shape = (len(evidence.customers), len(evidence.texts))
    found = sparse.csr_matrix((_sublinear(evidence.weight), evidence.item, evidence.ends), shape=shape)
    if shape[0] > _MOST_CUSTOMERS:
        found = found[np.sort(np.random.default_rng(seed).choice(shape[0], _MOST_CUSTOMERS, replace=False))]
    totals = np.asarray(found.sum(axis=1)).ravel()
    if not len(totals):
        return found
    ceiling = float(np.quantile(totals, _BUSIEST, method="lower"))
    scale = np.minimum(1.0, np.divide(ceiling, totals, out=np.ones_like(totals), where=totals > 0))
    return sparse.csr_matrix(sparse.diags(scale) @ found)


def _half_said(lexicon: Lexicon, words: sparse.csr_matrix) -> NDArray[np.bool_]:
    """Return which words mostly come as part of one phrase, which says more: "hot" of "hot water"."""
    counts = np.bincount(words.indices, minlength=words.shape[1])
    found = np.zeros(words.shape[1], np.bool_)
    for pair in lexicon.phrases:
        phrase = lexicon.index.get(" ".join(pair))
        for one in (lexicon.index.get(stem) for stem in pair):
            if phrase is not None and one is not None:
                found[one] |= counts[phrase] >= _SAME * counts[one]
    return found


def _same(has: sparse.csr_matrix, sold: NDArray[np.float64], names: tuple[str, ...]) -> sparse.csr_matrix:
    """Return which subjects repeat each other: mostly the same products by what is sold of them, or the same words."""
    binary = sparse.csr_matrix((np.ones(len(has.indices)), has.indices, has.indptr), has.shape)
    shared = sparse.coo_matrix(binary.T @ sparse.diags(sold) @ binary)
    size = np.asarray(binary.T @ sold).ravel()
    close = (shared.data > 0) & (shared.data >= _SAME * np.minimum(size[shared.row], size[shared.col]))
    by_word: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        for word in set(name.lower().replace("·", " ").split()):
            by_word.setdefault(word, []).append(place)
    pairs = [(a, b) for places in by_word.values() if len(places) <= 300 for a in places for b in places]
    named = np.array(pairs, np.int64).reshape(-1, 2)
    alike = sparse.csr_matrix((np.ones(len(named)), (named[:, 0], named[:, 1])), shape=(len(names), len(names)))
    # What no product ties together is kept apart: the same word may stand for other things.
    alike = alike.multiply(sparse.csr_matrix((shared.data > 0, (shared.row, shared.col)), shape=alike.shape))
    both = sparse.csr_matrix((np.ones(int(close.sum())), (shared.row[close], shared.col[close])), alike.shape) + alike
    return sparse.csr_matrix(both)


def _prior(amounts: sparse.csr_matrix, totals: NDArray[np.float64], share: NDArray[np.float64]) -> float:
    """Return b of the gamma prior by moments: the spread beyond Poisson is e^2 / b.

    The sums run over all pairs of customer and subject, those with nothing too: (n - e)^2 = n^2 - 2 n e + e^2.
    """
    squares = float((totals**2).sum() * (share**2).sum())
    if not squares:
        return _SMALLEST_PRIOR
    row = np.repeat(np.arange(amounts.shape[0]), np.diff(amounts.indptr))
    expected = totals[row] * share[amounts.indices]
    beyond = float((amounts.data**2 - 2 * amounts.data * expected - amounts.data).sum()) + squares
    found = squares / beyond if beyond > 0 else _LARGEST_PRIOR
    return float(np.clip(found, _SMALLEST_PRIOR, _LARGEST_PRIOR))
