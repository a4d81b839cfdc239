"""Several playbooks as the offers and limits of one plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from offersmith.errors import InputError, SettingsError
from offersmith.money import Money
from offersmith.offers.catalogue import offer as checked
from offersmith.settings import OfferSettings
from offersmith.strategy.playbooks.amounts import BASKET, resolved, usual_basket
from offersmith.strategy.playbooks.base import Playbook, offer_id, plain, spoken
from offersmith.strategy.playbooks.members import somebody
from offersmith.strategy.playbooks.reading import filled
from offersmith.words import Language


@dataclass(frozen=True, slots=True)
class Merged:
    """What a plan of playbooks is made of.

    Attributes:
        offers: all that may be given; the id is `PLAYBOOK.TEMPLATE`.
        limits: tables of `[[limits]]`: whom each playbook is for, its own limits, and its guard rails.
        valid_days: by offer, how long it is meant to be open.
    """

    offers: tuple[OfferSettings, ...]
    limits: tuple[dict[str, Any], ...]
    valid_days: Mapping[str, int]


def merge(
    playbooks: Sequence[Playbook], currency: str, profiles: pa.Table | None = None, language: Language = "en"
) -> Merged:
    """Lay playbooks together.

    Args:
        playbooks: at least one; the order is that of the offers.
        currency: of the shop.
        profiles: what is known of the customers; needed where an amount is so many times the basket. With it, each
            playbook must be for somebody.
        language: of the names of offers.

    Raises:
        InputError: there is none, one stands twice or is for nobody, or an offer has terms that cannot be, or no cost
            that can be estimated.
    """
    if not playbooks:
        raise InputError("no playbook is named", hint="see which there are: offersmith playbooks")
    names = [one.name for one in playbooks]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise InputError(f"playbook {twice!r} is named twice", hint="name each once", playbook=twice)
    if profiles is not None:
        for one in playbooks:
            somebody(one, profiles, currency)
    offers = tuple(made for one in playbooks for made in _offers(one, currency, profiles, language))
    limits = tuple(made for one in playbooks for made in _limits(one, together=len(playbooks) > 1))
    return Merged(offers, limits, {offer: one.valid_days for one in playbooks for offer in one.offer_ids})


def _offers(playbook: Playbook, currency: str, profiles: pa.Table | None, language: Language) -> list[OfferSettings]:
    def basket() -> Money:
        usual = None if profiles is None else usual_basket(profiles, currency)
        if usual is None:
            raise InputError(
                f"playbook {playbook.name!r}: an amount is so many times the usual basket, and no customer has a "
                f"{BASKET!r} yet",
                hint=f"write amounts in {currency} into a copy: offersmith playbooks copy {playbook.name}",
                playbook=playbook.name,
            )
        return usual

    made = []
    for template in playbook.offers:
        settings = OfferSettings(
            id=offer_id(playbook.name, template.id),
            kind=template.kind,
            name=spoken(template.name, language),
            version=template.version,
            terms=resolved(template.terms, basket),
        )
        try:
            checked(settings, currency)
        except SettingsError as fault:
            text = f"playbook {playbook.name!r}: {fault.message}"
            raise InputError(text, hint=fault.hint, playbook=playbook.name) from fault
        made.append(settings)
    return made


def _limits(playbook: Playbook, *, together: bool) -> list[dict[str, Any]]:
    name, offers, guards = playbook.name, list(playbook.offer_ids), playbook.guards
    made: list[dict[str, Any]] = []
    for place, who in enumerate(playbook.who, start=1):
        made.append({"name": f"{name}: who {place}", "kind": "only", "offers": offers, **plain(who)})
    made += [filled(playbook, table) for table in playbook.limits]
    rails: Mapping[str, tuple[str, str, float | None]] = {
        "customers": ("contacts", "share_at_most", guards.customer_share),
        # Alone it may spend all of the budget it was given.
        "budget": ("spend", "share_at_most", guards.budget_share if together else None),
        "return": ("roi", "at_least", guards.min_roi),
    }
    for rail, (kind, field, figure) in rails.items():
        if figure is not None:
            made.append({"name": f"{name}: {rail}", "kind": kind, "offers": offers, field: figure})
    return made
