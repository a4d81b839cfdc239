"""Where offers are on record and nothing says what they took off, the receipt says so; a 0 is something said."""

import pytest

from offersmith import Shop
from offersmith.settings import FILE

HEAD = "event,when,who,amount,offer,campaign,off\n"
SETTINGS = """
[[events]]
files = ["*.csv"]
[events.columns]
event = "event"
time = "when"
customer_id = "who"
amount = "amount"
offer_id = "offer"
campaign_id = "campaign"
{mapped}
"""
BOUGHT = "purchase,2024-03-01,{who},9.00,,,{off}\n"
SENT = "view_promotion,2024-03-01,ann,,ten,march,\n"
USED = "redeem,2024-03-02,ann,,ten,march,{off}\n"


def ingested(folder, rows, *, mapped="", settings=""):
    folder.mkdir(exist_ok=True)
    (folder / "events.csv").write_text(HEAD + rows)
    (folder / FILE).write_text(SETTINGS.format(mapped=mapped) + settings)
    return Shop.open(folder).ingest()


@pytest.mark.parametrize("mapped", ["", 'discount = "off"', 'coupon_discount = "off"'])
@pytest.mark.parametrize("off", ["", "0", "1.50"])
@pytest.mark.parametrize("row", [BOUGHT, USED])
def test_it_is_loud_unless_anything_says_an_amount(tmp_path, mapped, off, row):
    rows = BOUGHT.format(who="ann", off="") + USED.format(off="") + row.format(who="bob", off=off).replace("-02", "-03")
    receipt = ingested(tmp_path / "shop", rows, mapped=mapped)
    if mapped and off:
        assert receipt.costs is None
        assert "WARNING" not in receipt.text()
    else:
        uses = 2 if row is USED else 1
        assert receipt.as_dict()["costs_untold"]["uses"] == uses
        assert f"WARNING: {uses} use" in receipt.text()
        assert "no purchase says what was taken off" in receipt.text()
        assert "[events.columns]" in receipt.text().splitlines()[-1]
        assert "警告" in receipt.text("zh")


def test_a_shop_without_offers_on_record_has_nothing_to_say(tmp_path):
    assert ingested(tmp_path / "shop", BOUGHT.format(who="ann", off="") + SENT).costs is None


def test_a_log_of_decisions_needs_what_offers_took_off_too(tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "log.txt").write_text("customer_id,offer_id,probability\nann,ten,0.5\nbob,none,0.5\n")
    log = '[[decisions]]\nfiles = ["log.txt"]\ncampaign = "march"\n'
    rows = BOUGHT.format(who="ann", off="2") + BOUGHT.format(who="bob", off="") + SENT
    receipt = ingested(folder, rows, settings=log)
    assert receipt.costs is not None
    assert (receipt.costs.uses, receipt.costs.decisions) == (0, 2)
    assert "2 decisions about offers, and no purchase says" in receipt.text()
    assert ingested(folder, rows, mapped='discount = "off"', settings=log).costs is None
