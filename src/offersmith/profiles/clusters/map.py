"""Where customers stand on a map of two axes, for a picture of the segments.

The axes are the first two principal components of the scaled features (Pearson 1901), along which customers differ
most; each is turned so that its largest loading is positive, so that a refit does not mirror the picture. A few
features load most on an axis: its ends say what it means. The map is of the buyers that the sample drew; segments may
overlap on it that other dimensions keep apart, and `shown` says how much of the differences it holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from offersmith.errors import InputError
from offersmith.profiles import FEATURES, label
from offersmith.profiles.clusters.base import Clustering, sample
from offersmith.profiles.clusters.columns import Floats, Ints
from offersmith.words import Language, say

MOST = 2_000
"""Customers on a map at most."""
_LOADS = 0.4
"""A feature belongs to an axis where its loading is at least this share of the axis, which has length 1."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction of a map.

    Attributes:
        shown: share of the differences between customers that lie along it.
        loads: (feature, loading) of those that make it up, the strongest first.
    """

    shown: float
    loads: tuple[tuple[str, float], ...]

    def said(self, language: Language = "en") -> str:
        """Return what it means, such as "more: orders ever, spend ever; less: days since the last purchase"."""
        more = [_called(name, language) for name, loading in self.loads if loading > 0]
        less = [_called(name, language) for name, loading in self.loads if loading < 0]
        parts = [(key, names) for key, names in (("axis_more", more), ("axis_less", less)) if names]
        comma, stop = ("、", "；") if language == "zh" else (", ", "; ")
        return stop.join(say(f"clusters.{key}", language, features=comma.join(names)) for key, names in parts)


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """A map of the customers.

    Attributes:
        points: (n, 2) coordinates of a sample of those who bought.
        segment: (n,) the segment of each.
        centres: (k, 2) of the segments, in their order.
        axes: what the two directions mean; fewer where fewer features tell customers apart.
    """

    points: Floats
    segment: Ints
    centres: Floats
    axes: tuple[Axis, ...]

    @property
    def shown(self) -> float:
        """Share of the differences between customers that the map holds."""
        return sum(axis.shown for axis in self.axes)


def draw(clustering: Clustering, profiles: pa.Table, *, seed: int, most: int = MOST) -> Map:
    """Draw the map of a shop's customers.

    Args:
        clustering: whose segments are shown.
        profiles: a profile table.
        seed: of the sample.
        most: customers on the map at most.

    Raises:
        InputError: nobody has bought, or `most` is less than 1.
    """
    if most < 1:
        raise InputError(f"a map of {most} customers: 1 at least", field="most", value=most)
    people = sample(profiles, seed=seed, most=most)
    coordinates = clustering.scaling.points(people)
    segment = clustering.place(coordinates)
    middle = coordinates.mean(axis=0)
    shown, turns = _components(coordinates - middle)
    axes = tuple(
        Axis(float(share), _loads(clustering.scaling.names, turns[:, place])) for place, share in enumerate(shown)
    )
    wide = np.zeros((coordinates.shape[1], 2))
    wide[:, : turns.shape[1]] = turns
    centres = (clustering.centres - middle) @ wide
    return Map((coordinates - middle) @ wide, segment, centres, axes)


def _components(centred: Floats) -> tuple[Floats, Floats]:
    """Return the share of the variance of up to two components, and their (d, m) directions."""
    if not centred.shape[1] or not centred.any():
        return np.zeros(0), np.zeros((centred.shape[1], 0))
    variances, directions = np.linalg.eigh(centred.T @ centred / len(centred))
    order = [place for place in np.argsort(-variances, kind="stable")[:2] if variances[place] > 0]
    turned = directions[:, order]
    largest = np.abs(turned).argmax(axis=0)
    turned = turned * np.sign(turned[largest, np.arange(len(order))])
    return variances[order] / variances.sum(), turned


def _loads(names: tuple[str, ...], direction: Floats) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-np.abs(direction), kind="stable")[:_NAMED]
    strong = [place for place in order if abs(direction[place]) >= _LOADS] or [int(order[0])]
    return tuple((names[place], float(direction[place])) for place in strong)


def _called(feature: str, language: Language) -> str:
    return label(feature, language) if feature in FEATURES else feature
