"""A price as its target keeps it: in its currency, with tax or without, by the tax of the target's product; pure.

What a buyer pays must not change on the way. So a price is converted by the rate that the target's product has once
everything is written, which is not always the source's: mostly a target keeps the tax that it has.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from shopbridge.errors import Held
from shopbridge.mapping.taxes import with_tax, without_tax


class AnyPrice(Protocol):
    """What one unit costs at the source."""

    @property
    def amount(self) -> Decimal:
        """In major units."""

    @property
    def gross(self) -> bool:
        """The amount includes tax."""

    @property
    def currency(self) -> str:
        """Its code."""


@dataclass(frozen=True)
class PriceTerms:
    """How a target keeps the prices of one product.

    Attributes:
        target: What people call the platform.
        gross: They include tax.
        rate: Percent, once the change is written; None when nobody says.
        fix: What to do about a rate that nobody says.
    """

    target: str
    currency: str
    gross: bool
    rate: Decimal | None
    fix: str


def tax_fix(target: str, *, keeps_tax: bool) -> str:
    """Say what to do where nobody knows the product's tax in the target, which keeps its own or the source's."""
    if keeps_tax:
        return f"Give the product a tax in {target}, or set tax in products.fields to always."
    return "Give the product a tax rate at the source, and let tax travel in products.fields."


def amount_for(price: AnyPrice, terms: PriceTerms) -> Decimal:
    """Return the amount as the target keeps it, not rounded.

    Raises:
        Held: It is in another currency (code ``other_currency``), or needs a tax that nobody tells (``no_tax_rate``).
    """
    if price.currency != terms.currency:
        raise Held(
            f"The price is in {price.currency}, but {terms.target} has its prices in {terms.currency}",
            code="other_currency",
            where=terms.target,
            fix=f"Choose a price group in {terms.currency} for the connection, or correct the currency in the settings "
            f"of {terms.target}.",
        )
    if price.gross == terms.gross:
        return price.amount
    rate = known_rate(terms)
    return gross_amount(price, rate) if terms.gross else net_amount(price, rate)


def conversion_rate(prices: Iterable[AnyPrice], terms: PriceTerms) -> Decimal | None:
    """Return the rate that any of these prices is converted with; None when none is."""
    return terms.rate if any(price.gross != terms.gross for price in prices) else None


def refuse_other_tax(converted_by: Decimal | None, written: Decimal | None, target: str) -> None:
    """Raise Held when a rule of the merchant's own writes another tax than prices were converted with."""
    if converted_by is None or written is None or converted_by == written:
        return
    raise Held(
        f"A rule writes {written.normalize():f} % tax, the price was converted with {converted_by.normalize():f} %",
        code="tax_by_rule",
        where=target,
        fix="Take the tax out of products.rules, and let it travel by products.fields, or give the product the right "
        "tax at the source.",
    )


def known_rate(terms: PriceTerms) -> Decimal:
    """Return the rate. Raises Held when nobody tells it (code ``no_tax_rate``)."""
    if terms.rate is None:
        raise Held(
            f"The price cannot be converted: nobody tells which tax the product has in {terms.target}",
            code="no_tax_rate",
            where=terms.target,
            fix=terms.fix,
        )
    return terms.rate


def gross_amount(price: AnyPrice, rate: Decimal) -> Decimal:
    """Return what a buyer pays, not rounded."""
    return price.amount if price.gross else with_tax(price.amount, rate)


def net_amount(price: AnyPrice, rate: Decimal) -> Decimal:
    """Return what is left of it without the tax, not rounded."""
    return without_tax(price.amount, rate) if price.gross else price.amount
