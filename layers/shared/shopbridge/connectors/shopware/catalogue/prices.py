"""Prices of products: Shopware keeps a gross and a net amount, and computes neither from the other (D8, C9)."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from shopbridge.connectors.shopware.facts import DEFAULT_CURRENCY, Currency
from shopbridge.connectors.shopware.wire import Amount, Wire
from shopbridge.errors import Held
from shopbridge.mapping.json_data import json_number
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.taxes import with_tax, without_tax
from shopbridge.model.catalogue import CataloguePrice, Price

REGULAR, SALE = "regular", "sale"
"""The price groups a shop has."""
NET_DIGITS = Decimal("1e-10")
"""A net amount keeps ten decimals, as the administration computes it (I#5610): so the gross one is met to the cent."""


class WireAmounts(Wire):
    """Both amounts of a price."""

    gross: Amount
    net: Amount


class WireEntry(WireAmounts):
    """A price in one currency; ``list_price`` is the one crossed out."""

    currency_id: str
    list_price: WireAmounts | None = None


class _KeptAmounts(WireAmounts):
    linked: bool | None = None


class StoredPrice(_KeptAmounts):
    """A price in one currency with all that has to be sent back when the list is written."""

    currency_id: str
    list_price: _KeptAmounts | None = None
    regulation_price: _KeptAmounts | None = None


def net_of(gross: Decimal, rate: Decimal) -> Decimal:
    """Return the net amount of a gross one, to ten decimals."""
    return without_tax(gross, rate).quantize(NET_DIGITS, ROUND_HALF_UP)


def gross_of(net: Decimal, rate: Decimal) -> Decimal:
    """Return the gross amount of a net one, to the cent: it is what a buyer pays."""
    return cents(with_tax(net, rate))


def read_prices(
    entries: Sequence[WireEntry] | None, currency: Currency, kind: Literal["gross", "net"]
) -> dict[str, Price]:
    """Return price groups from a price list: a crossed-out price above the price makes the price a sale.

    Empty when the list has no entry in the currency: what the shop would compute from its rates is not the merchant's.
    """
    entry = next((entry for entry in entries or () if entry.currency_id == currency.id), None)
    if entry is None:
        return {}
    price = _price(entry, currency, kind)
    crossed_out = _price(entry.list_price, currency, kind) if entry.list_price else price
    on_sale = crossed_out.amount > price.amount
    return {REGULAR: crossed_out, SALE: price} if on_sale else {REGULAR: price}


def price_list(
    price: CataloguePrice, rate: Decimal, currency: Currency, stored: Sequence[StoredPrice]
) -> list[dict[str, Any]]:
    """Return the whole new list: it is replaced on write, so entries of other currencies are sent along as they are.

    Args:
        rate: The product's tax in percent.
        stored: The list as it is; empty for a new product.

    Raises:
        Held: The price is in another currency, or the list would lack the shop's own.
    """
    if price.regular.currency != currency.code:
        raise _other_currency(price.regular.currency, currency)
    if not currency.is_default and not any(each.currency_id == DEFAULT_CURRENCY for each in stored):
        raise _needs_own_currency(currency)
    ours = next((each for each in stored if each.currency_id == currency.id), None)
    entry: dict[str, Any] = {"currencyId": currency.id, **_linked(price.sale or price.regular, rate)}
    if price.sale:
        entry["listPrice"] = _linked(price.regular, rate)
    if ours and ours.regulation_price:
        entry["regulationPrice"] = _amounts(ours.regulation_price)
    return [entry, *(_kept(each) for each in stored if each.currency_id != currency.id)]


def no_price() -> list[dict[str, Any]]:
    """Return a price list for a product that needs one and gets none from us."""
    return [{"currencyId": DEFAULT_CURRENCY, "gross": 0, "net": 0, "linked": True}]


def _other_currency(code: str, currency: Currency) -> Held:
    return Held(
        f"The price is in {code}, but the shop's prices are written in {currency.code}",
        code="other_currency",
        fix="Choose a price group in the shop's currency, or set currency of the connection's Shopware side.",
    )


def _needs_own_currency(currency: Currency) -> Held:
    return Held(
        f"Shopware takes no price in {currency.code} alone: every price list has to hold the shop's own currency",
        code="no_own_currency",
        fix="Give the product a price in the shop's own currency there, or carry prices in that currency.",
    )


def _price(amounts: WireAmounts, currency: Currency, kind: Literal["gross", "net"]) -> Price:
    amount = amounts.gross if kind == "gross" else amounts.net
    return Price(amount=amount, gross=kind == "gross", currency=currency.code)


def _linked(price: Price, rate: Decimal) -> dict[str, Any]:
    gross = price.amount if price.gross else gross_of(price.amount, rate)
    net = net_of(price.amount, rate) if price.gross else price.amount
    return {"gross": json_number(gross), "net": json_number(net), "linked": True}


def _kept(entry: StoredPrice) -> dict[str, Any]:
    """An entry without the helper keys of answers, which must not be sent back."""
    further = {"listPrice": entry.list_price, "regulationPrice": entry.regulation_price}
    return {
        "currencyId": entry.currency_id,
        **_amounts(entry),
        **{name: _amounts(amounts) for name, amounts in further.items() if amounts},
    }


def _amounts(kept: _KeptAmounts) -> dict[str, Any]:
    linked = {} if kept.linked is None else {"linked": kept.linked}
    return {"gross": json_number(kept.gross), "net": json_number(kept.net), **linked}
