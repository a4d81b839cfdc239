"""Segments as plain values, so that what was found once labels customers in months to come.

Only segments by nearest centre are kept: they are a few numbers, and say by themselves who belongs to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from offersmith.errors import InputError
from offersmith.profiles.clusters.kmeans import Choice, KMeansSegments
from offersmith.profiles.clusters.scaling import Scaling

FORM = 1
"""Raised when the values mean something else."""


def plain(found: KMeansSegments) -> dict[str, Any]:
    """Return segments as values that JSON can hold; `read` makes the same segments of them."""
    return {
        "form": FORM,
        "scaling": msgspec.to_builtins(found.scaling),
        "centres": found.centres.tolist(),
        "basis": found.basis.tolist(),
        "chosen": msgspec.to_builtins(found.chosen),
        "choices": msgspec.to_builtins(found.choices),
        "customers": found.customers,
    }


def read(values: Mapping[str, Any]) -> KMeansSegments:
    """Return segments from what `plain` made.

    Raises:
        InputError: the values are of another form, incomplete, or do not fit together.
    """
    if values.get("form") != FORM:
        raise InputError(f"kept segments are of form {values.get('form')!r}; readable is {FORM}", field="form")
    try:
        scaling = msgspec.convert(values["scaling"], Scaling)
        chosen = msgspec.convert(values["chosen"], Choice | None)
        choices = msgspec.convert(values["choices"], tuple[Choice, ...])
        wide = len(scaling.columns)
        centres = np.array(values["centres"], np.float64).reshape(-1, wide) if wide else np.zeros((1, 0))
        basis = np.array(values["basis"], np.float64).reshape(wide, -1) if wide else np.zeros((0, 0))
        return KMeansSegments(scaling, centres, basis, chosen, choices, int(values["customers"]))
    except (KeyError, TypeError, ValueError, msgspec.ValidationError) as fault:
        raise InputError(f"kept segments cannot be read: {fault}", field="segments") from fault
