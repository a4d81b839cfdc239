"""Training an encoder on two questions at once: will they buy within so many days, and what.

What is bought next tells much more per customer than whether anything is, so that both are learned together
(multi-task learning: Caruana 1997): the loss is the logarithmic loss of buying plus a part of that of what was bought,
a softmax over the whole vocabulary. AdamW (Loshchilov and Hutter 2019); stopped when customers held out no longer gain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.profiles.sequences import vocabulary
from offersmith.profiles.sequences.batch import batch, following
from offersmith.profiles.sequences.encoders.base import Encoder
from offersmith.profiles.sequences.exported import exported
from offersmith.profiles.sequences.library import torch as lent
from offersmith.profiles.sequences.network import network
from offersmith.profiles.sequences.served import Served
from offersmith.profiles.sequences.steps import Floats, Ints, Steps
from offersmith.profiles.sequences.vocabulary import NOTHING

RATE, DECAY, DROPOUT, SIZE = 2e-3, 1e-2, 0.2, 256
EPOCHS, PATIENCE = 12, 2
HELD = 8
"""One customer in so many is held out to say when to stop."""
NEXT = 0.1
"""Weight of what is bought beside whether anything is."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What is learned from.

    Attributes:
        steps: a row per customer and moment.
        bought: (n,) whether they bought within the days after.
        customer: (n,) a number for each row's customer.
    """

    steps: Steps
    bought: np.ndarray[Any, np.dtype[np.bool_]]
    customer: Ints


def train(encoder: Encoder, lesson: Lesson, *, seed: int) -> Served:
    """Train an encoder and return it as it is served.

    Args:
        encoder: a member of `ENCODERS`.
        lesson: rows to learn from; of both kinds, those who bought and those who did not.
        seed: the same rows and seed give the same bytes.

    Raises:
        MissingExtraError: torch is not installed.
    """
    steps = lesson.steps
    known = vocabulary.learn(steps.things)
    middle = steps.numbers.mean(axis=0) if len(steps.numbers) else np.zeros(steps.numbers.shape[1], np.float32)
    spread = steps.numbers.std(axis=0) if len(steps.numbers) else np.ones(steps.numbers.shape[1], np.float32)
    spread = np.where(spread > 1e-6, spread, 1.0).astype(np.float32)
    with lent(seed) as torch:
        module = network(torch, encoder, len(known), DROPOUT)
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        _Course(torch, module.to(device), device, lesson, known, middle, spread).run(seed)
        model = exported(torch, module.to("cpu").eval())
    return Served(encoder.name, model, known, middle, spread)


class _Course:
    """One training: the rows as numbers, and what is asked of them."""

    def __init__(
        self, torch: Any, module: Any, device: Any, lesson: Lesson, known: vocabulary.Vocabulary, middle: Floats,
        spread: Floats,
    ) -> None:  # fmt: skip
        self.torch, self.module, self.device, self.lesson = torch, module, device, lesson
        self.middle, self.spread = middle, spread
        self.named, self.next = known.numbers(lesson.steps.things), known.numbers(lesson.steps.following)

    def run(self, seed: int) -> None:
        """Go over the rows until those held out no longer gain; the module is left as it was at its best."""
        rng = np.random.default_rng(seed)
        held = rng.permutation(int(self.lesson.customer.max()) + 1)[self.lesson.customer] % HELD == 0
        if held.all() or not held.any():
            held = np.arange(len(held)) % HELD == 0
        asked, learned = np.flatnonzero(held), np.flatnonzero(~held)
        adam = self.torch.optim.AdamW(self.module.parameters(), lr=RATE, weight_decay=DECAY)
        best, kept, waited = np.inf, self._state(), 0
        for _ in range(EPOCHS):
            self.module.train()
            for part in _parts(rng.permutation(learned)):
                adam.zero_grad()
                buying, thing = self._losses(part)
                (buying.mean() + NEXT * thing).backward()
                adam.step()
            self.module.eval()
            with self.torch.no_grad():
                found = float(np.concatenate([self._losses(part)[0].cpu().numpy() for part in _parts(asked)]).mean())
            if found < best - 1e-5:
                best, kept, waited = found, self._state(), 0
            else:
                waited += 1
                if waited >= PATIENCE:
                    break
        self.module.load_state_dict(kept)

    def _losses(self, rows: Ints) -> tuple[Any, Any]:
        """Return (b,) losses of buying, and the mean loss of what was bought, of those of whom that is known."""
        torch, functional = self.torch, self.torch.nn.functional
        dense = batch(self.lesson.steps, self.named, rows, self.middle, self.spread)
        odds, _, scores = self.module(*(self._tensor(one) for one in (dense.numbers, dense.things, dense.place)))
        bought = self._tensor(self.lesson.bought[rows].astype(np.float32))
        buying = functional.binary_cross_entropy_with_logits(odds, bought, reduction="none")
        target = self._tensor(following(self.lesson.steps.following, self.next, rows))
        there = (target != NOTHING).to(odds.dtype)
        surprise = -torch.log_softmax(scores, 1).gather(1, target) * there
        count = there.sum(1)
        thing = (surprise.sum(1) / count.clamp(min=1.0)).sum() / (count > 0).sum().clamp(min=1)
        return buying, thing

    def _tensor(self, array: Any) -> Any:
        return self.torch.from_numpy(np.ascontiguousarray(array)).to(self.device)

    def _state(self) -> dict[str, Any]:
        return {name: value.detach().clone() for name, value in self.module.state_dict().items()}


def _parts(rows: Ints) -> list[Ints]:
    return [rows[start : start + SIZE] for start in range(0, len(rows), SIZE)]
