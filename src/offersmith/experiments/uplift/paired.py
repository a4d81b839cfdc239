"""By how much one model ranks the same customers better than another."""

from __future__ import annotations

from typing import Literal

import numpy as np

from offersmith.errors import InputError
from offersmith.experiments.uplift.at_k import measured_at_k
from offersmith.experiments.uplift.figure import Figure, Measured, stated
from offersmith.experiments.uplift.qini import measured_area
from offersmith.experiments.uplift.ranked import Ranked

Name = Literal["qini", "auuc", "uplift_at_k"]


def paired(first: Ranked, second: Ranked, name: Name, *, share: float = 0.3, confidence: float = 0.95) -> Figure:
    """Return the first model's figure less the second's, with the interval of the difference.

    Both were measured on the same customers, so most of what chance did to one it did to the other: the interval is
    narrower than two side by side.

    Args:
        first: the customers as one model ranks them.
        second: the same rows, in the same order of rows, as the other does.
        name: which figure; areas are divided by the perfect one where that exists.
        share: of the customers, for `uplift_at_k`.
        confidence: of the interval.

    Raises:
        InputError: the two are not the same rows.
    """
    if len(first) != len(second) or not np.array_equal(first.outcome, second.outcome):
        raise InputError(
            f"rankings of {len(first)} and {len(second)} rows with different outcomes; the same rows are needed in both"
        )
    (one, definition), (other, _) = (_measured(ranked, name, share) for ranked in (first, second))
    gap = Measured(one.value - other.value, one.influence - other.influence, one.seen)
    return stated(gap, first, f"{name}_difference", definition, confidence, share if name == "uplift_at_k" else None)


def _measured(ranked: Ranked, name: Name, share: float) -> tuple[Measured, str]:
    if name == "uplift_at_k":
        return measured_at_k(ranked, share, "overall")
    return measured_area(ranked, "qini" if name == "qini" else "uplift", None)
