"""A shared model as bytes and plain values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.shared.boosted import Bending, Trees
from offersmith.response.shared.design import Design
from offersmith.response.shared.level import Level
from offersmith.response.shared.model import Model, Size
from offersmith.response.shared.part import Part
from offersmith.response.trial import Arm

Saved = tuple[dict[str, bytes], dict[str, Any]]
_FIELDS = ("feature", "border", "value")
"""Of trees: those of the offers, then those of the level, numbered through."""


def save(model: Model) -> Saved:
    """Return the files (arrays) and plain values of a model."""
    files: dict[str, bytes] = {}
    plain: dict[str, Any] = {
        "arms": [[arm.name, arm.kind, arm.share, arm.fixed, arm.minimum] for arm in model.arms],
        "mean": model.mean.tolist(),
        "spread": model.spread.tolist(),
        "margin": model.margin,
        "known": model.known.tolist(),
        "chance": _part("chance", model.chance, files),
        "size": None,
    }
    if model.size is not None:
        size = model.size
        plain["size"] = {
            "mean": size.mean,
            "smear": size.smear,
            "ratio": size.ratio.tolist(),
            "lowest": size.lowest if np.isfinite(size.lowest) else None,
            "highest": size.highest if np.isfinite(size.highest) else None,
            "part": _part("size", size.part, files),
        }
    return files, plain


def load(files: Mapping[str, bytes], plain: Mapping[str, Any]) -> Model:
    """Make a model again from `save`."""
    size = plain["size"]
    return Model(
        arms=tuple(Arm(*values) for values in plain["arms"]),
        mean=_floats(plain["mean"]),
        spread=_floats(plain["spread"]),
        chance=_again("chance", plain["chance"], files),
        size=None
        if size is None
        else Size(
            mean=size["mean"],
            part=_again("size", size["part"], files),
            smear=size["smear"],
            ratio=_floats(size["ratio"]),
            lowest=-np.inf if size["lowest"] is None else size["lowest"],
            highest=np.inf if size["highest"] is None else size["highest"],
        ),
        margin=plain["margin"],
        known=_floats(plain["known"]),
    )


def _part(name: str, part: Part | None, files: dict[str, bytes]) -> dict[str, Any] | None:
    if part is None:
        return None
    arrays = {f"weights{number}": weight for number, weight in enumerate(part.weights)}
    for number, trees in enumerate((*part.trees, *part.level.trees)):
        for field in _FIELDS:
            arrays[f"{field}{number}"] = getattr(trees, field)
    held = BytesIO()
    np.savez(held, **arrays)  # type: ignore[arg-type]
    files[f"{name}.npz"] = held.getvalue()
    designs = [
        {
            "shape": design.shape,
            "knots": [list(at) for at in design.knots],
            "mean": design.mean.tolist(),
            "spread": [value if np.isfinite(value) else None for value in design.spread.tolist()],
        }
        for design in part.designs
    ]
    return {
        "level": part.level.as_dict(),
        "unit": part.unit,
        "designs": designs,
        "edges": [list(edges) for edges in part.bending.edges],
        "trees": len(part.trees),
        "more": part.more.tolist(),
    }


def _again(name: str, plain: Mapping[str, Any] | None, files: Mapping[str, bytes]) -> Part | None:
    if plain is None:
        return None
    with np.load(BytesIO(files[f"{name}.npz"]), allow_pickle=False) as held:
        arrays = {key: held[key] for key in held.files}
    designs = tuple(
        Design(
            shape=one["shape"],
            knots=tuple(tuple(at) for at in one["knots"]),
            mean=_floats(one["mean"]),
            spread=_floats([np.inf if value is None else value for value in one["spread"]]),
        )
        for one in plain["designs"]
    )
    grown = sum(key.startswith(_FIELDS[0]) for key in arrays)
    trees = [Trees(*(arrays[f"{field}{number}"] for field in _FIELDS)) for number in range(grown)]
    own, common = tuple(trees[: plain["trees"]]), tuple(trees[plain["trees"] :])
    return Part(
        level=Level.of(plain["level"], common),
        unit=plain["unit"],
        designs=designs,
        weights=tuple(arrays[f"weights{number}"] for number in range(len(designs))),
        bending=Bending(tuple(tuple(edges) for edges in plain["edges"])),
        trees=own,
        more=_floats(plain["more"]),
    )


def _floats(values: Any) -> Floats:
    return np.array(values, dtype=np.float64)
