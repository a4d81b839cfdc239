"""Which items a rule is about, in words: `category tea or coffee, at full price`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from offersmith import words
from offersmith.words import Language


def say_items(selector: Mapping[str, Any], currency: str, language: Language) -> str:
    """Return a checked selector (see `items`) in words; its amounts are in `currency`.

    >>> say_items({"category": ["coffee", "tea"], "max_unit_price": "9.00"}, "USD", "en")
    'category coffee or tea, up to 9.00 USD a piece'
    """
    said = [
        words.say(f"offers.item_{name}", language, names=alternatives(selector[name], language))
        for name in ("sku", "category", "brand")
        if name in selector
    ]
    said += [
        words.say("offers.item_attribute", language, name=name, names=alternatives(wanted, language))
        for name, wanted in selector.get("attributes", {}).items()
    ]
    said += [
        words.say(f"offers.item_{name}", language, amount=f"{selector[name]} {currency}")
        for name in ("min_unit_price", "max_unit_price")
        if name in selector
    ]
    if selector.get("full_price_only"):
        said.append(words.say("offers.item_full_price_only", language))
    if "exclude" in selector:
        said.append(
            words.say("offers.item_exclude", language, items=say_items(selector["exclude"], currency, language))
        )
    return listed(said, language) if said else words.say("offers.item_anything", language)


def alternatives(names: Sequence[str], language: Language) -> str:
    """Return names of which one counts."""
    return words.say("offers.or", language).join(str(name) for name in names)


def listed(names: Sequence[str], language: Language) -> str:
    """Return names of which all count."""
    return words.say("offers.and", language).join(names)
