"""The verb that looks at what customers do: visits, drop-off, what is left behind, when, at what price, what again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offersmith.cli.root import AsJson, AsOf, ShopFolder, answer, grouped, moment_of, open_shop

group = grouped()


@group.command(epilog="Example: offersmith behaviour --out behaviour.html")
def behaviour(
    *,
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("behaviour.html"),
    as_of: AsOf = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Show how customers visit, drop off, leave carts, when and at what price they buy, and what again, as a page."""
    opened = open_shop(shop)
    answer(opened.behaviour(out, moment_of(as_of)), as_json=as_json, language=opened.language)
