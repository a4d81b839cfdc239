"""The same sums whatever the number of cores: matrix products on one thread while models are fitted and asked."""

from __future__ import annotations

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]


def steady() -> AbstractContextManager[object]:
    """Hold linear algebra to one thread; its sums depend on how many there are, and small models gain nothing."""
    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits
