"""`offersmith evaluate`: what a test showed, and what another policy would have earned; files in.

No workspace is needed, unless it is a workspace's own model that is judged.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from offersmith.cli.root import AsJson, answer, grouped, open_shop, progress
from offersmith.errors import InputError

group = grouped("Judge tests and policies from files; needs no workspace.")

MODELS = (
    "shared", "additive", "constant", "logit", "average", "s_boosting", "t_boosting", "x_boosting", "r_boosting",
    "dr_boosting", "t_linear", "r_linear", "dr_linear", "t_tree", "t_forest", "t_svm", "s_neural",
)  # fmt: skip
"""Names of `learners.LEARNERS`: help must not wait for the libraries behind them."""

Seed = Annotated[int, typer.Option(help="Of folds and fits; the same seed gives the same answer.")]


def _names(text: str | None) -> tuple[str, ...] | None:
    """Read names separated by commas, quoted as in CSV where they hold one; None stays None."""
    if text is None:
        return None
    return tuple(name.strip() for line in csv.reader([text], skipinitialspace=True) for name in line if name.strip())


@group.command(
    epilog="Example: offersmith evaluate uplift test.csv --treatment segment --control 'No E-Mail' --outcome visit"
)
def uplift(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet: a row for each customer who was in the test.")],
    *,
    treatment: Annotated[str, typer.Option(help="Column of what each row was given.")],
    control: Annotated[str, typer.Option(help="Its value for those who were given nothing.")],
    outcome: Annotated[str, typer.Option(help="Column of what came of it: the higher, the better.")],
    features: Annotated[
        str | None,
        typer.Option(
            help="Columns known before the test, separated by commas; a name with a comma in double quotes.",
            show_default="all others that may have been known",
        ),
    ] = None,
    propensity: Annotated[
        str | None,
        typer.Option(
            help="Column of the chance of the arm given, above 0 and up to 1.", show_default="one lottery for all"
        ),
    ] = None,
    cost: Annotated[
        str | None,
        typer.Option(
            help="What is judged is the outcome less this: ARM=AMOUNT[,ARM=AMOUNT] for every customer given the arm, "
            "or the column of what each row cost. Effects are given with and without it."
        ),
    ] = None,
    customer: Annotated[
        str | None, typer.Option(help="Column of customers; rows of one count as one.", show_default="customer_id, ...")
    ] = None,
    models: Annotated[
        str | None,
        typer.Option(
            help=f"Models to try, separated by commas, e.g. constant,logit; there are: {', '.join(MODELS)}.",
            show_default="a varied eight",
        ),
    ] = None,
    grid: Annotated[bool, typer.Option("--grid", help="Try further settings of the models, too.")] = False,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Judge a randomised test: effects of every arm, the best model, and whether it beats one arm for everybody."""
    from offersmith.response.choice.candidates import DEFAULT  # noqa: PLC0415 - start-up path
    from offersmith.response.tested.judge import judge_test  # noqa: PLC0415 - start-up path
    from offersmith.response.tested.read import Asked  # noqa: PLC0415 - start-up path

    asked = Asked(treatment, control, outcome, _names(features), propensity, cost, customer)
    with progress() as watch:
        found = judge_test(file, asked, models=_names(models) or DEFAULT, grid=grid, seed=seed, progress=watch)
    answer(found, as_json=as_json)


@group.command(epilog="Example: offersmith evaluate policy log.csv --target new-policy.csv")
def policy(
    log: Annotated[Path, typer.Argument(help="CSV or Parquet: a row for each decision, with its chance.")],
    *,
    target: Annotated[
        str | None,
        typer.Option(help="The policy to judge: 'uniform', an action of the log, or a file of chances."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Judge what this model would choose, learned on other customers of the log, e.g. logit; the names "
            "are those of `evaluate uplift --models`. 'workspace' is the model that --shop has learned."
        ),
    ] = None,
    shop: Annotated[
        Path | None,
        typer.Option(
            "--shop", "-s", help="With --model workspace: the folder with offersmith.toml.", show_default="this folder"
        ),
    ] = None,
    control: Annotated[
        str | None, typer.Option(help="With --model: the action that is no offer.", show_default="the log's first")
    ] = None,
    action: Annotated[str | None, typer.Option(help="Column of what was given.", show_default="by its name")] = None,
    reward: Annotated[str | None, typer.Option(help="Column of what came of it.", show_default="by its name")] = None,
    propensity: Annotated[
        str | None, typer.Option(help="Column of the chance of it, above 0.", show_default="by its name")
    ] = None,
    customer: Annotated[
        str | None, typer.Option(help="Column of customers; rows of one count as one.", show_default="by its name")
    ] = None,
    context: Annotated[
        str | None, typer.Option(help="Columns the target depends on.", show_default="those of its file")
    ] = None,
    features: Annotated[str | None, typer.Option(help="Columns known before the decision.")] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Say what another policy would have earned, from a log of decisions with their chances."""
    from offersmith.response.policy.fitted import WORKSPACE, judge_fitted  # noqa: PLC0415 - start-up path
    from offersmith.response.policy.model import judge_policy  # noqa: PLC0415 - start-up path

    if (target is None) == (model is None):
        raise InputError("say either --target or --model: the policy to judge", target=target, model=model)
    columns = {"action": action, "reward": reward, "propensity": propensity, "customer": customer}
    if model is not None and (shop is not None or model == WORKSPACE):
        opened = open_shop(shop or Path())
        fitted = opened.learned()
        if model not in {WORKSPACE, fitted.name}:
            raise InputError(
                f"the workspace's model is {fitted.name!r}, not {model!r}",
                hint=f"say --model {WORKSPACE}, or leave out --shop to learn {model!r} on the log",
                model=model,
            )
        looked_at = _names(features) or ()
        judged = judge_fitted(
            log, fitted, opened.offers(), columns=columns, control=control, features=looked_at, seed=seed
        )
        answer(judged, as_json=as_json, language=opened.language)
        return
    found = judge_policy(
        log,
        target=target,
        model=model,
        control=control,
        columns=columns,
        context=_names(context) or (),
        features=_names(features) or (),
        seed=seed,
    )
    answer(found, as_json=as_json)
