"""Sixteen writers in four processes, started together, on both databases: nothing is spent twice and the books balance.

Each of these fails when the statement that takes from a meter loses its condition, or when a lock is left out.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from offersmith.errors import StorageError
from offersmith.store import database
from offersmith.store.books import books
from offersmith.store.ledger import Ledger
from offersmith.store.redemptions import Meter, Redemptions
from offersmith.store.tables import ENTRIES, METERS

SCRIPT = Path(__file__).with_name("till.py")
PROCESSES = 4


class Till:
    """One process of writers."""

    def __init__(self) -> None:
        argv = [sys.executable, "-W", "error", str(SCRIPT)]
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
        )

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the till ended with {self.process.wait()}"
        return line.strip()

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def tills() -> Iterator[list[Till]]:
    made = [Till() for _ in range(PROCESSES)]
    yield made
    for till in made:
        till.close()


def start(tills: list[Till], threads: int, **job: Any) -> None:
    """Hand a job to every till and start all their threads together."""
    for number, till in enumerate(tills):
        till.say(json.dumps({"first": number * threads, "threads": threads, "writers": threads * len(tills)} | job))
    for till in tills:
        assert till.hear() == "ready"
    for till in tills:
        till.say("go")


def together(tills: list[Till], threads: int = 4, **job: Any) -> Counter[str]:
    """Do a job and return how often each outcome came."""
    start(tills, threads, **job)
    done = []
    for till in tills:
        while not (line := till.hear()).startswith("{"):
            pass
        done.append(json.loads(line))
    assert [result["faults"] for result in done] == [[]] * len(tills)
    return sum((Counter(result["counts"]) for result in done), Counter())


def meters(ledger: Ledger) -> dict[str, Meter]:
    """Return the meters of a ledger whose books balance."""
    found = books(ledger)
    assert found.differences == ()
    assert found.balanced
    return {meter.meter_id: meter for meter in Redemptions(ledger).meters("spring")}


def highest(ledger: Ledger, meter_id: str) -> int:
    """Return the most a meter ever held: its entries are numbered while its row is held."""
    query = sa.select(ENTRIES.c.amount).where(ENTRIES.c.meter_id == meter_id).order_by(ENTRIES.c.entry_id)
    with ledger.transaction() as connection:
        return max(accumulate(connection.execute(query).scalars()))


def test_a_thousand_attempts_on_a_hundred_uses_leave_a_hundred(place: str, ledger: Ledger, tills: list[Till]) -> None:
    came = together(tills, place=place, attempts=1000, caps={"use/all": 100})
    assert came == {"reserved": 100, "refused_limit": 900, "confirmed": 100}
    meter = meters(ledger)["use/all"]
    assert (meter.taken, meter.given_back, meter.rest) == (100, 0, 0)


def test_a_budget_is_never_overspent(place: str, ledger: Ledger, tills: list[Till]) -> None:
    amounts = [(number * 7919) % 997 + 1 for number in range(301)]
    caps = {"money/day": 30_000, "use/all": 100, "money/ever": 40_000}
    came = together(tills, place=place, attempts=320, caps=caps, amounts=amounts)
    found = meters(ledger)
    assert found["money/day"].used <= 30_000
    assert found["money/day"].used == found["money/ever"].used
    assert found["use/all"].used == came["reserved"] == came["confirmed"] <= 100
    assert came["refused_budget"] > 0
    # Nothing came back, so whoever was refused would not fit now either.
    redemptions = Redemptions(ledger)
    for number in range(320):
        if redemptions.find(f"r-{number}") is None and found["use/all"].rest:
            assert amounts[number % 301] > (found["money/day"].rest or 0)


def test_anything_at_once_leaves_books_that_balance(place: str, ledger: Ledger, tills: list[Till]) -> None:
    came = together(
        tills, place=place, attempts=200, caps={"money/ever": 900, "use/all": 60}, amounts=[5, 9, 40], then="anything"
    )
    found = meters(ledger)
    for name, cap in (("money/ever", 900), ("use/all", 60)):
        assert found[name].used <= highest(ledger, name) <= cap
    assert min(came[code] for code in ("confirmed", "rolled_back", "given_back", "swept", "refused_budget")) > 0


def test_one_order_reserved_by_all_at_once_is_confirmed_once(place: str, ledger: Ledger, tills: list[Till]) -> None:
    caps = {"money/ever": 50, "use/all": 1}
    came = together(tills, place=place, attempts=160, caps=caps, amounts=[5, 9, 40], order="1001")
    assert (came["confirmed"], came["refused_limit"], came["refused_budget"]) == (1, 0, 0)
    assert came["reserved"] + came["order_confirmed"] == 160
    assert came["not_reserved"] == came["reserved"] - 1
    found = meters(ledger)
    assert (found["use/all"].used, found["use/all"].taken) == (1, came["reserved"])


def test_one_key_sent_fifty_times_is_one_redemption(place: str, ledger: Ledger, tills: list[Till]) -> None:
    came = together(tills, threads=13, place=place, attempts=52, caps={"use/all": 9}, key="k", then="confirm")
    assert came == {"reserved": 1, "reserved again": 51, "confirmed": 1, "confirmed again": 51}
    meter = meters(ledger)["use/all"]
    assert (meter.taken, meter.given_back) == (1, 0)


def test_a_kill_in_the_middle_leaves_what_was_answered_and_nothing_by_halves(
    place: str, ledger: Ledger, tills: list[Till]
) -> None:
    job: dict[str, Any] = {"place": place, "caps": {"money/ever": 10**9, "use/all": 1000}, "amounts": [7, 11]}
    victim, heard = Till(), set[str]()
    try:
        start([victim], 4, attempts=1000, **job)
        while len(heard) < 60:
            heard.add(victim.hear())
        victim.process.send_signal(signal.SIGKILL)
        rest, _ = victim.process.communicate()
        heard.update(rest.split())
        assert victim.process.returncode == -signal.SIGKILL
    finally:
        victim.close()
    assert 60 <= len(heard) < 1000
    with Ledger.open(place) as reopened:
        found = meters(reopened)
        redemptions = Redemptions(reopened)
        kept = {name: redemptions.find(name) for name in heard}
        assert {redemption and redemption.state for redemption in kept.values()} == {"confirmed"}
        # What was on its way is there or not; each has both meters or neither.
        assert len(heard) <= found["use/all"].used <= len(heard) + 8
        assert 7 * found["use/all"].used <= found["money/ever"].used <= 11 * found["use/all"].used
    # Tills that are started again and do not know what was answered redeem each key once.
    came = together(tills, attempts=100, **job)
    assert came["reserved"] + came["reserved again"] == came["confirmed"] + came["confirmed again"] == 100
    assert came["reserved again"] > 0
    reserved = {f"r-{number}" for number in range(100)} | heard
    stand = meters(ledger)
    assert len(reserved) <= stand["use/all"].taken <= len(reserved) + 8
    assert stand["money/ever"].given_back == 0


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_work_that_the_database_chose_against_is_begun_again(ledger: Ledger) -> None:
    both = threading.Barrier(2)
    tries: Counter[int] = Counter()
    _make(ledger, "a", "b")

    def work(number: int, *names: str) -> None:
        def change(connection: sa.Connection) -> None:
            tries[number] += 1
            for name in names:
                connection.execute(sa.update(METERS).where(METERS.c.meter_id == name).values(taken=METERS.c.taken + 1))
                if tries[number] == 1 and name == names[0]:
                    both.wait()

        ledger.change(change)

    threads = [threading.Thread(target=work, args=job) for job in ((1, "a", "b"), (2, "b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(tries.values()) == [1, 2]
    assert [meter.taken for meter in Redemptions(ledger).meters("spring")] == [2, 2]


def test_who_waits_too_long_is_told(place: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    _make(ledger, "a")
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    change = sa.update(METERS).values(taken=METERS.c.taken + 1)
    with Ledger.open(place) as hasty, ledger.transaction(writing=True) as connection:
        connection.execute(change)
        with pytest.raises(StorageError, match="held by somebody else"):
            hasty.change(lambda other: other.execute(change))
    assert Redemptions(ledger).meters("spring")[0].taken == 1


def _make(ledger: Ledger, *names: str) -> None:
    row = {"campaign_id": "spring", "subject": "", "period": "", "unit": "use", "taken": 0, "given_back": 0}
    with ledger.transaction(writing=True) as connection:
        connection.execute(sa.insert(METERS), [row | {"meter_id": name, "name": name} for name in names])
