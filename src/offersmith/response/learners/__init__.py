"""Ways of learning what each arm of a test changes for whom.

A new learner is one file and one line in `LEARNERS`; the contract tests find it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.response.learners.base import Learner

LEARNERS: Mapping[str, Learner] = MappingProxyType({})
"""Every learner by its name."""
