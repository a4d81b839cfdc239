"""What every kind of limit promises; new ones are found in `LIMITS` alone."""

import importlib
import pkgutil

import msgspec
import numpy as np
import pyarrow as pa
import pytest

import offersmith.strategy.limits as room
from offersmith.errors import InputError
from offersmith.strategy.limits import LIMITS
from offersmith.strategy.limits.base import Ban, Segmented, Stated
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.reading import parse

PROFILES = pa.table({"group": ["a", "b", "a", "b"], "size": [1.0, 2.0, 3.0, 4.0]})
FITS = {
    "offers": ["x"], "at_most": 3, "at_least": 1, "within": 0.5, "column": "group", "is": ["a"], "of": "cost",
    "share_at_most": 0.5,
}  # fmt: skip
"""What fits the fields of limits; a kind whose fields are none of these adds its own here."""


def table(kind):
    """Return what a kind needs at least, and a segment where it may speak of one."""
    said = {"name": "mine", "kind": kind}
    for field in msgspec.structs.fields(LIMITS[kind]):
        if field.encode_name != "name" and field.required:
            said[field.encode_name] = FITS[field.encode_name]
    if issubclass(LIMITS[kind], Segmented):
        said |= {"column": "group", "is": ["a"]}
    if kind in ("contacts", "spend"):  # an amount or a share, so neither alone is required
        said["at_most"] = 3
    return said


def compiled(said):
    return compile_limits(parse({"limits": [said]}), ["x", "y"], PROFILES, "USD")


def test_the_table_is_whole():
    modules = [importlib.import_module(f"{room.__name__}.{one.name}") for one in pkgutil.iter_modules(room.__path__)]
    kinds = {
        one
        for module in modules
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Stated) and "kind" in vars(one)
    }
    assert kinds == set(LIMITS.values())
    assert all(one.kind == name for name, one in LIMITS.items())


@pytest.mark.parametrize("kind", LIMITS)
def test_a_limit_is_rows_with_its_name_or_a_ban(kind):
    made = compiled(table(kind))
    assert LIMITS[kind].rowed == bool(made.limits) == (made.forbidden is None)
    assert LIMITS[kind].rowed != issubclass(LIMITS[kind], Ban)
    for row in made.limits:
        assert row.name.startswith("mine")
        assert row.weight.shape[1:] == (2, made.cells)
        assert np.isfinite(row.weight).all()
        assert (row.weight != 0).any()
    if made.forbidden is not None:
        assert made.forbidden.shape == (2, 4)
        assert made.forbidden.dtype == np.bool_
        assert made.forbidden.any()


@pytest.mark.parametrize("kind", LIMITS)
def test_a_field_it_does_not_have_is_refused_by_name(kind):
    with pytest.raises(InputError, match=f"limit 'mine': colour = 'red': a limit of kind {kind} has no such field"):
        compiled(table(kind) | {"colour": "red"})


@pytest.mark.parametrize(
    ("kind", "field"),
    [(kind, field.encode_name) for kind in LIMITS for field in msgspec.structs.fields(LIMITS[kind])],
)
def test_a_number_that_is_none_is_refused_in_every_field(kind, field):
    for number in (float("nan"), float("inf")):
        with pytest.raises(InputError):
            compiled(table(kind) | {field: number})


@pytest.mark.parametrize("kind", [kind for kind in LIMITS if issubclass(LIMITS[kind], Segmented)])
@pytest.mark.parametrize("way", [{"from": 1, "below": 3}, {"bottom": 0.5}])
def test_a_segment_may_be_a_range_or_a_share_too(kind, way):
    said = {key: value for key, value in table(kind).items() if key not in ("column", "is")}
    by_range = compiled(said | {"column": "size", **way})
    by_value = compiled(said | {"column": "size", "is": [1, 2]})
    if by_range.forbidden is not None:
        assert (by_range.forbidden == by_value.forbidden).all()
    for one, other in zip(by_range.limits, by_value.limits, strict=True):
        assert (one.weight == other.weight).all()
