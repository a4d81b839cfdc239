"""What the deciding model says for and against decisions, as a column of a plan.

Per customer at most three entries `{feature, held, change}`, largest first: the feature, whether the customer's value
is `lower` or `higher` than usual or `unknown`, and by how much it raises the profit expected of the offer above what is
usual, major units. Null where no model was asked: nothing is given, the lot decided, the offer was never given before,
no model tells customers apart, or the customer is not among those an offer for whom orders are drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.response.base import Floats
from offersmith.vocabulary import BECAUSE

TOP = 3
STATED = "[stated]"
"""In the place of a feature: what the shop states (`[priors]`), as far as the model leans on it."""
LIMITS = "[limits]"
"""In the place of a feature: what is missing from the sum, for it cannot be put down to one feature."""
SIDES = ("lower", "higher", "unknown")

STATED_BELIEF = "by_stated_belief"
SAME_FOR_ALL = "same_for_all"


@dataclass(frozen=True, slots=True, eq=False)
class Because:
    """Why, for n decisions.

    Attributes:
        why: of `vocabulary.BECAUSE`.
        codes: reason code -> (n,) where no model speaks and why: `by_stated_belief`, `same_for_all`.
    """

    why: pa.ListArray
    codes: dict[str, NDArray[np.bool_]]


Asked = Callable[[pa.StringArray, pa.StringArray, Floats], Because]
"""From customers, the offers chosen for them and the profit expected of those, to why."""


def column(
    names: tuple[str, ...],
    feature: NDArray[np.int64],
    side: NDArray[np.int64],
    change: Floats,
    asked: NDArray[np.bool_],
) -> pa.ListArray:
    """Return the column.

    Args:
        names: of the features.
        feature: (n, TOP) their numbers; -1 = no more reasons.
        side: (n, TOP) numbers of `SIDES`; -1 = none.
        change: (n, TOP) major units.
        asked: (n,) whether a model was.
    """
    there = (feature >= 0) & asked[:, None]
    ends = np.concatenate([[0], np.cumsum(there.sum(axis=1))]).astype(np.int32)
    parts = [
        pa.array(names, pa.string()).take(pa.array(feature[there])),
        pa.array(SIDES, pa.string()).take(pa.array(side[there], mask=side[there] < 0)),
        pa.array(change[there], pa.float64()),
    ]
    held = pa.StructArray.from_arrays(parts, fields=list(BECAUSE.value_type))
    return pa.ListArray.from_arrays(pa.array(ends), held, type=BECAUSE, mask=pa.array(~asked))
