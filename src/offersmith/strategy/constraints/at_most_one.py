"""A customer gets one offer or none."""

from __future__ import annotations

from offersmith.strategy.constraints.base import LinearRow, Problem


class AtMostOne:
    """Holds by itself: an answer is one choice per customer."""

    name = "at_most_one"
    structural = True

    def row(self, problem: Problem) -> LinearRow | None:  # noqa: ARG002 - the protocol's shape
        """Return None: nothing to price."""
        return None
