"""What counts at a moment, read as seldom as may be: it is asked for every basket."""

from datetime import timedelta

import sqlalchemy as sa
from tests.campaigns.conftest import AT, Shopkeeper, percent

from offersmith.campaigns.definition import define
from offersmith.campaigns.states import State


def test_campaigns_that_wait_for_their_start_are_read_once(desk: Shopkeeper) -> None:
    source = define(
        {"name": "x", "starts": "2026-06-12", "promotions": [percent("ten", 10)]}, currency="EUR", zone="UTC"
    ).source
    for number in range(300):
        name = f"c{number}"
        desk.campaigns.create(name, source, name=name, state=State.SCHEDULED, author="ann", at=AT)
    asked: list[str] = []

    def listen(*args: object) -> None:
        asked.append(str(args[2]))

    sa.event.listen(sa.Engine, "before_cursor_execute", listen)
    try:
        assert not desk.roster.at(AT).running
        first = len(asked)
        assert first > 300
        assert not desk.roster.at(AT).running
        assert len(asked) - first <= 3, "one question, however many wait"
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", listen)
    assert len(desk.roster.at(AT + timedelta(days=3)).running) == 300
