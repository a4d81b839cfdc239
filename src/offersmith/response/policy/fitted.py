"""The policy of a model that is learned already, such as a workspace's, judged on a log with the same features.

The policy gives every row the offer of the largest expected profit, and nothing where none promises any; a budget plays
no part. The log's actions are offers by their ids. A model judged on rows it learned from flatters itself, and a log
does not say which those are: only a log of other customers, or of a later time, is a fair judge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from offersmith.errors import InputError
from offersmith.profiles import FEATURES
from offersmith.response.base import FittedResponse, Ints
from offersmith.response.learned import FittedLearned
from offersmith.response.policy.log import judge_target, read_log
from offersmith.response.policy.model import PolicyAnswer
from offersmith.response.policy.target import Target
from offersmith.response.table_file import TableFile
from offersmith.vocabulary import NO_OFFER, Offer

WORKSPACE = "workspace"
"""What a workspace's model is called where a model is asked for by name."""


def judge_fitted(
    log: Path,
    fitted: FittedResponse,
    offers: Sequence[Offer],
    *,
    columns: Mapping[str, str | None],
    control: str | None = None,
    features: Sequence[str] = (),
    seed: int = 0,
) -> PolicyAnswer:
    """Judge what a fitted model would choose.

    Args:
        log: CSV or Parquet, one row for each decision, with the model's features in columns of their names and units.
        fitted: the model.
        offers: what may be given; those the log never gave are never chosen.
        columns: `action`, `reward`, `propensity`, `customer` -> column; None = found by its usual names.
        control: the action that is no offer; None = `none`.
        features: columns the reward model looks at; () = the model's, those without gaps.
        seed: of the folds.

    Raises:
        InputError: as `log.judge_log`; the log lacks features of the model, never gave one of its offers, or not the
            control.
    """
    seen = read_log(log, **columns, seed=seed)
    nothing = control or NO_OFFER
    given = tuple(offer for offer in offers if offer.offer_id in seen.actions and offer.offer_id != NO_OFFER)
    if control is not None and control not in seen.actions:
        raise InputError(f"control {control!r} is no action of the log", control=control, found=list(seen.actions))
    if not given:
        raise InputError(
            f"{log} never gave an offer of the model; its actions: {', '.join(map(repr, seen.actions[:12]))}",
            hint=f"the offers: {', '.join(offer.offer_id for offer in offers)}",
            found=list(seen.actions),
        )
    needed = fitted.reads(given) if isinstance(fitted, FittedLearned) else tuple(FEATURES)
    profiles, whole = _profiles(seen.file, needed)
    actions = seen.actions if nothing in seen.actions else (*seen.actions, nothing)
    chosen = _chosen(fitted, profiles, given, actions, nothing)
    target = Target(actions, np.eye(len(actions)), chosen, "row_actions")
    return PolicyAnswer(judge_target(seen, target, tuple(features) or whole), fitted.name, fitted.version)


def _profiles(file: TableFile, needed: Sequence[str]) -> tuple[pa.Table, tuple[str, ...]]:
    """Return the log as profiles, a customer a row, and the features that are known everywhere."""
    missing = [name for name in needed if name not in file.names]
    if missing:
        raise InputError(
            f"{file.path} lacks {len(missing)} of the {len(needed)} features that the model reads: "
            + ", ".join(map(repr, missing)),
            hint="the log needs a column of each, as `offersmith profile` works them out",
            path=str(file.path),
            missing=missing,
        )
    columns, whole = {"customer_id": pa.array([str(row) for row in range(len(file))])}, []
    for name in needed:
        values, empty, odd = file.readings(name)
        file.refuse_words(name, odd)
        columns[name] = pa.array(values, pa.float64(), mask=empty)
        if np.isfinite(values).all() and not empty.any():
            whole.append(name)
    return pa.table(columns), tuple(whole)


def _chosen(
    fitted: FittedResponse, profiles: pa.Table, given: Sequence[Offer], actions: Sequence[str], nothing: str
) -> Ints:
    """Return (n,) index of the action chosen on every row."""
    found = fitted.estimate(profiles, given)
    profit = found["profit"].to_numpy().reshape(profiles.num_rows, len(given))
    place = np.array([actions.index(offer.offer_id) for offer in given], dtype=np.int64)
    return np.where(profit.max(axis=1) > 0, place[profit.argmax(axis=1)], actions.index(nothing))
