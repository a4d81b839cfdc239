"""`offersmith campaign`: write, simulate, review, approve, schedule, run, stop, and look."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offersmith.cli.given import read_object
from offersmith.cli.root import AsJson, At, By, ShopFolder, answer, at_desk, grouped, now_or, progress, unless, who

Campaign = Annotated[str, typer.Argument(help="The campaign's id.")]
File = Annotated[Path, typer.Argument(help="The definition as JSON; - reads standard input.")]
Note = Annotated[str, typer.Option(help="What to remember of it.")]
Looked = Annotated[
    int | None, typer.Option("--revision", help="The revision you looked at: no other is meant.", show_default="any")
]

group = grouped(
    "Campaigns: draft, simulated, in review, approved, scheduled, live or paused, stopped, archived. "
    "Who approves a revision is not who wrote it."
)


@group.command("list", epilog="Example: offersmith campaign list")
def overview(*, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """List all campaigns and where each stands."""
    from offersmith.campaigns.answers import Overview  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = Overview(tuple(office.campaigns.all()))
    answer(found, as_json=as_json, language=language)


@group.command(epilog="Example: offersmith campaign show spring")
def show(campaign: Campaign, *, at: At = None, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """Show a campaign: its state, its promotions in words, what is used and left, its codes."""
    from offersmith.campaigns.shown import show as look  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = look(office, campaign, now_or(at))
    answer(found, as_json=as_json, language=language)


@group.command(epilog="Example: offersmith campaign create spring.json --id spring")
def create(
    file: File,
    *,
    campaign_id: Annotated[str, typer.Option("--id", help="Its id: letters, digits, '-', '_' and '.'.")],
    note: Note = "",
    by: By = None,
    at: At = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Write a draft."""
    with at_desk(shop) as (office, language):
        moved = office.create(campaign_id, read_object(file), author=who(by), at=now_or(at), note=note)
    answer(moved, as_json=as_json, language=language)
    unless(moved.done)


@group.command(epilog="Example: offersmith campaign edit spring spring.json --note 'smaller budget'")
def edit(
    campaign: Campaign,
    file: File,
    *,
    note: Note = "",
    by: By = None,
    at: At = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Write a new revision; it is a draft again."""
    with at_desk(shop) as (office, language):
        moved = office.edit(campaign, read_object(file), actor=who(by), at=now_or(at), note=note)
    answer(moved, as_json=as_json, language=language)
    unless(moved.done)


@group.command(epilog="Example: offersmith campaign simulate spring --days 30")
def simulate(
    campaign: Campaign,
    *,
    days: Annotated[int, typer.Option(help="Price the orders of so many days.")] = 30,
    by: By = None,
    at: At = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Price the shop's past orders with a campaign: what it would have cost, and whom it would have touched."""
    with at_desk(shop) as (office, language), progress(language) as watch:
        moved = office.rehearse(campaign, actor=who(by), at=now_or(at), days=days, progress=watch)
    answer(moved, as_json=as_json, language=language)
    unless(moved.done)


def _move(
    campaign: str,
    action: str,
    note: str,
    by: str | None,
    at: str | None,
    shop: Path,
    as_json: bool,
    revision: int | None = None,
) -> None:
    from offersmith.campaigns.states import Action  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        moved = office.move(campaign, Action(action), actor=who(by), at=now_or(at), revision=revision, note=note)
    answer(moved, as_json=as_json, language=language)
    unless(moved.done)


STEPS = {
    "submit": ("Hand a simulated campaign in for review.", "submit spring"),
    "send_back": ("Send a campaign under review back to its author: it is a draft again.", "send-back spring"),
    "approve": (
        "Approve what somebody else wrote; a sole owner (see the settings) may approve their own.",
        "approve spring --revision 2",
    ),
    "schedule": ("Let an approved campaign start at its time, or at once where it has none.", "schedule spring"),
    "pause": ("Pause a live campaign: customers stop getting it; reservations stand.", "pause spring"),
    "resume": ("Let a paused campaign go on.", "resume spring"),
    "stop": ("Stop a campaign for good.", "stop spring"),
    "archive": ("Put a draft or a stopped campaign away.", "archive spring"),
}
"""What somebody may do to a campaign as it stands: action -> (help, example)."""


def _step(action: str, about: str, example: str, *, looked: bool) -> None:
    """Add the command of one action; with `looked` it may name the revision that was looked at."""

    def plain(
        campaign: Campaign,
        *,
        note: Note = "",
        by: By = None,
        at: At = None,
        shop: ShopFolder = Path(),
        as_json: AsJson = False,
    ) -> None:
        _move(campaign, action, note, by, at, shop, as_json)

    def of_revision(
        campaign: Campaign,
        *,
        revision: Looked = None,
        note: Note = "",
        by: By = None,
        at: At = None,
        shop: ShopFolder = Path(),
        as_json: AsJson = False,
    ) -> None:
        _move(campaign, action, note, by, at, shop, as_json, revision)

    name = action.replace("_", "-")
    epilog = f"Example: offersmith campaign {example}"
    group.command(name, help=about, epilog=epilog)(of_revision if looked else plain)


for _action, (_about, _example) in STEPS.items():
    _step(_action, _about, _example, looked=_action in ("submit", "approve"))


@group.command(epilog="Example: offersmith campaign tick")
def tick(*, at: At = None, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """Do what the clock asks: start campaigns that are due, end those that are over. Run it every minute or so."""
    from offersmith.campaigns.answers import Ticked  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = Ticked(tuple(office.tick(now_or(at))))
    answer(found, as_json=as_json, language=language)


@group.command(epilog="Example: offersmith campaign audit spring")
def audit(campaign: Campaign, *, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """Show who did what to a campaign, and when."""
    from offersmith.campaigns.answers import Trail  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        found = Trail(campaign, tuple(office.audit(campaign)))
    answer(found, as_json=as_json, language=language)


@group.command(epilog="Example: offersmith campaign books spring")
def books(
    campaign: Annotated[str | None, typer.Argument(help="Only this campaign; default: all.")] = None,
    *,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Compare every count with the entries behind it; exit code 1 where they differ."""
    from offersmith.campaigns.answers import BooksTold  # noqa: PLC0415 - start-up path

    with at_desk(shop) as (office, language):
        if campaign is not None:
            office.definition(campaign)
        found = BooksTold(office.books(campaign), office.currency)
    answer(found, as_json=as_json, language=language)
    unless(found.books.balanced)
