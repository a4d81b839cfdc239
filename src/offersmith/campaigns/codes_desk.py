"""What is done with a campaign's codes: drawn in batches, shared, shown to who holds them, counted for a simulation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from offersmith.campaigns import codes as coding
from offersmith.campaigns.definition import Definition
from offersmith.campaigns.live import Roster
from offersmith.campaigns.redeem import Till
from offersmith.campaigns.vouchers import ends_after
from offersmith.campaigns.writable import check_name
from offersmith.errors import InputError, StateError
from offersmith.progress import Progress, silent
from offersmith.store.campaigns import Campaigns
from offersmith.store.ledger import Ledger
from offersmith.store.vouchers import Batch, Issued, Row, Voucher, Vouchers

MOST_CODES = 10_000_000
MOST_USES = 2**31 - 1


class CodeDesk:
    """The part of the desk where codes are made; `Desk` is the whole.

    Args:
        ledger: an open one.
        currency: the shop's.
        zone: the shop's.
        min_margin_bp: least margin of a piece whose cost is known, in hundredths of a percent of its price.
    """

    def __init__(self, ledger: Ledger, *, currency: str, zone: str, min_margin_bp: int = 0) -> None:
        self.currency = currency
        self.zone = zone
        self._ledger = ledger
        self.campaigns = Campaigns(ledger)
        self.vouchers = Vouchers(ledger)
        self.roster = Roster(self.campaigns, currency, zone)
        self.till = Till(ledger, currency=currency, zone=zone, roster=self.roster, min_margin_bp=min_margin_bp)

    def definition(self, campaign_id: str) -> Definition:
        """Return the definition that counts.

        Raises:
            StateError: no such campaign.
            InputError: what cannot be printed is no campaign's id.
        """
        check_name("campaign_id", campaign_id)
        row = self.campaigns.get(campaign_id)
        if row is None:
            known = ", ".join(one.campaign_id for one in self.campaigns.all()) or "none yet"
            raise StateError(f"campaign {campaign_id!r}: no such campaign; there are: {known}")
        return self.roster.revision(campaign_id, row.revision).definition

    def coded(self, campaign_id: str, promotion_id: str) -> Definition:
        """Return a campaign's definition, where the promotion takes codes.

        Raises:
            InputError: it takes none.
            StateError: no such campaign.
        """
        definition = self.definition(campaign_id)
        coded = [one.name for one in definition.promotions if one.needs_code]
        if promotion_id not in coded:
            raise InputError(
                f"promotion = {promotion_id!r} takes no codes in campaign {campaign_id}; "
                f"allowed: {', '.join(coded) or 'none: no promotion has needs_code'}"
            )
        return definition

    def issue(
        self,
        campaign_id: str,
        promotion_id: str,
        batch: str,
        *,
        at: datetime,
        count: int = 0,
        customers: Sequence[str] | None = None,
        days: int | None = None,
        uses: int | None = 1,
        prefix: str = "",
        progress: Progress = silent,
    ) -> Issued:
        """Draw a batch of codes for a promotion of a campaign.

        Args:
            campaign_id: whose.
            promotion_id: what they unlock; it must need a code.
            batch: a name that no other batch of the campaign has.
            at: the moment, naive UTC.
            count: how many, where no customers are named.
            customers: one code each is bound to them.
            days: they hold for so many days from now; None = as long as the campaign.
            uses: how often each may be used; None = as often as the campaign allows.
            prefix: what they begin with.
            progress: told as codes are written.

        Raises:
            InputError: no such promotion, a number out of range, or a batch or customer that is no name.
            StateError: no such campaign.
        """
        definition = self.coded(campaign_id, promotion_id)
        check_batch(batch)
        for one in customers or ():
            check_name("customer_id", one)
        _check_number("count", count if customers is None else len(customers), MOST_CODES)
        _check_number("uses", 1 if uses is None else uses, MOST_USES)
        ends = None if days is None else ends_after(at, days, definition.zone, definition.ends)
        form = coding.Form(prefix=prefix) if prefix else coding.Form()
        return self.vouchers.issue(
            Batch(batch, campaign_id, promotion_id, at, None, ends, uses),
            count,
            lambda wanted: coding.mint(wanted, form),
            customers=customers,
            progress=progress,
        )

    def share(self, campaign_id: str, promotion_id: str, code: str, *, at: datetime, uses: int | None = None) -> Issued:
        """Write one code of one's own for everybody who knows it (SUMMER10).

        Raises:
            InputError: no such promotion, no such code, or a number out of range.
            StateError: no such campaign.
        """
        self.coded(campaign_id, promotion_id)
        key = coding.normalise(code)
        if not key or not code.strip().isprintable():
            raise InputError(
                f"code = {code!a:.80} is no code; allowed: 1 to {coding.LONGEST} letters and digits", field="code"
            )
        _check_number("uses", 1 if uses is None else uses, MOST_USES)
        row = Row(key, code.strip().upper(), None, None, None, uses)
        return self.vouchers.bring(Batch(f"shared/{key}", campaign_id, promotion_id, at, None, None, uses), [row])

    def wallet(self, customer_id: str, at: datetime) -> list[tuple[Voucher, str]]:
        """Return the codes bound to a customer, each with the reason it does not count now, or "".

        Raises:
            InputError: what cannot be printed is no customer's id.
        """
        check_name("customer_id", customer_id)
        live = self.roster.at(at)
        return [
            (one, self.till.look_up.why_not(one, live, customer_id, at))
            for one in self.vouchers.of_customer(customer_id)
        ]


def check_batch(batch: str) -> None:
    """Check the name of a batch that is to be made.

    Raises:
        InputError: it is empty, too long, or cannot be printed.
    """
    if not batch.strip():
        raise InputError("batch = '' is not allowed; allowed: a name no other batch of the campaign has", field="batch")
    check_name("batch", batch)


def _check_number(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise InputError(f"{name} = {value} is not allowed; allowed: 1 to {most:,}", field=name, value=value)
