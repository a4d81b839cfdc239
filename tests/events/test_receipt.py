"""A receipt is loud where a file was not read as it should be."""

from __future__ import annotations

from typing import Any

import pytest

from offersmith.events.base import FileReceipt, Receipt
from offersmith.events.validate import RULES
from offersmith.settings import SourceSettings
from offersmith.words import say

COLUMNS = {"time": "when", "customer_id": "who"}


def ingest(bench: Any, name: str, times: list[str], **more: Any) -> Receipt:
    bench.write(name, "when,who\n" + "".join(f"{time},1\n" for time in times))
    receipt: Receipt = bench.ingest(bench.settings(SourceSettings(files=(name,), columns=COLUMNS, **more)))
    return receipt


def test_a_file_whose_times_cannot_be_read_is_loud_and_says_what_to_do(bench: Any) -> None:
    receipt = ingest(bench, "till.csv", ["2024-01-03"] + ["03/01/2024 09:15"] * 13)
    assert (receipt.kept, receipt.quarantined) == (1, 13)
    warning, mend = str(receipt).splitlines()[-2:]
    assert warning == "WARNING: till.csv: 13 of 14 rows (92.9%) were refused; most often (13): the time cannot be read"
    assert 'time_format = "%d/%m/%Y %H:%M"' in mend
    assert ".offersmith/quarantine/" in mend
    assert str(receipt.files[0]).endswith(f"{warning}\n{mend}")
    assert "警告：till.csv" in receipt.text("zh")
    mended = ingest(bench, "till.csv", ["2024-01-03"] + ["03/01/2024 09:15"] * 13, time_format="%d/%m/%Y %H:%M")
    assert (mended.kept, "WARNING" in str(mended)) == (14, False)


def test_the_advice_works(bench: Any) -> None:
    """The format the advice gives as an example reads the time it gives as an example."""
    mend = say("events.receipt_mend_bad_time")
    format_, time = mend.split('time_format = "')[1].split('"')[0], mend.split(" for ")[1].split(";")[0]
    assert ingest(bench, "s.csv", [time], time_format=format_).kept == 1


@pytest.mark.parametrize(("bad", "loud"), [(5, False), (6, True)])
def test_a_few_refused_rows_are_counted_and_not_shouted(bench: Any, bad: int, loud: bool) -> None:
    receipt = ingest(bench, "s.csv", ["2024-05-01"] * (100 - bad) + ["soon"] * bad)
    assert ("WARNING" in str(receipt)) is loud


def test_rows_nobody_wanted_are_no_loss() -> None:
    file = FileReceipt("s", read=100, kept=20, quarantined=80, by_reason={"bad_time": 1, "ignored_event": 79})
    assert file.lost == pytest.approx(1 / 21)
    assert "WARNING" not in str(file)
    assert FileReceipt("s", read=9, quarantined=9, by_reason={"ignored_event": 9}).lost == 0


def test_one_bad_file_among_many_is_named(bench: Any) -> None:
    for name, time in (("a.csv", "2024-05-01"), ("b.csv", "soon")):
        bench.write(name, "when,who\n" + f"{time},{name}\n" * (1 if time == "soon" else 99))
    receipt = bench.ingest(bench.settings(SourceSettings(files=("a.csv", "b.csv"), columns=COLUMNS)))
    assert receipt.total.lost < 0.05
    (warning,) = [line for line in str(receipt).splitlines() if "WARNING" in line]
    assert warning.startswith("WARNING: b.csv: 1 of 1 rows (100.0%)")


@pytest.mark.parametrize("code", [*(rule.code for rule in RULES), "malformed_row", "conflicting_event_id"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_reason_has_its_advice(code: str, language: Any) -> None:
    file = FileReceipt("s", read=2, kept=1, quarantined=1, by_reason={code: 1})
    assert say(f"events.receipt_mend_{code}", language)
    assert (say(f"events.receipt_mend_{code}", language) in file.text(language)) is (code != "ignored_event")
