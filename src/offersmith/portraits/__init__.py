"""The desk where one customer's page is put together: what is known of them at a moment, from every room that knows.

Nothing is decided here. What is not known (too few customers to learn from, nothing bought) is left out with a reason.
"""

from offersmith.portraits.answer import Portrait
from offersmith.portraits.gathered import portrait

__all__ = ["Portrait", "portrait"]
