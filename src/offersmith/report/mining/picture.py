"""The network as a picture with its table, its groups in words, and the products that join them."""

from __future__ import annotations

from offersmith.report.base import Cell, Chart, Column, Figure, Series, Table
from offersmith.report.format import Reader
from offersmith.report.mining.facts import Edge, MiningFacts
from offersmith.report.mining.layout import places
from offersmith.report.mining.tables import SHOWN, columns, words

GROUPS = 6
"""Groups in the picture, the largest."""
POINTS = 8
"""Products of a group in the picture, those with most edges."""
LINES = 3
"""Lines that are drawn of a product at least, where it has them."""
LEAST = 3
"""Products of a group worth a picture."""
_TOLD = 6


def network_figure(facts: MiningFacts, reader: Reader) -> Figure | None:
    """Return the largest groups as a network; None where nothing goes together."""
    groups = [some for some in facts.groups.values() if len(some) >= LEAST] or list(facts.groups.values())
    shown = [some[:POINTS] for some in groups[:GROUPS]]
    points = [at for some in shown for at in some]
    if not points:
        return None
    place = {at: number for number, at in enumerate(points)}
    links = tuple((place[edge.first], place[edge.second]) for edge in _closest(facts, set(points)))
    groups_at = [[place[at] for at in some] for some in shown]
    where = places(groups_at, links)
    most = max(facts.nodes[at].edges for at in points)
    series = tuple(
        Series(
            words(reader, "group", number=number + 1),
            tuple(where[at][1] if at in set(some) else None for at in range(len(points))),
        )
        for number, some in enumerate(groups_at)
    )
    names = tuple(_short(facts, facts.nodes[at].item) for at in points)
    told = {"groups": len(shown), "points": len(points), "links": len(links)}
    chart = Chart(
        "network", words(reader, "network_title"), tuple(where[at][0] for at in range(len(points))), series,
        words(reader, "network_summary", **told), links=links, names=names,
        sizes=tuple(round(facts.nodes[at].edges / most, 3) for at in points),
    )  # fmt: skip
    heads = columns(reader, ("product", "text"), ("group_of", "text"), ("edges", "int"), ("goes_with", "text"))
    rows: list[tuple[Cell, ...]] = []
    for number, some in enumerate(shown):
        for at in some:
            near = reader.join(_neighbours(facts, at)) or words(reader, "nothing_shown")
            label = words(reader, "group", number=number + 1)
            rows.append((facts.called[facts.nodes[at].item], label, facts.nodes[at].edges, near))
    return Figure(chart, Table(words(reader, "network_title"), heads, tuple(rows)))


def groups_table(facts: MiningFacts, reader: Reader) -> Table:
    """Return the groups with what is in them."""
    heads = columns(reader, ("group_of", "text"), ("products", "int"), ("among_them", "text"))
    rows = tuple(
        (words(reader, "group", number=number), len(some),
         reader.join(facts.called[facts.nodes[at].item] for at in some[:_TOLD]))
        for number, some in enumerate(list(facts.groups.values())[:SHOWN], 1)
    )  # fmt: skip
    return Table(words(reader, "groups_table"), heads, rows)


def bridges_table(facts: MiningFacts, reader: Reader) -> Table:
    """Return the products that join groups."""
    heads = (*columns(reader, ("product", "text"), ("edges", "int")), Column(words(reader, "participation"), "percent"))
    rows = tuple(
        (facts.called[facts.nodes[at].item], facts.nodes[at].edges, facts.nodes[at].participation)
        for at in facts.bridges[:SHOWN]
    )
    return Table(words(reader, "bridges_table"), heads, rows)


def _closest(facts: MiningFacts, points: set[int]) -> list[Edge]:
    """Return the lines to draw: of each product the closest few, since all would hide each other."""
    drawn: set[Edge] = set()
    left = dict.fromkeys(points, LINES)
    for edge in sorted(facts.edges, key=lambda one: (-one.weight, one.first, one.second)):
        if edge.first in points and edge.second in points and (left[edge.first] > 0 or left[edge.second] > 0):
            drawn.add(edge)
            left[edge.first] -= 1
            left[edge.second] -= 1
    return sorted(drawn, key=lambda one: (one.first, one.second))


def _short(facts: MiningFacts, item: str) -> str:
    """Return what a product is called without its id: the table below has that."""
    return facts.called[item].removesuffix(f" ({item})")


def _neighbours(facts: MiningFacts, node: int) -> list[str]:
    """Return what a product goes with most closely."""
    near = [(edge.weight, edge.second if edge.first == node else edge.first) for edge in facts.edges
            if node in (edge.first, edge.second)]  # fmt: skip
    return [facts.called[facts.nodes[at].item] for _, at in sorted(near, key=lambda one: (-one[0], one[1]))[:3]]
