"""Codes in the ledger, on both databases: a batch is all or nothing, and a code exists once."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from offersmith.errors import InputError, StorageError
from offersmith.store.ledger import Ledger
from offersmith.store.vouchers import CHUNK, Batch, BatchCount, Row, Voucher, Vouchers

NOON = datetime(2026, 6, 19, 12, 0, 0, 123456)
SUMMER = Batch("summer", "c1", "ten", NOON, ends=NOON + timedelta(days=30))


def numbered(start: int = 0) -> Callable[[int], Sequence[tuple[str, str]]]:
    """Draw codes in order: N0, N1, …"""
    at = [start]

    def draw(count: int) -> list[tuple[str, str]]:
        at[0] += count
        return [(f"N{number}", f"n-{number}") for number in range(at[0] - count, at[0])]

    return draw


def test_a_batch_is_written_as_it_says(ledger: Ledger) -> None:
    vouchers = Vouchers(ledger)
    issued = vouchers.issue(SUMMER, 3, numbered())
    assert (issued.code, issued.count) == ("issued", 3)
    assert list(vouchers.export("c1")) == [
        Voucher(f"N{at}", f"n-{at}", "c1", "ten", "summer", None, NOON, None, SUMMER.ends, 1, "live") for at in range(3)
    ]


def test_a_batch_of_several_statements_is_whole(ledger: Ledger) -> None:
    seen: list[tuple[str, float, float | None]] = []
    vouchers = Vouchers(ledger)
    count = CHUNK + 7
    vouchers.issue(SUMMER, count, numbered(), progress=lambda *told: seen.append(told))
    assert vouchers.counts("c1") == [BatchCount("c1", "summer", count, 0, 0)]
    assert [done for _, done, _ in seen] == [0, CHUNK, count]
    assert {total for _, _, total in seen} == {count}


def test_a_batch_is_made_once(ledger: Ledger) -> None:
    vouchers = Vouchers(ledger)
    vouchers.issue(SUMMER, 2, numbered())
    again = vouchers.issue(SUMMER, 2, numbered(50))
    assert (again.code, again.count) == ("batch_exists", 0)
    assert vouchers.bring(SUMMER, [Row("X", "x", None, None, None, 1)]).code == "batch_exists"
    assert sum(1 for _ in vouchers.export("c1")) == 2
    # Another campaign may call its batch the same.
    assert vouchers.issue(Batch("summer", "c2", "ten", NOON), 1, numbered(90)).code == "issued"


def test_codes_that_exist_are_drawn_again(ledger: Ledger) -> None:
    vouchers = Vouchers(ledger)
    vouchers.issue(SUMMER, 5, numbered())
    assert vouchers.issue(Batch("more", "c1", "ten", NOON), 7, numbered(3)).count == 7
    keys = {one.code_key for one in vouchers.export("c1", "more")}
    assert len(keys) == 7
    assert keys.isdisjoint({f"N{at}" for at in range(5)})
    assert [(one.batch, one.codes) for one in vouchers.counts("c1")] == [("more", 7), ("summer", 5)]


def test_codes_drawn_twice_at_once_are_drawn_again(ledger: Ledger) -> None:
    count = iter(range(100))

    def stammering(wanted: int) -> list[tuple[str, str]]:
        number = next(count)
        return [(f"S{number}", f"s{number}")] * wanted

    assert Vouchers(ledger).issue(SUMMER, 4, stammering).count == 4
    assert {one.code_key for one in Vouchers(ledger).export("c1")} == {"S0", "S1", "S2", "S3"}


def test_each_customer_gets_one_code_though_some_codes_were_taken(ledger: Ledger) -> None:
    vouchers = Vouchers(ledger)
    vouchers.issue(SUMMER, 3, numbered())
    people = ["ada", "bo", "cy", "bo"]
    issued = vouchers.issue(Batch("bound", "c1", "ten", NOON), len(people), numbered(1), customers=people)
    assert issued.count == 3
    assert sorted(one.customer_id or "" for one in vouchers.export("c1", "bound")) == ["ada", "bo", "cy"]
    [mine] = vouchers.of_customer("bo")
    assert mine.batch == "bound"
    assert vouchers.of_customer("nobody") == []
    assert vouchers.counts("c1")[0] == BatchCount("c1", "bound", 3, 0, 3)


def test_codes_that_never_are_new_are_a_fault_and_nothing_is_written(ledger: Ledger) -> None:
    vouchers = Vouchers(ledger)
    vouchers.issue(SUMMER, 1, numbered())
    with pytest.raises(InputError, match="exists already"):
        vouchers.issue(Batch("stuck", "c1", "ten", NOON), 3, lambda _: [("N0", "n-0")])
    assert list(vouchers.export("c1", "stuck")) == []


@pytest.mark.parametrize("count", [0, -1])
def test_no_code_at_all_is_refused(ledger: Ledger, count: int) -> None:
    with pytest.raises(InputError, match="allowed: at least 1"):
        Vouchers(ledger).issue(SUMMER, count, numbered())


def test_a_fault_in_the_middle_leaves_nothing(ledger: Ledger) -> None:
    vouchers, drawn = Vouchers(ledger), numbered()

    def breaking(count: int) -> Sequence[tuple[str, str]]:
        found = drawn(count)
        if found[-1][0] != f"N{CHUNK - 1}":
            raise KeyboardInterrupt
        return found

    with pytest.raises(KeyboardInterrupt):
        vouchers.issue(SUMMER, CHUNK + 1, breaking)
    assert list(vouchers.export("c1")) == []
    assert vouchers.issue(SUMMER, 1, numbered()).code == "issued"


def test_own_codes_are_brought_whole_or_not_at_all(ledger: Ledger) -> None:
    vouchers = Vouchers(ledger)
    rows = [
        Row("VIP", "vip", "ada", NOON, NOON + timedelta(days=1), 5),
        Row("OPEN", "Open", None, None, None, None),
    ]
    assert vouchers.bring(SUMMER, rows).count == 2
    assert vouchers.find(["VIP"]) == Voucher(
        "VIP", "vip", "c1", "ten", "summer", "ada", NOON, NOON, NOON + timedelta(days=1), 5, "live"
    )
    open_one = vouchers.find(["OPEN"])
    assert open_one is not None
    assert (open_one.uses, open_one.ends) == (None, None)
    refused = vouchers.bring(
        Batch("autumn", "c1", "ten", NOON),
        [Row("NEW", "new", None, None, None, 1), Row("VIP", "V-I-P", None, None, None, 1)],
    )
    assert (refused.code, refused.taken) == ("codes_taken", ("VIP",))
    assert vouchers.find(["NEW"]) is None


def test_what_stands_as_typed_is_meant_before_what_it_looks_like(ledger: Ledger) -> None:
    vouchers = Vouchers(ledger)
    vouchers.bring(SUMMER, [Row(key, key, None, None, None, 1) for key in ("S2", "52", "8Z")])
    assert vouchers.find([]) is None
    assert getattr(vouchers.find(["S2", "52"]), "code_key", None) == "S2"
    assert getattr(vouchers.find(["B2", "8Z"]), "code_key", None) == "8Z"
    # Two that it might be are none that it is.
    assert vouchers.find(["??", "S2", "52"]) is None


def test_holders_are_counted_once_and_hold_no_void_code(ledger: Ledger) -> None:
    vouchers, draw = Vouchers(ledger), numbered()
    assert vouchers.holders("c1") == (0, 0)
    vouchers.issue(SUMMER, 0, draw, customers=("ann", "bob"))
    vouchers.issue(replace(SUMMER, batch="more", promotion_id="five"), 0, draw, customers=("ann", "cid"))
    vouchers.issue(replace(SUMMER, batch="open"), 2, draw)
    assert vouchers.holders("c1") == (4, 3)
    assert vouchers.holders("c1", "more") == (2, 2)
    assert vouchers.void("N0")
    assert vouchers.holders("c1") == (3, 3)


def test_what_was_taken_back_is_void(ledger: Ledger) -> None:
    vouchers = Vouchers(ledger)
    vouchers.issue(SUMMER, 4, numbered())
    assert vouchers.void("N1")
    assert not vouchers.void("N1")
    assert not vouchers.void("N99")
    assert getattr(vouchers.find(["N1"]), "state", "") == "void"
    assert vouchers.counts("c1") == [BatchCount("c1", "summer", 4, 1, 0)]
    assert vouchers.void_batch("c1", "summer") == 3
    assert vouchers.void_batch("c1", "summer") == 0
    assert vouchers.void_batch("c2", "summer") == 0


def test_an_export_is_of_one_moment(ledger: Ledger) -> None:
    vouchers = Vouchers(ledger)
    vouchers.issue(SUMMER, 10, numbered())
    rows = vouchers.export("c1")
    first = next(rows)
    vouchers.issue(Batch("later", "c1", "ten", NOON), 10, numbered(100))
    assert [first.batch, *(one.batch for one in rows)] == ["summer"] * 10


def test_one_batch_asked_for_by_several_at_once_is_made_once(place: str, ledger: Ledger) -> None:
    start, codes = threading.Barrier(4), []

    def issue(number: int) -> None:
        with Ledger.open(place) as mine:
            start.wait()
            codes.append(Vouchers(mine).issue(SUMMER, 50, numbered(1000 * number)).code)

    threads = [threading.Thread(target=issue, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["batch_exists"] * 3 + ["issued"]
    assert sum(1 for _ in Vouchers(ledger).export("c1")) == 50


def test_different_batches_that_draw_the_same_codes_at_once_share_none(place: str, ledger: Ledger) -> None:
    start, codes = threading.Barrier(4), []

    def issue(number: int) -> None:
        with Ledger.open(place) as mine:
            start.wait()
            codes.append(Vouchers(mine).issue(Batch(f"b{number}", "c1", "ten", NOON), 200, numbered()).count)

    threads = [threading.Thread(target=issue, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 4
    assert len({one.code_key for one in Vouchers(ledger).export("c1")}) == 800


def test_a_ledger_that_is_gone_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("gone")
    with Ledger.open(folder / "ledger.sqlite") as opened, opened.transaction(writing=True) as connection:
        connection.exec_driver_sql("DROP TABLE voucher")
        connection.commit()
    with Ledger.open(folder / "ledger.sqlite") as opened, pytest.raises(StorageError, match="no such table"):
        Vouchers(opened).counts("c1")


@pytest.mark.slow
def test_a_million_codes_take_less_than_a_minute(ledger: Ledger) -> None:
    vouchers, start = Vouchers(ledger), time.perf_counter()
    assert vouchers.issue(SUMMER, 1_000_000, numbered()).count == 1_000_000
    assert time.perf_counter() - start < 60
    assert vouchers.counts("c1") == [BatchCount("c1", "summer", 1_000_000, 0, 0)]


def test_several_codes_are_found_in_one_look(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    vouchers = Vouchers(ledger)
    vouchers.issue(SUMMER, 3, numbered())
    looks = []
    transaction = ledger.transaction
    monkeypatch.setattr(ledger, "transaction", lambda: looks.append(1) or transaction())
    found = vouchers.find_each([("N1",), (), ("X", "N2"), ("X", "N0", "N2"), ("N0", "N2"), ("X",)])
    assert [one and one.code_key for one in found] == ["N1", None, "N2", None, "N0", None]
    assert len(looks) == 1
    assert vouchers.find_each([(), ()]) == [None, None]
