"""`offersmith redeem`: reserve, confirm, roll back, return, sweep, and look."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offersmith.cli.given import pieces, read_object
from offersmith.cli.root import AsJson, At, For, Key, ShopFolder, answer, at_desk, grouped, now_or, unless

Redemption = Annotated[str, typer.Argument(help="The redemption's id, as reserve answered it.")]

group = grouped("Redeem what a quote promised: reserve, confirm or roll back, and take goods back.")


@group.command(epilog="Example: offersmith redeem reserve basket.json --key order-17")
def reserve(
    basket: Annotated[Path, typer.Argument(help="The basket as JSON; - reads standard input.")],
    *,
    key: Key,
    audience: For = "staff",
    at: At = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Take what a basket needs of limits and budgets, and hold it until it is confirmed or its time is over."""
    with at_desk(shop) as (office, language):
        found = office.till.reserve(office.till.order(read_object(basket)), key, now_or(at))
    answer(found, as_json=as_json, language=language, audience=audience)
    unless(found.outcome.done)


@group.command(epilog="Example: offersmith redeem confirm r-0123456789abcdef01234567 --key order-17-paid")
def confirm(
    redemption: Redemption, *, key: Key, at: At = None, shop: ShopFolder = Path(), as_json: AsJson = False
) -> None:
    """Keep a promise for good: the payment arrived."""
    from offersmith.campaigns.redeemed import Stepped  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = Stepped(office.till.confirm(redemption, key, now_or(at)))
    answer(found, as_json=as_json, language=language)
    unless(found.outcome.done)


@group.command(epilog="Example: offersmith redeem roll-back r-0123456789abcdef01234567 --key order-17-failed")
def roll_back(
    redemption: Redemption,
    *,
    key: Key,
    reason: Annotated[str, typer.Option(help="Why; kept with the step.")] = "",
    at: At = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Give everything back: the payment failed, or the order was cancelled."""
    from offersmith.campaigns.redeemed import Stepped  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = Stepped(office.till.roll_back(redemption, key, now_or(at), reason))
    answer(found, as_json=as_json, language=language)
    unless(found.outcome.done)


@group.command("return", epilog="Example: offersmith redeem return r-0123456789abcdef01234567 1=2 --key return-17")
def take_back(
    redemption: Redemption,
    returned: Annotated[list[str], typer.Argument(help="LINE=N: so many pieces of this line come back.")],
    *,
    key: Key,
    at: At = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Take pieces back, and say what was paid for exactly these."""
    with at_desk(shop) as (office, language):
        found = office.till.take_back(redemption, pieces(returned), key, now_or(at))
    answer(found, as_json=as_json, language=language)
    unless(found.outcome.done)


@group.command(epilog="Example: offersmith redeem sweep")
def sweep(*, at: At = None, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """Let go of reservations whose time is over."""
    from offersmith.campaigns.redeemed import Swept  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = Swept(office.till.sweep(now_or(at)))
    answer(found, as_json=as_json, language=language)


@group.command(epilog="Example: offersmith redeem show r-0123456789abcdef01234567")
def show(redemption: Redemption, *, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """Show a redemption: where it stands, what was promised, what it holds, and every step."""
    from offersmith.campaigns.redeemed import look  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = look(office.till, redemption)
    answer(found, as_json=as_json, language=language)
    unless(bool(found.redemptions))


@group.command(epilog="Example: offersmith redeem order 17")
def order(
    order_id: Annotated[str, typer.Argument(help="The shop's own number of the order.")],
    *,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Show the redemptions of an order."""
    from offersmith.campaigns.redeemed import look_order  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = look_order(office.till, order_id)
    answer(found, as_json=as_json, language=language)
    unless(bool(found.redemptions))
