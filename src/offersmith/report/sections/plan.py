"""The plan: who gets what, what it should earn, what the budget buys, and how good the arithmetic is."""

from __future__ import annotations

from offersmith.report.base import Block, Card, Cards, Cell, Chart, Column, Figure, Note, Section, Series, Table, Text
from offersmith.report.format import Reader
from offersmith.report.inputs import Both, LimitRow, OfferRow, PlanFacts
from offersmith.report.sections import frontier, playbooks
from offersmith.strategy.goal_words import of_goal
from offersmith.strategy.objective import PROFIT
from offersmith.strategy.percent import percent
from offersmith.words import say

CARDS = 6
"""So many cards are shown whole, in the order they come; the others are rows of a table."""
SMALL = 0.05
"""A segment with a smaller share of the customers makes no summary."""
LEAST = 0.01
"""A part of the difference below this (major units) is not worth a sentence; zero would be a claim about rounding."""


def section(facts: PlanFacts, reader: Reader) -> Section:
    """Return the section."""
    none = facts.customers - facts.chosen
    lead = reader.say(
        "plan_lead_cold" if facts.cold_start else "plan_lead" if none else "plan_lead_all",
        start=reader.day(facts.start),
        end=reader.day(facts.valid_until),
        chosen=reader.count(facts.chosen),
        none=reader.count(none),
    )
    blocks: list[Block] = [
        *_asked_for(facts, reader),
        *([Note(reader.say("plan_unjudged"), "warning")] if facts.unjudged else []),
        *playbooks.blocks(facts.playbooks, reader),
        *_offers(facts, reader),
        *_segments(facts, reader),
        _budget(facts, reader),
        *_margins(facts, reader),
        *frontier.blocks(facts.frontier, reader),
        *_limits(facts, reader),
        *_withheld(facts, reader),
        *_certificate(facts, reader),
        *_measured(facts, reader),
        *_trust(facts, reader),
    ]
    blocks += [Note(reader.of(one), "warning") for one in facts.together]
    if facts.explored:
        share = percent(facts.explored / facts.customers)
        text = reader.say("plan_explored", explored=reader.count(facts.explored), share=share)
        blocks.append(Note(text))
    blocks += _cards(facts, reader)
    if facts.asked:
        blocks.append(Note(reader.say("plan_model", asked=reader.count(facts.asked))))
    return Section("plan", reader.say("plan_title"), lead, tuple(blocks))


def _asked_for(facts: PlanFacts, reader: Reader) -> tuple[Text, ...]:
    if not facts.asked_for:
        return ()
    return (Text(reader.sentences([reader.of(line) for line in facts.asked_for]), reader.say("plan_asked_for")),)


def _name(row: OfferRow, reader: Reader) -> str:
    return reader.say("plan_none") if row.is_none else reader.of(row.name)


def _offers(facts: PlanFacts, reader: Reader) -> tuple[Figure, ...]:
    rows = facts.offers
    if not rows:
        return ()
    given = [row for row in rows if not row.is_none and row.customers]
    summary = reader.say("plan_offers_nobody")
    if given:
        top = max(given, key=lambda row: row.customers)
        summary = reader.say(
            "plan_offers_summary",
            name=_name(top, reader),
            customers=reader.count(top.customers),
            profit=reader.money(top.profit),
        )
    title, said = reader.say("plan_offers_chart"), reader.say("customers")
    names = tuple(_name(row, reader) for row in rows)
    nothing = tuple(index for index, row in enumerate(rows) if row.is_none)
    series = (Series(said, tuple(row.customers for row in rows), muted_points=nothing),)
    chart = Chart("bar", title, names, series, summary, unit="int", horizontal=True)
    redeemed = any(row.redemptions is not None for row in rows)
    columns = [Column(reader.say("plan_offer")), Column(said, "int"), Column(reader.say("share"), "percent")]
    columns += [Column(reader.say("plan_redemptions"), "int")] if redeemed else []
    columns += [Column(reader.say("plan_profit"), "money"), Column(reader.say("plan_cost"), "money")]
    cells = tuple(
        (
            *(name, row.customers, row.customers / facts.customers if facts.customers else None),
            *((row.redemptions,) if redeemed else ()),
            *(row.profit, row.cost),
        )
        for name, row in zip(names, rows, strict=True)
    )
    return (Figure(chart, Table(title, tuple(columns), cells)),)


def _segments(facts: PlanFacts, reader: Reader) -> tuple[Figure, ...]:
    if not facts.by_segment:
        return ()
    cells: dict[str, dict[str, int]] = {}
    for one in facts.by_segment:
        segment, offer = cells.setdefault(reader.of(one.segment), {}), _offer_name(one.offer, facts, reader)
        segment[offer] = segment.get(offer, 0) + one.customers
    cells = dict(sorted(cells.items(), key=lambda item: (-sum(item[1].values()), item[0])))
    nothing = {_name(row, reader) for row in facts.offers if row.is_none}
    offers = [_name(row, reader) for row in facts.offers]
    offers += sorted({offer for segment in cells.values() for offer in segment} - set(offers))
    offers = [offer for offer in offers if any(segment.get(offer) for segment in cells.values())]
    series = tuple(
        Series(offer, tuple(segment.get(offer, 0) for segment in cells.values()), muted=offer in nothing)
        for offer in offers
    )
    shares = {
        name: sum(count for offer, count in segment.items() if offer not in nothing) / max(sum(segment.values()), 1)
        for name, segment in cells.items()
    }
    everyone = sum(sum(segment.values()) for segment in cells.values())
    large = [name for name, segment in cells.items() if sum(segment.values()) >= SMALL * everyone]
    most = max(large or shares, key=shares.__getitem__)
    title = reader.say("plan_segments_chart")
    summary = reader.say("plan_segments_summary", name=most, share=reader.percent(shares[most], 0))
    chart = Chart("stacked", title, tuple(cells), series, summary, unit="int", horizontal=True)
    columns = (Column(reader.say("segments_segment")), *(Column(offer, "int") for offer in offers))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *(segment.get(offer, 0) for offer in offers)) for name, segment in cells.items()
    )
    return (Figure(chart, Table(title, columns, rows)),)


def _offer_name(offer: Both, facts: PlanFacts, reader: Reader) -> str:
    none = any(row.is_none and row.name == offer for row in facts.offers)
    return reader.say("plan_none") if none else reader.of(offer)


def _margins(facts: PlanFacts, reader: Reader) -> tuple[Figure, ...]:
    rows = sorted(facts.margins, key=lambda row: row.rate)
    if not rows:
        return ()
    names = tuple(
        reader.say("plan_margin_stated" if row.stated else "plan_margin_row", rate=reader.percent(row.rate, 0))
        for row in rows
    )
    low, high = rows[0], rows[-1]
    summary = reader.say(
        "plan_margin_summary",
        low=reader.money(low.profit.estimate),
        low_rate=reader.percent(low.rate, 0),
        high=reader.money(high.profit.estimate),
        high_rate=reader.percent(high.rate, 0),
    )
    title, said = reader.say("plan_margin_chart"), reader.say("plan_profit")
    series = Series(
        said,
        tuple(row.profit.estimate for row in rows),
        tuple(row.profit.low for row in rows),
        tuple(row.profit.high for row in rows),
    )
    chart = Chart("interval", title, names, (series,), summary, unit="money", reference=0.0)
    columns = (Column(reader.say("plan_margin")), Column(said, "money"), Column(reader.say("low"), "money"),
               Column(reader.say("high"), "money"))  # fmt: skip
    cells = tuple(
        (name, row.profit.estimate, row.profit.low, row.profit.high) for name, row in zip(names, rows, strict=True)
    )
    return (Figure(chart, Table(title, columns, cells), width="half"),)


def _budget(facts: PlanFacts, reader: Reader) -> Text:
    title = reader.say("plan_budget_title")
    if facts.budget is None:
        return Text(reader.say("plan_budget_free", cost=reader.money(facts.cost)), title, width="half")
    price = max((row.shadow_price for row in facts.limits if row.unit == "money"), default=0.0)
    bound = "plan_budget_bound" if price > 0 else "plan_budget_slack"
    bound += "" if facts.goal == PROFIT else "_goal"
    text = reader.say(
        "plan_budget_cold" if facts.cold_start else bound,
        used=reader.money(facts.cost),
        budget=reader.money(facts.budget),
        share=reader.percent(facts.cost / facts.budget if facts.budget else 0.0, 0),
        unit=reader.money(1, 0),
        price=reader.money(price, 2) + of_goal(facts.goal, reader.language),
    )
    return Text(text, title, width="half")


def _limits(facts: PlanFacts, reader: Reader) -> tuple[Table, ...]:
    if len(facts.limits) < 2:
        return ()
    price = "plan_price" if facts.goal == PROFIT else f"plan_price_{facts.goal}"
    columns = (Column(reader.say("plan_limit")), Column(reader.say("plan_used")), Column(reader.say("plan_allowed")),
               Column(reader.say(price)))  # fmt: skip
    cells = tuple(
        (
            reader.of(row.name),
            _amount(row.used, row, reader),
            reader.say("plan_at_least" if row.floor else "plan_at_most", bound=_amount(row.limit, row, reader)),
            reader.money(abs(row.shadow_price), 2),
        )
        for row in facts.limits
    )
    return (Table(reader.say("plan_limits"), columns, cells),)


def _amount(amount: float, row: LimitRow, reader: Reader) -> str:
    if row.unit == "number":
        return reader.count(int(amount)) if amount.is_integer() else reader.number(amount)
    return reader.money(amount) if row.unit == "money" else reader.count(int(amount))


def _withheld(facts: PlanFacts, reader: Reader) -> tuple[Table, ...]:
    """Return who gets nothing, or the same as others, whatever is expected of them; no card speaks of them."""
    if not facts.withheld:
        return ()
    rows = tuple((reader.of(line),) for line in facts.withheld)
    return (Table(reader.say("plan_withheld"), (Column(reader.say("plan_withheld_why")),), rows),)


def _certificate(facts: PlanFacts, reader: Reader) -> tuple[Text, ...]:
    if facts.bound is None or facts.value is None or facts.budget is None:
        return ()
    of = of_goal(facts.goal, reader.language)
    amounts = {"bound": reader.money(facts.bound, 2) + of, "value": reader.money(facts.value, 2) + of}
    some = facts.bound > 0 or facts.for_everybody
    name = "plan_certificate" if some else "plan_certificate_nothing"
    name += "_goal" if facts.goal != PROFIT and not some else ""
    text = reader.say(name, budget=reader.money(facts.budget), **amounts)
    beside = [say("strategy.best_opted_out", reader.language)] if facts.for_everybody else []
    said = [text, *beside, *_difference(facts, reader), reader.say("plan_certificate_arithmetic")]
    said += [reader.say("plan_certificate_whole")] if facts.integral else []
    return (Text(reader.sentences(said), reader.say("plan_certificate_title")),)


def _difference(facts: PlanFacts, reader: Reader) -> list[str]:
    """Return what lies between the best possible and the plan, part by part."""
    parts = facts.difference
    if parts is None:
        return []
    said, share = [], percent(facts.share)
    if parts.by_lot >= LEAST:
        said.append(reader.say("plan_difference_lots", lots=reader.money(parts.by_lot, 2), share=share))
    elif parts.by_lot <= -LEAST:
        said.append(reader.say("plan_difference_lucky", more=reader.money(-parts.by_lot, 2), share=share))
    if parts.reserve >= LEAST:
        kept, price = reader.money(parts.reserved, 2), reader.money(parts.reserve, 2)
        said.append(reader.say("plan_difference_reserve", reserve=price, reserved=kept))
    gap = reader.money(max(parts.not_proved, LEAST), 2)
    said.append(reader.say("plan_difference_search", gap=gap))
    return said


def _measured(facts: PlanFacts, reader: Reader) -> tuple[Text, ...]:
    """Return what the same way of deciding was worth on held-out customers, beside what the plan expects."""
    found = facts.measured
    if found is None:
        return ()
    each, count = found.each, found.customers
    expected = reader.money(facts.profit.estimate if found.expected is None else found.expected)
    digits = reader.digits([each.low, each.high])
    high = each.high * count
    said = [
        reader.say(
            "plan_measured",
            value=reader.money(each.estimate, digits),
            low=reader.money(each.low, digits),
            high=reader.money(each.high, digits),
            customers=reader.count(count),
            total=reader.money(each.estimate * count),
            total_low=reader.money(each.low * count),
            total_high=reader.money(high),
            expected=expected,
        )
        if found.shown
        else reader.say("plan_measured_nothing", expected=expected)
    ]
    if found.opted_out:
        said.append(reader.say("plan_measured_opted_out", customers=reader.count(found.opted_out)))
    if found.untried:
        said.append(
            reader.say("plan_measured_stated", stated=reader.money(found.stated), untried=reader.count(found.untried))
        )
    if found.above:
        limit = high if found.limit is None else found.limit
        said.append(reader.say("plan_measured_above", limit=reader.money(limit)))
    if facts.goal != PROFIT:
        said.append(say("strategy.promise_other_goal", reader.language))
    return (Text(reader.sentences(said), reader.say("plan_measured_title"), width="half"),)


def _limited(facts: PlanFacts) -> bool:
    """Return whether more than the budget may be why nothing is given."""
    return len(facts.limits) > 1 or bool(facts.withheld)


def _trust(facts: PlanFacts, reader: Reader) -> tuple[Note | Text, ...]:
    """Return how far to trust the expected profit: of an experiment its price, of any other plan its optimism."""
    if not facts.cold_start:
        return (Note(reader.say("plan_optimistic")),) if facts.profit.estimate > 0 else ()
    if not facts.explored:
        name = "plan_experiment_nothing_in_limits" if _limited(facts) else "plan_experiment_nothing"
        text = reader.say(name, part=reader.percent(facts.largest_lot, 0))
        return (Text(text, reader.say("plan_experiment_title")),)
    earned = facts.profit.estimate
    kind = "plan_experiment" if earned < 0 else "plan_experiment_gain"
    said = [
        reader.say(kind, cost=reader.money(facts.cost), amount=reader.money(abs(earned))),
        reader.say("plan_experiment_lots", part=reader.percent(facts.largest_lot, 0)),
    ]
    odds = [
        reader.say("plan_experiment_offer", offer=reader.of(offer), chance=reader.percent(chance, 0))
        for offer, chance in facts.pays
    ]
    if odds:
        said.append(reader.say("plan_experiment_odds", offers=reader.join(odds)))
    return (Text(reader.sentences(said), reader.say("plan_experiment_title")),)


def _cards(facts: PlanFacts, reader: Reader) -> tuple[Cards | Table, ...]:
    if not facts.cards:
        return ()
    cards = []
    for card in facts.cards[:CARDS]:
        said = []
        if card.customers is not None:
            said.append(reader.say("plan_card_customers", customers=reader.count(card.customers)))
        if card.profit is not None:
            said.append(reader.say("plan_card_profit", profit=reader.money(card.profit)))
        cards.append(Card(reader.of(card.title), tuple(reader.of(line) for line in card.lines), tuple(said)))
    shown = Cards(reader.say("plan_cards"), tuple(cards))
    rest = tuple((reader.of(card.title), card.customers, card.profit) for card in facts.cards[CARDS:])
    if not rest:
        return (shown,)
    columns = (
        Column(reader.say("plan_cards_group")),
        Column(reader.say("customers"), "int"),
        Column(reader.say("plan_profit"), "money"),
    )
    return (shown, Table(reader.say("plan_cards_more"), columns, rest))
