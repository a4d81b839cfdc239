"""Files of shops that are not English, and files whose columns say little: there is always a way on."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from offersmith.errors import InputError
from offersmith.events.propose import Proposal, propose
from offersmith.events.recognise import bare, event_of, recognise
from offersmith.settings import Settings, parse


def settle(proposal: Proposal) -> Settings:
    return parse(tomllib.loads(proposal.toml))


def proposed(bench: Any, name: str, content: str | pa.Table) -> Proposal:
    return propose([bench.write(name, content)], name="s", folder=bench.folder)


def codes(proposal: Proposal) -> list[str]:
    return [found.code for found in proposal.findings]


EVENT = {"customer_id": "K1", "order_id": "B7", "product_id": "P9", "quantity": 2.0, "amount": 2500}


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Datum;Kundennr.;Bestellung;Artikel;Menge;Betrag", "03.01.2024 09:15;K1;B7;P9;2;25,00"),
        ("Bestelldatum;Kunden-Nr;Bestellnr;Artikelnummer;Stück;Einzelpreis", "3.1.2024 9:15;K1;B7;P9;2;12,50"),
        ("Rechnung;Zeit;Kunde;Artikel-Nr;Anzahl;Preis", "B7;03.01.2024 09:15 Uhr;K1;P9;2;12,50"),
        ("fecha;cliente;pedido;producto;cantidad;importe", "2024-01-03 09:15;K1;B7;P9;2;25,00"),
        ("Fecha de compra,Código cliente,Nº pedido,Artículo,Unidades,Precio", "2024-01-03 09:15,K1,B7,P9,2,12.50"),
        ("date;client;commande;produit;quantité;montant", "2024-01-03 09:15;K1;B7;P9;2;25,00"),
        ("Date commande;N° client;N° commande;Article;Qté;Prix unitaire", "2024-01-03 09:15;K1;B7;P9;2;12,50"),
        ("日期,客户,订单,商品,数量,金额", "2024年1月3日 09:15,K1,B7,P9,2,25.00"),
        ("时间,会员,订单号,产品编号,数量,单价", "2024年01月03日 上午9:15,K1,B7,P9,2,12.50"),
    ],
)
def test_columns_in_other_languages_work_unedited(bench: Any, header: str, row: str) -> None:
    proposal = proposed(bench, "sales.csv", f"{header}\n{row}\n")
    assert "CHECK: name" not in proposal.toml
    receipt = bench.ingest(settle(proposal))
    assert receipt.kept == 1, str(receipt)
    (event,) = bench.events()
    assert {name: event[name] for name in EVENT} == EVENT
    wall = event["time"].timestamp() + event["utc_offset"] * 60
    assert wall == datetime(2024, 1, 3, 9, 15).timestamp()


def test_a_german_shop_is_taken_to_be_in_germany(bench: Any) -> None:
    settings = settle(proposed(bench, "s.csv", "Datum;Kunde;Betrag\n03.01.2024 09:15;1;12,50\n"))
    assert (settings.shop.currency, settings.shop.timezone) == ("EUR", "Europe/Berlin")
    assert settings.events[0].time_format == ""


def test_a_name_for_both_goes_to_the_number_only_without_a_better_one() -> None:
    assert recognise(["商品编号", "商品"])[0] == {"product_id": "商品编号", "product_name": "商品"}
    assert recognise(["Artikelnr", "Artikel"])[0] == {"product_id": "Artikelnr", "product_name": "Artikel"}
    assert recognise(["商品"])[0] == {"product_id": "商品"}


def test_accents_and_wide_letters_make_no_difference() -> None:
    assert bare("Quantité (Stück) ＩＤ ß") == "quantitestuckidss"
    assert (event_of("Rückgabe"), event_of("Añadir al carrito"), event_of("achat")) == (
        "refund",
        "add_to_cart",
        "purchase",
    )


def test_without_a_time_there_is_still_a_proposal_that_says_what_to_fill_in(bench: Any) -> None:
    proposal = proposed(bench, "s.csv", "alpha,beta\nx1,7\n")
    assert codes(proposal) == ["columns", "no_time", "no_customer_id", "no_amount"]
    assert "no column could be told to be the time" in str(proposal.findings[1])
    assert '#   "alpha", e.g. "x1"' in proposal.toml
    settings = settle(proposal)
    assert settings.events[0].columns["time"] == "CHECK: name the column of times"
    with pytest.raises(InputError, match="CHECK: name the column of times; found: alpha, beta"):
        bench.ingest(settings)


def test_filling_in_what_is_marked_is_enough(bench: Any) -> None:
    proposal = proposed(bench, "s.csv", "alpha,beta,gamma\n1/2/24 9am,K1,7.5\n")
    filled = proposal.toml.replace("CHECK: name the column of times", "alpha")
    filled = filled.replace("CHECK: name the column of customers", "beta")
    filled = filled.replace('files = ["s.csv"]', 'files = ["s.csv"]\ntime_format = "%d/%m/%y %I%p"')
    assert bench.ingest(parse(tomllib.loads(filled))).kept == 1
    assert bench.events()[0]["time"] == datetime(2024, 2, 1, 9)


def test_values_tell_what_names_do_not(bench: Any) -> None:
    header = "spalte_a,spalte_b,spalte_c,born on,note"
    rows = [f"a{n}@x.org,0{n}.05.2024 10:00,{n}.50,1999-01-0{n},{n}" for n in range(1, 5)]
    proposal = proposed(bench, "s.csv", "\n".join([header, *rows, ""]))
    columns = settle(proposal).events[0].columns
    assert columns == {"time": "spalte_b", "customer_id": "spalte_a", "amount": "spalte_c"}
    assert codes(proposal).count("guessed") == 3
    assert proposal.toml.count("# CHECK: its values look like it") == 3
    assert "a1@x.org" not in proposal.toml
    assert bench.ingest(settle(proposal)).kept == 4


def test_two_columns_of_money_are_not_told_apart(bench: Any) -> None:
    proposal = proposed(bench, "s.csv", "customer,date,x,y\n1,2024-05-01,2.50,7.25\n")
    assert "amount" not in settle(proposal).events[0].columns
    assert codes(proposal)[-1] == "no_amount"
    assert '#   "y", e.g. "7.25"' in proposal.toml


def test_a_column_of_hours_is_no_time(bench: Any) -> None:
    proposal = proposed(bench, "s.csv", "日期,时间,会员\n2024年3月2日,14:00,h1\n2024年3月3日,15:30,h2\n")
    assert settle(proposal).events[0].columns["time"] == "日期"
    assert bench.ingest(settle(proposal)).kept == 2


@pytest.mark.parametrize("values", [[1_709_000_000 + n for n in range(9)], [date(2024, 3, n) for n in range(1, 9)]])
def test_typed_columns_are_told_by_their_values(bench: Any, values: list[Any]) -> None:
    table = pa.table({"code": list(range(len(values))), "flag": [True] * len(values), "moment": values})
    assert settle(proposed(bench, "s.parquet", table)).events[0].columns["time"] == "moment"


def test_ids_are_not_taken_for_times(bench: Any) -> None:
    table = pa.table({"a": [17850, 13047], "b": ["536365", "536366"], "c": [2.5, 3.5], "d": ["12", "A1"]})
    assert "no_time" in codes(proposed(bench, "s.parquet", table))


def test_times_nobody_can_read_are_said_before_they_are_refused(bench: Any) -> None:
    proposal = proposed(bench, "s.csv", "customer,date,amount\n" + "1,the 3rd of May,2\n" * 3)
    assert codes(proposal) == ["columns", "unread"]
    assert "3 of 3 times in 'date' cannot be read, such as 'the 3rd of May'" in str(proposal.findings[1])
    assert '# time_format = "%d/%m/%Y %H:%M"' in proposal.toml
    assert "WARNING" in str(bench.ingest(settle(proposal)))


def test_two_ways_of_writing_times_in_one_file(bench: Any) -> None:
    times = ["25/12/2023 10:00", "Dec 26, 2023", "2023-12-27", "2023年12月28日", "13/12/2023 10:00"]
    proposal = proposed(bench, "s.csv", "customer,date,amount\n" + "".join(f'1,"{time}",2\n' for time in times))
    assert settle(proposal).events[0].time_format == "%d/%m/%Y %H:%M | %b %d, %Y"
    assert codes(proposal) == ["columns"]
    assert bench.ingest(settle(proposal)).kept == 5


def test_month_first_and_day_first_are_never_mixed(bench: Any) -> None:
    times = ["25/12/2023", "13/11/2023", "14/11/2023", "12/31/2023"]
    proposal = proposed(bench, "s.csv", "customer,date,amount\n" + "".join(f"1,{time},2\n" for time in times))
    assert settle(proposal).events[0].time_format == "%d/%m/%Y"
    assert "'12/31/2023'" in str(proposal.findings[-1])


def test_an_empty_folder_is_called_empty(bench: Any) -> None:
    folder = bench.folder / "exports"
    folder.mkdir()
    with pytest.raises(InputError, match=r"the folder .*exports is empty"):
        propose([folder], name="s")
    Path(folder / "sales.xlsx").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"has no file ending in \.csv.*only sales\.xlsx"):
        propose([folder], name="s")


def test_a_csv_named_parquet_is_called_no_parquet(bench: Any) -> None:
    path = bench.write("s.parquet", "customer,date\n1,2024-05-01\n")
    with pytest.raises(InputError, match="is not a Parquet file") as caught:
        propose([path], name="s")
    assert "rename it to .csv" in caught.value.hint


def test_a_file_without_rows_stays_a_fault(bench: Any) -> None:
    with pytest.raises(InputError, match="has a header and no rows"):
        proposed(bench, "s.csv", "alpha,beta\n")
