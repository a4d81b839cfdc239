"""Chinese words found in the shop's own texts, without a dictionary.

A string of two to four characters is a word where its characters stick together and its neighbours vary: pointwise
mutual information over its weakest cut, and the lesser of the entropies of what stands left and right of it (branching
entropy: Jin and Tanaka-Ishii 2006, "Unsupervised segmentation of Chinese text by use of branching entropy"; the edge of
a text counts as a neighbour that is new each time). A run is then cut where the words are most likely together (Viterbi
over unigrams); what no word covers stays whole when short, and falls to pairs of characters when long.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

LONGEST = 4
_SHORT_RUN = 4
_EDGE = ""


@dataclass(frozen=True, slots=True)
class WordFinder:
    """Words of a shop's Chinese texts.

    Attributes:
        words: word -> natural logarithm of its share among all words.
        unknown: what a character outside of any word costs, on the same scale.
    """

    words: Mapping[str, float]
    unknown: float

    def cut(self, run: str) -> list[str]:
        """Return a run of Chinese characters as words, in order; together they cover it, pairs overlap by one."""
        best, back = [0.0], [0]
        for end in range(1, len(run) + 1):
            ways = [(best[end - 1] + self.unknown, -(end - 1))]
            starts = range(max(0, end - LONGEST), end - 1)
            ways += [
                (best[start] + self.words[run[start:end]], -start) for start in starts if run[start:end] in self.words
            ]
            value, start = max(ways)
            best.append(value)
            back.append(-start)
        pieces: list[str] = []
        end = len(run)
        while end:
            pieces.append(run[back[end] : end])
            end = back[end]
        return _joined(pieces[::-1])


def find_words(runs: Iterable[str], least: int = 3, cohesion: float = 1.0, freedom: float = 0.6) -> WordFinder:
    """Learn the words of Chinese texts.

    Args:
        runs: runs of Chinese characters, each as often as it counts (once for each product that has it).
        least: occurrences below which a string is no word.
        cohesion: least pointwise mutual information over the weakest cut, nats.
        freedom: least entropy of the neighbours on either side, nats.
    """
    counts: Counter[str] = Counter()
    left: dict[str, Counter[str]] = defaultdict(Counter)
    right: dict[str, Counter[str]] = defaultdict(Counter)
    total = 0
    for run in runs:
        total += len(run)
        for start in range(len(run)):
            for end in range(start + 1, min(start + LONGEST, len(run)) + 1):
                part = run[start:end]
                counts[part] += 1
                if end - start > 1:
                    left[part][run[start - 1] if start else _EDGE] += 1
                    right[part][run[end] if end < len(run) else _EDGE] += 1
    found = {
        part: count
        for part, count in counts.items()
        if len(part) > 1
        and count >= least
        and _cohesion(part, counts, total) >= cohesion
        and min(_entropy(left[part]), _entropy(right[part])) >= freedom
    }
    everything = max(sum(found.values()), 1)
    words = {part: log(count / everything) for part, count in sorted(found.items())}
    return WordFinder(words, log(0.5 / everything))


def _cohesion(part: str, counts: Mapping[str, int], total: int) -> float:
    whole = log(counts[part] * total)
    return min(whole - log(counts[part[:i]] * counts[part[i:]]) for i in range(1, len(part)))


def _entropy(neighbours: Mapping[str, int]) -> float:
    """Return Shannon's entropy in nats; each edge of a text is a neighbour of its own."""
    total = sum(neighbours.values())
    inner = sum(n * log(n) for neighbour, n in neighbours.items() if neighbour != _EDGE)
    return log(total) - inner / total


def _joined(pieces: Sequence[str]) -> list[str]:
    """Return words as they are, and single characters between them as one short run or as pairs."""
    answer: list[str] = []
    loose = ""
    for piece in (*pieces, None):
        if piece is not None and len(piece) == 1:
            loose += piece
            continue
        if 0 < len(loose) <= _SHORT_RUN:
            answer.append(loose)
        elif loose:
            answer += [loose[i : i + 2] for i in range(len(loose) - 1)]
        loose = ""
        if piece is not None:
            answer.append(piece)
    return answer
