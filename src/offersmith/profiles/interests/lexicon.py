"""The words of a shop: which there are, how the shop writes them, and which of them each text has.

Two words that stand side by side far more often than they would by chance are one phrase besides ("lunch bag"), by the
discounted score of Mikolov et al. (2013), "Distributed representations of words and phrases and their
compositionality". A word is shown as the texts write it most often; where that is in capitals throughout, in small
letters, as capitals shout.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse

from offersmith.profiles.interests.tokens import Token, tokens
from offersmith.profiles.interests.word_finder import WordFinder, find_words

_DISCOUNT, _STICKING = 2.0, 12.0
_MOST_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words and phrases of a shop's texts.

    Attributes:
        index: stem of a word, or stems of a phrase with a space between -> its column.
        names: column -> the word as people read it.
        phrases: pairs of stems that are one phrase.
        finder: of Chinese words.
    """

    index: Mapping[str, int]
    names: tuple[str, ...]
    phrases: frozenset[tuple[str, str]]
    finder: WordFinder

    def matrix(self, texts: Sequence[str | None]) -> sparse.csr_matrix:
        """Return texts by words, 1 where a text has the word (however often), float64."""
        ends, columns = [0], []
        for text in texts:
            found = {self.index[key] for key, _ in _keys(_cut(text, self.finder), self.phrases) if key in self.index}
            columns += sorted(found)
            ends.append(len(columns))
        shape = (len(texts), len(self.names))
        return sparse.csr_matrix((np.ones(len(columns)), np.array(columns, np.int64), np.array(ends)), shape=shape)


def fit_lexicon(texts: Sequence[str | None], most: int = _MOST_WORDS) -> Lexicon:
    """Learn the words of a shop.

    Args:
        texts: one per product, and one per search; None and empty ones say nothing.
        most: the most words and phrases kept, the most frequent first.
    """
    runs = [token.said for text in texts for token in tokens(text) if token.is_run]
    finder = find_words(runs)
    cut = [_cut(text, finder) for text in texts]
    phrases = _phrases(cut)
    counts: Counter[str] = Counter()
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for words in cut:
        found = _keys(words, phrases)
        counts.update({key for key, _ in found})
        for key, said in found:
            written[key][said] += 1
    kept = sorted(counts, key=lambda key: (-counts[key], key))[:most]
    names = tuple(_shown(written[key]) for key in kept)
    return Lexicon({key: i for i, key in enumerate(kept)}, names, phrases, finder)


def _cut(text: str | None, finder: WordFinder) -> list[Token]:
    return [
        part
        for token in tokens(text)
        for part in ([Token(word, word, is_run=True) for word in finder.cut(token.said)] if token.is_run else [token])
    ]


def _keys(words: Sequence[Token], phrases: frozenset[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return words and phrases of a text as (key, as written)."""
    found = [(word.stem, word.said) for word in words]
    for one, two in pairwise(words):
        if (one.stem, two.stem) in phrases:
            found.append((f"{one.stem} {two.stem}", f"{one.said} {two.said}"))
    return found


def _phrases(cut: Sequence[Sequence[Token]]) -> frozenset[tuple[str, str]]:
    single: Counter[str] = Counter()
    double: Counter[tuple[str, str]] = Counter()
    for words in cut:
        single.update({word.stem for word in words})
        # Chinese words are words already; what is written without a space is no phrase with one.
        double.update({(a.stem, b.stem) for a, b in pairwise(words) if not (a.is_run or b.is_run) and a.stem != b.stem})
    total = len(cut)
    return frozenset(
        (a, b)
        for (a, b), count in double.items()
        if count >= 3 and (count - _DISCOUNT) * total / (single[a] * single[b]) >= _STICKING
    )


def _shown(written: Mapping[str, int]) -> str:
    """Return the most frequent spelling; capitals and small letters of the same word count together."""
    same: dict[str, int] = defaultdict(int)
    for said, count in written.items():
        same[said.lower()] += count
    best = min(same, key=lambda said: (-same[said], said))
    spelled = min((said for said in written if said.lower() == best), key=lambda said: (-written[said], said))
    return best if spelled.isupper() else spelled
