"""A shop's facts for the report's tests: seeded, plausible, and every part of the page filled."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from offersmith.report.inputs import (
    Both,
    DecileRow,
    EffectFacts,
    EffectRow,
    FrontierFacts,
    FrontierPoint,
    HappenedFacts,
    Interval,
    LimitRow,
    MarginRow,
    ModelFacts,
    OfferRow,
    OverlapBin,
    PlanCard,
    PlanDifference,
    PlanFacts,
    PriorFacts,
    QualityFacts,
    QualityFinding,
    ReliabilityBin,
    ReportFacts,
    ScoreRow,
    SegmentFacts,
    SegmentOffer,
    SegmentRow,
    ShopFacts,
)

START = datetime(2017, 10, 30)
OFFERS = (
    Both("No offer", "不发优惠"),
    Both("5 % off", "九五折"),
    Both("10 % off", "九折"),
    Both("20 % off", "八折"),
)
SEGMENTS = (
    (Both("Loyal", "忠诚顾客"), Both("Bought lately, often and much", "近期常来、消费多")),
    (Both("Big baskets, rarely", "低频大单"), Both("Come seldom and fill the trolley", "来得少，每次买很多")),
    (Both("Regular", "常客"), Both("Come every few weeks", "每隔几周来一次")),
    (Both("Deal seekers", "爱用优惠"), Both("Buy mostly what is reduced", "多买打折商品")),
    (Both("Slipping away", "正在流失"), Both("Used to come, and now stay away", "以前常来，最近不来")),
    (Both("New", "新顾客"), Both("First order less than a month ago", "首单不足一个月")),
)


def shop(seed: int = 7) -> ShopFacts:
    rng = np.random.default_rng(seed)
    months = pa.array([datetime(2017, month, 1) for month in range(1, 11)], pa.timestamp("us"))
    revenue = (34_000_000 * (1 + 0.15 * rng.standard_normal(10))).astype("int64")
    names = ["GROCERY", "DRUG GM", "PRODUCE", "MEAT", "MEAT-PCKGD", "DELI", "PASTRY", "NUTRITION", "MISCELLANEOUS",
             "SALAD BAR", "FLORAL", None]  # fmt: skip
    return ShopFacts(
        totals=pa.table(
            {
                "events": [1_469_307],
                "customers": [2469],
                "anonymous": [0],
                "buyers": [2440],
                "orders": [155_848],
                "known_orders": [155_848],
                "anonymous_orders": [0],
                "products": [68_509],
                "first_time": [datetime(2016, 11, 14, 5)],
                "last_time": [datetime(2017, 10, 29, 23, 40)],
                "first_sale": [datetime(2017, 1, 1, 6, 53)],
                "last_sale": [datetime(2017, 10, 29, 19, 40)],
                "revenue": [int(revenue.sum())],
                "anonymous_revenue": [0],
                "refunds": [120_455],
            }
        ),
        by_month=pa.table(
            {"month": months, "revenue": revenue, "orders": revenue // 2900, "customers": rng.integers(1900, 2300, 10)}
        ),
        by_category=pa.table(
            {"category": names, "revenue": sorted(rng.integers(500_000, 90_000_000, 12).tolist(), reverse=True)}
        ),
        by_product=pa.table(
            {
                "product_id": ["85123A", "22423", "22424"],
                "product_name": ["HANGING HEART", "CAKESTAND", "CAKESTAND"],
                "revenue": [90_000_000, 70_000_000, 1_000_000],
            }
        ),
        by_event=pa.table(
            {
                "event": ["purchase", "view_promotion", "redeem", "refund", "loyalty_scan"],
                "rows": [1_462_000, 6_500, 2_102, 1204, 17],
            }
        ),
    )


def plan() -> PlanFacts:
    rng = np.random.default_rng(11)
    counts = rng.multinomial(2469, [0.62, 0.18, 0.13, 0.07]).tolist()
    offers = tuple(
        OfferRow(name, count, 2.31 * count * index, 1.12 * count * index, 0.3 * count if index else None, index == 0)
        for index, (name, count) in enumerate(zip(OFFERS, counts, strict=True))
    )
    profit, cost = sum(row.profit for row in offers), sum(row.cost for row in offers)
    by_segment = tuple(
        SegmentOffer(segment, offer, int(rng.integers(4, 260)) * (3 if offer is OFFERS[0] else 1))
        for segment, _ in SEGMENTS
        for offer in OFFERS
    )
    cards = tuple(
        PlanCard(
            Both(f"{offer.en} for “{segment.en}”", f"“{segment.zh}”：{offer.zh}"),
            (
                Both("Because they buy often but seldom with a coupon.", "他们常来，但很少用券。"),
                Both("Chosen with a chance between 0.91 and 0.95.", "选中概率在 0.91 至 0.95 之间。"),
            ),
            int(rng.integers(20, 300)),
            float(rng.uniform(100, 900)),
        )
        for (segment, _), offer in zip(SEGMENTS, OFFERS[1:] * 2, strict=True)
    )
    return PlanFacts(
        version="4f2a9c01d7",
        start=START,
        valid_until=datetime(2017, 11, 27),
        customers=2469,
        profit=Interval(profit, profit * 0.35, profit * 1.6),
        cost=cost,
        budget=2000.0,
        offers=offers,
        by_segment=by_segment,
        margins=tuple(
            MarginRow(rate, Interval(profit * k, profit * (k - 0.7), profit * (k + 0.6)), rate == 0.3)
            for rate, k in ((0.2, 0.4), (0.3, 1.0), (0.4, 1.7))
        ),
        limits=(
            LimitRow(Both("Budget", "预算"), cost, 2000.0, 1.37),
            LimitRow(Both("Coupons printed", "印制券数"), 938, 1000, 0.0, "count"),
        ),
        cards=cards,
        value=profit,
        bound=profit + 84.31,
        difference=PlanDifference(by_lot=82.9, reserve=1.4, not_proved=0.01, reserved=7.5),
        explored=247,
        share=0.1,
        largest_lot=0.05,
        frontier=frontier(),
    )


def frontier() -> FrontierFacts:
    budgets = (0.0, 500.0, 1000.0, 2000.0, 2900.0, 4000.0, 6000.0)
    points = tuple(
        FrontierPoint(budget, budget, 1.2 * budget - budget**2 / 10_000, int(budget / 3), 1.2 - budget / 5000)
        for budget in budgets
    )
    return FrontierFacts(points, stated=2000.0, enough=6000.0, knee=2900.0)


def models() -> ModelFacts:
    rng = np.random.default_rng(5)
    predicted = np.linspace(0.02, 0.52, 10)
    return ModelFacts(
        model=Both("gradient boosting", "梯度提升"),
        learned_from=Both("campaigns 8 and 13", "第 8 和第 13 次促销"),
        learned_rows=2204,
        learned_before=START,
        judged_on=Both("recipients of campaign 18", "第 18 次促销的收到者"),
        judged=1133,
        positives=214,
        scores=(
            ScoreRow(Both("Offersmith", "Offersmith"), 0.846, 3.91, 0.817, 0.874, ours=True),
            ScoreRow(Both("Baskets with a coupon before", "过去用券的购物次数"), 0.815, 3.32, 0.78, 0.846),
            ScoreRow(Both("Bought most recently", "最近购买时间"), 0.62, 1.4, 0.58, 0.66),
            ScoreRow(Both("Bought most", "消费总额"), 0.71, 2.2, 0.67, 0.75),
        ),
        reliability=tuple(
            ReliabilityBin(float(p), float(np.clip(p + rng.normal(0, 0.03), 0, 1)), 113) for p in predicted
        ),
        later=True,
        importance=tuple(
            (Both(en, zh), share)
            for en, zh, share in (
                ("Baskets with a coupon", "用券购物次数", 0.41),
                ("Share of sales with a discount", "折扣销售占比", 0.17),
                ("Days since the last order", "距上次购买天数", 0.12),
                ("Sales in 90 days", "90 天销售额", 0.09),
                ("Number of distinct categories", "购买品类数", 0.06),
            )
        ),
    )


def effects() -> EffectFacts:
    rng = np.random.default_rng(3)
    rows = (
        EffectRow(Both("Campaign 8", "第 8 次促销"), 1076, 1393, Interval(31.4, 14.1, 48.7), Interval(0.2, -5.0, 5.4),
                  Interval(31.4, 8.7, 54.1), 201.0, 1044.0, 354.0),
        EffectRow(Both("Campaign 13", "第 13 次促销"), 1077, 1392, Interval(22.0, 1.0, 43.0), Interval(19.0, 6.0, 32.0),
                  Interval(22.0, -31.0, 75.0), 188.5, 1590.0, 560.0),
        EffectRow(Both("Campaign 26", "第 26 次促销"), 332, 2137, Interval(-6.0, -31.0, 19.0), Interval(1.0, -9.0, 9.0),
                  Interval(-6.0, -40.0, 28.0), 40.0, 900.0, 700.0),
    )  # fmt: skip
    bins = tuple(
        OverlapBin(i / 10, (i + 1) / 10, int(rng.integers(10, 60) * (i + 1)), int(rng.integers(10, 220) * (10 - i)))
        for i in range(10)
    )  # fmt: skip
    return EffectFacts(rows, 28, bins, Both("campaign 8", "第 8 次促销"), 0.043)


def report(currency: str = "USD") -> ReportFacts:
    used = (84, 44, 28, 20, 13, 10, 6, 5, 3, 1)
    return ReportFacts(
        name="Complete Journey",
        currency=currency,
        as_of=START,
        shop=shop(),
        margin_rate=0.3,
        quality=QualityFacts(
            read=1_478_110,
            accepted=1_469_307,
            redelivered=0,
            quarantined=8803,
            anonymous=0,
            refunds=1204,
            equal_lines=5268,
            missing={
                "session_id": 1.0,
                "brand": 0.021,
                "category": 0.0004,
                "product_name": 0.34,
                "amount": 0.0,
                "search_term": 1.0,
            },
            reasons=((Both("quantity is zero", "数量为零"), 8790), (Both("no readable time", "时间无法识别"), 13)),
            findings=(
                QualityFinding(Both("312 amounts are far above the usual", "312 个金额远高于常见水平"), 312, "warning"),
                QualityFinding(Both("4,021 sales cost nothing", "4,021 笔销售金额为零"), 4021),
            ),
        ),
        segments=SegmentFacts(
            tuple(
                SegmentRow(name, customers, revenue, orders, meaning)
                for (name, meaning), customers, revenue, orders in zip(
                    SEGMENTS,
                    (512, 203, 811, 340, 480, 123),
                    (151_000_000, 60_100_000, 81_000_000, 22_300_000, 14_000_000, 3_000_000),
                    (61_000, 8_200, 52_000, 20_500, 11_000, 900),
                    strict=True,
                )
            ),
            START,
        ),
        plan=plan(),
        models=models(),
        effects=effects(),
        happened=HappenedFacts(
            campaign=Both("Campaign 18", "第 18 次促销"),
            recipients=1133,
            redeemers=214,
            deciles=tuple(
                DecileRow(index + 1, 114 if index < 3 else 113, hits, hits * 0.9 + 2) for index, hits in enumerate(used)
            ),
            planned=938,
            planned_and_sent=611,
            redeemers_planned=183,
        ),
        caveats=(
            "not_randomised", "placebo_failed", "margin_stated", "face_values_unknown", "redeemers_only_recipients",
            "explored", "one_shop",
        ),
        versions={"offersmith": "0.1.0", "plan": "4f2a9c01d7", "model": "boosting-1-9d1e", "seed": "7", "data": "b01"},
    )  # fmt: skip


def cold() -> ReportFacts:
    """A shop with no campaigns: a plan from priors, nothing learned, no quality report."""
    full = report("GBP")
    first = plan()
    cold_plan = PlanFacts(
        version="0b",
        start=START,
        valid_until=datetime(2017, 11, 27),
        customers=first.customers,
        profit=Interval(210.0, -1300.0, 1700.0),
        cost=4998.0,
        budget=5000.0,
        offers=first.offers,
        value=210.0,
        bound=230.5,
        difference=PlanDifference(by_lot=20.5, reserve=0.0, not_proved=0.0, reserved=50.0),
        cold_start=True,
        explored=first.customers,
        share=1.0,
        largest_lot=0.01,
        pays=((OFFERS[1], 0.16), (OFFERS[3], 0.06)),
    )
    return ReportFacts(
        name="Online Retail",
        currency="GBP",
        as_of=START,
        shop=full.shop,
        margin_rate=0.3,
        plan=cold_plan,
        caveats=("cold_start", "margin_stated", "anonymous_sales"),
        priors=PriorFacts(0.015, 0.01, 0.7),
    )


@pytest.fixture(scope="session")
def full_facts() -> ReportFacts:
    return report()


@pytest.fixture(scope="session")
def cold_facts() -> ReportFacts:
    return cold()
