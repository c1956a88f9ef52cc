"""Prices of products: with VAT or without as the settings say, and what is a sale; pure."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire_products import WireProduct, WireVersion
from shopbridge.mapping.prices import PriceTerms, amount_for
from shopbridge.mapping.rounding import cents
from shopbridge.model.catalogue import CataloguePrice, Price

TITLE = "Gomag"
REGULAR, SALE, BASE = "regular", "sale", "base"
"""The price groups of a shop; ``base`` is what Gomag calls ``base_price``."""
NET_DIGITS = Decimal("0.0001")
"""[inferred] Digits of a net price: enough that the gross one is met to the cent."""


def product_prices(wire: WireProduct, settings: GomagSettings) -> dict[str, Price]:
    """[inferred] ``price`` is what a buyer pays unless there is a special price above 0 (platform file, G3).

    ``base_price`` is before reductions, or what the merchant pays (G7): a group of its own, for whoever knows.
    """
    amounts = {**_groups(wire.price, wire.special_price), **({BASE: wire.base_price} if wire.base_price else {})}
    return {group: _price(amount, settings) for group, amount in amounts.items()}


def version_prices(version: WireVersion, wire: WireProduct, settings: GomagSettings) -> dict[str, Price]:
    """A version's own prices; empty when it costs what its product costs."""
    if version.price is None and not version.special_price:
        return {}
    regular = wire.price if version.price is None else version.price
    return {group: _price(amount, settings) for group, amount in _groups(regular, version.special_price).items()}


def price_fields(price: CataloguePrice, terms: PriceTerms) -> Mapping[str, Decimal]:
    """``price`` and, for a sale, ``specialPrice``, as this shop has them.

    Raises:
        Held: The price is in another currency, or its VAT is not known but needed.
    """
    sale = {"specialPrice": _amount(price.sale, terms)} if price.sale else {}
    return {"price": _amount(price.regular, terms), **sale}


def _groups(regular: Decimal, special: Decimal | None) -> dict[str, Decimal]:
    return {REGULAR: regular, **({SALE: special} if special and 0 < special < regular else {})}


def _price(amount: Decimal, settings: GomagSettings) -> Price:
    return Price(amount=amount, gross=settings.prices_include_vat, currency=settings.currency)


def _amount(price: Price, terms: PriceTerms) -> Decimal:
    amount = amount_for(price, terms)
    if price.gross == terms.gross:
        return amount
    return cents(amount) if terms.gross else amount.quantize(NET_DIGITS, ROUND_HALF_UP)
