"""A small seeded shop whose true responses are known.

`make(customers, days, seed)` gives a `Shop`; its `batches` are events like any shop's, its `truth` is what each offer
really changes for each customer, worked out and not simulated. Offers are handed out by lot, with known chances, unless
a switch says otherwise: `form` is what offers do, `Switches` is what makes a shop hard to learn from.
"""

from offersmith.events.synthetic.forms import FORMS
from offersmith.events.synthetic.shop import Shop, make
from offersmith.events.synthetic.switches import Switches

__all__ = ["FORMS", "Shop", "Switches", "make"]
