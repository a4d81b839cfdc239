"""Convolutions over days, each layer looking twice as far back (temporal convolution: Bai, Kolter and Koltun 2018)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LAYERS = 4
"""Two days each, 1, 2, 4 and 8 apart: sixteen days in all."""


@dataclass(frozen=True, slots=True)
class Convolution:
    """Dilated causal convolutions with residuals; the embedding is the last day's vector and the mean of all."""

    name: str = "cnn"

    def network(self, torch: Any, width: int, longest: int) -> Any:
        """Return the module; any number of days will do."""
        del longest
        nn = torch.nn

        class Network(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
            def __init__(self) -> None:
                super().__init__()
                self.steps = nn.ModuleList([nn.Conv1d(width, width, 2, dilation=2**i) for i in range(LAYERS)])
                self.out = nn.Linear(2 * width, width)

            def forward(self, days: Any, place: Any) -> Any:
                there = (place > 0).unsqueeze(1).to(days.dtype)
                held = days.transpose(1, 2)
                for number, step in enumerate(self.steps):
                    before = nn.functional.pad(held, (2**number, 0))
                    held = (held + torch.relu(step(before))) * there
                mean = held.sum(2) / there.sum(2).clamp(min=1.0)
                return torch.tanh(self.out(torch.cat([held[:, :, -1], mean], 1)))

        return Network()
