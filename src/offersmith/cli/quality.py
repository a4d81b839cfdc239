"""The verb that looks at the quality of what was read, and at what drifted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offersmith.cli.root import AsJson, AsOf, ShopFolder, answer, grouped, moment_of, open_shop

group = grouped()


@group.command(epilog="Example: offersmith quality --between 2017-07-01 2017-10-01")
def quality(
    *,
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("quality.html"),
    as_of: AsOf = None,
    since: Annotated[
        str | None,
        typer.Option(help="The earlier moment drift is measured from.", show_default="28 days before --as-of"),
    ] = None,
    between: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="A B", help="Both moments at once, in place of --since and --as-of.", show_default=False),
    ] = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Show what is odd about events, customers and products, and what drifted between two moments, as a page."""
    if between is not None:
        if since is not None or as_of is not None:
            raise typer.BadParameter("it says both moments; leave --since and --as-of out", param_hint="--between")
        since, as_of = between
    opened = open_shop(shop)
    answer(opened.quality(out, moment_of(as_of), moment_of(since)), as_json=as_json, language=opened.language)
