"""A model that is learned already, judged on a log that has its features."""

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pytest
from tests.response.test_learned import AS_OF, ECONOMICS, FEW, NAMES, OFFERS, fit, lot

from offersmith.errors import InputError
from offersmith.response.base import History
from offersmith.response.learned import FittedLearned, Learned
from offersmith.response.policy.fitted import judge_fitted
from offersmith.response.prior import READS, Prior
from offersmith.settings import PriorSettings
from offersmith.vocabulary import Offer

COLUMNS = dict.fromkeys(("action", "reward", "propensity", "customer"))


@pytest.fixture(scope="module")
def fitted():
    return fit(lot(rows=3000)[0], Learned(FEW))


@pytest.fixture(scope="module")
def later(tmp_path_factory):
    """Return a log of other customers, and what the best choice for each would earn over nothing."""
    history, truth = lot(rows=4000, seed=5, campaign="later")
    table = history.table.append_column("profit", profit(history.table))
    table = table.append_column("empty", pa.nulls(table.num_rows, pa.float64()))
    return write(tmp_path_factory.mktemp("logs") / "log.csv", table.drop_columns(["revenue"])), truth


def profit(table):
    values = ECONOMICS.margin_rate * table["revenue"].to_numpy() - table["cost"].to_numpy()
    return pa.array(values)


def write(path, table):
    arrow_csv.write_csv(table, path)
    return path


def without(path, *names):
    return write(path.with_name("less.csv"), arrow_csv.read_csv(path).drop_columns(list(names)))


def test_its_policy_earns_what_its_choices_truly_earn(fitted, later):
    log, truth = later
    assert isinstance(fitted, FittedLearned)
    found = judge_fitted(log, fitted, OFFERS, columns=COLUMNS)
    table = arrow_csv.read_csv(log)
    estimates = fitted.estimate(table, OFFERS)["profit"].to_numpy().reshape(table.num_rows, len(OFFERS))
    chosen = np.where(estimates.max(axis=1) > 0, 1 + estimates.argmax(axis=1), 0)
    given = np.array([NAMES.index(name) for name in table["offer_id"].to_pylist()])
    robust = next(one for one in found.judged.judged.estimates if one.name == "dr")
    gain = float((truth[np.arange(len(chosen)), chosen] - truth[np.arange(len(given)), given]).mean())
    assert robust.interval
    assert robust.interval.low < found.judged.current + gain < robust.interval.high
    assert (found.model, found.version) == ("learned", fitted.version)
    assert fitted.version in found.text()
    assert "此前已学习" in found.text("zh")
    assert set(found.judged.features) <= set(fitted.reads(OFFERS))


def test_features_the_log_lacks_are_named(fitted, later):
    read = fitted.reads(OFFERS)
    assert set(read) <= {f"x{number}" for number in range(5)}
    with pytest.raises(InputError, match=rf"lacks 2 of the {len(read)} features .*'{read[0]}', '{read[1]}'"):
        judge_fitted(without(later[0], *read[:2]), fitted, OFFERS, columns=COLUMNS)


def test_an_offer_never_given_needs_what_the_prior_reads(fitted):
    other = Offer("thirty", "percent_off", {"percent": 30})
    assert fitted.reads([*OFFERS, other])[-len(READS) :] == READS


def test_a_log_without_its_offers_or_control_is_refused(fitted, later):
    with pytest.raises(InputError, match="never gave an offer of the model; its actions: 'none'"):
        judge_fitted(later[0], fitted, [Offer("thirty", "percent_off", {"percent": 30})], columns=COLUMNS)
    with pytest.raises(InputError, match="control 'spoon' is no action"):
        judge_fitted(later[0], fitted, OFFERS, columns=COLUMNS, control="spoon")


def test_a_model_of_priors_reads_every_feature(later):
    prior = Prior().fit(
        History(lot(rows=50)[0].table, AS_OF, 28), offers=OFFERS, economics=ECONOMICS, priors=PriorSettings(), seed=1
    )
    with pytest.raises(InputError, match=r"lacks .* features that the model reads: .*'recency'"):
        judge_fitted(later[0], prior, OFFERS, columns=COLUMNS)
