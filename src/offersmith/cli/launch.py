"""`offersmith launch`: a plan becomes a draft campaign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from offersmith.cli.root import AsJson, At, By, ShopFolder, answer, at_desk, grouped, now_or, unless, who

group = grouped()


@group.command(epilog="Example: offersmith launch --id spring --overshoot clamp")
def launch(
    plan: Annotated[str, typer.Argument(help="A plan's version, or its beginning; default: the newest.")] = "",
    *,
    campaign_id: Annotated[
        str, typer.Option("--id", help="The campaign's id; default: made from the plan's version.")
    ] = "",
    name: Annotated[str, typer.Option(help="What people call the campaign.")] = "",
    overshoot: Annotated[
        Literal["refuse", "clamp"],
        typer.Option(help="At the end of the budget: refuse a discount that is more than the rest, or cut it."),
    ] = "refuse",
    again: Annotated[
        bool, typer.Option("--again", help="Also where the plan was launched before: more codes and another budget.")
    ] = False,
    by: By = None,
    at: At = None,
    shop: ShopFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Turn a plan into a draft campaign: its offers, a code for everybody who gets one, its budget."""
    with at_desk(shop) as (office, language):
        made = office.launch_plan(
            plan, campaign_id=campaign_id, name=name, author=who(by), at=now_or(at), rule=overshoot, again=again
        )
    answer(made, as_json=as_json, language=language)
    unless(made.moved.done)
