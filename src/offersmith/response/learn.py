"""Learn response from what a shop has tried so far; choose the model by how much there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from offersmith.errors import SettingsError
from offersmith.progress import Progress, silent
from offersmith.response import MODELS
from offersmith.response.base import Economics, FittedResponse, History, ResponseModel, floats, strings
from offersmith.response.effects import bias_of, past_effects
from offersmith.response.history import Profiles, build
from offersmith.response.judging.competition import USUAL
from offersmith.response.learned import Learned
from offersmith.response.learners import LEARNERS
from offersmith.response.unrecorded import filled
from offersmith.settings import LearnSettings, PriorSettings
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import Offer

AUTO = "auto"
MIN_TREATED = 200
MIN_REDEEMERS = 30
"""Below this many customers treated, and redeemed where uses are on record, differences cannot be learned."""


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
        settings: `[learn]`; `model = "auto"` chooses, and one learner's name lets it alone compete.
        priors: `[priors]`.
        progress: told how far it is.

    Raises:
        SettingsError: `settings.model` is neither `auto` nor a key of `MODELS` or `LEARNERS`, or one of
            `settings.learners` is no key of `LEARNERS`.
    """
    _check(settings)
    history = build(
        analytics,
        as_of,
        profile=profile,
        horizon_days=settings.horizon_days,
        currency=economics.currency,
        folds=settings.folds,
        progress=progress,
    )
    history = filled(history, offers, priors)
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
    progress("response.stage_fit", 0, None)
    return model_of(settings, history).fit(
        history, offers=offers, economics=economics, priors=priors, seed=settings.seed, progress=progress
    )


def model_of(settings: LearnSettings, history: History) -> ResponseModel:
    """Return the model that settings name, or that a history can carry."""
    name = choose(history) if settings.model == AUTO else settings.model
    if name not in MODELS:
        return Learned(learners=(name,), grid=settings.grid)
    if name == Learned.name:
        return Learned(settings.learners or USUAL, settings.grid, tells=settings.model == AUTO)
    return MODELS[name]


def choose(history: History) -> str:
    """Return the model a history can carry.

    `prior` without campaigns, `constant` with few; `learned` where every offer was given by lot, so that customers held
    out can judge, also in a shop that records no uses; else `boosting`, whose claims a placebo bounds.
    """
    if not history.treated:
        return "prior"
    redeemers = sum(use.redeemers or 0 for use in history.campaigns)
    if history.treated < MIN_TREATED or 0 < redeemers < MIN_REDEEMERS:
        return "constant"
    if by_lot(history):
        return "learned"
    return "boosting" if redeemers else "constant"


def by_lot(history: History) -> bool:
    """Whether every offer of the history was given with chances that were written down, at least once."""
    given, known = strings(history.table, "offer_id"), np.isfinite(floats(history.table, "propensity"))
    return bool(known.any()) and set(given.tolist()) == set(given[known].tolist())


def _check(settings: LearnSettings) -> None:
    if settings.model not in {AUTO, *MODELS, *LEARNERS}:
        allowed = ", ".join((AUTO, *MODELS, *(name for name in LEARNERS if name not in MODELS)))
        raise SettingsError(f"[learn] model {settings.model!r} is unknown; allowed: {allowed}")
    for name in settings.learners:
        if name not in LEARNERS:
            raise SettingsError(f"[learn] learners: {name!r} is unknown; allowed: {', '.join(LEARNERS)}")
