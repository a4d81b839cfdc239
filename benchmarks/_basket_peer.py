"""The case on django-oscar's offers, in one process with an in-memory SQLite database.

Three ways to run it. *In memory* is the best it can do: offers, conditions, benefits, lines and prices are loaded
once, ranges answer from a set of products (its own extension point, a custom range), and only
`Applicator.apply_offers` is timed; it asks the database nothing. *Cut short* is more than it can do: besides, the
relation of offers that may be combined, empty here, is answered without Django's manager, where most of the time goes.
*As it ships* is `Applicator.apply` on a basket stored in that database. Up-sell hints, its nearest to a reason, are
left out of every time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from benchmarks._basket_case import CURRENCY, Case, Entry, Off, Rule

_BENEFITS = {
    "percent": "PercentageDiscountBenefit", "amount": "AbsoluteDiscountBenefit", "each": "FixedUnitDiscountBenefit",
    "cheapest": "MultibuyDiscountBenefit", "bundle": "FixedPriceBenefit",
}  # fmt: skip
_CONDITIONS = {"count": "CountCondition", "value": "ValueCondition"}


class _Products:
    """A custom range: answers from a set instead of the database."""

    def __init__(self, ids: frozenset[int]) -> None:
        self.ids = ids

    def contains_product(self, product: Any) -> bool:
        return product.id in self.ids


class _NoCombinations:
    """The empty relation `ConditionalOffer.combinations`: nothing restricts what an offer may be combined with."""

    def count(self) -> int:
        return 0


@contextmanager
def _cut_short() -> Iterator[None]:
    offer = _model("offer", "ConditionalOffer")
    kept = offer.combinations
    offer.combinations = _NoCombinations()
    try:
        yield
    finally:
        offer.combinations = kept


@dataclass(frozen=True, slots=True)
class Peer:
    """The case as Oscar's rows, and as the loaded objects of its best case."""

    stored: list[Any]
    loaded: list[Any]
    offers: list[Any]

    def in_memory(self, baskets: int) -> float:
        """Price the first baskets from memory; return CPU seconds."""
        applicator = _applicator()
        for basket in self.loaded[:baskets]:
            _clear(basket)
        start = time.process_time()
        for basket in self.loaded[:baskets]:
            applicator.apply_offers(basket, self.offers)
        return time.process_time() - start

    def cut_short(self, baskets: int) -> float:
        """Price the first baskets from memory, without its costliest part; return CPU seconds."""
        with _cut_short():
            return self.in_memory(baskets)

    def as_it_ships(self, baskets: int) -> float:
        """Price the first baskets as a shop does that changed nothing; return CPU seconds."""
        applicator = _applicator()
        for basket in self.stored[:baskets]:
            basket.reset_offer_applications()
        start = time.process_time()
        for basket in self.stored[:baskets]:
            applicator.apply(basket)
        return time.process_time() - start

    def queries(self) -> int:
        """Return how often it asks the database for one basket in memory; nought, or it is not its best case."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            self.in_memory(1)
        return len(seen)

    def together(self) -> list[Off]:
        """Return for every basket what each promotion that applied took off, all of them live."""
        self.cut_short(len(self.loaded))
        return [_off(basket) for basket in self.loaded]

    def alone(self, baskets: int) -> list[Off]:
        """Return for the first baskets what each promotion takes off when it is the only one."""
        return [self._each_alone(basket) for basket in self.loaded[:baskets]]

    def _each_alone(self, basket: Any) -> Off:
        found: Off = {}
        for offer in self.offers:
            _clear(basket)
            _applicator().apply_offers(basket, [offer])
            found |= _off(basket)
        return found


def prepare(case: Case) -> Peer:
    """Configure Django in this process, store the case, and load it as the best case wants it."""
    _start()
    products = _store_products(case)
    ranges = {category: _store_range(category, products, case) for category in _categories(case)}
    for rule in case.rules:
        _store_offer(rule, ranges[rule.category])
    stored = [_store_basket(entries, products) for entries in case.baskets]
    return Peer(stored, [_loaded_basket(basket) for basket in stored], _loaded_offers(case))


def _class(module: str, name: str) -> Any:
    from oscar.core.loading import get_class

    return get_class(module, name)


def _applicator() -> Any:
    return _class("offer.applicator", "Applicator")()


def _model(app: str, name: str) -> Any:
    from oscar.core.loading import get_model

    return get_model(app, name)


def _start() -> None:
    import django
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command
    from oscar import INSTALLED_APPS, defaults

    chosen = {name: getattr(defaults, name) for name in dir(defaults) if name.startswith("OSCAR_")}
    chosen |= {
        "OSCAR_DEFAULT_CURRENCY": CURRENCY,
        "INSTALLED_APPS": INSTALLED_APPS,
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "HAYSTACK_CONNECTIONS": {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
        "SITE_ID": 1,
    }
    settings.configure(**chosen)
    django.setup()
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)


def _major(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-2)


def _store_products(case: Case) -> list[Any]:
    partner = _model("partner", "Partner").objects.create(name="shop")
    kind = _model("catalogue", "ProductClass").objects.create(name="thing", track_stock=False)
    for product in case.products:
        row = _model("catalogue", "Product").objects.create(
            title=product.product_id, upc=product.product_id, product_class=kind
        )
        _model("partner", "StockRecord").objects.create(
            product=row, partner=partner, partner_sku=product.product_id, price=_major(product.price),
            price_currency=CURRENCY,
        )  # fmt: skip
    return list(_model("catalogue", "Product").objects.order_by("id").prefetch_related("stockrecords"))


def _categories(case: Case) -> list[str | None]:
    return sorted({rule.category for rule in case.rules}, key=str)


def _store_range(category: str | None, products: list[Any], case: Case) -> Any:
    made = _model("offer", "Range").objects.create(name=category or "all", includes_all_products=category is None)
    if category is not None:
        for row, product in zip(products, case.products, strict=True):
            if product.category == category:
                made.add_product(row)
    return made


def _store_offer(rule: Rule, range_: Any) -> None:
    needed = Decimal(rule.least) if rule.needs == "count" else _major(rule.least)
    given = Decimal(rule.value) if rule.gives == "percent" else _major(rule.value)
    conditions, benefits = _kinds("Condition", _CONDITIONS), _kinds("Benefit", _BENEFITS)
    condition = _model("offer", "Condition").objects.create(range=range_, type=conditions[rule.needs], value=needed)
    benefit = _model("offer", "Benefit").objects.create(
        range=None if rule.gives == "bundle" else range_, type=benefits[rule.gives],
        value=None if rule.gives == "cheapest" else given,
    )  # fmt: skip
    _model("offer", "ConditionalOffer").objects.create(
        name=rule.name, condition=condition, benefit=benefit, exclusive=False, max_basket_applications=1
    )


def _kinds(model: str, names: dict[str, str]) -> dict[str, str]:
    row = _model("offer", model)()
    types = {klass.__name__: kind for kind, klass in row.proxy_map.items()}
    return {ours: types[theirs] for ours, theirs in names.items()}


def _store_basket(entries: tuple[Entry, ...], products: list[Any]) -> Any:
    basket = _model("basket", "Basket").objects.create()
    basket.strategy = _class("partner.strategy", "Default")()
    line = _model("basket", "Line")
    rows = []
    for at, pieces in entries:
        stock = products[at].stockrecords.all()[0]
        rows.append(line(
            basket=basket, line_reference=f"{products[at].id}_{stock.id}", product=products[at], stockrecord=stock,
            quantity=pieces, price_currency=CURRENCY, price_excl_tax=stock.price, price_incl_tax=stock.price,
        ))  # fmt: skip
    line.objects.bulk_create(rows)
    return basket


def _loaded_basket(stored: Any) -> Any:
    basket = _model("basket", "Basket").objects.get(pk=stored.pk)
    basket.strategy = stored.strategy
    lines = list(basket.all_lines())
    for line in lines:
        line.basket = basket
        line.purchase_info  # noqa: B018 - read once, so that the price is there
    basket._lines = lines  # noqa: SLF001 - what Oscar keeps between calls
    return basket


def _loaded_offers(case: Case) -> list[Any]:
    rows = _model("offer", "ConditionalOffer").objects.prefetch_related("combinations")
    offers = list(rows.select_related("condition__range", "benefit__range").order_by("name"))
    products = {row.upc: row.id for row in _model("catalogue", "Product").objects.all()}
    for offer, rule in zip(offers, sorted(case.rules, key=lambda rule: rule.name), strict=True):
        ids = frozenset(products[p.product_id] for p in case.products if rule.category in {None, p.category})
        for part in ("condition", "benefit"):
            row = getattr(offer, part)
            kept, made = row.range, row.proxy()
            if kept is not None:
                kept.proxy = _Products(ids)
            made.range = kept
            setattr(offer, part, made)
    return offers


def _clear(basket: Any) -> None:
    for line in basket.all_lines():
        line.clear_discount()


def _off(basket: Any) -> Off:
    return {made["name"]: int(made["discount"] * 100) for made in basket.offer_applications}
