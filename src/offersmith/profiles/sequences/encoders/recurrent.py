"""A gated recurrent unit (GRU: Cho and others 2014): day after day, what to keep and what to forget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Recurrent:
    """One layer; the embedding is its state after the last day."""

    name: str = "gru"

    def network(self, torch: Any, width: int, longest: int) -> Any:
        """Return the module; any number of days will do."""
        del longest
        nn = torch.nn

        class Network(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
            def __init__(self) -> None:
                super().__init__()
                self.unit = nn.GRU(width, width, batch_first=True)
                self.out = nn.Linear(width, width)

            def forward(self, days: Any, place: Any) -> Any:
                # Days that are not there come first, as zeros: they move the state by the same little for everybody.
                del place
                held, _ = self.unit(days)
                return torch.tanh(self.out(held[:, -1]))

        return Network()
