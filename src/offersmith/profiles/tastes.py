"""Features of what a customer buys: breadth, favourites, price level."""

from __future__ import annotations

from offersmith.vocabulary import Feature

TASTES: tuple[Feature, ...] = (
    Feature("products", "distinct", by="product_id", unit="products", says="Different products ever bought."),
    Feature("stores", "distinct", by="place", unit="places", says="Different places of purchase."),
    Feature("categories", "distinct", by="category", unit="categories", says="Different categories ever bought."),
    Feature("category_entropy", "entropy", by="category", unit="nats",
            says="How evenly lines spread over categories; 0 is a single one."),
    Feature("category_top_share", "top_share", by="category", unit="share",
            says="Share of lines in the favourite category."),
    Feature("brands", "distinct", by="brand", unit="brands", says="Different brands ever bought."),
    Feature("brand_entropy", "entropy", by="brand", unit="nats",
            says="How evenly lines spread over brands; 0 is a single one."),
    Feature("brand_top_share", "top_share", by="brand", unit="share", says="Share of lines of the favourite brand."),
    Feature("unit_price", "mean", value="unit_price", unit="minor", live=True, says="Mean price paid for a piece."),
    Feature("unit_price_median", "median", value="unit_price", unit="minor", says="Median price paid for a piece."),
    Feature("rating", "mean", events=("review",), value="rating", unit="stars", live=True,
            says="Mean stars given in reviews."),
)  # fmt: skip
