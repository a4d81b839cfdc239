"""Whom a plan gives nothing for a reason that no price tells: bans, what was given before, and who has opted out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from offersmith.strategy.limits.compiling import Banned, Before
from offersmith.strategy.opted_out import Settled
from offersmith.words import Language, say


def banned(
    bans: Sequence[Banned], names: Mapping[str, str], playbooks: Collection[str], language: Language
) -> list[str]:
    """Return a line for each ban: how many customers it keeps from what.

    Args:
        bans: of a plan.
        names: of its offers.
        playbooks: of the plan; whom each of them is for is told with it.
        language: of the lines.
    """
    said = []
    for ban in bans:
        if any(ban.name.startswith(f"{playbook}: who ") for playbook in playbooks):
            continue
        key = "nobody" if not ban.customers else "any" if ban.nothing == ban.customers else "some"
        offers = say("strategy.and", language).join(names.get(offer, offer) for offer in ban.offers)
        said.append(say(f"strategy.ban_{key}", language, name=ban.name, customers=ban.customers, offers=offers))
    return said


def counted(before: Sequence[Before], language: Language) -> list[str]:
    """Return a line for each limit against which something counts that was given in the days before."""
    return [say("strategy.given_before", language, name=one.name, given=one.given, days=one.days) for one in before]


def opted_out(settled: Settled | None, names: Mapping[str, str], currency: str, language: Language) -> list[str]:
    """Return what is done for those who have opted out of personal offers, in a line; nothing where there are none."""
    if settled is None:
        return []
    limits = say("strategy.and", language).join(settled.limits)
    facts = {"customers": settled.customers, "offer": names.get(settled.offer, settled.offer), "limits": limits}
    money = {"cost": settled.expected_cost, "profit": settled.expected_profit, "currency": currency}
    return [say(f"strategy.opted_out_{settled.outcome}", language, **facts, **money)]
