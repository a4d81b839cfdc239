"""What segments are, and what they are called."""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.profiles.clusters.shops import planted, replaced

from offersmith.errors import InputError
from offersmith.profiles import FEATURES
from offersmith.profiles.clusters.describe import SegmentFacts, Tell, describe, difference
from offersmith.profiles.clusters.naming import names
from offersmith.profiles.clusters.told import line, told
from offersmith.profiles.clusters.traits import TRAITS
from offersmith.report.format import Reader
from offersmith.words import LANGUAGES, catalogue

SHOP, TRUTH = planted()


def labels(segment, outlier=None):
    columns = {"customer_id": SHOP["customer_id"], "segment": np.asarray(segment, np.int64)}
    return pa.table(columns | ({} if outlier is None else {"outlier": outlier}))


FACTS = describe(SHOP, labels(TRUTH + 1))
NAMES = names(FACTS)
DOLLARS = Reader("en", "USD").minor


def test_sizes_and_value_add_up():
    assert [one.segment for one in FACTS] == [1, 2, 3, 4]
    assert sum(one.customers for one in FACTS) == SHOP.num_rows
    assert sum(one.share for one in FACTS) == pytest.approx(1.0)
    assert sum(one.spend_share for one in FACTS) == pytest.approx(1.0)
    assert sum(one.spend for one in FACTS) == SHOP["spend"].to_numpy().sum()
    assert sum(one.orders for one in FACTS) == SHOP["orders"].to_numpy().sum()
    assert FACTS[0].spend_median == np.median(SHOP["spend"].to_numpy()[TRUTH == 0])


def test_what_was_planted_is_what_sets_a_segment_apart():
    strongest = [one.tells[0].trait for one in FACTS]
    assert strongest[1] == "coupons"
    assert strongest[2] == "tenure"
    assert strongest[3] == "recency"
    assert {tell.trait for tell in FACTS[0].tells if tell.telling} >= {"frequency", "money", "recency"}
    assert all("weekend" not in {tell.trait for tell in one.tells if tell.telling} for one in FACTS), "it is noise"
    for one in FACTS:
        assert all(abs(a.difference) >= abs(b.difference) for a, b in pairwise(one.tells))


def test_names_say_it_in_words():
    assert NAMES[4].en.startswith("Lapsed")
    assert NAMES[4].zh.startswith("久未光顾的")
    assert "coupon" in NAMES[2].en
    assert NAMES[3].en.startswith("New ")
    assert "big spenders" in NAMES[1].en
    assert NAMES[1].said("zh") == NAMES[1].zh
    assert all(name.en[0].isupper() for name in NAMES.values())


def test_unlabelled_customers_have_names_of_their_own_and_stand_last():
    segment = TRUTH + 1
    segment = np.where(np.arange(len(segment)) < 20, 0, segment)
    segment = np.where(np.arange(len(segment)) < 10, -1, segment)
    facts = describe(SHOP, labels(segment, segment == 0))
    assert [one.segment for one in facts] == [1, 2, 3, 4, 0, -1]
    assert [one.outliers for one in facts] == [0, 0, 0, 0, 10, 0]
    assert [names(facts)[one].en for one in (0, -1)] == ["In no segment", "No purchase yet"]
    assert facts[-1].tells == ()


def facts(segment: int, *tells: tuple[str, float], once: bool = False, late: bool = False) -> SegmentFacts:
    told = tuple(
        Tell(trait, trait, by, 1.0 + by, 1.0 - by, "median") for trait, by in sorted(tells, key=lambda t: -abs(t[1]))
    )
    return SegmentFacts(segment, 10, 0.1, 1.0, 0.1, 1.0, 1.0, 0, once, late, told)


def test_names_that_would_be_the_same_get_the_next_telling_trait():
    one = facts(1, ("frequency", 0.9), ("money", 0.8), ("recency", -0.7), ("price", 0.5))
    other = facts(2, ("frequency", 0.9), ("money", 0.8), ("recency", -0.7), ("weekend", 0.5))
    found = names([one, other])
    assert found[1].en == "Active frequent big spenders, dearer goods"
    assert found[2].en == "Active frequent big spenders, often on weekends"
    assert len({name.zh for name in found.values()}) == 2


def test_names_that_nothing_tells_apart_have_their_number():
    found = names([facts(1), facts(2), facts(3, ("money", 0.9))])
    assert found[1].en == "Average customers (1)"
    assert found[2].zh == "普通顾客（2）"
    assert found[3].en == "Big spenders"


@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from([t.name for t in TRAITS]), st.sampled_from([-1, -0.5, -0.2, 0.2, 0.5, 1])),
            st.booleans(),
            st.booleans(),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_names_always_differ_in_both_languages(made):
    every = [facts(i, *tells.items(), once=once, late=late) for i, (tells, once, late) in enumerate(made, 1)]
    found = names(every)
    assert len({name.en for name in found.values()}) == len(every)
    assert len({name.zh for name in found.values()}) == len(every)
    assert found == names(every)
    assert all(re.search("[\u4e00-\u9fff]", name.zh) for name in found.values())


def test_what_follows_of_itself_is_not_named():
    rich = facts(1, ("breadth", 0.7), ("money", 0.9), ("frequency", 0.4))
    assert names([rich])[1].en == "Regular big spenders"
    narrow = facts(1, ("breadth", -0.7), ("money", 0.9))
    assert "narrow range" in names([narrow])[1].en


def test_of_two_traits_that_follow_each_other_the_stronger_is_named():
    assert names([facts(1, ("coupons", 0.7), ("deals", 0.8))])[1].en == "Buyers, bargain hunters"
    assert names([facts(1, ("coupons", 0.7), ("deals", 0.7))])[1].en == "Buyers, coupon lovers"
    assert names([facts(1, ("coupons", -0.7), ("deals", 0.8))])[1].en == "Buyers, few coupons, bargain hunters"


def test_no_coupons_means_none():
    base = Tell("coupons", "coupon_order_share", -0.8, 0.0, 0.2, "median")
    none, few = (replace(facts(1), tells=(tell,)) for tell in (base, replace(base, mine=0.01)))
    assert names([none])[1].en == "Buyers, no coupons"
    assert names([few])[1].en == "Buyers, few coupons"


def test_every_trait_is_a_feature_with_words():
    words = catalogue("clusters")
    for trait in TRAITS:
        assert set(trait.columns) <= set(FEATURES)
        assert {f"word_{trait.name}_more", f"word_{trait.name}_less", f"word_{trait.name}_much"} <= set(words)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_the_difference_is_the_chance_of_more_less_the_chance_of_less(pairs):
    values, mine = np.array([p[0] for p in pairs], float), np.array([p[1] for p in pairs])
    inside, outside = values[mine], values[~mine]
    wanted = np.sign(inside[:, None] - outside[None, :]).mean() if len(inside) and len(outside) else 0.0
    assert difference(values, mine) == pytest.approx(wanted)


def test_means_stand_in_where_medians_are_the_same():
    rare = np.where((TRUTH == 0) & (np.arange(len(TRUTH)) % 3 == 0), 0.4, 0.0)
    found = describe(SHOP.append_column("return_rate", pa.array(rare)), labels(TRUTH + 1))[0]
    tell = next(tell for tell in found.tells if tell.trait == "returns")
    assert tell.by == "mean"
    assert tell.mine == pytest.approx(rare[TRUTH == 0].mean())
    assert line(tell, DOLLARS) == f"return rate: {tell.mine:.0%} on average, others 0%"


def test_lines_are_in_units_that_people_read():
    assert line(Tell("money", "spend", 0.9, 239516.0, 64693.5, "median"), DOLLARS) == (
        "spend ever: typically $2,395, others $647"
    )
    assert "平均" in line(Tell("recency", "recency", 0.9, 2.95, 12.2, "mean"), DOLLARS, "zh")
    assert line(Tell("recency", "recency", 0.9, 2.95, 12.2, "median"), DOLLARS).endswith("typically 3, others 12")
    assert line(Tell("own", "loyalty_points", 0.9, 5.5, 1.0, "median"), DOLLARS).startswith(
        "loyalty_points: typically 5.5"
    )
    for language in LANGUAGES:
        assert 1 <= len(told(FACTS[0], DOLLARS, language, lines=2)) <= 2


def test_one_segment_of_everybody_is_average():
    found = describe(SHOP, labels(np.ones(len(TRUTH))))
    assert found[0].tells == ()
    assert names(found)[1].en == "Average customers"
    assert told(found[0], DOLLARS) == ()


def test_one_time_buyers_and_the_overdue_are_called_so():
    once = replaced(SHOP, "orders", np.where(TRUTH == 3, 1, SHOP["orders"].to_numpy()))
    found = describe(once, labels(TRUTH + 1))
    assert [one.once for one in found] == [False, False, False, True]
    assert [one.late for one in found] == [False, False, False, True]
    assert "one-time" in names(found)[4].en


def test_tables_of_other_customers_are_refused():
    with pytest.raises(InputError, match="same customers"):
        describe(SHOP, labels(TRUTH + 1).slice(1))
    with pytest.raises(InputError, match="spend"):
        describe(SHOP.drop_columns(["spend"]), labels(TRUTH + 1))
    assert describe(SHOP.slice(0, 0), labels(TRUTH + 1).slice(0, 0)) == ()
