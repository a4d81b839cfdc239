"""However small a share by lot is, it is told as what it is."""

import pytest

from offersmith.strategy.lot_share import lot_share


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.1, "10%"), (1.0, "100%"), (0.0963, "9.63%"), (0.004, "0.4%"), (0.0000123456, "0.00123%"), (0.0, "0%")],
)
def test_a_share_keeps_three_figures(share, said):
    assert lot_share(share) == said
