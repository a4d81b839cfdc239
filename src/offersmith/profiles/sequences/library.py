"""torch and onnxruntime, the extra `deep`: imported here and nowhere else of this room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from offersmith.errors import MissingExtraError

HINT = "install them with: pip install 'offersmith[deep]'"


def installed() -> bool:
    """Return whether encoders can be trained and asked here."""
    return all(find_spec(name) is not None for name in ("torch", "onnx", "onnxruntime"))


def missing() -> MissingExtraError:
    """Return the error of whoever needs the extra and does not find it."""
    said = "encoders of sequences need torch, onnx and onnxruntime, which are not all installed"
    return MissingExtraError(said, hint=HINT, key="encoders_need", extra="deep")


@contextmanager
def torch(seed: int) -> Iterator[Any]:
    """Lend torch, seeded, deterministic and on one thread (sums of several differ in their last bits), and tidy up.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import torch as library  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - the extra `deep`
    except ImportError as error:
        raise missing() from error
    threads, state = library.get_num_threads(), library.get_rng_state()
    try:
        library.set_num_threads(1)
        library.manual_seed(seed % 2**31)
        yield library
    finally:
        library.set_num_threads(threads)
        library.set_rng_state(state)


def runtime() -> Any:
    """Return onnxruntime.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import onnxruntime  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - the extra `deep`
    except ImportError as error:
        raise missing() from error
    return onnxruntime
