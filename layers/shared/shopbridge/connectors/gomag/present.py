"""What a write has to know of a product that Gomag has."""

from collections.abc import Mapping

from shopbridge.connectors.gomag.own_terms import OwnTerms
from shopbridge.connectors.gomag.wire_products import WireProduct
from shopbridge.model.base import ExternalId, Model
from shopbridge.model.catalogue import ProductField, TargetProduct

_ALWAYS_FILLED: frozenset[ProductField] = frozenset({"active", "price", "stock"})
"""Every product has them: nothing and switched off are values, too."""


class Present(Model):
    """A product as it is there.

    Attributes:
        own_terms: What it says of its currency and of VAT in its price.
        on_sale: The SKUs that have a special price now.
        versions: Its versions' SKUs.
    """

    own_terms: OwnTerms
    on_sale: tuple[str, ...]
    versions: tuple[str, ...]

    @classmethod
    def of(cls, known: TargetProduct) -> "Present":
        """What ``target_product`` remembered."""
        return known.noted(cls)


def target_product(wire: WireProduct, own: OwnTerms, language: str) -> TargetProduct:
    """A product for the product flow, with its own terms of prices; texts count in this language."""
    present = Present(
        own_terms=own,
        on_sale=tuple(each.sku for each in (wire, *wire.versions) if each.special_price),
        versions=tuple(version.sku for version in wire.versions),
    )
    return TargetProduct(
        id=ExternalId(str(wire.id)),
        sku=wire.sku,
        variants=frozenset(filter(None, present.versions)),
        filled=_filled(wire, language),
        tax_rate=wire.vat,
        inside=present,
    )


def _filled(wire: WireProduct, language: str) -> frozenset[ProductField]:
    """One version's EAN is enough not to overwrite any."""
    held: Mapping[ProductField, bool] = {
        "name": bool(wire.name_in(language)),
        "long_text": bool(wire.description_in(language)),
        "ean": bool(wire.ean) or any(version.ean for version in wire.versions),
        "tax": wire.vat is not None,
        "categories": bool(wire.categories),
        "features": bool(wire.attributes),
    }
    return frozenset(field for field, holds in held.items() if holds) | _ALWAYS_FILLED
