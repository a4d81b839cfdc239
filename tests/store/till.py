"""A till of the concurrency tests: one process whose threads all redeem at once. Run as a script, one job a line.

A job comes as JSON on standard input; `ready` goes out when every thread waits, and at `go` they all start. Each
redemption that was confirmed is named on a line of its own the moment it is; the counts of all outcomes end the job.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from offersmith.store.ledger import Ledger
from offersmith.store.redemptions import Claim, Outcome, Redemptions, Reservation

NOW = datetime(2026, 11, 22, 12)


@dataclass
class Job:
    """What the threads of one till do, as the tests write it.

    Attributes:
        place: the ledger.
        first: number of this till's first writer.
        threads: writers in this till.
        writers: writers in all tills together.
        attempts: redemptions in all tills together; each writer takes every `writers`-th of them.
        caps: meters and what they hold; their names begin with their unit.
        amounts: what attempt i takes of each meter of money: `amounts[i % len(amounts)]`.
        key: one idempotency key for all; "" gives each attempt its own.
        order: the order all redemptions belong to; "" = none.
        then: what follows a reservation: "confirm", "return" (confirm and give back), or "anything".
    """

    place: str
    first: int
    threads: int
    writers: int
    attempts: int
    caps: dict[str, int]
    amounts: list[int] = field(default_factory=lambda: [1])
    key: str = ""
    order: str = ""
    then: str = "confirm"


def reservation(job: Job, number: int) -> Reservation:
    key = job.key or f"k{number}"
    amount = job.amounts[number % len(job.amounts)]
    claims = [
        Claim(name, "spring", name, "", "", unit, cap, 1 if unit == "use" else amount)  # type: ignore[arg-type]
        for name, cap in job.caps.items()
        for unit in (name.split("/")[0],)
    ]
    if number % 2:
        claims.reverse()  # Writers that take meters as they come would wait for each other in a ring.
    until = NOW + timedelta(minutes=30)
    return Reservation(key, f"r-{number}", "a" * 64, job.order or None, None, "EUR", NOW, until, tuple(claims))


def redeem(job: Job, writer: int, redemptions: Redemptions, counts: Counter[str]) -> None:
    chance = random.Random(writer)

    def count(outcome: Outcome) -> Outcome:
        counts[f"{outcome.code} again" if outcome.repeated else outcome.code] += 1
        return outcome

    for number in range(writer, job.attempts, job.writers):
        asked = reservation(job, number)
        reserved = count(redemptions.reserve(asked))
        if not reserved.done:
            continue
        name, key = reserved.redemption_id, asked.key
        if job.then == "anything":
            if chance.random() < 0.2:
                counts["swept"] += redemptions.sweep(NOW + timedelta(hours=1), limit=3)
            if chance.random() < 0.2:
                count(redemptions.roll_back(name, f"{key}-back", NOW))
        if count(redemptions.confirm(name, f"{key}-confirm", NOW)).done:
            os.write(1, f"{name}\n".encode())
        if job.then != "confirm" and chance.random() < 0.5:
            count(redemptions.give_back(name, f"{key}-return", NOW, "b" * 64, dict.fromkeys(job.caps, 1)))


def run(job: Job) -> dict[str, Any]:
    counts = [Counter[str]() for _ in range(job.threads)]
    start = threading.Barrier(job.threads + 1)
    faults: list[str] = []

    def writer(number: int, redemptions: Redemptions) -> None:
        start.wait()
        try:
            redeem(job, job.first + number, redemptions, counts[number])
        except Exception as fault:  # noqa: BLE001 - the test tells of it
            faults.append(repr(fault))

    with Ledger.open(job.place) as ledger:
        # Daemons: a till that fails before they start must end, so that the test does.
        threads = [
            threading.Thread(target=writer, args=(number, Redemptions(ledger)), daemon=True)
            for number in range(job.threads)
        ]
        for thread in threads:
            thread.start()
        os.write(1, b"ready\n")
        assert sys.stdin.readline() == "go\n"
        start.wait()
        for thread in threads:
            thread.join()
    return {"counts": dict(sum(counts, Counter())), "faults": faults}


if __name__ == "__main__":
    for line in iter(sys.stdin.readline, ""):
        done = run(Job(**json.loads(line)))
        os.write(1, f"{json.dumps(done)}\n".encode())
