"""One scenario, said shortly."""

from offersmith.offers.replay import replay

LINES = (
    {"id": "tea", "unit_price": "10.00", "qty": 3, "category": "drinks", "tags": ["sale", "new"], "product": "leaf"},
    {"id": "cup", "unit_price": "20.00", "qty": 2, "category": "cups", "brand": "north", "colour": "blue"},
    {"id": "pot", "unit_price": "30.00", "qty": 1, "category": ["cups", "pots"], "product": "pot"},
)
"""30.00 of tea, 40.00 of cups, 30.00 of pots: 100.00."""


def differs(promotions, expected, lines=LINES, **cart):
    """Return in what pricing differs from what is expected; raises nothing."""
    raw = {
        "id": "one",
        "cart": {"currency": "USD", "lines": [dict(line) for line in lines], **cart},
        "promotions": promotions,
        "expected": expected,
    }
    (found,) = replay([raw])
    return None if found.result == "pass" else f"{found.result}: {found.difference}"
