"""The machine of states is its table, whole and nothing else."""

from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.campaigns.states import CLOCKED, TARGETS, TRANSITIONS, Action, State, Step, allowed, as_table, due, step
from offersmith.words import LANGUAGES

NOON = datetime(2026, 6, 19, 12)
DAY = timedelta(days=1)


def act(state: State, action: Action, **changes: object) -> Step:
    """Act in the middle of the campaign's time, by somebody who did not write it; an `END` after it."""
    ends = NOON if action is Action.END else NOON + DAY
    given = {"actor": "bo", "author": "ada", "at": NOON, "starts": NOON - DAY, "ends": ends} | changes
    return step(state, action, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("state", "action"), list(product(State, Action)))
def test_every_pair_is_in_the_table_or_refused(state: State, action: Action) -> None:
    done = act(state, action)
    rows = [after for one, before, after in TRANSITIONS if (one, before) == (action, state)]
    if rows:
        assert (done.code, [done.after]) == ("moved", rows)
    else:
        assert not done.moved
        assert done.after == state
        assert done.code == ("pause_first" if (state, action) == (State.LIVE, Action.EDIT) else "not_allowed")
        assert done.allowed == allowed(state)


def test_an_action_leads_to_one_state() -> None:
    assert len(TARGETS) == len(TRANSITIONS)


def test_nothing_leaves_the_archive_and_everything_reaches_it() -> None:
    assert allowed(State.ARCHIVED) == ()
    reached = {State.ARCHIVED}
    for _ in State:
        reached |= {before for _, before, after in TRANSITIONS if after in reached}
    assert reached == set(State)


@given(st.lists(st.sampled_from(Action), max_size=30))
def test_nothing_goes_live_that_was_not_simulated_and_approved_since_its_last_edit(actions: list[Action]) -> None:
    state, since_edit = State.DRAFT, set()
    for action in actions:
        done = act(state, action)
        if not done.moved:
            continue
        since_edit = set() if done.after == State.DRAFT else since_edit | {action}
        state = done.after
        if state == State.LIVE:
            assert {Action.SIMULATE, Action.SUBMIT, Action.APPROVE, Action.SCHEDULE, Action.START} <= since_edit


def test_every_edit_after_approval_returns_to_draft() -> None:
    for state in (State.APPROVED, State.SCHEDULED, State.PAUSED):
        assert act(state, Action.EDIT).after == State.DRAFT


def test_nobody_approves_their_own_work_but_a_sole_owner() -> None:
    assert act(State.IN_REVIEW, Action.APPROVE, actor="ada").code == "own_work"
    assert act(State.IN_REVIEW, Action.APPROVE, actor="ada", sole_owner="bo").code == "own_work"
    alone = act(State.IN_REVIEW, Action.APPROVE, actor="ada", sole_owner="ada")
    assert (alone.code, alone.self_approved) == ("moved", True)
    other = act(State.IN_REVIEW, Action.APPROVE, actor="bo", sole_owner="bo")
    assert (other.code, other.self_approved) == ("moved", False)


def test_somebody_is_named() -> None:
    assert act(State.LIVE, Action.PAUSE, actor=" ").code == "nobody"
    # No name is not the name of a sole owner that is not set.
    assert act(State.IN_REVIEW, Action.APPROVE, actor="", author="", sole_owner="").code == "nobody"


@pytest.mark.parametrize(
    ("state", "action", "at", "code"),
    [
        (State.SCHEDULED, Action.START, NOON - DAY, "moved"),
        (State.SCHEDULED, Action.START, NOON - DAY - timedelta(microseconds=1), "not_yet"),
        (State.SCHEDULED, Action.START, NOON + DAY, "over"),
        (State.APPROVED, Action.SCHEDULE, NOON + DAY, "over"),
        (State.PAUSED, Action.RESUME, NOON + DAY, "over"),
        (State.PAUSED, Action.RESUME, NOON + DAY - timedelta(microseconds=1), "moved"),
        (State.LIVE, Action.STOP, NOON + 2 * DAY, "moved"),
    ],
)
def test_the_window_is_half_open(state: State, action: Action, at: datetime, code: str) -> None:
    assert act(state, action, at=at).code == code


def test_an_end_waits_for_its_moment() -> None:
    assert step(State.LIVE, Action.END, actor="clock", author="ada", at=NOON, ends=NOON + DAY).code == "not_yet"
    assert step(State.LIVE, Action.END, actor="clock", author="ada", at=NOON).code == "not_yet"
    assert step(State.LIVE, Action.END, actor="clock", author="ada", at=NOON, ends=NOON).after == State.STOPPED


@given(st.sampled_from(State), st.integers(-3, 3), st.none() | st.integers(-3, 3), st.none() | st.integers(-3, 3))
def test_what_is_due_may_be_done(state: State, at: int, starts: int | None, ends: int | None) -> None:
    moment = NOON + at * DAY
    window = {
        "starts": None if starts is None else NOON + starts * DAY,
        "ends": None if ends is None else NOON + ends * DAY,
    }
    action = due(state, moment, **window)
    for one in (Action.START, Action.END):
        done = step(state, one, actor="clock", author="ada", at=moment, **window)
        assert done.moved == (one is action)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_its_words(language: str) -> None:
    for state, action in product(State, Action):
        for done in (act(state, action), act(state, action, at=NOON - 9 * DAY), act(state, action, actor="")):
            assert done.says(language)  # type: ignore[arg-type]
    own = act(State.IN_REVIEW, Action.APPROVE, actor="ada").says(language)  # type: ignore[arg-type]
    late = act(State.PAUSED, Action.RESUME, at=NOON + DAY).says(language)  # type: ignore[arg-type]
    assert own != late


def test_the_table_for_the_docs_shows_every_transition() -> None:
    head, _, *rows = (line.strip("|").split("|") for line in as_table().splitlines())
    assert len(rows) == len(State)
    assert all(len(row) == len(head) == len(Action) + 1 for row in rows)
    assert sum(cell.strip() != "" for row in rows for cell in row[1:]) == len(TRANSITIONS)


@pytest.mark.parametrize("actor", ["ada", " ada", "Ada", "ADA "])
def test_nobody_becomes_somebody_else_by_a_space_or_a_capital(actor: str) -> None:
    assert act(State.IN_REVIEW, Action.APPROVE, actor=actor).code == "own_work"


def test_the_clock_moves_what_may_start_or_end() -> None:
    assert CLOCKED == (State.SCHEDULED, State.LIVE, State.PAUSED)
