from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from offersmith.errors import SettingsError
from offersmith.response import MODELS
from offersmith.response.base import CampaignUse, Economics, History
from offersmith.response.learn import by_lot, choose, learn, model_of
from offersmith.response.learned import Learned
from offersmith.response.prior import FittedPrior
from offersmith.settings import LearnSettings, PriorSettings


@pytest.mark.parametrize("model", sorted(MODELS))
def test_nothing_at_or_after_the_moment_is_read(season, tmp_path, model):
    """Learning is the same whether or not the months after the moment have happened."""
    rows = season.events(days=260)
    before = [row for row in rows if row["time"] < season.as_of]
    assert len(before) < len(rows)
    with season.bound(tmp_path, rows) as whole, season.bound(tmp_path, before) as past:
        one, two = season.learn(whole, model), season.learn(past, model)
    assert one.version == two.version
    assert one.evidence == two.evidence


def test_the_answer_does_not_depend_on_the_number_of_threads(season, tmp_path):
    rows = season.events()
    with season.bound(tmp_path, rows) as one, season.bound(tmp_path, rows[::-1], threads=2) as two:
        assert season.learn(one).version == season.learn(two).version


def test_auto_takes_the_model_the_history_can_carry(season, tmp_path):
    quiet = [row for row in season.events() if row["event"] == "purchase"]
    unused = [row for row in season.events() if row["event"] != "redeem"]
    told = []
    with season.bound(tmp_path, quiet) as analytics:
        none = season.learn(analytics)
    with season.bound(tmp_path, unused) as analytics:
        some = season.learn(analytics)
    with season.bound(tmp_path, season.events()) as analytics:
        much = season.learn(analytics, progress=lambda stage, done, total: told.append(stage))
    assert isinstance(none, FittedPrior)
    assert none.evidence.reasons == ("prior_only",)
    assert (some.name, much.name) == ("constant", "boosting")
    assert "not_randomised" in much.evidence.reasons
    assert [use.campaign_id for use in much.evidence.campaigns] == ["spring", "summer"]
    assert {"response.stage_history", "response.stage_effects", "response.stage_fit"} <= set(told)


def test_a_campaign_still_running_is_left_out_with_its_reason(season, tmp_path):
    rows = season.events()
    late = season.as_of - timedelta(days=5)
    shown = [row for row in rows if row.get("campaign_id") == "spring" and row["event"] == "view_promotion"]
    rows += [{**row, "event_id": f"late-{row['event_id']}", "time": late, "campaign_id": "late"} for row in shown]
    with season.bound(tmp_path, rows) as analytics:
        found = season.learn(analytics).evidence
    assert found.left_out == {"late/ten": "outcome_open"}
    assert "late" not in {use.campaign_id for use in found.campaigns}


def test_an_unknown_model_is_named_with_what_is_allowed(season, tmp_path):
    with season.bound(tmp_path, []) as analytics, pytest.raises(SettingsError, match="boosting"):
        season.learn(analytics, "magic")


def test_a_shop_without_events_has_a_prior(season, tmp_path):
    with season.bound(tmp_path, []) as analytics:
        found = season.learn(analytics)
        assert found.estimate(season.profiles(analytics)(season.as_of), season.offers).num_rows == 0
    assert found.name == "prior"


def test_learners_compete_only_where_every_offer_was_given_by_lot():
    """One offer that was only ever chosen for customers is better bounded by a placebo than left to the prior."""
    offers = ["none", "ten", "none", "ten", "twenty"]
    for chances, expected in (
        ([0.5, 0.5, 0.5, 0.5, 0.5], True),
        ([None, None, 0.5, 0.5, 0.5], True),
        ([0.5, 0.5, 0.5, 0.5, None], False),
        ([None] * 5, False),
    ):
        table = pa.table({"offer_id": offers, "propensity": pa.array(chances, pa.float64())})
        assert by_lot(History(table, datetime(2024, 7, 1), 28)) is expected


@pytest.mark.parametrize(
    ("lot", "treated", "used", "model"),
    [
        (True, 400, 90, "learned"),
        (True, 400, 0, "learned"),  # a shop that records no uses, but wrote its lots down
        (True, 400, 12, "constant"),
        (True, 150, 0, "constant"),
        (False, 400, 90, "boosting"),
        (False, 400, 0, "constant"),
    ],
)
def test_what_a_history_can_carry_hangs_on_lots_and_on_uses_that_were_recorded(lot, treated, used, model):
    moment = datetime(2024, 7, 1)
    given = ["ten"] * treated + ["none"] * treated
    chances = [0.5 if lot else None] * len(given)
    table = pa.table({"offer_id": given, "propensity": pa.array(chances, pa.float64())})
    use = CampaignUse("spring", "ten", moment - timedelta(days=90), treated, treated, used)
    assert choose(History(table, moment, 28, campaigns=(use,))) == model


def test_settings_say_who_competes(season):
    history = History(pa.table({"offer_id": ["none"]}), season.as_of, 28)
    assert model_of(LearnSettings(model="logit"), history) == Learned(("logit",))
    assert model_of(LearnSettings(model="learned", learners=("shared",), grid=True), history) == Learned(
        ("shared",), grid=True
    )


def test_an_unknown_learner_is_named_with_what_is_allowed(season, tmp_path):
    with (
        season.bound(tmp_path, []) as analytics,
        pytest.raises(SettingsError, match="'magic' is unknown"),
    ):
        learn(
            analytics, season.as_of, profile=season.profiles(analytics), offers=season.offers,
            economics=Economics(0.4, "USD"), settings=LearnSettings(learners=("magic",)), priors=PriorSettings(),
        )  # fmt: skip
