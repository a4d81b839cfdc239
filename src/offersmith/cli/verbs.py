"""The verbs of the road: init, ingest, profile, learn, report, demo, doctor; `plan` has a file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offersmith.cli.root import AsJson, AsOf, ShopFolder, answer, grouped, moment_of, open_shop
from offersmith.cli.root import progress as progress_bar

group = grouped()


@group.command(epilog="Example: offersmith init my-shop --events orders.csv")
def init(
    folder: Annotated[Path, typer.Argument(help="The workspace to make.")],
    more: Annotated[list[Path] | None, typer.Argument(help="Further event files.", show_default=False)] = None,
    *,
    events: Annotated[list[Path] | None, typer.Option("--events", "-e", help="CSV, Parquet, or a folder.")] = None,
    example: Annotated[str, typer.Option(help="A built-in shop instead of files, e.g. synthetic.")] = "",
    force: Annotated[bool, typer.Option(help="Replace an existing offersmith.toml.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at event files and write a commented offersmith.toml that maps them."""
    from offersmith.shop import Shop  # noqa: PLC0415 - start-up path

    answer(Shop.init(folder, [*(events or []), *(more or [])], example=example, force=force), as_json=as_json)


@group.command(epilog="Example: offersmith ingest --shop my-shop")
def ingest(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Only these files; default: those in the settings.")
    ] = None,
    *,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Read events: validated, de-duplicated, with a receipt whose counts add up."""
    opened = open_shop(shop)
    with progress_bar(opened.language) as progress:
        found = opened.ingest(*(files or []), progress=progress)
    answer(found, as_json=as_json, language=opened.language)


@group.command(epilog="Example: offersmith profile --as-of 2017-10-30")
def profile(
    customer: Annotated[str | None, typer.Argument(help="Show one customer; default: build all.")] = None,
    *,
    as_of: AsOf = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Work out who the customers are, as of a moment."""
    opened = open_shop(shop)
    with progress_bar(opened.language) as progress:
        everybody = opened.profile(as_of=moment_of(as_of), progress=progress)
    if customer is None:
        answer(everybody, as_json=as_json, language=opened.language)
        return
    page = everybody.customer(customer)
    answer(page, as_json=as_json, language=opened.language)
    if not page.known:
        raise typer.Exit(1)


@group.command(epilog="Example: offersmith segments --out segments.html")
def segments(
    *,
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("segments.html"),
    rules: Annotated[Path | None, typer.Option(help="Segments of your own, in TOML.")] = None,
    as_of: AsOf = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Find the segments your customers fall into, name them, and show how they move, as a page."""
    opened = open_shop(shop)
    found = opened.segments(out, moment_of(as_of), rules)
    answer(found, as_json=as_json, language=opened.language)


@group.command(epilog="Example: offersmith buyers --days 28 --out buyers.html")
def buyers(
    *,
    days: Annotated[int, typer.Option(help="Within how many days, 1 to 366.")] = 28,
    encoders: Annotated[bool, typer.Option(help="Also try networks that read sequences (the extra 'deep').")] = False,
    out: Annotated[Path, typer.Option(help="The HTML file to write; the table beside it ends in .parquet.")] = Path(
        "buyers.html"
    ),
    as_of: AsOf = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Foretell who will buy within so many days, and say how well that could be foretold."""
    opened = open_shop(shop)
    with progress_bar(opened.language) as progress:
        found = opened.buyers(out, moment_of(as_of), days, encoders=encoders, progress=progress)
    answer(found, as_json=as_json, language=opened.language)


@group.command(epilog="Example: offersmith customer 1234 --out customer-1234.html")
def customer(
    customer_id: Annotated[str, typer.Argument(metavar="ID", help="Which customer.", show_default=False)],
    *,
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("customer.html"),
    as_of: AsOf = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Tell one customer's story: segments, interests, value, offers and all that happened, as a page."""
    opened = open_shop(shop)
    found = opened.portrait(customer_id, moment_of(as_of), out)
    answer(found, as_json=as_json, language=opened.language)
    if not found.known:
        raise typer.Exit(1)


@group.command(epilog="Example: offersmith learn --as-of 2017-10-30")
def learn(*, as_of: AsOf = None, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """Learn what offers change, from past campaigns; from stated priors where there are none."""
    opened = open_shop(shop)
    with progress_bar(opened.language) as progress:
        found = opened.learn(as_of=moment_of(as_of), progress=progress)
    answer(found, as_json=as_json, language=opened.language)


@group.command(epilog="Example: offersmith report --out report.html")
def report(
    *,
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("report.html"),
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Write the report: one self-contained page, in English and Chinese."""
    opened = open_shop(shop)
    with progress_bar(opened.language) as progress:
        found = opened.report(out, progress=progress)
    answer(found, as_json=as_json, language=opened.language)


@group.command(epilog="Example: offersmith demo --out demo-out")
def demo(
    *,
    out: Annotated[Path, typer.Option(help="Folder for report.html, plan.parquet, cards.md, summary.json.")] = Path(
        "demo-out"
    ),
    budget: Annotated[str, typer.Option(help="What all offers together may cost, in dollars.")] = "150",
    as_json: AsJson = False,
) -> None:
    """Drive the whole road on a real retailer's year, and compare with what then happened."""
    from offersmith.demo import run  # noqa: PLC0415 - start-up path

    with progress_bar() as progress:
        found = run(out, budget=budget, progress=progress)
    answer(found, as_json=as_json)


@group.command(epilog="Example: offersmith doctor --shop my-shop")
def doctor(*, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """Check the machine, the libraries and the workspace."""
    from offersmith.doctor import examine  # noqa: PLC0415 - start-up path

    found = examine(shop)
    answer(found, as_json=as_json)
    if not found.healthy:
        raise typer.Exit(1)
