"""The verb that finds what goes together, one after another, and in place of each other."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from offersmith.cli.root import AsJson, AsOf, ShopFolder, answer, grouped, moment_of, open_shop

group = grouped()


class By(StrEnum):
    """What rules are about."""

    product = "product"
    category = "category"


@group.command(epilog="Example: offersmith mining --min-support 0.001 --bundles bundles.parquet")
def mining(
    *,
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("mining.html"),
    min_support: Annotated[
        float, typer.Option(help="Share of baskets that a rule must hold in; 5 baskets at least.")
    ] = 0.0005,
    by: Annotated[By, typer.Option(help="Whether rules are about products or categories.")] = By.product,
    bundles: Annotated[
        Path | None, typer.Option(help="A Parquet file for all candidates of bundles and cross-sells.")
    ] = None,
    as_of: AsOf = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Find what goes together: rules, sequences, the network, substitutes and candidates for bundles, as a page."""
    opened = open_shop(shop)
    found = opened.mining(out, moment_of(as_of), min_support=min_support, by=by.value, bundles=bundles)
    answer(found, as_json=as_json, language=opened.language)
