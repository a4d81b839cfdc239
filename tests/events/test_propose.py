from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from offersmith.events.propose import Proposal, propose
from offersmith.events.recognise import bare, event_of, recognise
from offersmith.events.synonyms import COLUMNS, EVENTS
from offersmith.settings import Settings, parse
from offersmith.vocabulary import EVENT_NAMES
from offersmith.vocabulary import EVENTS as SCHEMA

RETAIL = Path(__file__).parents[3] / "shared" / "data" / "online-retail" / "online_retail_2010-2011.parquet"


def settle(proposal: Proposal) -> Settings:
    return parse(tomllib.loads(proposal.toml))


def through(bench: Any, name: str, content: str | pa.Table) -> tuple[Settings, Any]:
    """Propose for a file and ingest by the proposal, unedited."""
    path = bench.write(name, content)
    settings = settle(propose([path], name="my shop", folder=bench.folder))
    return settings, bench.ingest(settings)


def test_uci_online_retail(bench: Any) -> None:
    rows = [
        "536365,85123A,WHITE HOLDER,6,12/1/2010 8:26,2.55,17850,United Kingdom",
        "536370,POST,POSTAGE,3,12/1/2010 8:45,18.00,12583,France",
        "C536379,D,Discount,-1,12/1/2010 9:41,27.50,14527,United Kingdom",
        "536414,22139,,56,12/1/2010 11:52,0.00,,United Kingdom",
        "536415,22952,CAKE CASES,10,12/15/2010 11:57,0.55,12838,United Kingdom",
    ]
    header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    settings, receipt = through(bench, "retail.csv", header + "\n".join(rows) + "\n")
    (source,) = settings.events
    assert source.files == ("retail.csv",)
    assert source.refund_when == ("order_id:C",)
    assert source.amount_is == "unit"
    assert source.time_format == "%m/%d/%Y %H:%M"
    assert {"POST", "DOT", "M", "D", "BANK CHARGES"} <= set(source.drop_products)
    assert (settings.shop.currency, settings.shop.timezone) == ("GBP", "Europe/London")
    assert (receipt.kept, receipt.total.refunds, receipt.total.anonymous) == (5, 1, 1)
    assert [row["amount"] for row in bench.events()] == [1530, 5400, 2750, 0, 550]


def test_ga4(bench: Any) -> None:
    header = "event_name,event_timestamp,user_pseudo_id,ga_session_id,transaction_id,item_id,item_name,price,quantity\n"
    rows = [
        "page_view,1714550000000000,u1,s1,,,,,",
        "view_item,1714550001000000,u1,s1,,i1,Tea,2.50,1",
        "purchase,1714550002000000,u1,s1,t1,i1,Tea,2.50,3",
    ]
    settings, receipt = through(bench, "ga4.csv", header + "\n".join(rows) + "\n")
    assert settings.events[0].names == {"page_view": ""}
    assert receipt.total.events_by_name == {"purchase": 1, "view_item": 1}
    assert receipt.total.by_reason == {"ignored_event": 1}
    assert bench.events()[-1]["amount"] == 750
    assert bench.events()[-1]["customer_id"] == "u1"


def test_shopify(bench: Any) -> None:
    header = (
        "Name,Email,Financial Status,Paid at,Currency,Total,Discount Code,Created at,Lineitem quantity,"
        "Lineitem name,Lineitem price,Lineitem sku,Vendor\n"
    )
    rows = [
        "#1001,a@x.org,paid,2024-05-01 10:00:00 +0200,EUR,7.00,,2024-05-01 09:59:00 +0200,2,Tea,2.50,T1,Leaf",
        "#1001,a@x.org,,,,,,2024-05-01 09:59:00 +0200,1,Cup,2.00,C1,Clay",
    ]
    settings, receipt = through(bench, "orders.csv", header + "\n".join(rows) + "\n")
    columns = settings.events[0].columns
    assert columns["order_id"] == "Name"
    assert columns["time"] == "Created at"
    assert columns["product_id"] == "Lineitem sku"
    assert settings.shop.currency == "EUR"
    assert receipt.kept == 2
    assert sorted(row["amount"] for row in bench.events()) == [200, 500]


def test_woocommerce(bench: Any) -> None:
    header = "Order Number,Order Date,Customer User ID,Item Name,SKU,Quantity,Item Cost,Coupon Code\n"
    settings, receipt = through(bench, "woo.csv", header + "7,2024-05-01 10:00,42,Tea,T1,2,2.50,SPRING\n")
    assert settings.events[0].amount_is == "unit"
    (event,) = bench.events()
    assert (event["order_id"], event["customer_id"], event["amount"]) == ("7", "42", 500)
    assert event["offer_id"] == "SPRING"
    assert receipt.kept == 1


def test_a_chinese_export(bench: Any) -> None:
    header = "订单编号,会员编号,下单时间,商品编号,商品名称,数量,实付金额\n"
    settings, receipt = through(bench, "订单.csv", header + "d1,h1,2024/5/1 10:00:00,s1,绿茶,2,¥25.00\n")
    assert (settings.shop.currency, settings.shop.timezone, settings.shop.language) == ("CNY", "Asia/Shanghai", "zh")
    (event,) = bench.events()
    assert (event["customer_id"], event["product_name"], event["amount"]) == ("h1", "绿茶", 2500)
    assert event["utc_offset"] == 480
    assert receipt.kept == 1


def test_a_file_of_our_own_columns(bench: Any) -> None:
    header = "event,time,utc_offset,customer_id,amount\n"
    settings, _ = through(bench, "ours.csv", header + "purchase,2024-05-01 10:00:00,120,1,1250\n")
    assert settings.events[0].kind == "ours"
    (event,) = bench.events()
    assert (event["amount"], event["utc_offset"], event["time"].hour) == (1250, 120, 10)


def test_a_plain_list_of_totals_and_a_folder_of_files(bench: Any) -> None:
    for month in (1, 2):
        bench.write(f"sales/{month}.csv", f"customer;date;total\n1;2024-0{month}-03;12,50\n")
    settings = settle(propose([bench.folder / "sales"], name="s", folder=bench.folder))
    assert settings.events[0].files == ("sales/1.csv", "sales/2.csv")
    receipt = bench.ingest(settings)
    assert receipt.kept == 2
    assert {row["amount"] for row in bench.events()} == {1250}


def test_files_of_different_columns_are_two_blocks(bench: Any) -> None:
    one = bench.write("a.csv", "customer_id,date,amount\n1,2024-01-03,2\n")
    two = bench.write("b.csv", "visitor_id,timestamp,event,item_id\n1,1714550000,view,7\n")
    settings = settle(propose([one, two], name="s", folder=bench.folder))
    assert len(settings.events) == 2
    assert bench.ingest(settings).total.events_by_name == {"purchase": 1, "view_item": 1}


def test_day_before_month_is_found_and_doubt_is_said(bench: Any) -> None:
    sure = bench.write("sure.csv", "customer_id,date,amount\n1,25/12/2023,2\n1,03/12/2023,2\n")
    assert settle(propose([sure], name="s")).events[0].time_format == "%d/%m/%Y"
    doubt = bench.write("doubt.csv", "customer_id,date,amount\n1,03/12/2023,2\n")
    proposal = propose([doubt], name="s")
    assert [found.code for found in proposal.findings] == ["columns", "month_first"]
    assert "月和日" in proposal.findings[1].text("zh")
    assert proposal.as_dict()["findings"][1]["code"] == "month_first"


def test_names_with_quotes_survive_the_file(bench: Any) -> None:
    path = bench.write("a.csv", 'customer_id,date,"amo""unt",amount\n1,2024-01-03,1,2\n')
    settings = settle(propose([path], name='Bob\'s "best" \\ shop'))
    assert settings.shop.name == 'Bob\'s "best" \\ shop'


def test_synonyms_are_bare_unique_and_ours() -> None:
    assert set(COLUMNS) <= set(SCHEMA.names)
    assert set(EVENTS) <= set(EVENT_NAMES)
    for names in (*COLUMNS.values(), *EVENTS.values()):
        assert [bare(name) for name in names] == list(names)
    assert event_of("Add To Cart") == "add_to_cart"
    assert event_of("dance") is None
    assert recognise(["Price", "Qty", "Total", "Date"])[1] == "unit"


@pytest.mark.slow
@pytest.mark.skipif(not RETAIL.exists(), reason="needs the data set UCI Online Retail")
def test_uci_online_retail_in_full(bench: Any) -> None:
    receipt = bench.ingest(settle(propose([RETAIL], name="retail")))
    total = receipt.total
    assert (total.read, total.anonymous, total.refunds, total.refunds_anonymous, total.equal_lines) == (
        541_909,
        135_080,
        9_288,
        383,
        5_268,
    )
    assert total.by_reason == {"negative_amount": 2, "negative_quantity": 1336}
    assert total.kept == 540_571


@pytest.mark.parametrize(
    "values",
    [["0.00", "2.50", "", "5.00", "0.00"], ["0", "2,5", "0", "1,25", "0"], ["$1.20", "", "$3.00", "", "$0.50"],
     ["0.0", "1.50 EUR", "2.00 EUR", "0", ""], [0.0, 2.5, None, 5.0, 1.25]],
)  # fmt: skip
def test_a_coupon_of_money_is_what_it_took_off_and_no_offer(bench: Any, values: list[Any]) -> None:
    rows = len(values)
    file = pa.table(
        {"order": ["1", "2", "3", "4", "5"], "customer": ["a", "b", "a", "c", "b"], "price": ["20.00"] * rows,
         "date": ["2024-05-01"] * rows, "coupon": pa.array(values)}
    )  # fmt: skip
    settings = settle(propose([bench.write("orders.parquet", file)], name="till", folder=bench.folder))
    columns = settings.events[0].columns
    assert "offer_id" not in columns
    assert (columns["coupon_discount"], columns["amount"]) == ("coupon", "price")


@pytest.mark.parametrize(
    "values",
    [["SAVE10", "", "SAVE10", "WINTER", ""], ["17", "17", "0", "4", ""], ["17.0", "", "4.0", "17.0", ""],
     [17.0, None, 4.0, 17.0, None], [17, 4, 17, 4, 17], ["v1.2", "v1.3", "", "", "v1.2"]],
)  # fmt: skip
def test_a_coupon_of_codes_is_an_offer(bench: Any, values: list[Any]) -> None:
    file = pa.table(
        {"customer": ["a", "b", "a", "c", "b"], "price": ["20.00"] * 5, "date": ["2024-05-01"] * 5,
         "coupon": pa.array(values)}
    )  # fmt: skip
    settings = settle(propose([bench.write("orders.parquet", file)], name="till", folder=bench.folder))
    assert settings.events[0].columns["offer_id"] == "coupon"


def test_the_code_beside_a_coupon_of_money_is_the_offer(bench: Any) -> None:
    text = "customer,date,price,coupon,coupon code\na,2024-05-01,20.00,2.50,TEA\nb,2024-05-02,20.00,0.00,\n"
    settings, receipt = through(bench, "orders.csv", text)
    columns = settings.events[0].columns
    assert (columns["offer_id"], columns["coupon_discount"]) == ("coupon code", "coupon")
    assert receipt.kept == 2
    assert [row["coupon_discount"] for row in bench.events()] == [250, 0]
