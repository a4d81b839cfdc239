"""What is told of codes: whether one counts for somebody, what a customer holds, what was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from offersmith.campaigns.codes import spellings
from offersmith.campaigns.codes_made import told_voucher
from offersmith.campaigns.desk import Desk
from offersmith.campaigns.table import table
from offersmith.campaigns.writable import check_name, check_typed
from offersmith.errors import StateError
from offersmith.offers.catalogue import says
from offersmith.offers.effects import GENERIC, Audience
from offersmith.offers.explain import explain_code
from offersmith.store.vouchers import Voucher
from offersmith.vocabulary import Offer
from offersmith.words import Language, say


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a code counts for a customer at a moment.

    Attributes:
        typed: as it was entered.
        voucher: the code that is meant; None = unknown.
        why: reason code, "" where it counts.
        customer_id: who enters it.
        used: how often it is used or reserved.
        offer: what it unlocks; None where it is not known.
    """

    typed: str
    voucher: Voucher | None
    why: str
    customer_id: str | None
    used: int = 0
    offer: Offer | None = None

    @property
    def counts(self) -> bool:
        """Whether it counts."""
        return not self.why

    def as_dict(self, audience: Audience = "staff") -> dict[str, Any]:
        """Return plain values, as much as somebody may read."""
        told: dict[str, Any] = {"code": self.typed, "counts": self.counts, "why": self._why(audience)}
        if self.voucher and self._open(audience):
            told |= {"voucher": told_voucher(self.voucher), "used": self.used}
        return told

    def text(self, language: Language = "en", audience: Audience = "staff") -> str:
        """Say it, as much as somebody may read."""
        if not self.counts:
            return say("desk.code_not", language, code=self.typed, why=explain_code(self._why(audience), language))
        said = says(self.offer, language) if self.offer else ""
        line = say("desk.code_counts", language, code=self.typed, says=said)
        if not (self.voucher and self._open(audience)):
            return line
        uses = say("desk.unlimited", language) if self.voucher.uses is None else f"{self.voucher.uses:,}"
        return f"{line}\n" + say(
            "desk.code_more", language, campaign=self.voucher.campaign_id, promotion=self.voucher.promotion_id,
            batch=self.voucher.batch, used=self.used, uses=uses,
        )  # fmt: skip

    def _open(self, audience: Audience) -> bool:
        owner = self.voucher is not None and self.voucher.customer_id is not None
        mine = owner and self.voucher is not None and self.voucher.customer_id == self.customer_id
        return audience == "staff" or (audience == "owner" and mine)

    def _why(self, audience: Audience) -> str:
        return self.why if not self.why or self._open(audience) else GENERIC

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Wallet:
    """The codes bound to a customer, each with the reason it does not count now, or ""."""

    customer_id: str
    codes: Sequence[tuple[Voucher, str]]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "customer_id": self.customer_id,
            "codes": [{**told_voucher(one), "counts": not why, "why": why} for one, why in self.codes],
        }

    def text(self, language: Language = "en") -> str:
        """List them, one a line."""
        if not self.codes:
            return say("desk.no_codes", language, customer=self.customer_id)
        rows = [
            (one.code, one.campaign_id, one.promotion_id, f"{one.ends:%Y-%m-%d %H:%M}" if one.ends else "",
             explain_code(why, language) if why else say("desk.counts", language))
            for one, why in self.codes
        ]  # fmt: skip
        return table(("code", "campaign", "promotion", "ends", "now"), rows, language)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Voided:
    """Codes that were taken back.

    Attributes:
        name: the code or the batch.
        code: `voided`; or `unknown` (no such code), `already` (there was nothing live to take back).
        count: how many.
    """

    name: str
    code: str
    count: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"name": self.name, "code": self.code, "count": self.count}

    def text(self, language: Language = "en") -> str:
        """Say how many codes no longer count."""
        return say(f"desk.void_{self.code}", language, name=self.name, count=self.count)

    def __str__(self) -> str:
        return self.text()


def check(desk: Desk, typed: str, customer_id: str | None, at: datetime) -> Checked:
    """Say whether a code counts for a customer at a moment (naive UTC); reserves nothing.

    Raises:
        InputError: the code or the customer's id has signs of control.
    """
    check_typed(typed)
    check_name("customer_id", customer_id or "")
    look_up = desk.till.look_up
    found = desk.vouchers.find(spellings(typed))
    if found is None:
        return Checked(typed, None, "code_unknown", customer_id)
    live = desk.roster.at(at)
    why = look_up.why_not(found, live, customer_id, at)
    promotions = desk.definition(found.campaign_id).promotions
    offer = next((one.offer for one in promotions if one.name == found.promotion_id), None)
    return Checked(typed, found, why, customer_id, look_up.used(found), offer)


def void(desk: Desk, typed: str) -> Voided:
    """Take one code back.

    Raises:
        InputError: the code has signs of control.
    """
    check_typed(typed)
    found = desk.vouchers.find(spellings(typed))
    if found is None:
        return Voided(typed, "unknown", 0)
    done = desk.vouchers.void(found.code_key)
    return Voided(found.code, "voided" if done else "already", int(done))


def void_batch(desk: Desk, campaign_id: str, batch: str) -> Voided:
    """Take all codes of a batch back.

    Raises:
        StateError: no such campaign or batch.
    """
    desk.definition(campaign_id)
    known = [one.batch for one in desk.vouchers.counts(campaign_id)]
    if batch not in known:
        raise StateError(f"batch {batch!r}: no such batch; there are: {', '.join(known) or 'none yet'}")
    count = desk.vouchers.void_batch(campaign_id, batch)
    return Voided(batch, "voided" if count else "already", count)
