"""Features of how a customer meets discounts, coupons and campaigns.

What was given in the last 90 days is part of the state an offer meets: who was sent many tires of them, who learned to
wait for them buys less without. `exposures_90d` and `exposure_recency` say how many and how long ago, `discount_90d`
and `discount_share_90d` how much, `redemptions_90d` how often it was used.
"""

from __future__ import annotations

from offersmith.vocabulary import Feature, Where

_COUPON = (Where("coupon_discount", ">", 0),)
_DISCOUNTED = (Where("discount", ">", 0),)
_PLACED = (Where("placement", "known"),)

PROMOTIONS: tuple[Feature, ...] = (
    Feature("discount_share", "ratio", value="discount", over_value="gross", unit="share", live=True,
            says="Share of the shelf price that discounts and coupons took off."),
    Feature("discount_90d", "sum", value="discount", window_days=90, unit="minor",
            says="Taken off by discounts and coupons in the last 90 days."),
    Feature("discount_share_90d", "ratio", value="discount", over_value="gross", window_days=90, unit="share",
            says="Share of the shelf price that discounts and coupons took off in the last 90 days."),
    Feature("deal_affinity", "share", where=_DISCOUNTED, unit="share", live=True,
            says="Share of lines bought below the shelf price."),
    Feature("coupon_orders", "count", grain="order", where=_COUPON, unit="orders", live=True,
            says="Orders with a coupon ever."),
    Feature("coupon_orders_90d", "count", grain="order", where=_COUPON, window_days=90, unit="orders",
            says="Orders with a coupon in the last 90 days."),
    Feature("coupon_orders_decayed_60d", "decayed_count", grain="order", where=_COUPON, half_life_days=60,
            unit="orders", live=True, says="Orders with a coupon, each counting half as much every 60 days."),
    Feature("coupon_order_share", "share", grain="order", where=_COUPON, unit="share", live=True,
            says="Share of orders with a coupon."),
    Feature("coupon_order_recency", "recency", grain="order", where=_COUPON, unit="days", live=True,
            says="Days since the last order with a coupon."),
    Feature("coupon_discount", "sum", value="coupon_discount", unit="minor", live=True, says="Saved by coupons ever."),
    Feature("placement_share", "share", where=_PLACED, unit="share", live=True,
            says="Share of lines bought while in a mailer or on display."),
    Feature("exposures", "count", events=("view_promotion",), unit="exposures", live=True,
            says="Promotions shown or sent ever."),
    Feature("exposures_90d", "count", events=("view_promotion",), window_days=90, unit="exposures",
            says="Promotions shown or sent in the last 90 days."),
    Feature("exposure_recency", "recency", events=("view_promotion",), unit="days", live=True,
            says="Days since a promotion was last shown or sent."),
    Feature("campaigns_exposed", "distinct", events=("view_promotion",), by="campaign_id", unit="campaigns",
            says="Different campaigns shown or sent."),
    Feature("campaigns_exposed_90d", "distinct", events=("view_promotion",), by="campaign_id", window_days=90,
            unit="campaigns", says="Different campaigns shown or sent in the last 90 days."),
    Feature("redemptions", "count", events=("redeem",), unit="redemptions", live=True, says="Offers redeemed ever."),
    Feature("redemptions_90d", "count", events=("redeem",), window_days=90, unit="redemptions",
            says="Offers redeemed in the last 90 days."),
    Feature("redemptions_decayed_90d", "decayed_count", events=("redeem",), half_life_days=90, unit="redemptions",
            live=True, says="Redemptions, each counting half as much every 90 days."),
    Feature("redemption_recency", "recency", events=("redeem",), unit="days", live=True,
            says="Days since the last redemption."),
    Feature("redemption_rate", "ratio", events=("redeem",), over=("view_promotion",), unit="redemptions per exposure",
            live=True, says="Redemptions per promotion shown or sent."),
    Feature("campaigns_redeemed", "distinct", events=("redeem",), by="campaign_id", unit="campaigns",
            says="Different campaigns redeemed from."),
    Feature("campaign_redemption_rate", "ratio", events=("redeem",), over=("view_promotion",), by="campaign_id",
            unit="share", says="Campaigns redeemed from over campaigns shown or sent."),
)  # fmt: skip
