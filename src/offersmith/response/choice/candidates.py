"""Who competes: learners of the table as they are, and with the settings of a grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from offersmith.errors import InputError
from offersmith.response.bases import BASES
from offersmith.response.bases.linear import LinearBase
from offersmith.response.bases.network import installed
from offersmith.response.bases.trees import TreeBase
from offersmith.response.learners import LEARNERS
from offersmith.response.learners.base import Learner
from offersmith.response.learners.robust import RobustLearner
from offersmith.response.learners.separate import SeparateLearner
from offersmith.response.learners.single import SingleLearner

DEFAULT = ("shared", "additive", "logit", "average", "constant", "s_boosting", "t_boosting", "dr_linear")
"""Who competes unless told otherwise; where two cannot be told apart, the earlier is taken."""
NEURAL = "s_neural"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A learner with its settings.

    Attributes:
        name: what it is called: that of the learner, with what its settings differ in behind it.
        learner: what is fitted; its name is a key of `LEARNERS`, by which a fitted one is loaded.
    """

    name: str
    learner: Learner


def _trees(leaves: int, rounds: int) -> TreeBase:
    return TreeBase("boosting", rounds=rounds, leaves=leaves, least_leaf=40, rate=0.05, l2=1.0)


GRIDS: Mapping[str, tuple[Candidate, ...]] = MappingProxyType(
    {
        "s_boosting": tuple(
            Candidate(
                f"s_boosting {leaves} leaves {rounds} rounds", SingleLearner("s_boosting", _trees(leaves, rounds))
            )
            for leaves, rounds in ((7, 200), (31, 200))
        ),
        "t_boosting": tuple(
            Candidate(
                f"t_boosting {leaves} leaves {rounds} rounds", SeparateLearner("t_boosting", _trees(leaves, rounds))
            )
            for leaves, rounds in ((3, 30), (7, 80))
        ),
        "t_linear": tuple(
            Candidate(f"t_linear penalty {penalty:g}", SeparateLearner("t_linear", LinearBase(penalty)))
            for penalty in (500.0, 5000.0)
        ),
        "dr_linear": tuple(
            Candidate(
                f"dr_linear penalty {penalty:g}", RobustLearner("dr_linear", BASES["boosting"], LinearBase(penalty))
            )
            for penalty in (500.0, 5000.0)
        ),
    }
)
"""Further settings of learners that a grid search tries. `logit` and `shared` find their own by inner folds."""


def candidates(names: Sequence[str], *, grid: bool = False) -> tuple[Candidate, ...]:
    """Return who competes, in the order of `names`, each followed by its grid.

    A neural learner is left out where its extra is not installed.

    Args:
        names: keys of `LEARNERS`.
        grid: whether to try the settings of `GRIDS` besides the usual ones.

    Raises:
        InputError: a name is not in the table, or none is left.
    """
    for name in names:
        if name not in LEARNERS:
            raise InputError(
                f"model {name!r} is not known; allowed: {', '.join(LEARNERS)}", model=name, allowed=list(LEARNERS)
            )
    found: list[Candidate] = []
    for name in dict.fromkeys(names):
        if name == NEURAL and not installed():
            continue
        found.append(Candidate(name, LEARNERS[name]))
        found += GRIDS.get(name, ()) if grid else ()
    if not found:
        raise InputError("no model to try: name at least one that is installed", allowed=list(LEARNERS))
    return tuple(found)
