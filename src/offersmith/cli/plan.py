"""`offersmith plan`, `plan compare` and `what-if`: who gets what, and who gains and who loses by a change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offersmith.cli.root import (
    HELP_NAMES,
    AsJson,
    AsOf,
    ShopFolder,
    answer,
    at_desk,
    grouped,
    moment_of,
    nothing_before,
    open_shop,
)
from offersmith.cli.root import progress as progress_bar
from offersmith.cli.told import reader
from offersmith.words import say

if TYPE_CHECKING:
    from offersmith.shop import Shop

Out = Annotated[Path | None, typer.Option("--out", help="Also write it as a page, in English and Chinese.")]

group = typer.Typer(rich_markup_mode=None, context_settings=HELP_NAMES)
asking = grouped()
"""The command that stands beside `plan`, not below it."""


@group.callback(
    invoke_without_command=True,
    epilog="Example: offersmith plan --budget 5000 --limits limits.toml --playbook win-back --explore 0.1 --json",
)
def plan(
    context: typer.Context,
    *,
    budget: Annotated[
        str | None, typer.Option(help="What all offers together may cost, e.g. 5000 or 5000.00.", show_default=False)
    ] = None,
    balance: Annotated[
        str | None,
        typer.Option(
            help="In place of a budget, what the shop has: the budget is that less what offers of earlier plans that "
            "are still out are expected to cost.",
            show_default=False,
        ),
    ] = None,
    goal: Annotated[
        str | None,
        typer.Option(help="What is made large: profit, revenue or cautious.", show_default="the settings'"),
    ] = None,
    limits: Annotated[
        Path | None, typer.Option(help="A file of [[limits]] the plan must keep, e.g. limits.toml.")
    ] = None,
    playbook: Annotated[
        list[str] | None,
        typer.Option(
            help="Give the offers of this playbook, to its customers, within its limits; may be said several times."
        ),
    ] = None,
    explore: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Share of customers decided by lot.", show_default="the settings'"),
    ] = None,
    each: Annotated[
        int | None,
        typer.Option(help="Offers a customer may get at most, 1 to 3.", show_default="the settings'"),
    ] = None,
    margin: Annotated[float | None, typer.Option(help="Margin rate for this plan; default: the settings'.")] = None,
    as_of: AsOf = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Decide which customer gets which offer, within the budget and every limit."""
    if context.invoked_subcommand is not None:
        nothing_before(context)
        return
    if budget is None and balance is None:
        raise typer.BadParameter("say what all offers together may cost, e.g. --budget 5000", param_hint="--budget")
    if budget is not None and balance is not None:
        raise typer.BadParameter(say("errors.not_both", reader()), param_hint="--balance")
    opened = open_shop(shop)
    with progress_bar(opened.language) as progress:
        found = opened.plan(
            budget,
            balance=balance,
            goal=goal,
            limits=limits,
            playbooks=playbook or (),
            explore=explore,
            each=each,
            margin=margin,
            as_of=moment_of(as_of),
            progress=progress,
        )
    answer(found, as_json=as_json, language=opened.language)


@group.command("list", epilog="Example: offersmith plan list --shop my-shop")
def listed(*, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """List the plans that were kept, the newest last: their versions are what other commands ask for."""
    with at_desk(shop) as (office, language):
        answer(office.plans(), as_json=as_json, language=language)


@group.command(epilog="Example: offersmith plan compare 4f2a 9c01 --out compared.html")
def compare(
    first: Annotated[str, typer.Argument(help="A plan's version, or its beginning.", metavar="A")],
    second: Annotated[str, typer.Argument(help="Another plan's.", metavar="B")],
    *,
    out: Out = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Lay two plans side by side: what was asked differently, who gains, who loses, and what it does to the profit."""
    opened = open_shop(shop)
    _answer(opened, opened.compare(first, second), out, as_json=as_json)


@asking.command(
    "what-if",
    epilog="Example: offersmith what-if 4f2a --set budget=200 --set 'limits.gift boxes.at_most=20' --out what-if.html",
)
def what_if(
    plan: Annotated[str, typer.Argument(help="A plan's version, or its beginning; default: the newest.")] = "",
    *,
    changes: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="What to ask otherwise: budget=200, goal=revenue, explore=0, each=2, limits.NAME.at_most=20, "
            "offers.ID.percent=15; may be said several times.",
        ),
    ],
    out: Out = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Ask for a plan otherwise, and see who would gain and who would lose; nothing of it is kept."""
    opened = open_shop(shop)
    with progress_bar(opened.language) as progress:
        found = opened.what_if(plan, changes, progress=progress)
    _answer(opened, found, out, as_json=as_json)


def _answer(shop: Shop, found: Any, out: Path | None, *, as_json: bool) -> None:
    """Print a comparison; write its page where one is asked for."""
    if out is None:
        answer(found, as_json=as_json, language=shop.language)
        return
    from offersmith.report.comparison import write  # noqa: PLC0415 - start-up path

    written = write(found, out, shop=shop.settings.shop.name, language=shop.language)
    answer(written, as_json=as_json, language=shop.language)
