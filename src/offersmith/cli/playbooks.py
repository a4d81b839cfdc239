"""`offersmith playbooks`: the scenarios there are, shown as files, and copied into a workspace to be changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offersmith.cli.root import HELP_NAMES, AsJson, ShopFolder, answer, nothing_before
from offersmith.settings import FILE, load
from offersmith.words import Language

Name = Annotated[str, typer.Argument(help="Of a playbook, as `offersmith playbooks` lists it.")]

group = typer.Typer(rich_markup_mode=None, context_settings=HELP_NAMES)


@group.callback(invoke_without_command=True, epilog="Example: offersmith playbooks")
def playbooks(context: typer.Context, *, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """List the playbooks a plan can be made of: scenarios of marketing, yours and those that come with Offersmith."""
    if context.invoked_subcommand is not None:
        nothing_before(context)
        return
    _list(shop, as_json=as_json)


@group.command("list", epilog="Example: offersmith playbooks list --shop my-shop")
def listed(*, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """List the playbooks, as `playbooks` alone does."""
    _list(shop, as_json=as_json)


@group.command(epilog="Example: offersmith playbooks show win-back")
def show(name: Name, *, shop: ShopFolder = Path(), as_json: AsJson = False) -> None:
    """Print a playbook's file: who, which offers, limits, when, and what to beware of."""
    from offersmith.strategy.playbooks.listed import show as shown  # noqa: PLC0415 - start-up path

    folder, language = _at(shop)
    answer(shown(name, folder), as_json=as_json, language=language)


@group.command(epilog="Example: offersmith playbooks copy win-back --shop my-shop")
def copy(
    name: Name,
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace the workspace's own file.")] = False,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Write a playbook into the workspace's folder `playbooks`, to be changed there."""
    from offersmith.strategy.playbooks.listed import copy as copied  # noqa: PLC0415 - start-up path

    language = load(shop).shop.language
    answer(copied(name, shop, force=force), as_json=as_json, language=language)


def _list(shop: Path, *, as_json: bool) -> None:
    from offersmith.strategy.playbooks.listed import told  # noqa: PLC0415 - start-up path

    folder, language = _at(shop)
    answer(told(folder), as_json=as_json, language=language)


def _at(folder: Path) -> tuple[Path | None, Language]:
    """Return the workspace and its language; none where no folder is named and this one is no workspace."""
    if folder == Path() and not (folder / FILE).exists():
        return None, "en"
    return folder, load(folder).shop.language
