"""The plans a workspace has kept, so that a person can tell them apart and name one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from offersmith.store.ledger import PlanRow
from offersmith.strategy.objective import PROFIT
from offersmith.vocabulary import NO_OFFER
from offersmith.words import Language, say


@dataclass(frozen=True, slots=True)
class PlansListed:
    """Every plan of the ledger, the one made last at the end."""

    rows: Sequence[PlanRow]

    def text(self, language: Language = "en") -> str:
        """Say a line for each plan."""
        if not self.rows:
            return say("shop.plans_none", language)
        return "\n".join(
            say(
                "shop.plans_line",
                language,
                plan=one["plan"],
                made=one["made_at"][:16].replace("T", " "),
                as_of=one["as_of"][:10],
                budget=one["budget"],
                currency=one["currency"],
                given=one["given"],
                customers=one["customers"],
                profit=one["expected_profit"],
            )
            + _asked(one, language)
            for one in self._plain()
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"plans": self._plain()}

    def _plain(self) -> list[dict[str, Any]]:
        return [
            {
                "plan": row.plan_version,
                "made_at": (row.made_at or row.created_at).isoformat(),
                "as_of": row.as_of.isoformat(),
                "budget": row.summary["budget"],
                "currency": row.summary["currency"],
                "customers": row.summary["customers"],
                "given": row.summary["customers"] - row.summary["counts"].get(NO_OFFER, 0),
                "expected_profit": row.summary["expected_profit"],
                "goal": row.summary.get("goal", PROFIT),
                **{
                    kind: [table["name"] for table in row.summary.get("request", {}).get(kind, ())]
                    for kind in ("playbooks", "limits")
                },
            }
            for row in self.rows
        ]


def _asked(one: Mapping[str, Any], language: Language) -> str:
    """Return what sets a plan apart beside its budget: a goal other than profit, playbooks and limits."""
    goal = [] if one["goal"] == PROFIT else [say("shop.plans_goal", language, goal=one["goal"])]
    named = [kind for kind in ("playbooks", "limits") if one[kind]]
    return "".join([*goal, *(say(f"shop.plans_{kind}", language, **{kind: ", ".join(one[kind])}) for kind in named)])
