"""Plans within limits and by playbooks, on a small shop that starts from stated beliefs: all by lot."""

import csv
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from offersmith import Shop
from offersmith.errors import InfeasibleError, InputError, OffersmithError, StateError
from offersmith.kept import sent
from offersmith.planned import Planned
from offersmith.plans import PlansListed
from offersmith.report.gather_plan import plan_facts
from offersmith.report.inputs import Both
from offersmith.response.logged import logs
from offersmith.store.campaigns import Campaigns
from offersmith.store.decided import DECIDED
from offersmith.store.ledger import PlanRow
from offersmith.strategy.table import plan_table
from offersmith.words import LANGUAGES

CUSTOMERS = 300
NAMES = ["Thank-you 10 %", "感谢回馈 9 折"]
LIMITS = """
[[limits]]
name = "reach"
kind = "contacts"
at_most = 40

[[limits]]
name = "no tens"
kind = "stock"
offers = ["ten-percent"]
at_most = 0
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("planner")
    with (folder / "orders.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["order", "customer", "product", "time", "quantity", "price"])
        for number in range(900):
            time = f"2024-{number // 180 + 1:02}-{number % 28 + 1:02}T10:15:00"
            price = f"{number % 19 + 21}.50"
            rows.writerow([f"O{number}", f"C{number % CUSTOMERS:03}", f"P{number % 7}", time, 1, price])
    members = [f"C{number:03},{'yes' if number % 3 else 'no'}" for number in range(CUSTOMERS)]
    (folder / "customers.csv").write_text("\n".join(["customer_id,member", *members]), encoding="utf-8")
    Shop.init(folder / "shop", [folder / "orders.csv"])
    opened = Shop.open(folder / "shop")
    economics = msgspec.structs.replace(opened.settings.economics, margin_rate=0.9)
    events = msgspec.structs.replace(opened.settings.events[0], customers=str(folder / "customers.csv"))
    opened = Shop(opened.folder, msgspec.structs.replace(opened.settings, economics=economics, events=(events,)))
    opened.ingest(now=datetime(2026, 1, 1))
    return opened


@pytest.fixture
def limits(tmp_path: Path) -> Path:
    file = tmp_path / "limits.toml"
    file.write_text(LIMITS, encoding="utf-8")
    return file


def test_every_limit_is_kept_and_told(shop: Shop, limits: Path) -> None:
    made = shop.plan(60, limits=limits, explore=0.2)
    rows = {row.name: row for row in made.plan.certificate.rows}
    assert list(rows) == ["budget", "reach", "no tens"]
    given = made.decisions.filter(pc.not_equal(made.decisions["offer_id"], "none"))
    assert 0 < given.num_rows == rows["reach"].usage <= 40
    assert "ten-percent" not in given["offer_id"].to_pylist()
    assert "limit reach: " in made.text()
    assert made.as_dict()["request"]["limits"][0]["at_most"] == 40
    assert made.as_dict()["request"]["explore"] == 0.2


def test_limits_that_cannot_be_kept_write_nothing(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    file.write_text(
        '[[limits]]\nname = "spend it"\nkind = "spend"\nat_least = 5000\n'
        '[[limits]]\nname = "x"\nkind = "budget"\nat_most = 50',
        encoding="utf-8",
    )
    before = sorted(shop.place.part("plans").glob("*")) if shop.place.part("plans").exists() else []
    with pytest.raises(InfeasibleError, match="spend it"):
        shop.plan(6000, limits=file)
    after = sorted(shop.place.part("plans").glob("*")) if shop.place.part("plans").exists() else []
    assert after == before


def test_a_limit_called_like_the_budget_s_row_is_refused(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    file.write_text('[[limits]]\nname = "budget"\nkind = "budget"\nat_most = 50', encoding="utf-8")
    with pytest.raises(InputError, match="the plan's own row"):
        shop.plan(60, limits=file)


def test_a_playbook_gives_its_own_offers_to_its_own_customers(shop: Shop) -> None:
    made = shop.plan(200, playbooks=["frequent-buyers"], explore=0.2)
    (card,) = made.playbooks
    offers = set(made.decisions["offer_id"].to_pylist())
    assert offers <= {"none", "frequent-buyers.five", "frequent-buyers.ten"}
    assert card.given == made.customers - made.plan.counts["none"]
    assert card.expected_profit == pytest.approx(made.plan.expected_profit)
    assert "## " in made.page()


def test_a_plan_asked_for_in_another_language_is_the_same_plan_and_has_names_in_both(shop: Shop) -> None:
    made = shop.plan(200, playbooks=["frequent-buyers"])
    chinese = msgspec.structs.replace(shop.settings.shop, language="zh")
    in_chinese = Shop(shop.folder, msgspec.structs.replace(shop.settings, shop=chinese))
    again = in_chinese.plan(200, playbooks=["frequent-buyers"])
    assert again.plan.version == made.plan.version
    for plan in (made, again):
        words = plan.as_dict()["playbooks"][0]["words"]
        assert [words[tongue]["offers"]["frequent-buyers.ten"] for tongue in LANGUAGES] == NAMES
        assert f"Frequent buyers: {NAMES[0]} (10 % off)" in plan.page("en")
        assert f"高频顾客：{NAMES[1]}（" in plan.page("zh")
        groups = pa.table({"customer_id": plan.decisions["customer_id"], "segment": ["loyal"] * plan.customers})
        facts = plan_facts(plan.as_dict(), plan.decisions, groups)
        assert Both(f"Frequent buyers: {NAMES[0]}", f"高频顾客：{NAMES[1]}") in [row.name for row in facts.offers]


def test_members_are_told_by_the_shop_s_own_file_of_customers(shop: Shop) -> None:
    made = shop.plan(200, playbooks=["members"])
    (card,) = made.playbooks
    assert card.members == CUSTOMERS * 2 // 3
    given = made.decisions.filter(pc.not_equal(made.decisions["offer_id"], "none"))["customer_id"].to_pylist()
    assert given
    assert all(int(name[1:]) % 3 for name in given)


def test_plans_are_listed_with_the_newest_last(shop: Shop) -> None:
    made = shop.plan(77)
    with shop.office() as office:
        listed = office.plans()
    last = listed.as_dict()["plans"][-1]
    assert (last["plan"], last["budget"], last["customers"]) == (made.plan.version, 77.0, CUSTOMERS)
    assert last["given"] == CUSTOMERS - made.plan.counts["none"]
    assert all(made.plan.version in listed.text(language).splitlines()[-1] for language in LANGUAGES)
    assert all("revenue" not in line and "members" not in line for line in listed.text().splitlines()[-1:])
    shop.plan(77, playbooks=["members"], goal="revenue")
    with shop.office() as office:
        line = office.plans().text().splitlines()[-1]
    assert "goal: revenue; playbooks: members" in line
    assert PlansListed(()).text() == "No plan yet. Make one: offersmith plan --budget AMOUNT"


def test_another_request_is_another_plan_though_it_decides_the_same(shop: Shop) -> None:
    first, again = shop.plan(60), shop.plan(60, explore=0.1)
    assert first.plan.version == again.plan.version  # the settings' share by lot, said
    # A first experiment is all by lot, whatever share is asked for.
    other = shop.plan(60, explore=0.3)
    assert other.decisions["offer_id"] == first.decisions["offer_id"]
    assert other.plan.version != first.plan.version


def test_a_what_if_keeps_nothing_and_changes_only_what_was_asked(shop: Shop, limits: Path) -> None:
    kept = shop.plan(60, limits=limits)
    plans = sorted(shop.place.part("plans").glob("*"))
    found = shop.what_if(kept.plan.version, ["limits.reach.at_most=10"])
    assert sorted(shop.place.part("plans").glob("*")) == plans
    assert [one.field for one in found.asked] == ["limits.reach.at_most"]
    assert found.after.given <= 10 < found.before.given
    assert found.before.version == kept.plan.version
    with pytest.raises(StateError, match="no such plan"):
        shop.what_if("zzzz", ["budget=3"])
    for change, says in (("limits.rech.at_most=1", "rech"), ("offers.ten-percent.percent=hello", "ten-percent")):
        with pytest.raises(OffersmithError, match=says):
            shop.what_if(kept.plan.version, [change])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (["playbooks.frequent-buyers.guards.min_rio=1"], "guards: min_rio = 1: is not known"),
        (["playbooks.frequent-buyers.guards.customer_share=3"], "guards: customer_share = 3"),
        (["playbooks.frequent-buyers.when.from=12-01"], "when: to is missing"),
        (["playbooks.frequent-buyers.colour=red"], "colour = 'red': is not known"),
        (["limits.reach.colour=red"], "colour = 'red': a limit of kind contacts has no such field"),
        (["limits.reach.share_at_most=0.1"], "leave it or at_most out"),
    ],
)
def test_what_a_what_if_adds_is_read_as_strictly_as_a_file(
    shop: Shop, limits: Path, changes: list[str], says: str
) -> None:
    limits.write_text(LIMITS.replace("ten-percent", "frequent-buyers.ten"), encoding="utf-8")
    version = shop.plan(60, limits=limits, playbooks=["frequent-buyers"]).plan.version
    with pytest.raises(InputError) as raised:
        shop.what_if(version, ["playbooks.frequent-buyers.guards=off", *changes])
    assert says in raised.value.message


def test_a_what_if_adds_a_guard_and_another_way_to_say_a_limit(shop: Shop, limits: Path) -> None:
    limits.write_text(LIMITS.replace("ten-percent", "frequent-buyers.ten"), encoding="utf-8")
    version = shop.plan(60, limits=limits, playbooks=["frequent-buyers"]).plan.version
    guards = [f"playbooks.frequent-buyers.guards{change}" for change in ("=off", ".customer_share=0.01")]
    found = shop.what_if(version, [*guards, "limits.reach.at_most=off", "limits.reach.share_at_most=0.1"])
    assert found.after.given <= 0.01 * CUSTOMERS < found.before.given
    assert {"playbooks.frequent-buyers.guards.customer_share", "limits.reach.share_at_most"} <= {
        one.field for one in found.asked
    }


def test_a_what_if_after_the_settings_changed_compares_like_with_like(shop: Shop) -> None:
    kept = shop.plan(60, explore=0)
    economics = msgspec.structs.replace(shop.settings.economics, cost_share=0.5)
    other = Shop(shop.folder, msgspec.structs.replace(shop.settings, economics=economics))
    found = other.what_if(kept.plan.version, ["budget=60"])
    assert found.profit == 0
    assert found.moved == 0


def test_a_what_if_after_who_opted_out_changed_compares_like_with_like(shop: Shop, limits: Path) -> None:
    limits.write_text('[[limits]]\nname = "most"\nkind = "contacts"\nshare_at_most = 0.9\n', encoding="utf-8")

    def of(**settings: str) -> Shop:
        plan = msgspec.structs.replace(shop.settings.plan, **settings)
        return Shop(shop.folder, msgspec.structs.replace(shop.settings, plan=plan))

    usual, out = of(), of(opted_out="member", for_everybody="five-percent")
    for first, others, bound in (
        (usual, (out, of(opted_out="member")), 270),
        (out, (of(opted_out="member", for_everybody="ten-percent"), usual), 90),
    ):
        kept = first.plan(500, limits=limits).plan
        assert kept.certificate.rows[1].bound == bound
        for other in others:
            found = other.what_if(kept.version, ["budget=500"])
            assert (found.profit, found.moved, found.before.version) == (0, 0, kept.version)


def test_without_playbooks_a_what_if_falls_back_on_the_shop_s_offers(shop: Shop) -> None:
    kept = shop.plan(100, playbooks=["frequent-buyers"], explore=0)
    found = shop.what_if(kept.plan.version, ["playbooks=off"])
    assert found.after.given > 0
    assert set(found.offers) >= {"ten-percent", "frequent-buyers.ten"}


def test_of_an_offer_that_went_out_twice_the_newest_terms_count(shop: Shop) -> None:
    def row(version: str, day: int, percent: int) -> PlanRow:
        table = {"offer_id": "win.x", "kind": "percent_off", "terms": {"percent": percent}, "name": "x", "version": 1}
        own = {**table, "offer_id": "ten-percent"}
        moment = datetime(2026, 1, day)
        return PlanRow(version, "f", "0", moment, moment, {"catalogue": [table, own]})

    old, new = row("ffff", 1, 5), row("0000", 9, 15)
    for plans in ((old, new), (new, old)):
        (found,) = sent(plans, shop.settings)
        assert (found.offer_id, found.terms["percent"]) == ("win.x", 15)
    assert sent((replace(old, summary={}),), shop.settings) == ()


FREQUENCY = """
[[limits]]
name = "rest"
kind = "frequency"
each_at_most = 1
days = 28
channel = "email"

[[limits]]
name = "letters and mails"
kind = "contacts"
at_most = 40
days = 28
"""


def test_who_got_an_offer_of_a_plan_that_went_out_rests_and_counts_and_of_one_that_did_not_is_free(
    shop: Shop, tmp_path: Path
) -> None:
    file = tmp_path / "frequency.toml"
    file.write_text(FREQUENCY, encoding="utf-8")
    mailed = tuple(msgspec.structs.replace(one, channel="email") for one in shop.settings.offers)
    shutil.copytree(shop.folder, tmp_path / "shop")
    own = Shop(tmp_path / "shop", msgspec.structs.replace(shop.settings, offers=mailed))
    first = own.plan(60, limits=file)
    given = set(of_those_given(first))
    assert 10 < len(given) <= 40
    assert set(of_those_given(own.plan(70, limits=file))) & given  # nothing was sent yet
    with own.office() as office:
        made = {"author": "ann", "at": first.plan.as_of, "plan_version": first.plan.version}
        Campaigns(office._books).create("spring", {}, name="spring", state="scheduled", **made)
    second = own.plan(80, limits=file)
    assert not set(of_those_given(second)) & given
    rows = {row.name: row for row in second.plan.certificate.rows}
    assert rows["letters and mails"].bound == 40 - len(given)


def of_those_given(made: Planned) -> list[str]:
    table = made.decisions
    return table.filter(pc.not_equal(table["offer_id"], "none"))["customer_id"].to_pylist()


def test_who_opted_out_gets_what_all_of_them_get_and_the_plan_says_how_many_they_are(
    shop: Shop, tmp_path: Path
) -> None:
    members = {f"C{number:03}" for number in range(CUSTOMERS) if number % 3}
    apart = msgspec.structs.replace(shop.settings.plan, opted_out="member", for_everybody="five-percent")
    own = Shop(shop.folder, msgspec.structs.replace(shop.settings, plan=apart))
    made = own.plan(500)
    table = made.decisions
    mine = table.filter(pc.is_in(table["customer_id"], value_set=pa.array(sorted(members))))
    assert set(zip(mine["offer_id"].to_pylist(), mine["probability"].to_pylist(), strict=True)) == {("five-percent", 1)}
    assert set(map(tuple, mine["reasons"].to_pylist())) == {("opted_out",)}
    assert made.as_dict()["opted_out"]["customers"] == len(members) == 200
    assert "200 customers have opted out of personal offers: all get" in made.text()
    assert "200 位顾客已选择不接收个性化优惠" in made.text("zh")
    assert made.plan.spent <= 500
    assert made.margins[0][1] < made.margins[-1][1]
    # A plan of playbooks has no offer for everybody, and is for nobody who opted out.
    other = own.plan(200, playbooks=["frequent-buyers"])
    assert set(of_those_given(other)).isdisjoint(members)
    assert other.playbooks[0].members + other.playbooks[0].elsewhere <= CUSTOMERS - len(members)
    assert other.as_dict()["opted_out"]["outcome"] == "not_in_plan"
    # What was sent is read again as history, whatever chance it had.
    with own.engine() as kept:
        decided = pa.table({name: plan_table(made.plan)[name] for name in ("customer_id", "offer_id", "probability")})
        rows = decided.num_rows
        more = {"campaign_id": pa.repeat("c", rows), "time": pa.nulls(rows, pa.timestamp("us"))}
        columns = {**{name: decided[name] for name in decided.column_names}, **more}
        columns["chances"] = plan_table(made.plan)["chances"]
        kept.analytics.use_table("decided", pa.table({name: columns[name] for name in DECIDED.names}).cast(DECIDED))
        assert logs(kept.analytics, datetime(2030, 1, 1))["c"].num_rows == CUSTOMERS


def test_a_plan_says_whom_bans_keep_from_what(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "bans.toml"
    file.write_text(
        '[[limits]]\nname = "tens"\nkind = "only"\noffers = ["ten-percent"]\ncolumn = "member"\nis = [true]\n'
        '[[limits]]\nname = "rest"\nkind = "frequency"\neach_at_most = 2\ndays = 28\n'
        '[[limits]]\nname = "guests"\nkind = "exclude"\ncolumn = "member"\nis = [false]\n'
        '[[limits]]\nname = "mails"\nkind = "contacts"\nat_most = 90\ndays = 7\n',
        encoding="utf-8",
    )
    made = shop.plan(80, limits=file)
    said, chinese = made.text(), made.text("zh")
    for line in (
        "limit tens: keeps 100 customers from 10 % off",
        "limit rest: keeps nobody from anything",
        "limit guests: keeps 100 customers from any offer",
        "limit mails: 0 offers given in the 7 days before count against it",
    ):
        assert f"\n  {line}\n" in said
    assert "限制“guests”：100 位顾客不能获得任何优惠" in chinese
    plain = {one["name"]: one for one in made.as_dict()["bans"]}
    assert plain["tens"] == {
        "name": "tens", "kind": "only", "customers": 100, "offers": ["ten-percent"], "nothing": 0,
    }  # fmt: skip
    assert made.as_dict()["before"] == [{"name": "mails", "days": 7, "given": 0}]
    by_playbook = shop.plan(80, playbooks=["members"])
    assert by_playbook.as_dict()["bans"]
    assert ": who 1" not in by_playbook.text()


def test_a_what_if_of_a_plan_that_went_out_does_not_count_what_the_plan_gave_itself(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "frequency.toml"
    file.write_text(FREQUENCY.replace('channel = "email"\n', ""), encoding="utf-8")
    shutil.copytree(shop.folder, tmp_path / "shop")
    own = Shop(tmp_path / "shop", shop.settings)
    first = own.plan(60, limits=file, explore=0.5)
    with own.office() as office:
        made = {"author": "ann", "at": first.plan.as_of, "plan_version": first.plan.version}
        Campaigns(office._books).create("spring", {}, name="spring", state="live", **made)
    same = own.what_if(first.plan.version, ["explore=0.5"])
    assert (same.profit, same.moved, same.after.given) == (0, 0, same.before.given)
    assert same.after.given > 10
    # What another plan gave since is in both.
    other = own.plan(80, limits=file)
    assert other.plan.version != first.plan.version
    assert not set(of_those_given(other)) & set(of_those_given(first))
    with own.office() as office:
        made["plan_version"] = other.plan.version
        Campaigns(office._books).create("other", {}, name="other", state="live", **made)
    same = own.what_if(first.plan.version, ["explore=0.5"])
    assert (same.profit, same.moved) == (0, 0)
