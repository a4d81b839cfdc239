"""Learn response from what a shop has tried so far; choose the model by how much there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from offersmith.errors import SettingsError
from offersmith.progress import Progress, silent
from offersmith.response import MODELS
from offersmith.response.base import Economics, FittedResponse, History
from offersmith.response.effects import bias_of, past_effects
from offersmith.response.history import Profiles, build
from offersmith.settings import LearnSettings, PriorSettings
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import Offer

AUTO = "auto"
MIN_TREATED = 200
MIN_REDEEMERS = 30
"""Below this many customers treated and redeemed, differences between customers cannot be learned."""


def learn(
    analytics: Analytics,
    as_of: datetime,
    *,
    profile: Profiles,
    offers: Sequence[Offer],
    economics: Economics,
    settings: LearnSettings,
    priors: PriorSettings,
    progress: Progress = silent,
) -> FittedResponse:
    """Learn what offers change from what happened before `as_of`.

    Args:
        analytics: bound to the shop's events.
        as_of: nothing at or after this is read.
        profile: gives the profile table as of a moment.
        offers: the catalogue, for their terms.
        economics: margin and currency.
        settings: `[learn]`; `model = "auto"` chooses.
        priors: `[priors]`.
        progress: told how far it is.

    Raises:
        SettingsError: `settings.model` is neither `auto` nor a key of `MODELS`.
    """
    if settings.model != AUTO and settings.model not in MODELS:
        raise SettingsError(f"[learn] model {settings.model!r} is unknown; allowed: {AUTO}, {', '.join(MODELS)}")
    history = build(
        analytics,
        as_of,
        profile=profile,
        horizon_days=settings.horizon_days,
        currency=economics.currency,
        folds=settings.folds,
        progress=progress,
    )
    if history.treated and not history.randomised:
        found = past_effects(
            analytics,
            as_of,
            profile=profile,
            settings=settings,
            currency=economics.currency,
            history=history,
            progress=progress,
        )
        history = replace(history, bias=bias_of(found))
    name = choose(history) if settings.model == AUTO else settings.model
    progress("response.stage_fit", 0, None)
    return MODELS[name].fit(history, offers=offers, economics=economics, priors=priors, seed=settings.seed)


def choose(history: History) -> str:
    """Return the model a history can carry: `prior` without campaigns, `constant` with few, else `boosting`."""
    if not history.treated:
        return "prior"
    redeemers = sum(use.redeemers or 0 for use in history.campaigns)
    return "boosting" if history.treated >= MIN_TREATED and redeemers >= MIN_REDEEMERS else "constant"
