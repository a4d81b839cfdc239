"""A Transformer encoder (Vaswani and others 2017), causal as SASRec (Kang and McAuley 2018), normalised before layers.

Attention is spelled out in plain products: what is exported is then what was trained, and no library's quick way
through padded rows stands between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

LAYERS, HEADS = 2, 2
FAR = -1e9
"""Added to the weight of a day that must not be seen."""


@dataclass(frozen=True, slots=True)
class Attention:
    """Two layers of two heads, with a learned vector for each place; the embedding is the last day's vector."""

    name: str = "transformer"

    def network(self, torch: Any, width: int, longest: int) -> Any:
        """Return the module; more days than `longest` have no place."""
        nn = torch.nn

        class Layer(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
            def __init__(self) -> None:
                super().__init__()
                self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
                self.asked = nn.Linear(width, 3 * width)
                self.told = nn.Linear(width, width)
                self.wide = nn.Sequential(nn.Linear(width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width))

            def forward(self, held: Any, hidden: Any) -> Any:
                rows, days = held.shape[0], held.shape[1]
                parts = self.asked(self.before(held)).reshape(rows, days, 3, HEADS, width // HEADS)
                query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
                weight = query @ key.transpose(2, 3) / sqrt(width // HEADS) + hidden
                seen = (torch.softmax(weight, -1) @ value).transpose(1, 2).reshape(rows, days, width)
                held = held + self.told(seen)
                return held + self.wide(self.between(held))

        class Network(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
            def __init__(self) -> None:
                super().__init__()
                self.places = nn.Embedding(longest + 1, width)
                self.layers = nn.ModuleList([Layer() for _ in range(LAYERS)])
                self.last = nn.LayerNorm(width)

            def forward(self, days: Any, place: Any) -> Any:
                held = days + self.places(place)
                # A day sees itself and the days before it; places count down to 1.
                later = place.unsqueeze(1) < place.unsqueeze(2)
                none = (place == 0).unsqueeze(1)
                hidden = ((later | none).to(days.dtype) * FAR).unsqueeze(1)
                for layer in self.layers:
                    held = layer(held, hidden)
                return self.last(held[:, -1])

        return Network()
