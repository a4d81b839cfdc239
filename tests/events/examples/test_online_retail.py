"""Online Retail: both editions, as Parquet and CSV, become the same events."""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

from offersmith.errors import InputError
from offersmith.events.examples import EXAMPLES
from offersmith.events.examples.online_retail import COLUMNS, SHOP
from offersmith.events.mapping import map_batch
from offersmith.settings import SourceSettings

FIRST = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
SECOND = ("Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country")
ROWS = (
    ("536365", "85123A", "HEART HOLDER", 6, "2010-12-01 08:26:00", 2.55, 17850.0, "United Kingdom"),
    ("C536379", "22556", "PLASTERS", -2, "2010-12-01 09:41:00", 1.65, 17548.0, "United Kingdom"),
    ("536370", "POST", "POSTAGE", 3, "2011-07-01 08:45:00", 18.0, None, "France"),
)


def write(path: Path, names: tuple[str, ...], *, slashes: bool = False) -> Path:
    table = pa.table({name: [row[place] for row in ROWS] for place, name in enumerate(names)})
    if slashes:
        times = ["12/1/2010 8:26", "12/1/2010 9:41", "7/1/2011 8:45"]
        table = table.set_column(4, "InvoiceDate", pa.array(times))
    if path.suffix == ".csv":
        arrow_csv.write_csv(table, path)
    else:
        pq.write_table(table, path)
    return path


def events(folder: Path, *files: str) -> list[dict]:
    rows = []
    for source in EXAMPLES["online-retail"](SourceSettings(kind="online-retail", files=files), folder):
        for batch in source.batches():
            columns = map_batch(batch, source.mapping, SHOP).columns
            rows += pa.table(dict(columns)).to_pylist()
    return rows


@pytest.mark.parametrize("names", [FIRST, SECOND], ids=["edition 1", "edition 2"])
@pytest.mark.parametrize(("file", "slashes"), [("a.parquet", False), ("a.csv", False), ("b.csv", True)])
def test_both_editions_read_alike(tmp_path: Path, names: tuple[str, ...], file: str, slashes: bool) -> None:
    write(tmp_path / file, names, slashes=slashes)
    sale, refund, postage = events(tmp_path, file)
    assert (sale["event"], sale["order_id"], sale["customer_id"], sale["amount"]) == (
        "purchase",
        "536365",
        "17850",
        1530,
    )
    assert (refund["event"], refund["quantity"], refund["amount"]) == ("refund", 2.0, 330)
    assert (postage["customer_id"], postage["product_id"], postage["amount"]) == (None, None, 5400)
    assert (sale["time"].isoformat(), sale["utc_offset"]) == ("2010-12-01T08:26:00", 0)
    assert (postage["time"].isoformat(), postage["utc_offset"]) == ("2011-07-01T07:45:00", 60)
    assert [row["place"] for row in (sale, postage)] == ["United Kingdom", "France"]


def test_each_file_has_its_own_edition(tmp_path: Path) -> None:
    write(tmp_path / "one.parquet", FIRST)
    write(tmp_path / "two.parquet", SECOND)
    assert len(events(tmp_path, "one.parquet", "two.parquet")) == 6


def test_what_the_settings_say_goes_first(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", FIRST)
    said = SourceSettings(files=("a.parquet",), drop_products=("22556",), columns={"category": "Country"})
    (source,) = EXAMPLES["online-retail"](said, tmp_path)
    assert source.name == "a.parquet"
    assert source.mapping.drop_products == ("22556",)
    assert source.mapping.columns["category"] == "Country"
    assert set(source.mapping.columns) == {*COLUMNS, "category"}


def test_a_file_of_other_columns_says_what_it_lacks(tmp_path: Path) -> None:
    pq.write_table(pa.table({"InvoiceNo": ["1"], "Total": [3.0]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"a\.parquet: .*lacks StockCode.*UnitPrice or Price.*found: InvoiceNo, Total"):
        events(tmp_path, "a.parquet")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv"):
        events(tmp_path, "nowhere.csv")
