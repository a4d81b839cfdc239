"""What a learner is: a trial in, the effects of every arm on any customer out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from offersmith.response.base import Floats
from offersmith.response.trial import Trial


class FittedEffects(Protocol):
    """A learner that has learned; immutable, and the same for the same trial and seed whatever the threads."""

    @property
    def name(self) -> str:
        """Key of `learners.LEARNERS`."""

    def effects(self, x: Floats) -> Floats:
        """Return (n, k): by how much each arm is expected to change the outcome over arm 0, whose column is zero.

        Args:
            x: (n, p) features in the order of `Trial.names`, finite.
        """

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return the files and the plain values from which `Learner.load` makes the same again."""


class Learner(Protocol):
    """A way of learning effects; stateless, with its settings as attributes."""

    @property
    def name(self) -> str:
        """Key of `learners.LEARNERS`."""

    def fit(self, trial: Trial, *, seed: int) -> FittedEffects | None:
        """Learn; None where the trial cannot carry this learner (too few rows of an arm, no sale, constant outcome)."""

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedEffects:
        """Make a saved one again."""
