"""What every model fitted by maximum likelihood is: parameters with their uncertainty, and how well they fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from offersmith.profiles.lifetime.base import Floats
from offersmith.profiles.lifetime.likelihood import sides


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A fitted model.

    Attributes:
        values: (k,) parameters, named by `NAMES`.
        covariance: (k, k) of their logarithms.
        log_likelihood: of what it learned from.
        converged: whether the search ended at an optimum.
        customers: it learned from.
    """

    NAMES: ClassVar[tuple[str, ...]] = ()
    SAID: ClassVar[tuple[str, ...]] = ()
    """Attributes of a model of its own that `as_dict` says first."""

    values: Floats
    covariance: Floats
    log_likelihood: float
    converged: bool
    customers: float

    def around(self) -> tuple[tuple[Self, Self], ...]:
        """Return the model one standard error to either side, along each axis of what is uncertain."""
        return tuple(
            (replace(self, values=one), replace(self, values=two)) for one, two in sides(self.values, self.covariance)
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        errors = np.sqrt(np.diag(self.covariance))
        return {
            **{name: getattr(self, name) for name in self.SAID},
            "parameters": dict(zip(self.NAMES, self.values.tolist(), strict=True)),
            "log_errors": dict(zip(self.NAMES, errors.tolist(), strict=True)),
            "log_likelihood": self.log_likelihood,
            "converged": self.converged,
            "customers": self.customers,
        }
