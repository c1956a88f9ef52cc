"""What a shop has under an SKU: a product or the one that it is a version of, with what a write has to know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from shopbridge.connectors.shoprenter.catalogue.map import (
    Family,
    ShopTerms,
    features_of,
    members_of,
    special_now,
    value_of,
    versions_of,
)
from shopbridge.connectors.shoprenter.catalogue.read import families_of, terms_of
from shopbridge.connectors.shoprenter.facts import ShopFacts
from shopbridge.connectors.shoprenter.product_index import SeenProduct, ShoprenterProductIndex
from shopbridge.connectors.shoprenter.wire import as_list
from shopbridge.connectors.shoprenter.wire_products import WireProduct
from shopbridge.errors import Held
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import ExternalId, Model
from shopbridge.model.catalogue import ProductField, TargetProduct


class PresentMember(Model):
    """One product of a family as it is there.

    Attributes:
        special: The id of the special price that everybody pays now; empty for none.
        chosen: It has a value of everything that its family's versions differ in.
    """

    id: str
    special: str
    chosen: bool
    on: bool


class PresentFamily(Model):
    """A product as it is there, which ``target_product`` remembers inside it.

    Attributes:
        versions: By SKU; the parent among them where it is one itself.
        texts: Its texts in all languages, as they came.
    """

    parent: PresentMember
    versions: dict[str, PresentMember]
    product_class: str
    texts: tuple[dict[str, Any], ...]


def target_product(family: Family, terms: ShopTerms) -> TargetProduct | Held:
    """Return a family for the product flow; the reason where it is not what we know."""
    try:
        parent, children = WireProduct.model_validate(family.parent), members_of(family.children)
    except ValidationError as error:
        return Held(
            f"The product in Shoprenter has an unexpected form at {first_error(error)}",
            code="unexpected_form",
            fix="Look at the product in Shoprenter and save it once more.",
        )
    versions = versions_of(parent, children, terms)
    listed = as_list(family.parent.get("productDescriptions"))
    inside = PresentFamily(
        parent=_present(parent, terms),
        versions={each.sku: _present(each, terms) for each in versions},
        product_class=parent.product_class,
        texts=tuple(each for each in listed if isinstance(each, dict)) if isinstance(listed, list) else (),
    )
    return TargetProduct(
        id=ExternalId(parent.id),
        sku="" if parent in versions else parent.sku,
        variants=frozenset(each.sku for each in versions if each.sku),
        filled=_filled(parent, versions, terms),
        tax_rate=terms.rates.get(parent.tax_class),
        inside=inside,
    )


def _present(wire: WireProduct, terms: ShopTerms) -> PresentMember:
    special = special_now(wire.product_specials, terms.now)
    told = {terms.key(each) for each in wire.product_attribute_extend if value_of(each, terms.language)}
    return PresentMember(
        id=wire.id,
        special=special.id if special else "",
        chosen=told.issuperset(terms.parameters.get(wire.product_class, ())),
        on=wire.is_on_sale,
    )


def _filled(parent: WireProduct, versions: Sequence[WireProduct], terms: ShopTerms) -> frozenset[ProductField]:
    texts = parent.described(terms.language)
    held: Mapping[ProductField, bool] = {
        "name": bool(texts.name),
        "short_text": bool(texts.short_description),
        "long_text": bool(texts.description),
        "ean": any(each.gtin for each in (parent, *versions)),
        "tax": terms.rates.get(parent.tax_class) is not None,
        "categories": bool(parent.product_category_relations),
        "features": any(features_of(parent, terms)),
    }
    return frozenset(field for field, holds in held.items() if holds) | {"active", "price", "stock"}


# --- looking up -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShoprenterProductFinder:
    """Finds products by the SKUs that they or their versions are sold under."""

    facts: ShopFacts
    index: ShoprenterProductIndex

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """Tell that a version's SKU leads to its product. Raises Held for a product that is not what we know."""
        found = self.index.look(skus)
        roots = self._roots([each for seen in found.values() for each in seen])
        odd = next((each for each in roots.values() if isinstance(each, Held)), None)
        if odd is not None:
            raise odd
        known = {key: each for key, each in roots.items() if isinstance(each, TargetProduct)}
        return {
            sku: _once([known[root_of(each)] for each in seen if root_of(each) in known]) for sku, seen in found.items()
        }

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Tell by SKU whether it can be bought: it is on sale, and its parent, too."""
        found = {sku: each for sku, seen in self.index.look(skus).items() for each in seen if each.sold.sku == sku}
        parents = self.index.read(root_of(each) for each in found.values() if not each.sold.is_parent)
        above = {sku: parents.get(root_of(each), each).sold for sku, each in found.items()}
        return {sku: each.sold.is_on_sale and above[sku].is_on_sale for sku, each in found.items()}

    def _roots(self, seen: Sequence[SeenProduct]) -> dict[str, TargetProduct | Held]:
        """The products that these are, or are versions of, by id."""
        own = {each.sold.id: each for each in seen if each.sold.is_parent}
        others = {root_of(each) for each in seen if not each.sold.is_parent} - own.keys()
        roots = [*own.values(), *self.index.read(sorted(others)).values()]
        terms = terms_of(self.facts, self.index) if roots else None
        families = families_of(roots, self.index)
        return {key: target_product(family, terms) for key, family in families.items() if terms}


def root_of(seen: SeenProduct) -> str:
    """Return the id of the product that this one is a version of, else its own."""
    return seen.sold.id if seen.sold.is_parent else seen.sold.parent_product


def _once(products: Sequence[TargetProduct]) -> list[TargetProduct]:
    return list({each.id: each for each in products}.values())
