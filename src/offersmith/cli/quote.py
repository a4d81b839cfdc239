"""`offersmith quote`: what a basket would cost now, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offersmith.cli.given import read_object
from offersmith.cli.root import AsJson, At, For, ShopFolder, answer, at_desk, grouped, now_or

group = grouped()


@group.command(epilog="Example: offersmith quote basket.json --audience owner")
def quote(
    basket: Annotated[Path, typer.Argument(help="The basket as JSON; - reads standard input.")],
    *,
    audience: For = "staff",
    at: At = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Price a basket with the campaigns that are live, and reserve nothing."""
    with at_desk(shop) as (office, language):
        found = office.till.quote(office.till.order(read_object(basket)), now_or(at))
    answer(found, as_json=as_json, language=language, audience=audience)
