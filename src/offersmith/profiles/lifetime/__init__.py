"""What customers will do and be worth: models of repeat buying and of spending, and what they say of each customer.

`base` says what is counted, each model is one file and one line in `LIFETIMES`, `gamma_gamma` says what a purchase is
worth, `choosing` takes the model that foretold the latest stretch best, and `value` puts it together for everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offersmith.profiles.lifetime.base import Lifetime
from offersmith.profiles.lifetime.beta_geometric import BetaGeometric
from offersmith.profiles.lifetime.pareto_nbd import ParetoNbd

LIFETIMES: Mapping[str, Lifetime] = MappingProxyType(
    {one.name: one for one in (BetaGeometric("bg_nbd", 0), BetaGeometric("mbg_nbd", 1), ParetoNbd())}
)
"""Every model of repeat buying by name."""
