"""Other budgets: what the best plan would earn at each, where the curve bends, and where more brings nothing."""

from __future__ import annotations

from offersmith.report.base import Chart, Column, Figure, Note, Series, Table
from offersmith.report.format import Reader
from offersmith.report.inputs_frontier import FrontierFacts, FrontierPoint
from offersmith.strategy.goal_words import of_goal
from offersmith.strategy.objective import PROFIT

FAR = 2.0
"""A stated budget more than this many times what is enough is not drawn: all else would stand in a corner."""
SEEN = 0.001
"""Part of what is possible from which it is said that a point may be below the best."""


def blocks(facts: FrontierFacts | None, reader: Reader) -> tuple[Figure | Note, ...]:
    """Return the picture with its table, and what it does not hold; nothing where there is no frontier."""
    if facts is None:
        return ()
    return (_figure(facts, reader), Note(reader.sentences([reader.say("frontier_note"), *_doubts(facts, reader)])))


def _doubts(facts: FrontierFacts, reader: Reader) -> list[str]:
    """Return how many budgets are not shown, and how far those that are may be off where it can be seen."""
    said = [reader.say("frontier_left_out", left_out=facts.left_out)] if facts.left_out else []
    return [*said, *([reader.say("frontier_off", off=reader.percent(facts.off, 1))] if facts.off >= SEEN else [])]


def _figure(facts: FrontierFacts, reader: Reader) -> Figure:
    points = tuple(point for point in facts.points if point.budget <= FAR * facts.enough)
    title, profit = reader.say("frontier_chart"), reader.say("plan_profit")
    other = facts.goal != PROFIT
    worth, next_ = (f"plan_{facts.goal}", f"frontier_next_{facts.goal}") if other else ("plan_profit", "frontier_next")
    knee = tuple(place for place, point in enumerate(points) if point.budget == facts.knee)
    runs = [Series(reader.say(worth), tuple(point.worth for point in points), marked_points=knee)]
    if other:
        runs.append(Series(profit, tuple(point.profit for point in points)))
    stated = tuple(point.worth if point.budget == facts.stated else None for point in points)
    if any(value is not None for value in stated):
        runs.append(Series(reader.say("frontier_stated"), stated))
    chart = Chart(
        "curve",
        title,
        tuple(point.budget for point in points),
        tuple(runs),
        _summary(facts, reader),
        unit="money",
        x_unit="money",
        x_name=reader.say("frontier_budget"),
        reference=0.0,
        marked=reader.say("frontier_knee"),
    )
    columns = (
        Column(reader.say("frontier_budget")),
        Column(reader.say("plan_cost"), "money"),
        *((Column(reader.say(worth), "money"),) if other else ()),
        Column(profit, "money"),
        Column(reader.say("frontier_customers"), "int"),
        Column(reader.say(next_, unit=reader.money(1, 0)), "money"),
    )
    rows = tuple(
        (
            *(_named(point, facts, reader), point.spent),
            *((point.worth,) if other else ()),
            *(point.profit, point.customers, point.shadow_price),
        )
        for point in points
    )
    return Figure(chart, Table(title, columns, rows))


def _named(point: FrontierPoint, facts: FrontierFacts, reader: Reader) -> str:
    """Write a budget, with what is special about it."""
    special = {"frontier_stated": facts.stated, "frontier_knee": facts.knee, "frontier_enough": facts.enough}
    what = reader.join(reader.say(name) for name, budget in special.items() if point.budget == budget)
    amount = reader.money(point.budget)
    return reader.say("frontier_named", budget=amount, what=what) if what else amount


def _summary(facts: FrontierFacts, reader: Reader) -> str:
    """Return what the picture says: the stated budget, the knee, and where nothing more is worth giving."""
    at, enough, of = facts.at(facts.stated), reader.money(facts.enough), of_goal(facts.goal, reader.language)
    amounts = {"budget": reader.money(at.budget), "profit": reader.money(at.worth) + of}
    if facts.stated > FAR * facts.enough:
        return reader.sentences([reader.say("frontier_far", enough=enough, **amounts), *_knee(facts, reader)])
    if facts.stated >= facts.enough:
        return reader.sentences([reader.say("frontier_ample", enough=enough, **amounts), *_knee(facts, reader)])
    next_unit = {"unit": reader.money(1, 0), "price": reader.money(at.shadow_price, 2) + of}
    said = reader.say("frontier_summary", enough=enough, **amounts, **next_unit)
    return reader.sentences([said, *_knee(facts, reader)])


def _knee(facts: FrontierFacts, reader: Reader) -> list[str]:
    if facts.knee is None:
        return []
    knee, end = facts.at(facts.knee), facts.at(facts.enough)
    average = (end.worth - facts.points[0].worth) / end.budget
    return [
        reader.say(
            "frontier_bend",
            knee=reader.money(knee.budget),
            earned=reader.percent(knee.worth / end.worth, 0),
            spent=reader.percent(knee.budget / end.budget, 0),
            enough=reader.money(facts.enough),
            unit=reader.money(1, 0),
            average=reader.money(average, 2) + of_goal(facts.goal, reader.language),
        )
    ]
