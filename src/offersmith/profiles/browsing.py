"""Features of what a customer does before buying, where a shop can see it."""

from __future__ import annotations

from offersmith.vocabulary import Feature

_VISIT = (
    "view_item_list", "select_item", "view_item", "search", "add_to_wishlist", "add_to_cart", "remove_from_cart",
    "view_cart", "begin_checkout", "purchase", "login",
)  # fmt: skip

BROWSING: tuple[Feature, ...] = (
    Feature("sessions_30d", "count", events=_VISIT, grain="session", window_days=30, unit="sessions",
            says="Sessions begun in the last 30 days."),
    Feature("dwell", "mean", events=("view_item",), value="dwell_ms", unit="milliseconds", live=True,
            says="Mean time on a product's page."),
    Feature("views_30d", "count", events=("view_item",), window_days=30, unit="views",
            says="Product pages seen in the last 30 days."),
    Feature("views_decayed_30d", "decayed_count", events=("view_item",), half_life_days=30, unit="views", live=True,
            says="Product pages seen, each counting half as much every 30 days."),
    Feature("cart_adds_30d", "count", events=("add_to_cart",), window_days=30, unit="products",
            says="Products put in the basket in the last 30 days."),
    Feature("searches_30d", "count", events=("search",), window_days=30, unit="searches",
            says="Searches of the last 30 days."),
    Feature("visit_recency", "recency", events=_VISIT, unit="days", live=True,
            says="Days since anything was done in the shop."),
)  # fmt: skip
