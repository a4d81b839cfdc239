"""Offersmith decides which offer each customer of a shop should get, and proves what that is worth.

`Shop` is the front door: the seven verbs as Python. Everything else is imported from the module where it lives.

    from offersmith import Shop

    shop = Shop.open("my-shop")
    shop.ingest()
    plan = shop.plan(budget=5000)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from offersmith.shop import Shop

__all__ = ["Shop", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import `Shop` when it is first asked for, so that `import offersmith` costs next to nothing."""
    if name == "Shop":
        from offersmith.shop import Shop  # noqa: PLC0415 - start-up path: engines load only when used

        return Shop
    raise AttributeError(f"module 'offersmith' has no attribute {name!r}")
