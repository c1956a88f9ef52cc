"""SalesPOS as a target of products: found by their numbers, written one by one, taken off sale."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal

from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.salespos.api import patch
from shopbridge.connectors.salespos.catalogue.map import known_rate
from shopbridge.connectors.salespos.catalogue.properties import values_of
from shopbridge.connectors.salespos.catalogue.read import WholeProducts
from shopbridge.connectors.salespos.product_index import SalesPosProductIndex
from shopbridge.connectors.salespos.reasons import is_gone
from shopbridge.connectors.salespos.settings import TaxTariff
from shopbridge.connectors.salespos.stock.skus import product_sku, variant_sku
from shopbridge.connectors.salespos.wire_products import ProductWhole, all_items
from shopbridge.errors import AlreadyDone, Rejected
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import ProductField, TargetProduct
from shopbridge.model.ledger import Reason

UNFINISHED = "Shopbridge: not complete yet"
"""Internal note of a product whose creation is under way. It takes several calls: until the last one the product is not
for sale, and whoever looks it up is told that it is not there, so that it is created to its end."""


class ProductFinder:
    """Finds products in an account by what they are sold under."""

    def __init__(
        self, numbers: SalesPosProductIndex, products: WholeProducts, tariffs: Mapping[str, TaxTariff]
    ) -> None:
        self._tariffs = tariffs
        self._numbers = numbers
        self._products = products

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """The products with these numbers, themselves or on a variant; those of a creation under way are left out.

        All numbers of the account are read first, at most every ten minutes: only so is it sure that a variant's
        number is nowhere, or in two places. Then each product that has one of them is read, one call each. One whose
        number differs in capitals is found, too: it is the flow's to judge.
        """
        self._numbers.read_all()
        for sku in self._numbers.doubted(skus):
            self._products.note_numbered(sku)
        places = {sku: self._numbers.seen.ids(sku) for sku in skus if sku}
        read = {place: self._products.one(place) for place in sorted(set().union(*places.values()))}
        found = {
            sku: [self._known(product) for place in sorted(ids) if (product := read[place]) and _sells(product, sku)]
            for sku, ids in places.items()
        }
        return {sku: products for sku, products in found.items() if products}

    def _known(self, product: ProductWhole) -> TargetProduct:
        return known(product, known_rate(product, self._tariffs))


def _sells(product: ProductWhole, sku: str) -> bool:
    numbers = {product_sku(product), *(variant_sku(product, variant) for variant in product.variants)}
    return product.memo != UNFINISHED and sku.casefold() in map(str.casefold, numbers)


def known(product: ProductWhole, rate: Decimal | None) -> TargetProduct:
    """A product as the flow knows it, at its tax in percent; inside, all that was read of it."""
    return TargetProduct(
        id=ExternalId(str(product.id)),
        sku=product_sku(product),
        variants=frozenset(filter(None, (variant_sku(product, variant) for variant in product.variants))),
        filled=_filled(product),
        tax_rate=rate,
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


class Retiring:
    """Tells what is for sale, and takes variants off it."""

    def __init__(self, client: PlatformClient, numbers: SalesPosProductIndex) -> None:
        self._client = client
        self._numbers = numbers

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """By number whether it is for sale; all products are read, at most every ten minutes."""
        self._numbers.read_all()
        found = {sku: self._numbers.is_for_sale(sku) for sku in skus if sku}
        return {sku: on for sku, on in found.items() if on is not None}

    def deactivate(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """Take variants off sale, a call for each product that has some of them and one for each of them."""
        refused: dict[str, Reason] = {}
        for product in dict.fromkeys(variants.values()):
            skus = {sku for sku, place in variants.items() if place == product}
            for sku, variant in self._variants(int(product), skus):
                try:
                    with suppress(AlreadyDone):
                        self._client.send(patch(f"/attributecombinations/{variant}/", {"active": False}))
                except Rejected as error:
                    if not is_gone(error):
                        refused[sku] = reason_of(error)
        return refused

    def _variants(self, place: int, skus: Collection[str]) -> list[tuple[str, int]]:
        product = self._numbers.read(place)
        numbers = ((variant_sku(product, each), each.id) for each in self._numbers.variants(product)) if product else ()
        return [(sku, variant) for sku, variant in numbers if sku in skus]


def deactivate(client: PlatformClient, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
    """Take products off sale; one that is gone is no problem."""
    refused: dict[ExternalId, Reason] = {}
    for product in ids:
        try:
            with suppress(AlreadyDone):
                client.send(patch(f"/products/{product.partition('/')[0]}/", {"active": False}))
        except Rejected as error:
            if not is_gone(error):
                refused[product] = reason_of(error)
    return refused
