"""Reading products whole, page by page: each with its versions, which are products of their own in the list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopbridge.connectors.kit.rows import products_page
from shopbridge.connectors.shoprenter.catalogue.categories import ShoprenterCategories
from shopbridge.connectors.shoprenter.catalogue.map import Family, ShopTerms, read_family
from shopbridge.connectors.shoprenter.facts import ShopFacts
from shopbridge.connectors.shoprenter.product_index import SeenProduct, ShoprenterProductIndex
from shopbridge.model.catalogue import Category, ProductPage


@dataclass(frozen=True)
class ShoprenterProducts:
    """Products by rank, each with all its versions."""

    facts: ShopFacts
    index: ShoprenterProductIndex
    tree: ShoprenterCategories

    def categories(self) -> Sequence[Category]:
        """Return all categories, as they are now."""
        return self.tree.all()

    def page(self, position: str | None) -> ProductPage:
        """Return one page. Raises RetryLater also when the list is empty or in no order by number."""
        step = self.index.step(position)
        parents = [(rank, each) for rank, each in step.rows if stands_alone(each, self.index)]
        families = families_of((each for _, each in parents), self.index)
        terms = terms_of(self.facts, self.index) if parents else None
        read = [read_family(families[each.sold.id], rank, terms) for rank, each in parents if terms]
        return products_page(read, step.position)


def stands_alone(seen: SeenProduct, index: ShoprenterProductIndex) -> bool:
    """Tell a product from a version of another one, which comes with that."""
    return seen.sold.is_parent or not index.may_have_versions(seen.sold)


def families_of(parents: Iterable[SeenProduct], index: ShoprenterProductIndex) -> Mapping[str, Family]:
    """Return each product with its versions, by its id."""
    known = list(parents)
    below = index.children(each.sold for each in known)
    return {each.sold.id: Family(each.row, tuple(child.row for child in below.get(each.sold.id, ()))) for each in known}


def terms_of(facts: ShopFacts, index: ShoprenterProductIndex) -> ShopTerms:
    """Return how the shop's products are read right now. Raises NeedsAttention without its language."""
    rates: dict[str, Decimal | None] = {key: each.rate for key, each in facts.taxes.value().items()}
    return ShopTerms(
        language=facts.language_id,
        currency=facts.currency,
        now=facts.clock().astimezone(facts.zone),
        rates=rates,
        parameters={each.id: each.parameters for each in index.classes},
        attribute_ids=index.attribute_ids,
        stocks=facts.stocks,
        sells_parents=facts.sells_parents,
    )
