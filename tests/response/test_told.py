"""What is said of a model: what offers were found to change, and what it did not learn from."""

from datetime import datetime

from offersmith.response.base import Evidence, OfferEffect
from offersmith.response.told import Beside, beside, effects
from offersmith.response.waiting import Waiting

UNTIL = datetime.fromisoformat("2024-04-26T09:00")


def test_every_offer_has_its_figures():
    measured = OfferEffect("ten", 1.67, 1.1, 2.72, 0.61, 0.0, 2.48, 0.54)
    stated = OfferEffect("five", 0.8, 0.4, None, None, None, 0.8, 0.4)
    head, one, two = effects(Evidence("constant", effects=(measured, stated)), "USD", 56, "en")
    assert "within 56 days (USD; 95 % interval)" in head
    before = "believed before any data ([priors])"
    assert one.strip() == f"ten: +2.48 (1.42 to 3.54); measured +2.72, give or take 1.20; {before} +1.67"
    assert two.strip() == f"five: +0.80 (0.02 to 1.58); could not be measured; {before} +0.80"
    assert effects(Evidence("prior"), "USD", 56, "en") == []


def test_who_waits_is_said_once_and_until_when():
    left_out = {"spring/ten": "outcome_open", "spring/five": "outcome_open", "autumn/ten": "too_few_recipients"}
    waits = Waiting("spring", 1200, UNTIL, logged=True)
    lines = beside(Evidence("prior", left_out=left_out), Beside(56, (waits,)), "en")
    assert len(lines) == 2
    assert "1,200 customers of campaign spring" in lines[0]
    assert "over 56 days (horizon_days)" in lines[0]
    assert "until 2024-04-26 09:00 UTC" in lines[0]
    assert lines[1].strip() == "not learned from: autumn/ten: too few customers were sent it"


def test_many_campaigns_of_one_reason_are_one_line():
    left_out = {f"c{number}/ten": "older" for number in range(5)}
    (line,) = beside(Evidence("learned", left_out=left_out), Beside(56), "en")
    assert "c0/ten, c1/ten, c2/ten and 2 more: later campaigns" in line
    (line,) = beside(Evidence("learned", left_out=left_out), Beside(56), "zh")
    assert "c0/ten、c1/ten、c2/ten 以及另外 2 项" in line
