"""However small a share by lot is, it is told as what it is."""

import pytest

from offersmith.strategy.percent import percent, whole


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.1, "10%"), (1.0, "100%"), (0.0963, "9.63%"), (0.004, "0.4%"), (0.0000123456, "0.00123%"), (0.0, "0%")],
)
def test_a_share_that_was_worked_out_keeps_three_figures(share, said):
    assert percent(share) == said


def test_a_share_that_was_stated_is_told_as_it_was_written():
    stated = (0.3, 0.07, 0.125, 0.12345, 1.0, 1 / 3)
    assert [percent(part, 6) for part in stated] == ["30%", "7%", "12.5%", "12.345%", "100%", "33.3333%"]


@pytest.mark.parametrize(
    ("share", "said"), [(1.0, "100%"), (0.126, "13%"), (0.006, "1%"), (0.005, "<1%"), (0.0049, "<1%"), (0.0, "0%")]
)
def test_what_holds_for_a_few_is_not_told_as_holding_for_nobody(share, said):
    assert whole(share) == said
