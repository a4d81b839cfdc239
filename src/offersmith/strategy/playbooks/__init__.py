"""The marketer's scenarios as data. A new one is one TOML file here and one name in `PLAYBOOKS`.

The contract tests find it there.
"""

from __future__ import annotations

PLAYBOOKS: tuple[str, ...] = (
    "frequent-buyers",
    "occasional-buyers",
    "first-order",
    "win-back",
    "members",
    "cart-abandonment",
    "browse-abandonment",
    "holiday-gifts",
    "dinner-parties",
    "new-product-fans",
    "new-product-loyal",
    "group-buying",
    "clearance",
)
"""The playbooks that come with the product, in the order they are listed; each is `NAME.toml` in this folder."""
