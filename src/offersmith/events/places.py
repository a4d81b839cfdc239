"""Where a shop may be, told from its file: a currency and a time zone to start from."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.events.mapping import text
from offersmith.events.recognise import bare


@dataclass(frozen=True, slots=True)
class Place:
    """A guess: ISO 4217 currency, time zone, and what it rests on."""

    currency: str
    timezone: str
    why: str


COUNTRIES = {
    "unitedkingdom": ("GBP", "Europe/London"), "uk": ("GBP", "Europe/London"), "gb": ("GBP", "Europe/London"),
    "germany": ("EUR", "Europe/Berlin"), "deutschland": ("EUR", "Europe/Berlin"), "de": ("EUR", "Europe/Berlin"),
    "france": ("EUR", "Europe/Paris"), "fr": ("EUR", "Europe/Paris"), "spain": ("EUR", "Europe/Madrid"),
    "es": ("EUR", "Europe/Madrid"), "italy": ("EUR", "Europe/Rome"), "it": ("EUR", "Europe/Rome"),
    "netherlands": ("EUR", "Europe/Amsterdam"), "nl": ("EUR", "Europe/Amsterdam"), "ireland": ("EUR", "Europe/Dublin"),
    "poland": ("PLN", "Europe/Warsaw"), "pl": ("PLN", "Europe/Warsaw"), "sweden": ("SEK", "Europe/Stockholm"),
    "switzerland": ("CHF", "Europe/Zurich"), "japan": ("JPY", "Asia/Tokyo"), "jp": ("JPY", "Asia/Tokyo"),
    "china": ("CNY", "Asia/Shanghai"), "cn": ("CNY", "Asia/Shanghai"), "中国": ("CNY", "Asia/Shanghai"),
    "singapore": ("SGD", "Asia/Singapore"), "sg": ("SGD", "Asia/Singapore"), "india": ("INR", "Asia/Kolkata"),
    "australia": ("AUD", "Australia/Sydney"), "au": ("AUD", "Australia/Sydney"), "brazil": ("BRL", "America/Sao_Paulo"),
    "canada": ("CAD", "America/Toronto"), "unitedstates": ("USD", "America/New_York"),
    "us": ("USD", "America/New_York"), "usa": ("USD", "America/New_York"),
    "unitedstatesofamerica": ("USD", "America/New_York"),
}  # fmt: skip
"""Country -> currency and the time zone most of its people live in."""

CURRENCIES = {
    "GBP": "Europe/London", "JPY": "Asia/Tokyo", "CNY": "Asia/Shanghai", "SGD": "Asia/Singapore", "INR": "Asia/Kolkata",
    "PLN": "Europe/Warsaw", "SEK": "Europe/Stockholm", "CHF": "Europe/Zurich",
}  # fmt: skip
"""Currencies of one time zone."""

# Spanish and French are spoken with many currencies; German, by most who speak it, with one.
_GERMAN = frozenset(
    {"datum", "bestelldatum", "rechnungsdatum", "kaufdatum", "kunde", "kundennr", "kundennummer", "kundenid", "artikel",
     "artikelnr", "artikelnummer", "menge", "anzahl", "betrag", "preis", "einzelpreis", "summe", "bestellung",
     "bestellnr", "bestellnummer", "rechnung", "rechnungsnr", "rechnungsnummer"}
)  # fmt: skip


def guess_place(sample: pa.Table) -> Place | None:
    """Return a guess from a column of currencies or countries, or from Chinese or German names; None without any."""
    country = _most(
        sample, ("country", "billingcountry", "shippingcountry", "geocountry", "land", "pays", "pais", "国家")
    )
    currency = _most(sample, ("currency", "currencycode", "wahrung", "waehrung", "devise", "moneda", "币种", "货币"))
    known = COUNTRIES.get(bare(country)) if country else None
    if currency and len(currency) == 3 and currency.isalpha():
        zone = known[1] if known else CURRENCIES.get(currency.upper(), "UTC")
        return Place(currency.upper(), zone, f"currency {currency}")
    if known:
        return Place(*known, f"country {country}")
    if any("\u4e00" <= char <= "\u9fff" for name in sample.schema.names for char in name):
        return Place("CNY", "Asia/Shanghai", "Chinese column names")
    if len(_GERMAN & {bare(name) for name in sample.schema.names}) >= 2:
        return Place("EUR", "Europe/Berlin", "German column names")
    return None


def _most(sample: pa.Table, names: tuple[str, ...]) -> str | None:
    """Return the value at least half of the rows have in the first column of these names."""
    for index, name in enumerate(sample.schema.names):
        if bare(name) in names:
            column = sample.column(index).combine_chunks()
            counts = pc.value_counts(text(column, "place").drop_null())
            if len(counts):
                best = max(counts.to_pylist(), key=lambda row: (row["counts"], row["values"]))
                if best["counts"] * 2 >= sum(counts.field("counts").to_pylist()):
                    return str(best["values"])
    return None
