"""Parts of the table of who was shown what hold what a loop over its rows finds."""

from datetime import datetime, timedelta

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from offersmith.response.exposed import NOBODY, by_campaign, by_offer

DAY = datetime.fromisoformat("2024-03-01T09:00:00.000001")
KEYS = st.tuples(st.sampled_from("bca"), st.sampled_from(["c1", "c2", "c3"]), st.sampled_from(["ten", "five"]))


@given(st.dictionaries(KEYS, st.integers(0, 90)))
def test_every_customer_is_found_under_campaign_and_offer(days):
    rows = [
        {"campaign_id": campaign, "customer_id": customer, "offer_id": offer, "time": DAY + timedelta(days=day)}
        for (campaign, customer, offer), day in sorted(days.items())
    ]
    schema = pa.schema([pa.field("campaign_id", pa.string()), *NOBODY.schema])
    grouped = {}
    for row in rows:
        offers = grouped.setdefault(row["campaign_id"], {})
        offers.setdefault(row["offer_id"], {})[row["customer_id"]] = row["time"]
    found = by_campaign(pa.Table.from_pylist(rows, schema=schema))
    assert list(found) == sorted(grouped)
    assert {name: by_offer(part) for name, part in found.items()} == grouped
    assert by_offer(NOBODY) == {}
