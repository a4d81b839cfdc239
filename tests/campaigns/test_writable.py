"""What cannot be printed is refused by the name of its field, on every database alike, and nothing is written."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.campaigns.conftest import AT, Shopkeeper, percent

from offersmith.campaigns.codes_made import bring, export
from offersmith.campaigns.codes_told import check, void, void_batch
from offersmith.campaigns.shown import show
from offersmith.campaigns.states import Action
from offersmith.errors import OffersmithError

NUL, HALF = "a\0b", "a\ud800b"
JUNE = {"name": "June", "promotions": [percent("ten", 10, needs_code=True)]}


@pytest.mark.parametrize("text", [NUL, HALF, "a\x1bb"])
@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("campaign_id", lambda desk, text: desk.create(text, JUNE, author="ann", at=AT)),
        ("author", lambda desk, text: desk.create("d", JUNE, author=text, at=AT)),
        ("note", lambda desk, text: desk.create("d", JUNE, author="ann", at=AT, note=text)),
        ("name", lambda desk, text: desk.create("d", {**JUNE, "name": text}, author="ann", at=AT)),
        ("campaign_id", lambda desk, text: desk.edit(text, JUNE, actor="ann", at=AT)),
        ("actor", lambda desk, text: desk.edit("june", JUNE, actor=text, at=AT)),
        ("note", lambda desk, text: desk.edit("june", JUNE, actor="ann", at=AT, note=text)),
        ("campaign_id", lambda desk, text: desk.move(text, Action.ARCHIVE, actor="ann", at=AT)),
        ("actor", lambda desk, text: desk.move("june", Action.ARCHIVE, actor=text, at=AT)),
        ("note", lambda desk, text: desk.move("june", Action.ARCHIVE, actor="ann", at=AT, note=text)),
        ("campaign_id", lambda desk, text: desk.simulate(text, [], actor="ann", at=AT, margin_rate=0.3)),
        ("campaign_id", lambda desk, text: desk.books(text)),
        ("campaign_id", lambda desk, text: desk.totals(text)),
        ("campaign_id", lambda desk, text: desk.audit(text)),
        ("campaign_id", lambda desk, text: show(desk, text, AT)),
        ("batch", lambda desk, text: desk.issue("june", "ten", text, at=AT, count=1)),
        ("batch", lambda desk, text: desk.issue("june", "ten", " ", at=AT, count=1)),
        ("customer_id", lambda desk, text: desk.issue("june", "ten", "b", at=AT, customers=["kim", text])),
        ("batch", lambda desk, text: bring(desk, "june", "ten", text, Path("nowhere"), at=AT)),
        ("code", lambda desk, text: desk.share("june", "ten", text, at=AT)),
        ("customer_id", lambda desk, text: desk.wallet(text, AT)),
        ("code", lambda desk, text: check(desk, text, None, AT)),
        ("customer_id", lambda desk, text: check(desk, "JUNE", text, AT)),
        ("code", void),
        ("campaign_id", lambda desk, text: void_batch(desk, text, "b")),
        ("campaign_id", lambda desk, text: export(desk, text, None, None)),
    ],
)
def test_what_cannot_be_printed(
    desk: Shopkeeper, field: str, call: Callable[[Shopkeeper, str], object], text: str
) -> None:
    desk.create("june", JUNE, author="ann", at=AT)
    with pytest.raises(OffersmithError, match=f"^{field} = .*allowed") as refused:
        call(desk, text)
    assert refused.value.code in ("input", "settings")
    assert refused.value.facts["field"] == field
    str(refused.value).encode()
    assert [row.action for row in desk.audit("june")] == ["create"]
    assert [one.campaign_id for one in desk.campaigns.all()] == ["june"]
    assert desk.vouchers.counts("june") == []


def test_what_comes_along_when_a_person_writes_or_pastes_is_taken(desk: Shopkeeper) -> None:
    assert desk.create("june", JUNE, author="Ännchen 李", at=AT, note="first line\nsecond\tline").done
    assert desk.share("june", "ten", "JUNE 10", at=AT).code == "issued"
    for pasted in ("june\u00a010\n", "\u200bJUNE-10", "\tjune10 "):
        assert check(desk, pasted, "kim", AT).voucher is not None
