"""SalesPOS as a source of products: read with all that is carried over, and made everybody's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.kit.rows import products_page
from shopbridge.connectors.salespos.account import SalesPosAccount
from shopbridge.connectors.salespos.api import SIZE, Sweep, get, in_language, members, read_if_there, step
from shopbridge.connectors.salespos.catalogue.categories import Categories
from shopbridge.connectors.salespos.catalogue.features import AccountProperties, values_of
from shopbridge.connectors.salespos.product_index import SalesPosProductIndex
from shopbridge.connectors.salespos.settings import SalesPosSettings, TaxTariff, rates_of, tariff_rate
from shopbridge.connectors.salespos.stock.read import sold_items
from shopbridge.connectors.salespos.wire import Listed, Page
from shopbridge.connectors.salespos.wire_products import (
    CATEGORY_LINKS,
    GROUP_LINKS,
    RAW,
    RAW_PAGE,
    RAW_SWEEP,
    ProductWhole,
    RawProduct,
    VariantRead,
    all_items,
    item_id,
    product_sku,
    variant_sku,
)
from shopbridge.errors import Held
from shopbridge.http.answer import Call
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.identity import sound_name
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import CurrencyCode, ExternalId
from shopbridge.model.catalogue import (
    Category,
    Feature,
    Price,
    Product,
    ProductField,
    ProductPage,
    TargetProduct,
    UnreadableProduct,
    Variant,
)

EXPANDED = "attributecombinations,producttocategories,producttopropertygroups,productphotos"
Member = TypeVar("Member")


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


class ProductReader:
    """Products in one language, whole: what an expansion has no room for is read as well."""

    def __init__(self, client: PlatformClient, index: SalesPosProductIndex, language: str) -> None:
        self._client = client
        self._index = index
        self._language = language

    def page(self, place: Sweep) -> Page[RawProduct]:
        """Return one page by ascending id."""
        return self._client.read(self._call(orderby="id", start=str(place.start)), RAW_SWEEP)

    def with_number(self, number: str) -> Iterator[ProductWhole]:
        """Yield the products with this number of their own."""
        found = self._client.read(self._call(productnumber=number), RAW_PAGE).items
        return (self.completed(raw) for raw in found if raw.productnumber.strip() == number)

    def note_number(self, number: str) -> None:
        """Look where this number is, and remember it."""
        for _ in self.with_number(number):
            continue

    def read(self, product_id: int) -> ProductWhole | None:
        """Return one product; None when it is gone. Raises Held as ``completed`` does."""
        call = in_language(get(f"/products/{product_id}/", expand=EXPANDED), self._language)
        raw = read_if_there(self._client, call, RAW)
        return self.completed(raw) if raw is not None else None

    def completed(self, raw: RawProduct) -> ProductWhole:
        """Return a product of a page. Raises Held when it has not the form of one (code ``unreadable_product``)."""
        try:
            product = ProductWhole.model_validate(raw.model_dump())
        except ValidationError as error:
            raise Held(
                f"It has an unexpected form at {first_error(error)}",
                code="unreadable_product",
                where=f"SalesPOS product {raw.productnumber or raw.id}",
                fix="Open and save the product in SalesPOS; if that does not help, give this message to our support.",
            ) from error
        return self._filled(product)

    def _call(self, **params: str) -> Call:
        return in_language(get("/products/", **params, expand=EXPANDED, size=SIZE), self._language)

    def _filled(self, product: ProductWhole) -> ProductWhole:
        _, variants = self._index.noted(product)
        path = f"/products/{product.id}"
        categories, groups = product.producttocategories, product.producttopropertygroups
        if any(group.values is None for group in all_items(groups)):
            groups = Listed()
        return product.model_copy(
            update={
                "attributecombinations": Listed(items=tuple(variants)),
                "producttocategories": self._whole(categories, f"{path}/producttocategories/", CATEGORY_LINKS),
                "producttopropertygroups": self._whole(groups, f"{path}/producttopropertygroups/", GROUP_LINKS),
            }
        )

    def _whole(self, inline: Listed[Member] | None, path: str, shape: TypeAdapter[Page[Member]]) -> Listed[Member]:
        return Listed(items=tuple(members(self._client, inline, path, shape, self._language)))


class SalesPosProducts:
    """The products of an account; the port ``CatalogueSource`` tells the terms."""

    def __init__(
        self, client: PlatformClient, account: SalesPosAccount, settings: SalesPosSettings, products: ProductReader
    ) -> None:
        self._account = account
        self._settings = settings
        self._products = products
        self._categories = Categories(client, settings.language)
        self._properties = AccountProperties(client, settings.language)

    def categories(self) -> Sequence[Category]:
        """Return all categories, in one call."""
        return self._categories.all()

    def page(self, position: str | None) -> ProductPage:
        """Return up to 250 products by ascending id, in one call; the names of features are read once a sweep."""
        place = Sweep.parse(position)
        if position is None:
            self._properties.forget()
        new, after = step(place, self._products.page(place))
        read = [self._read(raw) for raw in new]
        return products_page(read, after.text() if after else None)

    def _read(self, raw: RawProduct) -> Product | UnreadableProduct:
        try:
            product = self._products.completed(raw)
            features = tuple(self._properties.features_of(all_items(product.producttopropertygroups)))
            return product_of(product, features, terms_of(self._account, self._settings))
        except Held as error:
            return UnreadableProduct(
                id=str(raw.id), rank=raw.id, sku=sound_name(raw.productnumber.strip()), reason=reason_of(error)
            )


def terms_of(account: SalesPosAccount, settings: SalesPosSettings) -> Terms:
    """Return how an account means its figures."""
    return Terms(account.currency, account.prices_include_tax, settings.tax_tariffs, account.keeps_stock)


def product_of(product: ProductWhole, features: Sequence[Feature], terms: Terms) -> Product:
    """Return the product with its variants.

    Raises:
        Held: Its tax cannot be told, a price falls below zero, or attributes have one name.
    """
    items = sold_items(product, product.variants, keeps_stock=terms.keeps_stock)
    stock = {item.variant: item.stock for item in items if item.managed}
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


def _own_prices(product: ProductWhole, sold: Sequence[VariantRead], terms: Terms) -> dict[str, Price]:
    """A product that nobody can buy, since each of its variants adds something, may be at nothing less its discount.

    [inferred] A discount below nothing makes the price higher, since it is subtracted (platform file).
    """
    if product.discount < 0:
        raise Held(
            f"The discount of {product_sku(product) or product.id} is {product.discount.normalize():f} "
            f"{terms.currency}: below zero it makes the price higher",
            code="negative_discount",
            where="SalesPOS",
            fix="Set the price itself in SalesPOS, and the discount to 0.",
        )
    if product.price == 0 and sold and all(variant.netto_extra_price for variant in sold):
        return {"regular": Price(amount=product.price, gross=terms.gross, currency=terms.currency)}
    return _prices(product, Decimal(0), terms)


def _prices(product: ProductWhole, surcharge: Decimal, terms: Terms) -> dict[str, Price]:
    """What it costs, and what it costs less its discount.

    [inferred] ``netto_extra_price`` is a sum of extra prices (client S4), which are taken to be gross or net as prices
    are, whatever its name says.
    """
    amounts = {"regular": product.price + surcharge}
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


def tax_rate(product: ProductWhole, tariffs: Mapping[str, TaxTariff]) -> Decimal | None:
    """Return the percentage of the product's tariff, or its own deprecated one.

    Raises:
        Held: The settings give its tariff no percentage, or several.
    """
    if product.taxtariff is None:
        return product.vatrate
    found = rates_of(product.taxtariff, tariffs)
    if len(found) != 1:
        known = ", ".join(sorted(f"{rate.normalize():f}" for rate in found))
        raise Held(
            f"The tax tariff {product.taxtariff!r} stands for {known or 'no percentage'}",
            code="ambiguous_tax_tariff" if found else "unknown_tax_tariff",
            where=f"SalesPOS product {product_sku(product) or product.id}",
            fix=f"Give tax_tariffs in the settings of SalesPOS exactly one key with the value {product.taxtariff!r}.",
        )
    return tariff_rate(product.taxtariff, tariffs)


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


def target_product(product: ProductWhole, tariffs: Mapping[str, TaxTariff]) -> TargetProduct:
    """Return a product as the flow knows it, with its tax as far as it can be told; inside, all that was read of it."""
    return TargetProduct(
        id=ExternalId(str(product.id)),
        sku=product_sku(product),
        variants=frozenset(filter(None, (variant_sku(product, variant) for variant in product.variants))),
        filled=_filled(product),
        tax_rate=product.vatrate if product.taxtariff is None else tariff_rate(product.taxtariff, tariffs),
        inside=product,
    )


def _filled(product: ProductWhole) -> frozenset[ProductField]:
    """What holds something. Whether it is for sale, its tax and its price always do; its stock, where stock is kept."""
    holds: dict[ProductField, object] = {
        "name": product.name,
        "short_text": product.shortdescription,
        "long_text": product.description,
        "ean": product.eannumber or any(variant.ean_number for variant in product.variants),
        "active": True,
        "tax": True,
        "price": True,
        "stock": product.stockenabled,
        "categories": all_items(product.producttocategories),
        "features": any(value.value for value in values_of(all_items(product.producttopropertygroups))),
    }
    return frozenset(field for field, value in holds.items() if value)
