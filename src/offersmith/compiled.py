"""Compiled loops: how numba is asked for them, in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Call = TypeVar("Call", bound=Callable[..., Any])


def compiled(function: Call) -> Call:
    """Compile without losing the types; the machine code is kept beside the source for the next process.

    Where that folder cannot be written it is kept in the user's cache, or where `NUMBA_CACHE_DIR` says. Where none of
    them can, nothing is kept, and each process compiles for itself: some seconds each time, and the same results.
    """
    try:
        return cast("Call", njit(cache=True, nogil=True)(function))
    except RuntimeError:  # numba: "no locator available", there is no folder to keep it in
        return cast("Call", njit(nogil=True)(function))
