"""The limits a plan keeps. A new one is one file and one line in `CONSTRAINTS`; the contract tests find it there."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.strategy.constraints.at_most_one import AtMostOne
from offersmith.strategy.constraints.base import Constraint, LinearRow, Problem
from offersmith.strategy.constraints.budget import Budget

CONSTRAINTS: Mapping[str, Constraint] = MappingProxyType(
    {
        AtMostOne.name: AtMostOne(),
        Budget.name: Budget(),
    }
)
"""Every constraint by name."""


def rows(problem: Problem) -> tuple[LinearRow, ...]:
    """Return the linear rows of all constraints, in the order of the table."""
    compiled = (constraint.row(problem) for constraint in CONSTRAINTS.values())
    return tuple(row for row in compiled if row is not None)
