"""Codes made and handed over: drawn, brought along from a file, written to one."""

from __future__ import annotations

import io
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from offersmith.campaigns import voucher_files
from offersmith.campaigns.codes_desk import check_batch
from offersmith.campaigns.desk import Desk
from offersmith.campaigns.holders import codes_of
from offersmith.errors import InputError, StateError, StorageError
from offersmith.progress import Progress, silent
from offersmith.store.files import replacing
from offersmith.store.vouchers import Batch, Issued, Voucher
from offersmith.words import Language, say


@dataclass(frozen=True, slots=True)
class Made:
    """A batch that was made, or why not.

    Attributes:
        campaign_id: whose codes.
        issued: the ledger's answer.
        file: where the codes were written, if they were.
    """

    campaign_id: str
    issued: Issued
    file: Path | None = None

    @property
    def done(self) -> bool:
        """Whether the batch was made."""
        return self.issued.code == "issued"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "campaign_id": self.campaign_id,
            **asdict(self.issued),
            "taken": list(self.issued.taken),
            "file": str(self.file) if self.file else None,
        }

    def text(self, language: Language = "en") -> str:
        """Say how many codes there are, or why none."""
        words = {"batch": self.issued.batch, "campaign": self.campaign_id}
        if self.issued.code == "codes_taken":
            return say("desk.codes_taken", language, **words, codes=", ".join(self.issued.taken))
        said = say(f"desk.codes_{self.issued.code}", language, **words, count=self.issued.count)
        return f"{said}\n{say('desk.codes_file', language, file=self.file)}" if self.file else said

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True)
class Exported:
    """A campaign's codes on their way out: `count` of them, in a file, or here as `vouchers`.

    Attributes:
        campaign_id: whose codes.
        count: how many codes.
        bound: live codes among them that are bound to a customer, as it stood once they were read.
        holders: how many customers these are bound to.
        file: where they are written; None = they are here.
        vouchers: the codes, where they went to no file.
    """

    campaign_id: str
    count: int
    bound: int
    holders: int
    file: Path | None
    vouchers: Sequence[Voucher] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; the codes themselves where they went to no file."""
        told: dict[str, Any] = {"campaign_id": self.campaign_id, "count": self.count}
        told |= {"bound": self.bound, "holders": self.holders}
        if self.file:
            return {**told, "file": str(self.file)}
        return {**told, "codes": [told_voucher(one) for one in self.vouchers]}

    def text(self, language: Language = "en") -> str:
        """Say where they are; where they went to no file, be the CSV."""
        if self.file:
            said = say("desk.codes_written", language, count=self.count, file=self.file)
            return "\n".join([said, *codes_of(self.bound, self.holders, language)])
        sheet = io.StringIO(newline="")
        voucher_files.write(sheet, self.vouchers)
        return sheet.getvalue().rstrip("\n")

    def __str__(self) -> str:
        return self.text()


def issue(
    desk: Desk,
    campaign_id: str,
    promotion_id: str,
    batch: str,
    *,
    at: datetime,
    count: int | None,
    customers: Path | None,
    days: int | None,
    uses: int | None,
    prefix: str,
    out: Path | None,
    progress: Progress = silent,
) -> Made:
    """Draw a batch of codes, and write them to `out` where one is named; see `Desk.issue`.

    Raises:
        InputError: neither a number nor customers are given, or both; a file or a number is not usable.
        StateError: no such campaign.
        StorageError: the file cannot be written; the codes are issued then, and can be exported.
    """
    if (count is None) == (customers is None):
        raise InputError("a batch needs --count or --customers, and not both", field="count")
    owners = _opened(customers, voucher_files.customers) if customers else None
    name = batch or f"{promotion_id}-{at:%Y%m%d-%H%M%S}"
    issued = desk.issue(
        campaign_id, promotion_id, name, at=at, count=count or 0, customers=owners, days=days, uses=uses, prefix=prefix,
        progress=progress,
    )  # fmt: skip
    if out is None or issued.code != "issued":
        return Made(campaign_id, issued)
    try:
        return Made(campaign_id, issued, export(desk, campaign_id, issued.batch, out).file)
    except StorageError as fault:
        hint = f"the codes are issued; write them elsewhere: offersmith voucher export {campaign_id} --batch {name}"
        raise StorageError(fault.message, hint=hint, **fault.facts) from fault


def bring(
    desk: Desk,
    campaign_id: str,
    promotion_id: str,
    batch: str,
    file: Path,
    *,
    at: datetime,
    progress: Progress = silent,
) -> Made:
    """Write the codes of a CSV file, all of them or none; where the file does not say it, each may be used once.

    Raises:
        InputError: the file cannot be used; names the lines. Or codes in it exist already; names them.
        StateError: no such campaign.
    """
    definition = desk.coded(campaign_id, promotion_id)
    check_batch(batch)
    made = Batch(batch, campaign_id, promotion_id, at, None, None, 1)
    rows = _opened(file, lambda lines: voucher_files.read(lines, made, definition.zone))
    issued = desk.vouchers.bring(made, rows, progress)
    if issued.code == "codes_taken":
        raise voucher_files.name_taken(rows, issued.taken)
    return Made(campaign_id, issued)


def export(desk: Desk, campaign_id: str, batch: str | None, out: Path | None) -> Exported:
    """Return a campaign's codes, or write them to `out` as CSV where one is named: the whole file, or none.

    What is written is read in parts, so that millions of codes need no more memory than some.

    Raises:
        StateError: no such campaign, or no such batch.
        StorageError: the file cannot be written.
    """
    with closing(_found(desk, campaign_id, batch)) as found:
        if out is None:
            held = tuple(found)
            return Exported(campaign_id, len(held), *desk.vouchers.holders(campaign_id, batch), None, held)
        with replacing(out) as file:
            sheet = io.TextIOWrapper(file, encoding="utf-8", newline="")
            try:
                count = voucher_files.write(sheet, found)
            finally:
                sheet.detach()  # Writes what it holds and leaves the file open: it is still to be flushed to the disk.
        return Exported(campaign_id, count, *desk.vouchers.holders(campaign_id, batch), out)


def pour(desk: Desk, campaign_id: str, batch: str | None, sheet: TextIO) -> int:
    """Write a campaign's codes as CSV to an open text file, in parts, and return how many they were.

    Raises:
        StateError: no such campaign, or no such batch.
    """
    with closing(_found(desk, campaign_id, batch)) as found:
        return voucher_files.write(sheet, found)


def _found(desk: Desk, campaign_id: str, batch: str | None) -> Generator[Voucher]:
    desk.definition(campaign_id)
    if batch is not None:
        known = [one.batch for one in desk.vouchers.counts(campaign_id)]
        if batch not in known:
            raise StateError(f"batch {batch!r}: no such batch; there are: {', '.join(known) or 'none yet'}")
    yield from desk.vouchers.export(campaign_id, batch)


def told_voucher(one: Voucher) -> dict[str, Any]:
    """Return a code as plain values."""
    moments = {name: _iso(getattr(one, name)) for name in ("issued_at", "starts", "ends")}
    return {**asdict(one), **moments}


def _opened(file: Path, work: Any) -> Any:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return work(lines)
    except OSError as fault:
        raise InputError(f"{file}: cannot be read: {fault.strerror}") from fault
    except InputError as fault:
        raise InputError(f"{file}: {fault.message}", hint=fault.hint, **fault.facts) from fault


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
