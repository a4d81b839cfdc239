"""A small seeded shop whose true responses are known.

`make(customers, days, seed)` gives a `Shop`; its `batches` are events like any shop's, its `truth` is what each offer
really changes for each customer, worked out and not simulated. Offers are handed out by lot, with known chances.
"""

from offersmith.events.synthetic.shop import Shop, make

__all__ = ["Shop", "make"]
