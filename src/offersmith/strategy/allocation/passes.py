"""A pass over all customers: chunks go to threads, results come back in the order of the chunks."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from offersmith.strategy.allocation.problem import Chunk, Instance

Result = TypeVar("Result")
THREADS = min(8, os.cpu_count() or 1)
"""Compiled loops let go of the interpreter's lock; a sum is made of each chunk's, in order, whoever made them."""


def each(instance: Instance, work: Callable[[Chunk, int], Result]) -> Iterator[Result]:
    """Yield what `work` makes of every chunk, in order.

    Args:
        instance: the customers; no more than two chunks a thread are in memory at once.
        work: gets a chunk and the place of its first customer.
    """
    first = 0
    if instance.customers <= 1 << 17 or THREADS == 1:
        for chunk in instance.chunks():
            yield work(chunk, first)
            first += chunk.value.shape[1]
        return
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        for chunk in instance.chunks():
            waiting.append(pool.submit(work, chunk, first))
            first += chunk.value.shape[1]
            if len(waiting) >= 2 * THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
