import pytest

from offersmith.errors import InputError
from offersmith.strategy.request import Request

GIFTS = {"name": "gift boxes", "kind": "stock", "offers": ["gift"], "at_most": 12}
TEN = {"id": "win-back.ten", "kind": "percent_off", "name": "10 % off", "version": 1, "terms": {"percent": 10}}
WHO = {"column": "segment", "is": ["lapsed"]}
BOOK = {
    "name": "win-back",
    "guards": {"min_roi": 0.5},
    "who": [WHO],
    "offers": [{"id": "ten", "kind": "percent_off", "terms": {}}],
}
ASKED = Request("150.00 USD", 0.1, "even", 0.3, limits=(GIFTS,), playbooks=(BOOK,), offers=(TEN,))


def test_what_was_asked_is_read_back():
    assert Request.of(ASKED.as_dict()) == ASKED
    ASKED.as_dict()["limits"][0]["at_most"] = 5
    assert ASKED.limits[0]["at_most"] == 12


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("budget=200", {"budget": "200.00 USD"}),
        ("budget=200.50 USD", {"budget": "200.50 USD"}),
        ("explore=0", {"explore": 0.0}),
        ("lots=thompson", {"lots": "thompson"}),
        ("limits.gift boxes.at_most = 20", {"limits": ({**GIFTS, "at_most": 20},)}),
        ("limits.gift boxes.column=age", {"limits": ({**GIFTS, "column": "age"},)}),
        ("limits.gift boxes=off", {"limits": ()}),
        ("limits=off", {"limits": ()}),
        ("offers.win-back.ten.percent=15", {"offers": ({**TEN, "terms": {"percent": 15}},)}),
        ("playbooks.win-back.guards.min_roi=1", {"playbooks": ({**BOOK, "guards": {"min_roi": 1}},)}),
        (
            "playbooks.win-back.who.segment.is=['at_risk']",
            {"playbooks": ({**BOOK, "who": [{**WHO, "is": ["at_risk"]}]},)},
        ),
        (
            "playbooks.win-back.guards.customer_share=0.2",
            {"playbooks": ({**BOOK, "guards": {"min_roi": 0.5, "customer_share": 0.2}},)},
        ),
        ("playbooks.win-back.measure.horizon_days=20", {"playbooks": ({**BOOK, "measure": {"horizon_days": 20}},)}),
        ("playbooks.win-back.guards=off", {"playbooks": ({k: v for k, v in BOOK.items() if k != "guards"},)}),
        ("limits.gift boxes.at_most=off", {"limits": ({k: v for k, v in GIFTS.items() if k != "at_most"},)}),
        ("offers.win-back.ten.channel=letter", {"offers": ({**TEN, "channel": "letter"},)}),
        ("playbooks.win-back=off", {"playbooks": ()}),
        (
            "playbooks.win-back.offers.ten.percent=5",
            {"playbooks": ({**BOOK, "offers": [{**BOOK["offers"][0], "terms": {"percent": 5}}]},)},
        ),
    ],
)
def test_one_thing_is_asked_otherwise(change, found):
    made = ASKED.changed([change])
    assert {name: getattr(made, name) for name in found} == found
    others = set(ASKED.as_dict()) - set(found)
    assert all(getattr(made, name) == getattr(ASKED, name) for name in others)


@pytest.mark.parametrize(
    ("change", "says", "hint"),
    [
        ("budget", "is not KEY=VALUE", "--set budget=200"),
        ("=3", "is not KEY=VALUE", "--set budget=200"),
        ("bugdet=3", "no 'bugdet'", "did you mean budget?"),
        ("limits.gift box.at_most=3", "no 'gift box.at_most' in limits", "did you mean gift boxes?"),
        ("limits.gift boxes=3", "is a whole table", "take it away with off"),
        ("limits.gift boxes.below=off", "no 'below' in limits.gift boxes", ""),
        ("playbooks.win-back.guard.min_roi=1", "no 'guard' in playbooks.win-back", "did you mean guards?"),
        ("limits.gift boxes.guards.min_roi=1", "no 'guards' in limits.gift boxes", ""),
        ("limits=3", "is a list of tables", "limits.NAME.FIELD"),
        ("limits.gift boxes.days.x=1", "no 'days' in limits.gift boxes", "has no tables of its own"),
        ("limits.gift boxes.at_most.x=1", "limits.gift boxes.at_most is a value", ""),
        ("lots=[1]", "is not known", "even, thompson"),
        ("lots=foo", "is not known", "even, thompson"),
        ("budget=[1]", "must be an amount", ""),
        ("budget=inf", "must be an amount", ""),
        ("budget=20 EUR", "must be in USD", ""),
        ("budget.at_most=3", "no 'budget'", ""),
        ("explore=2", "from 0 to 1", ""),
        ("margin=much", "from 0 to 1", ""),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(change, says, hint):
    with pytest.raises(InputError) as raised:
        ASKED.changed([change])
    assert says in raised.value.message
    assert hint in raised.value.hint
