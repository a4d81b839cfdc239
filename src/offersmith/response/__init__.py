"""What an offer changes: models that turn past campaigns into estimates.

A new model is one file and one line in `MODELS`; the contract tests find it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.response.base import ResponseModel
from offersmith.response.boosting import Boosting
from offersmith.response.constant import Constant
from offersmith.response.learned import Learned
from offersmith.response.prior import Prior

MODELS: Mapping[str, ResponseModel] = MappingProxyType(
    {
        Prior.name: Prior(),
        Constant.name: Constant(),
        Boosting.name: Boosting(),
        Learned.name: Learned(),
    }
)
"""Every way of learning response, by the name it has in `[learn]`."""
