"""Several playbooks as the offers and limits of one plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pyarrow as pa

from offersmith.errors import InputError, SettingsError
from offersmith.money import Money
from offersmith.offers.catalogue import offer as checked
from offersmith.settings import OfferSettings
from offersmith.strategy.limits.ground import nearest
from offersmith.strategy.playbooks.amounts import BASKET, resolved, usual_basket
from offersmith.strategy.playbooks.base import Playbook, Template, offer_id, plain, spoken
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
        uses: offer -> the shop's own offer it stands for, where it does.
    """

    offers: tuple[OfferSettings, ...]
    limits: tuple[dict[str, Any], ...]
    valid_days: Mapping[str, int]
    uses: Mapping[str, str] = field(default_factory=dict)


def merge(
    playbooks: Sequence[Playbook],
    currency: str,
    profiles: pa.Table | None = None,
    language: Language = "en",
    own: Sequence[OfferSettings] = (),
) -> Merged:
    """Lay playbooks together.

    Args:
        playbooks: at least one; the order is that of the offers.
        currency: of the shop.
        profiles: what is known of the customers; needed where an amount is so many times the basket. With it, each
            playbook must be for somebody.
        language: of the names of offers.
        own: the shop's own offers, which playbooks may use.

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
    offers = tuple(made for one in playbooks for made in _offers(one, currency, profiles, language, own))
    limits = tuple(made for one in playbooks for made in _limits(one, together=len(playbooks) > 1))
    uses = {
        offer: template.use
        for one in playbooks
        for offer, template in zip(one.offer_ids, one.offers, strict=True)
        if template.use
    }
    return Merged(offers, limits, {offer: one.valid_days for one in playbooks for offer in one.offer_ids}, uses)


def _offers(
    playbook: Playbook, currency: str, profiles: pa.Table | None, language: Language, own: Sequence[OfferSettings]
) -> list[OfferSettings]:
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
        name = spoken(template.name, language)
        if template.use:
            made.append(_used(playbook, template, name, own))
            continue
        settings = OfferSettings(
            id=offer_id(playbook.name, template.id),
            kind=template.kind,
            name=name,
            version=template.version,
            channel=template.channel,
            terms=resolved(template.terms, basket),
        )
        try:
            checked(settings, currency)
        except SettingsError as fault:
            text = f"playbook {playbook.name!r}: {fault.message}"
            raise InputError(text, hint=fault.hint, playbook=playbook.name) from fault
        made.append(settings)
    return made


def _used(playbook: Playbook, template: Template, name: str, own: Sequence[OfferSettings]) -> OfferSettings:
    """Return one of the shop's own offers as one of a playbook."""
    known = {one.id: one for one in own}
    if template.use not in known:
        raise InputError(
            f"playbook {playbook.name!r}: offer {template.id!r}: use = {template.use!r}: the shop has no such offer",
            hint=nearest(template.use, known) if known else "the shop has no [[offers]] of its own",
            playbook=playbook.name,
        )
    one = known[template.use]
    said = {"name": name or one.name, "channel": template.channel or one.channel}
    return msgspec.structs.replace(one, id=offer_id(playbook.name, template.id), **said)


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
    for rail, (kind, asked, figure) in rails.items():
        if figure is not None:
            made.append({"name": f"{name}: {rail}", "kind": kind, "offers": offers, asked: figure})
    return made
