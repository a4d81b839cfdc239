import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from offersmith.errors import InputError
from offersmith.settings import OfferSettings
from offersmith.strategy.limits.compiling import compile_limits
from offersmith.strategy.limits.reading import parse as parse_limits
from offersmith.strategy.playbooks.members import members, with_segments
from offersmith.strategy.playbooks.merging import merge
from offersmith.strategy.playbooks.reading import find, parse

OFFER = {"id": "ten", "kind": "percent_off", "name": {"en": "Ten", "zh": "九折"}, "terms": {"percent": 10}}


def book(name="mine", **more):
    return parse({"name": name, "title": "Mine", "about": "For a test.", "offers": [OFFER], **more})


def test_offers_are_named_after_their_playbook_and_limits_speak_of_them_alone():
    one = book(
        who=[{"column": "age", "from": 30}, {"column": "age", "top": 0.5}],
        limits=[{"name": "boxes", "kind": "stock", "at_most": 3}, {"name": "few", "kind": "contacts", "at_most": 2}],
        guards={"customer_share": 0.5, "budget_share": 0.4, "min_roi": 0.1},
    )
    found = merge([one, book("other")], "USD", language="zh")
    assert [(offer.id, offer.kind, offer.name) for offer in found.offers] == [
        ("mine.ten", "percent_off", "九折"),
        ("other.ten", "percent_off", "九折"),
    ]
    assert [(table["name"], table["kind"]) for table in found.limits] == [
        ("mine: who 1", "only"),
        ("mine: who 2", "only"),
        ("mine: boxes", "stock"),
        ("mine: few", "contacts"),
        ("mine: customers", "contacts"),
        ("mine: budget", "spend"),
        ("mine: return", "roi"),
    ]
    assert all(table["offers"] == ["mine.ten"] for table in found.limits)
    assert found.valid_days == {"mine.ten": 28, "other.ten": 28}
    json.dumps(found.limits)


def test_alone_a_playbook_may_spend_the_whole_budget():
    kinds = [table["kind"] for table in merge([book(guards={"budget_share": 0.4})], "USD").limits]
    assert kinds == []


def test_what_limits_forbid_is_what_is_not_for_a_member(profiles):
    books = [find(name) for name in ("win-back", "dinner-parties", "members")]
    merged = merge(books, "USD", profiles)
    ids = [offer.id for offer in merged.offers]
    limits = parse_limits({"limits": list(merged.limits)})
    made = compile_limits(limits, ids, with_segments(profiles), "USD", 100.0)
    for one in books:
        meant = members(one, profiles, "USD")
        assert 0 < meant.sum() < len(meant)
        for offer in one.offer_ids:
            assert (made.forbidden[ids.index(offer)] == ~meant).all()


def test_nobody_needs_to_be_in_the_order_of_the_customers(profiles):
    order = np.random.default_rng(0).permutation(profiles.num_rows)
    one = find("holiday-gifts")
    moved = members(one, profiles.take(pa.array(order)), "USD")
    assert (members(one, profiles, "USD")[order] == moved).all()


@pytest.mark.parametrize(
    ("books", "said"),
    [
        ([], "no playbook is named"),
        ([book(), book()], "playbook 'mine' is named twice"),
        ([book(offers=[OFFER | {"terms": {"percent": 0}}])], "playbook 'mine': offer 'mine.ten': .*percent"),
        (
            [book(offers=[{"id": "mug", "kind": "gift", "terms": {"sku": "mug", "value": "4.00"}}])],
            "playbook 'mine': offer 'mine.mug': what 'gift' costs",
        ),
        (
            [book(offers=[OFFER | {"terms": {"percent": 5, "min_spend": "1 x basket"}}])],
            "so many times the usual basket",
        ),
    ],
)
def test_what_cannot_be_planned_is_refused_by_name(books, said):
    with pytest.raises(InputError, match=said):
        merge(books, "USD")


def test_a_column_the_shop_lacks_is_named(profiles):
    without = profiles.drop_columns(["member"])
    for ask in (lambda: merge([find("members")], "USD", without), lambda: members(find("members"), without, "USD")):
        with pytest.raises(InputError, match=r"playbook 'members': limit 'who 1': column = 'member'"):
            ask()


def test_a_playbook_for_nobody_is_refused_with_counts(profiles):
    apart = book(who=[{"column": "orders", "top": 0.1}, {"column": "orders", "bottom": 0.1}])
    with pytest.raises(InputError, match=r"playbook 'mine': nobody meets all .* who 1 \(orders\): \d+, who 2"):
        merge([apart], "USD", profiles)
    buyers = profiles.filter(pc.greater(profiles["orders"], 0))
    with pytest.raises(InputError, match=r"playbook 'first-order': .*is = 'no_purchase': nobody has it"):
        merge([find("first-order")], "USD", buyers)
    nothing = profiles.set_column(profiles.column_names.index("views_30d"), "views_30d", pa.array([0] * len(profiles)))
    with pytest.raises(InputError, match=r"it goes from 0 to 0\nviews_30d: Product pages seen in the last 30 days"):
        merge([find("browse-abandonment")], "USD", nothing)
    typo = book(who=[{"column": "segment", "is": ["lapsed", "lapsd"]}])
    with pytest.raises(InputError, match=r"is = 'lapsd': nobody has it.*\ndid you mean lapsed"):
        merge([typo], "USD", profiles)


def test_an_offer_may_be_one_of_the_shop_s_own_under_the_playbook_s_name():
    mine = book(offers=[OFFER, {"id": "usual", "use": "ten-percent"}])
    own = OfferSettings(id="ten-percent", kind="percent_off", name="10 % off", version=3, terms={"percent": 10})
    found = merge([mine], "USD", own=[own])
    assert found.uses == {"mine.usual": "ten-percent"}
    assert found.offers[1] == OfferSettings("mine.usual", "percent_off", "10 % off", 3, {"percent": 10})
    for there, hint in (([own], "did you mean ten-percent"), ([], "the shop has no")):
        with pytest.raises(InputError, match=rf"offer 'usual': use = 'ten-percnt': the shop has no such offer\n{hint}"):
            merge([book(offers=[{"id": "usual", "use": "ten-percnt"}])], "USD", own=there)
