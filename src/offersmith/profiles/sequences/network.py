"""The whole network: days as vectors, an encoder over them, and two questions asked of what it makes of a customer.

A day's vector is the sum of its numbers' and the mean of its things' vectors. Of the embedding are asked the log-odds
of a purchase, and a score of every thing of the vocabulary to be bought next (tied to the things' vectors, as in
SASRec).
"""

from __future__ import annotations

from typing import Any

from offersmith.profiles.sequences.encoders.base import Encoder
from offersmith.profiles.sequences.steps import MOST, NUMBERS
from offersmith.profiles.sequences.vocabulary import NOTHING

WIDTH = 32
OUTPUTS = ("odds", "embedding", "scores")


def network(torch: Any, encoder: Encoder, names: int, dropout: float) -> Any:
    """Return an untrained module: (b, t, f) numbers, (b, t, m) things, (b, t) places -> `OUTPUTS`.

    Args:
        torch: the library.
        encoder: of days.
        names: numbers of the vocabulary.
        dropout: share of a day's vector that is left out while training.
    """
    nn = torch.nn

    class Whole(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.things = nn.Embedding(names, WIDTH, padding_idx=NOTHING)
            nn.init.normal_(self.things.weight, std=0.05)
            self.numbers = nn.Linear(len(NUMBERS), WIDTH)
            self.left_out = nn.Dropout(dropout)
            self.encoder = encoder.network(torch, WIDTH, MOST)
            self.odds = nn.Linear(WIDTH, 1)
            self.usual = nn.Parameter(torch.zeros(names))

        def forward(self, numbers: Any, things: Any, place: Any) -> Any:
            named = (things != NOTHING).unsqueeze(3).to(numbers.dtype)
            mean = (self.things(things) * named).sum(2) / named.sum(2).clamp(min=1.0)
            there = (place > 0).unsqueeze(2).to(numbers.dtype)
            days = self.left_out(torch.relu(self.numbers(numbers)) + mean) * there
            embedding = self.encoder(days, place)
            scores = embedding @ self.things.weight.transpose(0, 1) + self.usual
            return self.odds(embedding)[:, 0], embedding, scores

    return Whole()
