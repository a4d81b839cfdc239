"""How many customers the personal codes of a campaign are for, said where somebody holds several."""

from __future__ import annotations

from offersmith.words import Language, say


def codes_of(codes: int, customers: int, language: Language = "en") -> list[str]:
    """Return the line that says how many customers hold so many personal codes; none where each holds one."""
    if codes <= customers:
        return []
    return [say("campaigns.codes_of_customers", language, codes=codes, customers=customers)]
