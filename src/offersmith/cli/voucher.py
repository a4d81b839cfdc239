"""`offersmith voucher`: issue, share, import, export, void, check, and a customer's wallet."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from offersmith.cli.given import uses_of
from offersmith.cli.root import AsJson, At, For, ShopFolder, answer, at_desk, grouped, now_or, progress, unless

Campaign = Annotated[str, typer.Argument(help="The campaign's id.")]
Promotion = Annotated[str, typer.Argument(help="The id of a promotion of it that needs a code.")]
Uses = Annotated[str, typer.Option(help="How often each may be used: a number, or unlimited.")]

group = grouped("Codes: unique batches, shared ones, those bound to a customer.")


@group.command(epilog="Example: offersmith voucher issue spring ten --count 1000 --days 30 --out codes.csv")
def issue(
    campaign: Campaign,
    promotion: Promotion,
    *,
    count: Annotated[int | None, typer.Option(help="How many codes.")] = None,
    customers: Annotated[
        Path | None, typer.Option(help="One code for each customer of this file: one id a line, or a CSV column.")
    ] = None,
    days: Annotated[int | None, typer.Option(help="They hold so many days; default: as long as the campaign.")] = None,
    uses: Uses = "1",
    prefix: Annotated[str, typer.Option(help="What they begin with: letters and digits.")] = "",
    batch: Annotated[str, typer.Option(help="The batch's name; default: the promotion and the moment.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write the codes to this CSV file.")] = None,
    at: At = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Draw a batch of codes that nobody can guess."""
    from offersmith.campaigns.codes_made import issue as drawn  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language), progress(language) as watch:
        found = drawn(
            office,
            campaign,
            promotion,
            batch,
            at=now_or(at),
            count=count,
            customers=customers,
            days=days,
            uses=uses_of(uses),
            prefix=prefix,
            out=out,
            progress=watch,
        )
    answer(found, as_json=as_json, language=language)
    unless(found.done)


@group.command(epilog="Example: offersmith voucher share spring ten SPRING10")
def share(
    campaign: Campaign,
    promotion: Promotion,
    code: Annotated[str, typer.Argument(help="The code everybody may know.")],
    *,
    uses: Uses = "unlimited",
    at: At = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Write one code of your own for everybody who knows it."""
    from offersmith.campaigns.codes_made import Made  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = Made(campaign, office.share(campaign, promotion, code, at=now_or(at), uses=uses_of(uses)))
    answer(found, as_json=as_json, language=language)
    unless(found.done)


@group.command("import", epilog="Example: offersmith voucher import spring ten codes.csv --batch printed")
def bring(
    campaign: Campaign,
    promotion: Promotion,
    file: Annotated[Path, typer.Argument(help="A CSV file: code, and if you like customer_id, starts, ends, uses.")],
    *,
    batch: Annotated[str, typer.Option(help="The batch's name; it can be imported once.")],
    at: At = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Bring codes along that were drawn elsewhere: all of them, or none."""
    from offersmith.campaigns.codes_made import bring as brought  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language), progress(language) as watch:
        found = brought(office, campaign, promotion, batch, file, at=now_or(at), progress=watch)
    answer(found, as_json=as_json, language=language)
    unless(found.done)


@group.command(epilog="Example: offersmith voucher export spring --batch printed --out codes.csv")
def export(
    campaign: Campaign,
    *,
    batch: Annotated[str | None, typer.Option(help="Only this batch.")] = None,
    out: Annotated[Path | None, typer.Option(help="The CSV file to write; default: standard output.")] = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Write a campaign's codes as CSV."""
    from offersmith.campaigns.codes_made import export as written  # noqa: PLC0415 - start-up path
    from offersmith.campaigns.codes_made import pour  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        if out is None and not as_json:
            pour(office, campaign, batch, sys.stdout)
            return
        found = written(office, campaign, batch, out)
    answer(found, as_json=as_json, language=language)


@group.command(epilog="Example: offersmith voucher void SPRING-2CDF-GHJK-MNPR")
def void(
    code: Annotated[str, typer.Argument(help="The code.")], *, shop: ShopFolder = Path(), as_json: AsJson = False
) -> None:
    """Take a code back; what was redeemed with it stands."""
    from offersmith.campaigns.codes_told import void as voided  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = voided(office, code)
    answer(found, as_json=as_json, language=language)
    unless(found.count > 0)


@group.command(epilog="Example: offersmith voucher void-batch spring printed")
def void_batch(
    campaign: Campaign,
    batch: Annotated[str, typer.Argument(help="The batch's name.")],
    *,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Take all codes of a batch back; what was redeemed with them stands."""
    from offersmith.campaigns.codes_told import void_batch as voided  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = voided(office, campaign, batch)
    answer(found, as_json=as_json, language=language)
    unless(found.count > 0)


@group.command(epilog="Example: offersmith voucher check SPRING10 --customer C17")
def check(
    code: Annotated[str, typer.Argument(help="As it was typed.")],
    *,
    customer: Annotated[str | None, typer.Option(help="Who enters it.")] = None,
    audience: For = "staff",
    at: At = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Say whether a code counts now for a customer, and why not; exit code 1 where it does not."""
    from offersmith.campaigns.codes_told import check as checked  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = checked(office, code, customer, now_or(at))
    answer(found, as_json=as_json, language=language, audience=audience)
    unless(found.counts)


@group.command(epilog="Example: offersmith voucher wallet C17")
def wallet(
    customer: Annotated[str, typer.Argument(help="The customer's id.")],
    *,
    at: At = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Show the codes bound to a customer, and which count now."""
    from offersmith.campaigns.codes_told import Wallet  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = Wallet(customer, tuple(office.wallet(customer, now_or(at))))
    answer(found, as_json=as_json, language=language)
