"""A trained encoder as it is asked: ONNX and a vocabulary, without torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from offersmith.profiles.sequences.batch import batch
from offersmith.profiles.sequences.exported import INPUTS
from offersmith.profiles.sequences.library import runtime
from offersmith.profiles.sequences.steps import Floats, Steps
from offersmith.profiles.sequences.vocabulary import FIRST, Vocabulary

SIZE = 1024


@dataclass(frozen=True, eq=False)
class Served:
    """An encoder that has learned; immutable.

    Attributes:
        name: of the encoder.
        model: an ONNX file.
        vocabulary: the things it knows by name.
        middle: (f,) means of a day's numbers.
        spread: (f,) their standard deviations.
    """

    name: str
    model: bytes
    vocabulary: Vocabulary
    middle: Floats
    spread: Floats

    def chance(self, steps: Steps) -> NDArray[np.float64]:
        """Return (n,) the chance to buy within the days it learned for.

        Raises:
            MissingExtraError: onnxruntime is not installed.
        """
        return np.asarray(expit(self._asked(steps, "odds").astype(np.float64)))

    def embedding(self, steps: Steps) -> Floats:
        """Return (n, width) what it makes of each customer: close together are those who do alike."""
        return self._asked(steps, "embedding")

    def next_things(self, steps: Steps, most: int) -> NDArray[np.int64]:
        """Return (n, most) numbers of the vocabulary, the likeliest to be bought next first."""
        parts = []
        for scores in self._parts(steps, "scores"):
            scores[:, :FIRST] = -np.inf
            best = np.argpartition(-scores, min(most, scores.shape[1] - 1), axis=1)[:, :most]
            order = np.argsort(-np.take_along_axis(scores, best, 1), axis=1, kind="stable")
            parts.append(np.take_along_axis(best, order, 1))
        return np.concatenate(parts) if parts else np.zeros((0, most), np.int64)

    def _asked(self, steps: Steps, output: str) -> Floats:
        parts = list(self._parts(steps, output))
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def _parts(self, steps: Steps, output: str) -> Any:
        named = self.vocabulary.numbers(steps.things)
        for start in range(0, len(steps), SIZE):
            rows = np.arange(start, min(start + SIZE, len(steps)))
            dense = batch(steps, named, rows, self.middle, self.spread)
            given = dict(zip(INPUTS, (dense.numbers, dense.things, dense.place), strict=True))
            yield self._session.run([output], given)[0]

    @cached_property
    def _session(self) -> Any:
        library = runtime()
        options = library.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return library.InferenceSession(self.model, options, providers=["CPUExecutionProvider"])
