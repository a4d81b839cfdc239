"""An average of learners: where two err in different ways, their mean errs less than either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.learners.base import FittedEffects, Learner
from offersmith.response.learners.parts import Saved
from offersmith.response.trial import Trial


@dataclass(frozen=True, slots=True)
class FittedAverage:
    """Fitted members that count alike.

    Attributes:
        name: of the learner.
        members: at least one.
    """

    name: str
    members: tuple[FittedEffects, ...]

    def effects(self, x: Floats) -> Floats:
        """Return (n, k) means of the members' effects."""
        total = self.members[0].effects(x).copy()
        for member in self.members[1:]:
            total += member.effects(x)
        return np.asarray(total / len(self.members))

    def save(self) -> Saved:
        """Return every member's files, named `NUMBER-FILE`, and plain values."""
        files: dict[str, bytes] = {}
        plain: list[dict[str, Any]] = []
        for number, member in enumerate(self.members):
            own, values = member.save()
            files |= {f"{number}-{name}": content for name, content in own.items()}
            plain.append({"name": member.name, "values": values})
        return files, {"members": plain}


@dataclass(frozen=True, slots=True)
class AverageLearner:
    """Members are fitted on the same rows; one that cannot be fitted is left out.

    Attributes:
        name: key of `LEARNERS`.
        members: what is averaged, each with a name of its own.
    """

    name: str
    members: tuple[Learner, ...]

    def fit(self, trial: Trial, *, seed: int) -> FittedAverage | None:
        """Learn; None where no member can."""
        return self.joined([member.fit(trial, seed=seed) for member in self.members])

    def joined(self, fitted: Sequence[FittedEffects | None]) -> FittedAverage | None:
        """Return the average of members fitted elsewhere; None where there are none."""
        found = tuple(member for member in fitted if member is not None)
        return FittedAverage(self.name, found) if found else None

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedAverage:
        """Make a saved one again."""
        by_name = {member.name: member for member in self.members}
        members = []
        for number, kept in enumerate(plain["members"]):
            mark = f"{number}-"
            own = {name.removeprefix(mark): content for name, content in files.items() if name.startswith(mark)}
            members.append(by_name[kept["name"]].load(own, kept["values"]))
        return FittedAverage(self.name, tuple(members))
