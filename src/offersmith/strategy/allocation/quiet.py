"""Keeps a library's own prints off the terminal: HiGHS as of 1.12 prints a line of its debugging whatever it is told.

(`transformNewIntegerFeasibleSolution tmpSolver.run()`: jump-dev/HiGHS.jl issue 312.) It writes through C's standard
output, which `contextlib.redirect_stdout` does not reach, and which would spoil `--json`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send what is written to file descriptor 1 nowhere, until left; where there is none, do nothing."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # a service without standard output
        yield
        return
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        yield
    finally:
        if hasattr(os, "fork"):  # the C library of this process; elsewhere its name differs, and nothing is buffered
            ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
