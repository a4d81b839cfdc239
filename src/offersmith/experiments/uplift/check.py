"""What is refused before an uplift figure is computed, each with the argument's name, the value and a count."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith.errors import InputError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def one_length(**columns: NDArray[Any] | None) -> None:
    """Refuse columns of different lengths and empty ones."""
    sizes = {name: len(column) for name, column in columns.items() if column is not None}
    if len(set(sizes.values())) != 1:
        told = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise InputError(f"columns differ in length: {told}; one value per row is needed in each", counts=sizes)
    if not next(iter(sizes.values())):
        raise InputError("no rows: at least one treated customer and one control are needed", rows=0)


def finite(**columns: Floats) -> None:
    """Refuse NaN and infinities."""
    for name, column in columns.items():
        bad = int((~np.isfinite(column)).sum())
        if bad:
            raise InputError(
                f"{name}: {bad} of {column.size} values are missing or infinite; finite numbers are needed",
                column=name,
                count=bad,
            )


def propensities(propensity: Floats | None, groups: tuple[Bools, Bools]) -> Floats:
    """Return the chances (ones where None), refusing any outside (0, 1] and an empty group."""
    for name, rows in zip(("treated", "control"), groups, strict=True):
        if not rows.any():
            raise InputError(f"{name}: 0 of {len(rows)} rows; both groups need customers", group=name, count=0)
    if propensity is None:
        return np.ones(len(groups[0]))
    chance = np.asarray(propensity, dtype=np.float64)
    bad = ~((chance > 0) & (chance <= 1))
    if bad.any():
        raise InputError(
            f"propensity: {int(bad.sum())} of {len(chance)} rows are outside (0, 1], such as {chance[bad][0]}",
            column="propensity",
            count=int(bad.sum()),
        )
    return chance


def arms(predicted: Floats, arm: NDArray[Any]) -> tuple[Floats, Ints]:
    """Return both, refusing predictions that are no table and arms that have no column."""
    if predicted.ndim != 2 or predicted.shape[1] < 2:
        raise InputError(
            f"predicted: shape {predicted.shape}; one row per customer and one column per arm, control first, is needed"
        )
    one_length(predicted=predicted, arm=arm)
    finite(predicted=predicted)
    bad = (arm < 0) | (arm >= predicted.shape[1])
    if bad.any():
        raise InputError(
            f"arm: {int(bad.sum())} of {len(arm)} rows hold an arm without a prediction, such as {arm[bad][0]}; "
            f"0 to {predicted.shape[1] - 1} are known",
            column="arm",
            count=int(bad.sum()),
        )
    return predicted, arm.astype(np.int64)


def spread_over(arm: Ints, count: int) -> Floats:
    """Return each row's arm's share of all rows."""
    return np.asarray((np.bincount(arm, minlength=count) / len(arm))[arm])
