"""What a plan's certificate says, in words: the best possible, what this plan expects, and what lies between."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from offersmith.response.explain.because import SAME_FOR_ALL, STATED_BELIEF
from offersmith.strategy.because import frequent, joined
from offersmith.strategy.decisions import asked_of, first_of
from offersmith.strategy.goal_words import of_goal
from offersmith.strategy.objective import PROFIT
from offersmith.strategy.percent import percent
from offersmith.strategy.plan import Plan
from offersmith.strategy.reasons import holding
from offersmith.vocabulary import JOINED
from offersmith.words import Language, say

LEAST = 0.01
"""Major units below which a part of the difference is not worth saying."""
SETS = 5
"""Sets of several offers that are named; the rest are summed up."""


def told(plan: Plan, language: Language = "en") -> list[str]:
    """Return the paragraphs: how far the plan is from the best possible and why, then what to beware of."""
    names = {offer.offer_id: offer.name or offer.offer_id for offer in plan.offers}
    return [*_told(plan, language), *together(plan.each, plan.several, plan.sets, names, plan.cold, language)]


def together(
    each: int, several: int, sets: Mapping[str, int], names: Mapping[str, str], cold: bool, language: Language
) -> list[str]:
    """Return what it means that a customer may get several offers, where they may, and which go together.

    Args:
        each: offers a customer may get at most.
        several: customers who get more than one.
        sets: customers by what they get together, the commonest first.
        names: of offers.
        cold: everything is decided by lot.
        language: of the line.
    """
    if each == 1:
        return []
    said = say("strategy.several_cold" if cold else "strategy.several", language, each=each, several=several)
    if not sets:
        return [said]
    return [(" " if language == "en" else "").join([said, _given_together(several, sets, names, language)])]


def _given_together(several: int, sets: Mapping[str, int], names: Mapping[str, str], language: Language) -> str:
    shown = list(sets.items())[:SETS]
    called = [(" + ".join(names.get(one, one) for one in key.split(JOINED)), number) for key, number in shown]
    parts = [say("strategy.set_given", language, set=name, customers=number) for name, number in called]
    rest = several - sum(number for _, number in shown)
    parts += [say("strategy.sets_rest", language, customers=rest)] if rest else []
    return say("strategy.sets_given", language, sets=("; " if language == "en" else "；").join(parts))


def _told(plan: Plan, language: Language) -> list[str]:
    bound, missing = plan.certificate.dual_bound, plan.difference
    limited = len(plan.certificate.rows) > 1
    given = plan.opted_out is not None and plan.opted_out.given  # in any case, even at a loss
    bounded = limited or (bound <= 0 and bool(plan.bans))  # whom limits keep from every offer tells nothing of offers
    best = "best_in_limits" if bounded else "best_possible" if bound > 0 or given else "best_is_nothing"
    other = "" if plan.goal.name == PROFIT else f"_{plan.goal.name}"
    best += other if best == "best_is_nothing" else ""
    of = {"of": of_goal(plan.goal.name, language)}
    said = [say(f"strategy.{best}", language, budget=plan.budget, bound=bound, profit=plan.certificate.value, **of)]
    said += [say("strategy.best_opted_out", language)] if given else []
    if missing.by_lot >= LEAST:
        said.append(say("strategy.price_of_lots", language, by_lot=missing.by_lot, share=percent(plan.drawn)))
    elif missing.by_lot <= -LEAST:
        said.append(say("strategy.lucky_lots", language, more=-missing.by_lot, share=percent(plan.drawn)))
    if missing.reserve >= LEAST:
        kept, price = missing.reserved, missing.reserve
        name = "price_of_reserves" if limited else "price_of_reserve"
        said.append(say(f"strategy.{name}", language, reserve=price, reserved=kept))
    search = "not_proved" if missing.not_proved >= LEAST else "search_is_exact"
    said.append(say(f"strategy.{search}", language, not_proved=missing.not_proved))
    if plan.shadow_price > 0:
        said.append(say("strategy.next_unit", language, currency=plan.budget.currency, price=plan.shadow_price, **of))
    if plan.frontier.enough is not None and bound > 0:
        enough = {"enough": plan.frontier.enough, "currency": plan.budget.currency}
        said.append(say("strategy.frontier_enough", language, **enough))
    if plan.frontier.points and plan.frontier.left_out:
        said.append(say("strategy.frontier_left_out", language, left_out=plan.frontier.left_out))
    joined = (" " if language == "en" else "").join(said)
    if plan.cold:
        return [*_experiment(plan, language), joined]
    why = [*_model(plan, language), *([say("strategy.no_lots", language)] if not plan.explore else [])]
    lots = missing.by_lot + missing.reserve
    if other:  # what a loss of profit is taken for is told with the goal
        return [joined, *([say("strategy.optimistic", language)] if plan.expected_profit > 0 else []), *why]
    if plan.expected_profit < 0 and plan.expected_profit + lots < -LEAST:
        loss = -(plan.expected_profit + lots)
        return [say("strategy.limits_cost_more", language, loss=loss, currency=plan.budget.currency), joined, *why]
    if plan.expected_profit < 0 < plan.explorers:
        return [say("strategy.lots_cost_more", language, explorers=plan.explorers), joined, *why]
    return [joined, *([say("strategy.optimistic", language)] if plan.expected_profit > 0 else []), *why]


def _model(plan: Plan, language: Language) -> list[str]:
    """Return what the model goes by with those it chose, and how many got an offer for no reason of their own."""
    asked, (_, because) = asked_of(plan.decisions), frequent(plan.decisions["because"])
    reasons = joined(because, language, plan.budget.currency, raises=True)
    said = [say("strategy.told_model", language, asked=asked, reasons=reasons)] if reasons else []
    first = pa.array(first_of(plan.decisions["customer_id"]))
    codes = plan.decisions["reasons"].filter(first).combine_chunks()
    for code in (STATED_BELIEF, SAME_FOR_ALL):
        count = int(holding(codes, code).sum())
        if count:
            reason = say(f"strategy.reason_{code}", language)
            said.append(say("strategy.told_no_model", language, customers=count, reason=reason))
    return said


def _experiment(plan: Plan, language: Language) -> list[str]:
    """Return what a first experiment is expected to cost, and how likely each offer is to pay."""
    if not plan.decisions.num_rows:
        return [say("strategy.nobody_to_ask", language)]
    if not plan.explorers:
        limited = plan.bans or len(plan.certificate.rows) > 1
        name = "nothing_to_try_in_limits" if limited else "nothing_to_try"
        return [say(f"strategy.{name}", language, part=plan.largest_lot)]
    earned = plan.expected_profit
    kind = "experiment" if earned < 0 else "experiment_gain"
    said = [say(f"strategy.{kind}", language, spent=plan.spent, loss=-earned, gain=earned)]
    names = {offer.offer_id: offer.name or offer.offer_id for offer in plan.offers}
    odds = [say("strategy.chance_of_offer", language, offer=names[k], chance=p) for k, p in plan.pays.items()]
    if odds:
        said.append(say("strategy.chance_to_pay", language, offers=say("strategy.and", language).join(odds)))
    return said
