"""The settings of a workspace on a built-in example: what `offersmith init --example NAME` writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

SYNTHETIC = """\
# A small seeded shop: 2,000 customers, 180 days, offers handed out by lot. Every key is in docs/reference/settings.md.
[shop]
name = "{name}"
currency = "USD"
timezone = "UTC"
language = "en"

[[events]]
kind = "synthetic"

[economics]
# Profit before offers as a share of revenue. Events cannot say it; the report shows three levels of it.
margin_rate = 0.3

[plan]
# As long as its own mailings held. Effects are counted over four weeks more: what was only moved in time cancels out.
valid_days = 14

[learn]
# Its lots are on record: models compete on customers held out, however little a shop of this size can tell.
model = "learned"
# Four of the seven that compete where nothing is said: a first look takes seconds.
learners = ["shared", "logit", "average", "constant"]

[[offers]]
id = "save-10"
kind = "percent_off"
name = "10 % off"
terms = {{ percent = 10 }}

[[offers]]
id = "save-20"
kind = "percent_off"
name = "20 % off"
terms = {{ percent = 20 }}

[[offers]]
id = "five-off"
kind = "amount_off"
name = "5.00 off"
terms = {{ amount = "5.00" }}
"""

COMPLETE_JOURNEY = """\
# The Complete Journey: a grocer's year with 27 coupon campaigns. Every key is in docs/reference/settings.md.
[shop]
name = "{name}"
currency = "USD"
timezone = "America/New_York"
language = "en"

[[events]]
kind = "complete-journey"

[economics]
# The data hold no margins: a stated figure, shown at three levels.
margin_rate = 0.3
margin_levels = [0.2, 0.3, 0.4]
# Manufacturers pay these coupons back to the shop, so what they take off counts against the budget, not the profit.
cost_share = 0.0

[learn]
# Coupons of these campaigns are used for up to eight weeks; four more would leave too few campaigns that were over.
horizon_days = 56

[plan]
# As long as campaign 18 ran.
valid_days = {days}

# The data hold no face values either: the amount is for reading only; what a booklet costs is learned from the coupons
# that past recipients used.
"""

BOOKLET = """\
[[offers]]
id = "campaign-type-{kind}"
kind = "amount_off"
name = "Coupon booklet type {title}"
terms = {{ amount = "{amount}" }}
"""


def complete_journey(name: str, *, days: int = 56, amount: str = "1.00") -> str:
    """Return the settings on The Complete Journey: a plan of `days`, booklets of coupons worth `amount` dollars."""
    booklets = [BOOKLET.format(kind=kind, title=kind.upper(), amount=amount) for kind in "abc"]
    return "\n".join([COMPLETE_JOURNEY.format(name=name, days=days), *booklets])


def synthetic(name: str) -> str:
    """Return the settings on the synthetic shop."""
    return SYNTHETIC.format(name=name)


PROPOSALS: Mapping[str, Callable[[str], str]] = {"synthetic": synthetic, "complete-journey": complete_journey}
"""Example -> what writes its settings, told the workspace's name."""
