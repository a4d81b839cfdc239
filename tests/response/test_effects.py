import json
from datetime import timedelta

import pytest

from offersmith.response.effects import bias_of, past_effects
from offersmith.response.sent import past_campaigns
from offersmith.settings import LearnSettings

SETTINGS = LearnSettings(folds=3, horizon_days=28)


def _effects(season, folder, **values):
    with season.bound(folder, season.events(**values)) as analytics:
        return past_effects(
            analytics, season.as_of, profile=season.profiles(analytics), settings=SETTINGS, currency="USD"
        )


def test_a_campaign_sent_to_good_customers_looks_better_than_it_was(season, tmp_path):
    """Nothing was gained by it; the plain difference says otherwise, the doubly robust one does not."""
    for found in _effects(season, tmp_path, customers=1200):
        effect = found.claim.effect
        assert found.naive > 20
        assert abs(effect.estimate) < 3.5 * effect.standard_error
        assert abs(effect.estimate) < found.naive / 2
        assert found.claim.verdict in {"unclear", "not_supported"}
        assert found.before_recipients > found.before_others


def test_what_nobody_recorded_is_not_undone_and_nothing_is_claimed(season, tmp_path):
    """Chosen by a trait no event shows: the estimate stays wrong, its placebo is as wrong, and the claim says so."""
    found = _effects(season, tmp_path, customers=1500, chosen="hidden")[-1]
    assert found.claim.effect.ci_low > 0
    assert found.claim.placebo.ci_low > 0
    assert "placebo_fails" in found.claim.reasons
    assert found.claim.verdict == "not_supported"


def test_the_placebo_of_a_lot_finds_nothing(season, tmp_path):
    spring, summer = _effects(season, tmp_path, customers=1200, chosen="lot")
    for found in (spring, summer):
        placebo = found.claim.placebo
        assert abs(placebo.estimate) < 3.5 * placebo.standard_error
    bias = bias_of([spring, summer])
    assert list(bias) == ["ten"]
    assert bias["ten"] > 0


def test_a_large_effect_is_found_and_claimed(season, tmp_path):
    found = _effects(season, tmp_path, customers=1500, gain=1.5, chosen="lot")[-1]
    truth = 1.5 * found.after_others
    effect = found.claim.effect
    assert effect.estimate == pytest.approx(truth, abs=4 * effect.standard_error + 0.15 * truth)
    assert found.claim.verdict == "raises"
    assert json.loads(json.dumps(found.as_dict()))["claim"]["verdict"] == "raises"


def test_a_banner_seen_by_those_who_happen_to_come_proves_nothing(season, tmp_path):
    """Null simulation: each visit shows it by a coin and it changes nothing; whoever visits more sees it more."""
    with season.bound(tmp_path, season.events(customers=800, banner=(100, 128))) as analytics:
        profile = season.profiles(analytics)
        found = past_effects(analytics, season.as_of, profile=profile, settings=SETTINGS, currency="USD")
        _, left_out = past_campaigns(analytics, season.as_of, 28)
    assert left_out["banner/ten"] == "rolling_exposure"
    assert {past.campaign_id for past in found} == {"spring", "summer"}
    assert not {past.claim.verdict for past in found} & {"raises", "lowers"}


def test_a_later_campaign_to_those_who_bought_makes_nothing_of_this_one(season, tmp_path):
    """Null simulation: another is sent on day 20 to whoever bought by then; without them, controls are non-buyers."""
    rows = season.events(customers=800)
    start = season.first + timedelta(days=season.campaigns["summer"])
    later = start + timedelta(days=20)
    bought = {row["customer_id"] for row in rows if row["event"] == "purchase" and start <= row["time"] < later}
    rows += [
        {"event_id": f"f{one}", "event": "view_promotion", "time": later, "utc_offset": 0, "customer_id": one,
         "offer_id": "five", "campaign_id": "follow"} for one in sorted(bought)
    ]  # fmt: skip
    with season.bound(tmp_path, rows) as analytics:
        profile = season.profiles(analytics)
        found = past_effects(analytics, season.as_of, profile=profile, settings=SETTINGS, currency="USD")
    (summer,) = (past for past in found if past.campaign_id == "summer")
    assert summer.sent_later > 50
    (follow,) = (past for past in found if past.campaign_id == "follow")
    assert follow.sent_before == follow.as_dict()["sent_before"] > 50
    assert abs(summer.claim.effect.estimate) < 3.5 * summer.claim.effect.standard_error


def test_evidence_and_effects_are_one_comparison(season, tmp_path):
    with season.bound(tmp_path, season.events(customers=600)) as analytics:
        profile = season.profiles(analytics)
        found = past_effects(analytics, season.as_of, profile=profile, settings=SETTINGS, currency="USD")
        for model in ("constant", "boosting"):
            (said,) = season.learn(analytics, model).evidence.effects
            weight = [past.claim.effect.standard_error**-2 for past in found]
            pooled = sum(w * past.claim.effect.estimate for w, past in zip(weight, found, strict=True)) / sum(weight)
            assert said.measured == pytest.approx(pooled, rel=1e-6)
            assert said.bias == bias_of(found)["ten"]


def test_no_campaigns_have_no_effects(season, tmp_path):
    with season.bound(tmp_path, []) as analytics:
        assert (
            past_effects(analytics, season.as_of, profile=season.profiles(analytics), settings=SETTINGS, currency="USD")
            == ()
        )
