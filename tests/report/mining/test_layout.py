"""Points of a network stand apart, groups in cells of their own, the same each time."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from offersmith.report.mining.layout import places


@given(st.lists(st.integers(1, 9), max_size=7), st.data())
def test_groups_have_cells_and_points_stand_apart(sizes: list[int], data: st.DataObject) -> None:
    groups, begin = [], 0
    for size in sizes:
        groups.append(list(range(begin, begin + size)))
        begin += size
    every = list(combinations(range(begin), 2))
    links = data.draw(st.lists(st.sampled_from(every), max_size=20)) if every else []
    found = places(groups, links)
    assert sorted(found) == list(range(begin))
    assert found == places(groups, links)
    for one, other in every:
        assert found[one] != found[other]
    cells = [{(round(found[at][0]), round(found[at][1])) for at in group} for group in groups]
    assert all(len(cell) == 1 for cell in cells)
    assert len(set.union(set(), *cells)) == len(groups)
