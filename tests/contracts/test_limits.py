"""What every kind of limit promises; new ones are found in `LIMITS` alone."""

import importlib
import pkgutil

import msgspec
import numpy as np
import pyarrow as pa
import pytest

import offersmith.strategy.limits as room
from offersmith.errors import InputError
from offersmith.strategy.allocation.problem import COST, COUNT, VALUE
from offersmith.strategy.exact import optimum
from offersmith.strategy.keeping import Keeping
from offersmith.strategy.limits import LIMITS
from offersmith.strategy.limits.base import Ban, Offered, Segmented, Stated
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.past import Past
from offersmith.strategy.limits.reading import parse
from offersmith.strategy.linear import LinearRow

PROFILES = pa.table({"group": ["a", "b", "a", "b"], "size": [1.0, 2.0, 3.0, 4.0]})
FITS = {
    "offers": ["x"], "at_most": 3, "at_least": 1, "within": 0.5, "column": "group", "is": ["a"], "of": "cost",
    "share_at_most": 0.5, "each_at_most": 1, "days": 30, "steps": [2.5],
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
    if issubclass(LIMITS[kind], Offered) and LIMITS[kind].named:  # offers or a channel, so neither alone is required
        said["offers"] = FITS["offers"]
    if kind == "ladder":
        said["column"] = "size"  # of numbers
    if kind in ("contacts", "spend"):  # an amount or a share, so neither alone is required
        said["at_most"] = 3
    return said


def compiled(said, known=PROFILES):
    everybody = np.arange(known.num_rows)
    past = Past(everybody, 0 * everybody, everybody, ("x",))  # everybody got the first offer once, shortly before
    return compile_limits(parse({"limits": [said]}), ["x", "y"], known, "USD", past=past)


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


MANY = 24
ROWED = [kind for kind in LIMITS if LIMITS[kind].rowed]
BANS = [kind for kind in LIMITS if not LIMITS[kind].rowed]


def shop(kind, seed):
    """Return value and cost of two offers to a few customers, the plan's own budget, and a limit of the kind."""
    rng = np.random.default_rng(seed)
    value, cost = (rng.gamma(2, scale, (2, MANY)).astype(np.float32) for scale in (1, 0.5))
    known = pa.table({"group": rng.choice(["a", "b"], MANY), "size": 4 * rng.random(MANY)})
    return value, cost, 0.5 * float(cost.min(axis=0).sum()), compiled(table(kind), known)


def draws(limit, made, value, cost):
    """Return (K, n): what giving each offer to each customer draws on a limit, as "at most", the slow way."""
    source = {COUNT: np.ones_like(value), COST: cost, VALUE: value}
    cell = np.zeros(MANY, int) if made.cell is None else made.cell.astype(int)
    total = sum(weight[:, cell] * source[measure] for measure, weight in enumerate(limit.weight))
    return -total if limit.at_least else total


def taken(each, choice):
    given = np.flatnonzero(choice >= 0)
    return float(each[choice[given], given].astype(np.float64).sum())


def binding(kind, seed):
    """Yield the rows of a kind, each with the budget and a bound that binds and can be kept, the slow way and ours."""
    value, cost, budget, made = shop(kind, seed)
    own = LinearRow("budget", cost, budget)
    _, free = optimum(value, [own])
    for limit in made.limits:
        each = draws(limit, made, value, cost)
        least = -optimum((-each).astype(np.float32), [own])[0]
        bound = (taken(each, free) + least) / 2
        assert bound > least, "the limit has nothing to say here"
        stated = type(limit)(limit.name, limit.weight, -bound if limit.at_least else bound, limit.at_least)
        keep = Keeping.of(budget, 2, (stated,), made.cell, made.cells)
        yield value, cost, keep, [own, LinearRow(limit.name, each.astype(np.float32), bound)], (bound - least) / 10


@pytest.mark.parametrize("kind", ROWED)
@pytest.mark.parametrize("seed", range(3))
def test_a_row_is_never_violated_and_what_is_given_agrees_with_the_oracle(kind, seed):
    for value, cost, keep, plain, _ in binding(kind, seed):
        made = keep.best(value, cost)
        for row in plain:
            assert taken(row.coefficients, made.choice) <= row.bound + 1e-6 * max(1, abs(row.bound))
        best, _ = optimum(value, plain)
        assert taken(value, made.choice) == pytest.approx(made.certificate.value, rel=1e-9)
        assert best * 0.999 <= made.certificate.value <= best + 1e-5
        assert best <= made.certificate.dual_bound + 1e-5


@pytest.mark.parametrize("kind", ROWED)
@pytest.mark.parametrize("seed", range(3))
def test_a_rows_price_is_what_a_little_more_would_earn_and_a_little_less_would_lose(kind, seed):
    for value, cost, keep, plain, step in binding(kind, seed):
        price = keep.prices(keep.best(value, cost))[1]
        assert price > 0

        def dual(more, value=value, cost=cost, keep=keep):
            return keep.within(keep.rows.bound + np.array([0, more])).best(value, cost).certificate.dual_bound

        # It is a slope of the concave bound ...
        assert dual(step) - dual(0) <= price * step + 1e-6
        assert dual(0) - dual(-step) >= price * step - 1e-6
        # ... and so, but for what whole decisions leave, of the true optimum.
        own, row = plain
        nearby = [LinearRow(row.name, row.coefficients, row.bound + far) for far in (0, step)]
        best, more = (optimum(value, [own, each])[0] for each in nearby)
        assert more - best <= price * step + (dual(0) - best) + 1e-5


@pytest.mark.parametrize("kind", BANS)
@pytest.mark.parametrize("seed", range(3))
def test_a_ban_is_never_broken_costs_something_and_what_is_given_agrees_with_the_oracle(kind, seed):
    value, cost, budget, made = shop(kind, seed)
    keep, own = Keeping.of(budget, 2), [LinearRow("budget", cost, budget)]
    allowed = np.where(made.forbidden, np.float32(-np.inf), value)
    found = keep.best(allowed, cost)
    assert taken(made.forbidden, found.choice) == 0 < taken(made.forbidden, keep.best(value, cost).choice)
    best, _ = optimum(allowed, own)
    assert best * 0.99 <= found.certificate.value <= best + 1e-6
    assert best <= found.certificate.dual_bound + 1e-6
    assert best < optimum(value, own)[0]
