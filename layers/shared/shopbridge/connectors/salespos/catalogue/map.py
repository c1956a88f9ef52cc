"""A product of SalesPOS as everybody's; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from shopbridge.connectors.salespos.settings import TaxTariff
from shopbridge.connectors.salespos.stock.skus import item_id, lots_of, product_sku, variant_sku
from shopbridge.connectors.salespos.wire_products import ProductWhole, VariantRead, all_items
from shopbridge.errors import Held
from shopbridge.model.base import CurrencyCode, ExternalId
from shopbridge.model.catalogue import Feature, Price, Product, Variant


@dataclass(frozen=True)
class Terms:
    """How an account means its figures.

    Attributes:
        gross: Prices include tax.
        tariffs: Percentage to tariff, as set.
        keeps_stock: The shop-wide switch.
    """

    currency: CurrencyCode
    gross: bool
    tariffs: Mapping[str, TaxTariff]
    keeps_stock: bool


def product_of(product: ProductWhole, features: Sequence[Feature], terms: Terms) -> Product:
    """The product with its variants.

    Raises:
        Held: Its tax cannot be told, a price falls below zero, or attributes have one name.
    """
    lots = lots_of(product, product.variants, keeps_stock=terms.keeps_stock)
    stock = {lot.variant: lot.stock for lot in lots if lot.managed}
    sold = [variant for variant in product.variants if variant.active or variant_sku(product, variant)]
    return Product(
        id=ExternalId(str(product.id)),
        rank=product.id,
        sku=product_sku(product),
        name=product.name,
        short_text=product.shortdescription,
        long_text=product.description,
        ean=(product.eannumber or "").strip(),
        active=product.is_active,
        tax_rate=tax_rate(product, terms.tariffs),
        prices=_own_prices(product, sold, terms),
        stock=None if sold else stock.get(None),
        categories=tuple(ExternalId(str(link.category_id)) for link in all_items(product.producttocategories)),
        features=tuple(features),
        variants=tuple(_variant(product, variant, stock.get(variant.id), terms) for variant in sold),
        images=len(all_items(product.productphotos)) or (1 if product.productmainphoto else 0),
        extras=dict(_extras(product)),
    )


def _variant(product: ProductWhole, variant: VariantRead, stock: Decimal | None, terms: Terms) -> Variant:
    surcharge = variant.netto_extra_price or Decimal(0)
    return Variant(
        id=item_id(product.id, variant.id),
        sku=variant_sku(product, variant),
        ean=(variant.ean_number or "").strip(),
        active=variant.active,
        options=_options(product, variant),
        prices=_prices(product, surcharge, terms) if surcharge else {},
        stock=stock,
    )


def _options(product: ProductWhole, variant: VariantRead) -> dict[str, str]:
    if len(variant.options) < len(variant.combination):
        raise Held(
            f"The variants of {product_sku(product) or product.id} differ in two attributes of one name",
            code="unclear_variants",
            where="SalesPOS",
            fix="Give each of the attributes a name of its own in SalesPOS.",
        )
    return variant.options


def with_surcharge(price: Decimal, surcharge: Decimal) -> Decimal:
    """A variant's price.

    [inferred] ``netto_extra_price`` is a sum of extra prices (client S4), which are taken to be gross or net as prices
    are, whatever its name says.
    """
    return price + surcharge


def _own_prices(product: ProductWhole, sold: Sequence[VariantRead], terms: Terms) -> dict[str, Price]:
    """A product that nobody can buy, since each of its variants adds something, may be at nothing less its discount."""
    if product.price == 0 and sold and all(variant.netto_extra_price for variant in sold):
        _must_have_a_discount(product, terms)
        return {"regular": Price(amount=product.price, gross=terms.gross, currency=terms.currency)}
    return _prices(product, Decimal(0), terms)


def _prices(product: ProductWhole, surcharge: Decimal, terms: Terms) -> dict[str, Price]:
    """What it costs, and what it costs less its discount."""
    _must_have_a_discount(product, terms)
    amounts = {"regular": with_surcharge(product.price, surcharge)}
    if product.discount > 0:
        amounts["sale"] = amounts["regular"] - product.discount
    if min(amounts.values()) < 0:
        raise Held(
            f"The product {product_sku(product) or product.id} costs less than nothing",
            code="price_below_zero",
            where="SalesPOS",
            fix="Look at its price, its discount and the extra prices of its attributes in SalesPOS.",
        )
    return {
        group: Price(amount=amount, gross=terms.gross, currency=terms.currency) for group, amount in amounts.items()
    }


def _must_have_a_discount(product: ProductWhole, terms: Terms) -> None:
    """[inferred] A discount below nothing makes the price higher, since it is subtracted (platform file)."""
    if product.discount < 0:
        raise Held(
            f"The discount of {product_sku(product) or product.id} is {product.discount.normalize():f} "
            f"{terms.currency}: below zero it makes the price higher",
            code="negative_discount",
            where="SalesPOS",
            fix="Set the price itself in SalesPOS, and the discount to 0.",
        )


def known_rate(product: ProductWhole, tariffs: Mapping[str, TaxTariff]) -> Decimal | None:
    """The percentage of the product's tax as far as it can be told; None where ``tax_rate`` would raise."""
    try:
        return tax_rate(product, tariffs)
    except Held:
        return None


def unambiguous(rate: Decimal | None, tariffs: Mapping[str, TaxTariff]) -> bool:
    """The tariff of this percentage stands for no other one."""
    tariff = next((found for percentage, found in rates(tariffs) if percentage == rate), None)
    return len({percentage for percentage, found in rates(tariffs) if found == tariff}) <= 1


def tax_rate(product: ProductWhole, tariffs: Mapping[str, TaxTariff]) -> Decimal | None:
    """The percentage of the product's tariff, or its own deprecated one.

    Raises:
        Held: The settings give its tariff no percentage, or several.
    """
    if product.taxtariff is None:
        return product.vatrate
    found = {rate for rate, tariff in rates(tariffs) if tariff == product.taxtariff}
    if len(found) != 1:
        known = ", ".join(sorted(f"{rate.normalize():f}" for rate in found))
        raise Held(
            f"The tax tariff {product.taxtariff!r} stands for {known or 'no percentage'}",
            code="ambiguous_tax_tariff" if found else "unknown_tax_tariff",
            where=f"SalesPOS product {product_sku(product) or product.id}",
            fix=f"Give tax_tariffs in the settings of SalesPOS exactly one key with the value {product.taxtariff!r}.",
        )
    return found.pop()


def tariff_rate(tariff: str | None, tariffs: Mapping[str, TaxTariff]) -> Decimal | None:
    """The only percentage of a tariff; None where it has none, or several."""
    found = {rate for rate, named in rates(tariffs) if named == tariff}
    return found.pop() if len(found) == 1 else None


def rates(tariffs: Mapping[str, TaxTariff]) -> Iterator[tuple[Decimal, TaxTariff]]:
    """Percentages with their tariffs; a name that the tax map uses instead of a percentage is passed over."""
    for text, tariff in tariffs.items():
        try:
            rate = Decimal(text)
        except InvalidOperation:
            continue
        if rate.is_finite():
            yield rate, tariff


def _extras(product: ProductWhole) -> Iterator[tuple[str, Any]]:
    """Further facts for the merchant's own rules; absent ones are left out."""
    facts = {
        "mpn": product.mpnnumber,
        "unit": product.unit,
        "weight": product.weight,
        "purchase_price": product.purchaseprice,
        "stock_location": product.stocklocation,
        "memo": product.memo,
        "tax_tariff": product.taxtariff,
    }
    return ((name, fact) for name, fact in facts.items() if fact not in (None, ""))
