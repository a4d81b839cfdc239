"""What a limit of a shop is: what its table in the file may say, and the rows or prohibitions it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta, Struct, field
from numpy.typing import NDArray

from offersmith.strategy.allocation.problem import Limit
from offersmith.strategy.limits.ground import Ground, Words, refusal
from offersmith.strategy.limits.groups import Condition, Part, Value

Share = Annotated[float, Meta(ge=0, le=1)]
PartOfAll = Annotated[float, Meta(gt=0, le=1)]
Whole = Annotated[int, Meta(ge=0)]
Times = Annotated[int, Meta(ge=1)]
Days = Annotated[int, Meta(ge=1, le=3650)]
Text = Annotated[str, Meta(min_length=1)]
Offers = Annotated[tuple[str, ...], Meta(min_length=1)]


class Stated(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of `[[limits]]`; a kind adds its own fields.

    Attributes:
        name: said where the limit binds or cannot be kept; no two are alike.
        kind: the word in the file (of the class).
        rowed: it is a row with a price; else it forbids offers to customers (of the class).
    """

    name: Text

    kind: ClassVar[str]
    rowed: ClassVar[bool] = True

    def parts(self, words: Words) -> tuple[Part, ...]:  # noqa: ARG002 - kinds that speak of groups look
        """Return the groups it speaks of, its words checked.

        Raises:
            InputError: a word of it that cannot be.
        """
        return ()

    def rows(self, ground: Ground) -> tuple[Limit, ...]:  # noqa: ARG002 - kinds with rows look
        """Return its rows, its offers and amounts checked.

        Raises:
            InputError: a word of it that cannot be.
        """
        return ()

    def forbids(self, ground: Ground) -> NDArray[np.bool_] | None:  # noqa: ARG002 - kinds that forbid look
        """Return (K, n) which offers customers must not get; None where it forbids none."""
        return None

    def rest(self, ground: Ground) -> tuple[NDArray[np.bool_], NDArray[np.int64]] | None:  # noqa: ARG002 - likewise
        """Return (K,) offers and (n,) how many of them each customer may still get; None where it does not say."""
        return None

    def by_heads(self) -> bool:
        """Return whether it compares or shares out by heads, among customers who have not opted out."""
        return False

    def looks_back(self) -> int:
        """Return over how many days before the plan it counts what was given; 0 where it looks at the plan alone."""
        return 0

    def before(self, ground: Ground) -> int | None:  # noqa: ARG002 - kinds that count over several plans look
        """Return how many offers given before count against its bound; None where it looks at the plan alone."""
        return None


class Offered(Stated, frozen=True, kw_only=True):
    """A limit that may speak of some offers: by their ids, by the channel they go by, or those of a channel among some.

    Attributes:
        named: it must say which (of the class).
    """

    offers: Offers | None = None
    channel: Text | None = None

    named: ClassVar[bool] = False

    def chosen(self, words: Words) -> NDArray[np.bool_]:
        """Return (K,) the offers it speaks of; all where it says nothing of them.

        Raises:
            InputError: an offer or a channel that there is not.
        """
        return words.chosen(self.name, self.offers or (), self.channel)


class Segmented(Offered, frozen=True, kw_only=True):
    """A limit that may also speak of a segment: `column` with `is`, or `from` and `below`, or `top`, or `bottom`."""

    column: str | None = None
    values: Annotated[tuple[Value, ...], Meta(min_length=1)] | None = field(default=None, name="is")
    low: float | None = field(default=None, name="from")
    high: float | None = field(default=None, name="below")
    top: PartOfAll | None = None
    bottom: PartOfAll | None = None

    def segment(self) -> tuple[Condition, ...]:
        """Return the condition, if there is one."""
        if self.column is None:
            return ()
        values = tuple(sorted(dict.fromkeys(self.values or ()), key=lambda one: (str(type(one)), one)))
        return (Condition(self.column, values, self.low, self.high, self.top, self.bottom),)

    def parts(self, words: Words) -> tuple[Part, ...]:
        """Return the segment, its words checked."""
        spoken = {"is": self.values, "from": self.low, "below": self.high, "top": self.top, "bottom": self.bottom}
        said = {name: value for name, value in spoken.items() if value is not None}
        if self.column is None and said:
            name, value = next(iter(said.items()))
            raise refusal(words.where, self.name, name, _listed(value), "needs column, the column of the customers")
        if self.column is not None:
            fault = misspoken(said)
            if fault:
                name, allowed = fault
                raise refusal(words.where, self.name, name or "column", _listed(said.get(name, self.column)), allowed)
        segment = self.segment()
        for part in segment:
            words.condition(self.name, part)
        return segment


def misspoken(said: Mapping[str, object]) -> tuple[str, str] | None:
    """Return the field that does not go with the others and what is allowed; None where all is well.

    Args:
        said: what is said of a column's values: `is`, `from`, `below`, `top`, `bottom`, as far as they are there.
    """
    if not said:
        return "", "needs is = [values], from or below, top, or bottom"
    alone = next((name for name in ("is", "top", "bottom") if name in said), "")
    if alone and len(said) > 1:
        others = ", ".join(name for name in said if name != alone)
        return alone, f"stands alone; leave out {others}, or say it in a limit of its own"
    return None


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


class Ban(Segmented, frozen=True, kw_only=True):
    """A limit that forbids offers to customers; it has no price.

    Attributes:
        of_segment: it must say of whom it speaks (of the class).
    """

    rowed: ClassVar[bool] = False
    of_segment: ClassVar[bool] = True

    def parts(self, words: Words) -> tuple[Part, ...]:
        """Return the segment."""
        found = super().parts(words)
        if not found and self.of_segment:
            allowed = "must name the column of the customers it is about, with is, from and below, top, or bottom"
            raise refusal(words.where, self.name, "column", None, allowed)
        return found

    def members(self, ground: Ground) -> NDArray[np.bool_]:
        """Return (n,) who is in the segment; everybody where it names none."""
        found = np.ones(ground.words.profiles.num_rows, np.bool_)
        for part in self.segment():
            found &= ground.codes[part] == 1
        return found
