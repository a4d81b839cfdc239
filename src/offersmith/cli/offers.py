"""`offersmith offers`: the kinds there are, baskets priced with promotions from a file, scenarios replayed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from offersmith.cli.given import read_json, read_object
from offersmith.cli.root import AsJson, At, answer, grouped, moment_of, now_or

group = grouped("What can be given; needs no workspace.")


@group.command("list", epilog="Example: offersmith offers list")
def kinds(*, as_json: AsJson = False) -> None:
    """List the kinds of offers, each with terms it may have, in words."""
    from offersmith.offers.kinds.told import KindsTold  # noqa: PLC0415 - start-up path

    answer(KindsTold(), as_json=as_json)


@group.command(epilog="Example: offersmith offers price basket.json promotions.json")
def price(
    basket: Annotated[Path, typer.Argument(help="The basket as JSON; - reads standard input.")],
    promotions: Annotated[Path, typer.Argument(help="A list of promotions, or a campaign's definition, as JSON.")],
    *,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Price a basket with promotions from a file; a promotion with needs_code takes its own id as the code."""
    from offersmith.campaigns.priced import price as priced  # noqa: PLC0415 - start-up path

    found = priced(read_object(basket), read_json(promotions), moment_of(at), now_or(None))
    answer(found, as_json=as_json)


@group.command(epilog="Example: offersmith offers replay scenarios.json --json")
def replay(
    file: Annotated[Path, typer.Argument(help="Scenarios as JSON: carts, promotions, and what is expected.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Price the scenarios of a file, and say of each whether what came is what was expected."""
    from offersmith.offers.replay import replay_file  # noqa: PLC0415 - start-up path

    found = replay_file(file)
    answer(found, as_json=as_json)
    if found.failed:
        raise typer.Exit(1)
