"""The example shop draws by lot and writes the chances down: what is learned there, and what a plan of it is worth."""

from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from offersmith import Shop
from offersmith.errors import InputError
from offersmith.events.examples.proposals import PROPOSALS
from offersmith.events.synthetic import make
from offersmith.settings import FILE, LINGER_DAYS
from offersmith.store.decided import decided

NOW = datetime.fromisoformat("2026-01-01")
MARGIN, HORIZON = 0.3, 42
TOLD = """
[[decisions]]
files = ["lots.csv"]
columns = { offer_id = "arm" }
names = { nothing = "none" }
chances = { none = "p0", "save-10" = "p1", "save-20" = "p2", "five-off" = "p3" }
"""


def as_files(shop, folder):
    """Make a workspace on a shop's events and its record of lots as files, with settings like the example's."""
    pq.write_table(pa.Table.from_batches(shop.batches()), folder / "events.parquet")
    drawn = shop.assignments()
    lines = ["campaign_id,customer_id,arm,p0,p1,p2,p3"]
    lines += [
        f"{row['campaign_id']},{row['customer_id']},{row['offer_id'].replace('none', 'nothing')},.4,.2,.2,.2"
        for row in drawn.to_pylist()
    ]
    (folder / "lots.csv").write_text("\n".join(lines))
    ours = 'kind = "ours"\nfiles = ["events.parquet"]'
    (folder / FILE).write_text(PROPOSALS["synthetic"]("files").replace('kind = "synthetic"', ours) + TOLD)
    return Shop.open(folder)


def test_a_record_of_lots_from_a_file_says_what_the_example_says_itself(tmp_path):
    Shop.init(tmp_path / "example", example="synthetic")
    example = Shop.open(tmp_path / "example")
    (tmp_path / "files").mkdir()
    files = as_files(make(), tmp_path / "files")
    known = []
    for shop in (example, files):
        assert shop.ingest(now=NOW).decided == 4 * 2000
        with shop.engine() as kept:
            known.append(decided(kept.analytics, NOW))
    assert known[0].equals(known[1])
    assert known[0].column_names == ["campaign_id", "customer_id", "offer_id", "probability", "time", "chances"]
    # What is no longer told is no longer known, and a file that is wrong changes nothing.
    lots = files.folder / "lots.csv"
    lots.write_text(lots.read_text().replace("mailing-4,c002000", "mailing-5,c002000"))
    with pytest.raises(InputError, match=r"campaign_id 'mailing-5' \(1 rows\) is in no event"):
        files.ingest(now=NOW)
    with files.engine() as kept:
        assert decided(kept.analytics, NOW).equals(known[1])
    (files.folder / FILE).write_text((files.folder / FILE).read_text().replace(TOLD, ""))
    without = Shop.open(files.folder)
    assert without.ingest(now=NOW).decided == 0
    with without.engine() as kept:
        assert decided(kept.analytics, NOW).num_rows == 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_plan_by_lot_covers_what_it_truly_earns(seed, tmp_path):
    """Learned from three mailings, planned for the day of a later one, whose true effects are known."""
    made = make(days=218, seed=seed)
    shop, campaign = as_files(made, tmp_path), made.campaigns()[-1]
    shop.ingest(now=NOW)
    # What is learned and what is promised is counted over the days that offers hold and four weeks more.
    assert shop.settings.learn.horizon_days == shop.settings.plan.valid_days + LINGER_DAYS == HORIZON
    at = datetime.combine(made.start, datetime.min.time()) + timedelta(days=campaign.start)
    evidence = shop.learn(at).fitted.evidence
    assert evidence.model == "learned"
    assert {use.campaign_id for use in evidence.campaigns} == {"mailing-2", "mailing-3", "mailing-4"}
    assert all(use.logged for use in evidence.campaigns)
    assert {"chosen", "tried", "policy"} <= set(evidence.judged)
    planned = shop.plan(budget=500, as_of=at)
    truth = made.truth(MARGIN, HORIZON, campaign.campaign_id)
    gross = pc.subtract(pc.add(truth["revenue"], truth["cost"]), truth["refunded"])
    profit = pc.subtract(pc.multiply(gross, MARGIN), truth["cost"])
    earned = dict(
        zip(
            zip(truth["customer_id"].to_pylist(), truth["offer_id"].to_pylist(), strict=True),
            profit.to_pylist(),
            strict=True,
        )
    )
    given = planned.decisions.filter(pc.not_equal(planned.decisions["offer_id"], "none"))
    pairs = zip(given["customer_id"].to_pylist(), given["offer_id"].to_pylist(), strict=True)
    true = sum(earned[pair] for pair in pairs)
    low, high = planned.interval
    assert given.num_rows
    assert low <= true <= high
    # All three offers lose money there, so that whatever it gives for sure would be a claim that is wrong.
    assert evidence.judged["policy"]["kind"] == "none"
    assert max(earned.values()) > 0 > sum(earned.values())
