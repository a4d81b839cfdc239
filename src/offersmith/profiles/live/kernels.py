"""What one event changes: the compiled loops over events and the numbers kept for their customers.

Decayed sums keep the time of their last half-life block and are exact in rescaling: an event at t weighs
v 2^(t/h - b), b the block of the newest event so far; when that moves on, the sum is multiplied by a power of two. So
a late event counts exactly, and the order of events changes at most the last bits of the float (forward decay: Cormode,
Shkapenyuk, Srivastava and Xu, ICDE 2009).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offersmith.compiled import compiled

ADD, KNOWN, MIN, MAX = 0, 1, 2, 3
NEVER = np.iinfo(np.int64).min
NOT_YET = np.iinfo(np.int64).max
_ONE = np.uint64(1)


@compiled
def count(
    slots: NDArray[np.int64],
    kinds: NDArray[np.uint64],
    tests: NDArray[np.uint64],
    known: NDArray[np.uint64],
    values: NDArray[np.int64],
    fresh: NDArray[np.bool_],
    does: NDArray[np.int64],
    which: NDArray[np.int64],
    masks: NDArray[np.uint64],
    numbers: NDArray[np.int64],
    last: NDArray[np.int64],
) -> None:
    """Bring integer columns up to date: `masks` (columns, 2) are the kinds that count and the conditions to be met."""
    for i in range(slots.size):
        if not fresh[i]:
            continue
        slot = slots[i]
        last[slot] = max(last[slot], values[i, 1])
        for c in range(does.size):
            v = which[c]
            if (kinds[i] & masks[c, 0]) == 0 or (tests[i] & masks[c, 1]) != masks[c, 1]:
                continue
            if (known[i] >> np.uint64(v)) & _ONE == 0:
                continue
            if does[c] == ADD:
                numbers[slot, c] += values[i, v]
            elif does[c] == KNOWN:
                numbers[slot, c] += 1
            elif does[c] == MIN:
                numbers[slot, c] = min(numbers[slot, c], values[i, v])
            else:
                numbers[slot, c] = max(numbers[slot, c], values[i, v])


@compiled
def decay(
    slots: NDArray[np.int64],
    kinds: NDArray[np.uint64],
    tests: NDArray[np.uint64],
    known: NDArray[np.uint64],
    values: NDArray[np.int64],
    fresh: NDArray[np.bool_],
    which: NDArray[np.int64],
    masks: NDArray[np.uint64],
    half_lives: NDArray[np.float64],
    sums: NDArray[np.float64],
    blocks: NDArray[np.int64],
) -> None:
    """Bring decayed columns up to date; half lives are in microseconds."""
    for i in range(slots.size):
        if not fresh[i]:
            continue
        slot = slots[i]
        for c in range(which.size):
            v = which[c]
            if (kinds[i] & masks[c, 0]) == 0 or (tests[i] & masks[c, 1]) != masks[c, 1]:
                continue
            if (known[i] >> np.uint64(v)) & _ONE == 0:
                continue
            block, share = block_of(values[i, 1], half_lives[c])
            if block > blocks[slot, c]:
                sums[slot, c] *= 2.0 ** float(max(blocks[slot, c], block - 3000) - block)
                blocks[slot, c] = block
            sums[slot, c] += float(values[i, v]) * 2.0**share * 2.0 ** float(block - blocks[slot, c])


@compiled
def block_of(time: int, half_life: float) -> tuple[int, float]:
    """Return in which half life since 1970 a moment is, and how much of it has passed (0 to 1)."""
    block = int(np.floor(float(time) / half_life))
    return block, (float(time) - float(block) * half_life) / half_life


@compiled
def decayed(
    slots: NDArray[np.int64], now: int, half_lives: NDArray[np.float64], sums: NDArray[np.float64],
    blocks: NDArray[np.int64],
) -> NDArray[np.float64]:  # fmt: skip
    """Return the decayed sums of some customers as of a moment, shape (slots, columns)."""
    answer = np.zeros((slots.size, half_lives.size))
    for c in range(half_lives.size):
        block, share = block_of(now, half_lives[c])
        for i in range(slots.size):
            if sums[slots[i], c] != 0.0:
                age = float(max(blocks[slots[i], c] - block, -3000))
                answer[i, c] = sums[slots[i], c] * 2.0**age * 2.0**-share
    return answer


@compiled
def meet(
    slots: NDArray[np.int64], sums: NDArray[np.float64], blocks: NDArray[np.int64], other: NDArray[np.float64],
    other_blocks: NDArray[np.int64],
) -> None:  # fmt: skip
    """Add the decayed sums of another state; its row i belongs to the customer at `slots[i]`."""
    for i in range(slots.size):
        for c in range(sums.shape[1]):
            if other[i, c] == 0.0:
                continue
            slot, newer = slots[i], other_blocks[i, c]
            if newer > blocks[slot, c]:
                sums[slot, c] *= 2.0 ** float(max(blocks[slot, c], newer - 3000) - newer)
                blocks[slot, c] = newer
            sums[slot, c] += other[i, c] * 2.0 ** float(newer - blocks[slot, c])
