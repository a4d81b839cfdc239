"""What every encoder is: a network from days that are vectors to one vector, the customer's embedding."""

from __future__ import annotations

from typing import Any, Protocol


class Encoder(Protocol):
    """A way of reading days in their order."""

    @property
    def name(self) -> str:
        """Key of `ENCODERS`."""
        ...

    def network(self, torch: Any, width: int, longest: int) -> Any:
        """Return an untrained module, called with `days` and `place`, both of a batch.

        Args:
            torch: the library, imported by whoever asks: an encoder is described without it.
            width: of a day's vector and of the embedding.
            longest: days at most.

        Returns:
            A `torch.nn.Module`: (b, t, width) and (b, t) -> (b, width). `place` counts from the last day, which is 1,
            and is 0 where there is no day; such days are zeros.
        """
        ...
