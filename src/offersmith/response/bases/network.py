"""A small neural network: trained by torch (the extra `deep`), asked by numpy.

Two hidden layers with rectified units, Adam (Kingma & Ba 2015), stopped when rows held back no longer gain. What is
kept are the weights as plain arrays, so that whoever only predicts needs no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from itertools import pairwise
from typing import Any

import numpy as np

from offersmith.errors import MissingExtraError
from offersmith.response.base import Floats, Kind
from offersmith.response.bases.base import FittedBase, flat, loaded_flat
from offersmith.response.bases.scaling import Scaling
from offersmith.response.linear import expit, steady

_FILE = "layers.npz"
_CHUNK = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class FittedNetwork:
    """Weights of a network.

    Attributes:
        kind: what it predicts.
        scaling: of the columns.
        layers: (weights (inputs, outputs), offsets (outputs,)) from the first to the last.
        level: mean of the outcome it was trained on; 0 for chances.
        spread: its spread; 1 for chances.
    """

    kind: Kind
    scaling: Scaling
    layers: tuple[tuple[Floats, Floats], ...]
    level: float
    spread: float

    def predict(self, x: Floats) -> Floats:
        """Return (n,) expected outcomes."""
        raw = np.zeros(len(x))
        with steady():
            for start in range(0, len(x), _CHUNK):
                held = self.scaling.apply(x[start : start + _CHUNK])
                for weights, offsets in self.layers[:-1]:
                    held = np.maximum(held @ weights + offsets, 0.0)
                last, offset = self.layers[-1]
                raw[start : start + _CHUNK] = (held @ last + offset)[:, 0]
        return expit(raw) if self.kind == "chance" else self.level + self.spread * raw

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return the weights as one file."""
        held = BytesIO()
        arrays: dict[str, Any] = {f"{part}{number}": array for number, layer in enumerate(self.layers)
                  for part, array in zip("wb", layer, strict=True)}  # fmt: skip
        np.savez(held, **arrays)
        plain = {
            "kind": self.kind,
            "scaling": self.scaling.as_dict(),
            "layers": len(self.layers),
            "level": self.level,
            "spread": self.spread,
        }
        return {_FILE: held.getvalue()}, plain


@dataclass(frozen=True, slots=True)
class NeuralBase:
    """A multilayer perceptron.

    Attributes:
        hidden: units of each hidden layer.
        rate: Adam's step.
        decay: weight decay.
        batch: rows of a step.
        epochs: passes over the data at most.
        patience: passes without a gain on the rows held back before it stops.
        held: part of the rows held back.
        least: fewer rows than this give their average.
    """

    hidden: tuple[int, ...] = (32, 16)
    rate: float = 3e-3
    decay: float = 1e-4
    batch: int = 512
    epochs: int = 40
    patience: int = 4
    held: float = 0.15
    least: int = 100
    name: str = "neural"

    def fit(self, kind: Kind, x: Floats, y: Floats, *, weight: Floats | None = None, seed: int) -> FittedBase:
        """Train.

        Raises:
            MissingExtraError: torch is not installed.
        """
        known = flat(y, x, weight, self.least)
        if known:
            return known
        torch = _library()
        scaling = Scaling.learn(x)
        level, spread = (0.0, 1.0) if kind == "chance" else (float(y.mean()), float(y.std()))
        threads, state = torch.get_num_threads(), torch.get_rng_state()
        try:
            torch.set_num_threads(1)  # sums of several threads differ in their last bits
            torch.manual_seed(seed % 2**31)
            count = np.ones(len(y)) if weight is None else weight / max(float(weight.mean()), 1e-12)
            layers = self._train(torch, kind, scaling.apply(x), (y - level) / spread, count, seed)
        finally:
            torch.set_num_threads(threads)
            torch.set_rng_state(state)
        return FittedNetwork(kind, scaling, layers, level, spread)

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedBase:
        """Make a saved one again; needs no torch."""
        known = loaded_flat(plain)
        if known:
            return known
        with np.load(BytesIO(files[_FILE]), allow_pickle=False) as held:
            layers = tuple((held[f"w{number}"], held[f"b{number}"]) for number in range(int(plain["layers"])))
        scaling = Scaling.of(plain["scaling"])
        return FittedNetwork(plain["kind"], scaling, layers, float(plain["level"]), float(plain["spread"]))

    def _train(
        self, torch: Any, kind: Kind, x: Floats, y: Floats, count: Floats, seed: int
    ) -> tuple[tuple[Floats, Floats], ...]:
        generator = np.random.default_rng(seed)
        order = generator.permutation(len(y))
        cut = max(1, int(self.held * len(y)))
        rows, target, counts = (torch.tensor(part, dtype=torch.float32) for part in (x, y, count))
        network = self._network(torch, x.shape[1])
        loss = (
            torch.nn.functional.binary_cross_entropy_with_logits if kind == "chance" else torch.nn.functional.mse_loss
        )
        held, learn = torch.tensor(order[:cut]), order[cut:]
        adam = torch.optim.Adam(network.parameters(), lr=self.rate, weight_decay=self.decay)
        best, kept, waited = float("inf"), _arrays(network), 0
        for _ in range(self.epochs):
            for start in range(0, len(learn), self.batch):
                part = torch.tensor(learn[start : start + self.batch])
                adam.zero_grad()
                each = loss(network(rows[part])[:, 0], target[part], reduction="none")
                (each * counts[part]).mean().backward()
                adam.step()
            learn = generator.permutation(learn)
            with torch.no_grad():
                each = loss(network(rows[held])[:, 0], target[held], reduction="none")
                found = float((each * counts[held]).mean())
            if found < best:
                best, kept, waited = found, _arrays(network), 0
            else:
                waited += 1
                if waited >= self.patience:
                    break
        return kept

    def _network(self, torch: Any, inputs: int) -> Any:
        sizes = (inputs, *self.hidden)
        parts: list[Any] = []
        for before, after in pairwise(sizes):
            parts += [torch.nn.Linear(before, after), torch.nn.ReLU()]
        return torch.nn.Sequential(*parts, torch.nn.Linear(sizes[-1], 1))


def installed() -> bool:
    """Return whether torch is there to train with."""
    return find_spec("torch") is not None


def _arrays(network: Any) -> tuple[tuple[Floats, Floats], ...]:
    lines = [part for part in network if hasattr(part, "weight")]
    return tuple(
        (line.weight.detach().numpy().T.astype(np.float64), line.bias.detach().numpy().astype(np.float64))
        for line in lines
    )


def _library() -> Any:
    try:
        import torch  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - the extra `deep`
    except ImportError as error:
        raise MissingExtraError(
            "The neural model needs torch, which is not installed.",
            hint="Install it with: pip install 'offersmith[deep]'",
            extra="deep",
        ) from error
    return torch
