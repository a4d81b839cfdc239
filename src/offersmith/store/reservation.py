"""What a redemption is asked for and answers: claims on meters, a reservation, the outcome, and the rows that are kept.

What may well happen (a limit is reached, a key comes twice, a reservation ran out) is an `Outcome` with a reason code.
What cannot be meant (a negative amount, a meter named twice) is an `InputError`, and nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from offersmith.errors import InputError

Unit = Literal["use", "money"]
State = Literal["reserved", "confirmed", "rolled_back", "expired"]

LARGEST = 2**53 - 1
"""The largest amount and cap: what every reader of JSON still holds exactly."""

OWN = "~"
"""How the keys begin that the ledger gives itself (`~expire:…`, `~retake:…`); nobody else's may."""

_LONGEST = 255
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a reservation takes from one meter.

    Attributes:
        meter_id: the meter's name; the same name means the same row, whoever claims it.
        campaign_id: whose limit it is.
        name: the limit's name in the campaign.
        subject: whose uses it counts (a customer, a code, the hash of a device); "" = everybody's.
        period: "" = ever, else "2026-11-22", "2026-W47" or "2026-11" in the shop's zone.
        unit: what is counted: uses, or minor units of money.
        cap: how much there is; None counts without a limit. It replaces the cap the meter had.
        amount: how much is taken, at least 1.
    """

    meter_id: str
    campaign_id: str
    name: str
    subject: str
    period: str
    unit: Unit
    cap: int | None
    amount: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """What is to be promised, all of it or nothing.

    Attributes:
        key: the caller's idempotency key.
        redemption_id: the name the redemption goes by afterwards.
        digest: SHA-256 of the request; the same key with another digest is refused.
        order_id: the order it belongs to, if there is one; what the same order of the same customer had reserved before
            is rolled back with it, whatever its key was.
        customer_id: the customer, if known.
        currency: ISO 4217 code of all its money.
        at: the moment it counts for (naive UTC).
        expires_at: from when on it may be swept (naive UTC); None holds until it is confirmed or rolled back.
        claims: what it takes; none is a redemption without limits.
        vouchers: normalised codes that must all be live.
        campaigns: campaign id -> the revision it was priced with, of each campaign that gives something; it must still
            be the one that counts.
        giving: the states in which campaigns give something; each of `campaigns` must be in one of them.
        facts: the basket and what pricing said of it, kept as they are.
    """

    key: str
    redemption_id: str
    digest: str
    order_id: str | None
    customer_id: str | None
    currency: str
    at: datetime
    expires_at: datetime | None
    claims: tuple[Claim, ...] = ()
    vouchers: tuple[str, ...] = ()
    campaigns: Mapping[str, int] = field(default_factory=dict)
    giving: frozenset[str] = frozenset()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call.

    Attributes:
        code: done: "reserved", "confirmed", "rolled_back", "given_back"; not done, and nothing written:
            "refused_limit" and "refused_budget" (see `meter_id` and `rest`), "voucher_void" (`facts["code_key"]`),
            "campaign_changed" (`facts["campaign_id"]` was paused or edited since it was priced),
            "key_reused" (the key was used for something else), "order_confirmed" (the order has one that is confirmed),
            "unknown_redemption", "not_reserved" (nothing to confirm), "not_confirmed" (nothing to return),
            "changed_meanwhile" (there are more steps than the caller knew of), "reservation_expired" (and no longer to
            be had: see `meter_id` and `rest`), "more_than_taken" (`rest` is what may still be given back to
            `meter_id`).
        redemption_id: whose; "" where there is none of that name.
        state: where the redemption stands now; "" where there is none.
        repeated: the same was asked before; this is that answer again, and nothing was written.
        meter_id: the meter that refused.
        rest: what is left of it.
        facts: what the step keeps: the vouchers, what it replaced, the reason, what was given back, whether it was
            retaken.
    """

    code: str
    redemption_id: str
    state: str
    repeated: bool = False
    meter_id: str = ""
    rest: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Say whether what was asked for is so, now or since an earlier call."""
        return self.code in _DONE


_DONE = frozenset(("reserved", "confirmed", "rolled_back", "given_back"))


@dataclass(frozen=True, slots=True)
class Redemption:
    """One redemption as it stands; `held` is what it holds of each meter: taken and not given back."""

    redemption_id: str
    key: str
    digest: str
    order_id: str | None
    customer_id: str | None
    state: str
    currency: str
    at: datetime
    expires_at: datetime | None
    facts: Mapping[str, Any]
    held: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a redemption; `amounts` is what it took from (+) and gave back to (-) each meter."""

    key: str
    redemption_id: str
    step: str
    at: datetime
    facts: Mapping[str, Any]
    amounts: Mapping[str, int]


def check_reservation(reservation: Reservation) -> None:
    """Refuse what cannot be meant.

    Raises:
        InputError: naming the field, the value and what is allowed.
    """
    check_key(reservation.key)
    check_text("redemption_id", reservation.redemption_id)
    check_digest(reservation.digest)
    for name in ("order_id", "customer_id"):
        if (value := getattr(reservation, name)) is not None:
            check_text(name, value)
    check_moment("at", reservation.at)
    if reservation.expires_at is not None:
        check_moment("expires_at", reservation.expires_at)
        if reservation.expires_at <= reservation.at:
            raise InputError(
                f"expires_at {reservation.expires_at} is not after at {reservation.at}", field="expires_at"
            )
    names = [claim.meter_id for claim in reservation.claims]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"claims: the meter {twice[0]} is claimed twice; add the two up", field="claims")
    for claim in reservation.claims:
        check_text("meter_id", claim.meter_id)
        check_amount(f"amount of {claim.meter_id}", claim.amount)
        if claim.cap is not None and not 0 <= claim.cap <= LARGEST:
            raise InputError(f"cap of {claim.meter_id}: {claim.cap} is not within 0 to {LARGEST}", field="cap")
        if claim.unit not in ("use", "money"):
            raise InputError(f"unit of {claim.meter_id}: {claim.unit} is not use or money", field="unit")


def check_key(key: str) -> None:
    """Refuse a key that is empty, too long, unprintable or the ledger's own."""
    check_text("key", key)
    if key.startswith(OWN):
        raise InputError(f"key: {key!r} begins with {OWN}, which the ledger keeps for itself", field="key")


def check_text(name: str, value: str) -> None:
    """Refuse a name that is empty, too long or unprintable."""
    if not value or len(value) > _LONGEST or not value.isprintable():
        raise InputError(
            f"{name}: {value[:40]!r} is not 1 to {_LONGEST} printable characters", field=name, value=value[:40]
        )


def check_digest(digest: str) -> None:
    """Refuse what is no SHA-256 in hexadecimal figures."""
    if not _DIGEST.fullmatch(digest):
        raise InputError(f"digest: {digest[:80]!r} is no SHA-256 of 64 hexadecimal figures", field="digest")


def check_moment(name: str, moment: datetime) -> None:
    """Refuse a moment with a zone: the ledger's are naive UTC."""
    if moment.tzinfo is not None:
        raise InputError(f"{name}: {moment} has a zone; moments are UTC without one", field=name)


def check_amount(name: str, amount: int) -> None:
    """Refuse an amount that is not a whole number of at least 1."""
    if type(amount) is not int or not 1 <= amount <= LARGEST:  # True is an int, and no amount.
        raise InputError(f"{name}: {amount} is not a whole number within 1 to {LARGEST}", field=name)
