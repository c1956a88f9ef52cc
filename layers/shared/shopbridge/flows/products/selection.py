"""Which products and categories of a source travel at all; pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from shopbridge.mapping.names import folded
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category, Product
from shopbridge.model.product_settings import ProductSettings

LeftOut = Literal["disabled", "excluded"]


class CategoryTree:
    """A source's categories. One whose parent is not there is a root; those that run in a circle are no part of it.

    Attributes:
        ordered: Every category after its parent.
        circling: Those that cannot be reached from any root: they run in a circle, or lie below such ones.
    """

    def __init__(self, categories: Iterable[Category]) -> None:
        self.by_id = {category.id: category for category in categories}
        self._children: dict[ExternalId | None, list[Category]] = defaultdict(list)
        for category in self.by_id.values():
            self._children[self.parent_of(category)].append(category)
        self.ordered = tuple(self._below(None))
        reached = {category.id for category in self.ordered}
        self.circling = tuple(category for category in self.by_id.values() if category.id not in reached)

    def parent_of(self, category: Category) -> ExternalId | None:
        """Its parent, if that is there."""
        return category.parent if category.parent in self.by_id else None

    def circle_above(self, category: Category) -> tuple[Category, ...]:
        """The circle that a circling category is in or below, each under the one before it."""
        line: list[Category] = []
        while category not in line:
            line.append(category)
            category = self.by_id[self.parent_of(category) or category.id]
        return tuple(reversed(line[line.index(category) :]))

    def with_all_below(self, chosen: Iterable[ExternalId]) -> frozenset[ExternalId]:
        """These categories and everything under them."""
        return frozenset(found for root in chosen for found in (root, *(each.id for each in self._below(root))))

    def _below(self, top: ExternalId | None) -> Iterator[Category]:
        seen = {top}
        waiting = list(reversed(self._children[top]))
        while waiting:
            category = waiting.pop()
            if category.id not in seen:
                seen.add(category.id)
                yield category
                waiting.extend(reversed(self._children[category.id]))


@dataclass(frozen=True)
class Selection:
    """What the settings take of a source.

    Attributes:
        excluded: Categories that are left out, with all below them.
        disabled: Categories that are switched off, with all below them.
    """

    excluded: frozenset[ExternalId]
    disabled: frozenset[ExternalId]
    include_disabled: bool

    def left_out(self, product: Product) -> LeftOut | None:
        """Why a product does not travel; None when it does."""
        if not product.active and not self.include_disabled:
            return "disabled"
        return "excluded" if product.categories and self.excluded.issuperset(product.categories) else None

    def takes(self, category: Category) -> bool:
        """A category is created in the target when it is missing there."""
        return category.id not in self.excluded and (self.include_disabled or category.id not in self.disabled)


def select(tree: CategoryTree, settings: ProductSettings) -> Selection:
    """What the settings take of a source with these categories."""
    return Selection(
        excluded=tree.with_all_below(_named(tree, settings.exclude_categories)),
        disabled=tree.with_all_below(category.id for category in tree.by_id.values() if not category.active),
        include_disabled=settings.include_disabled,
    )


def _named(tree: CategoryTree, keys: Sequence[str]) -> list[ExternalId]:
    wanted = {folded(key) for key in keys}
    return [category.id for category in tree.by_id.values() if {folded(category.id), folded(category.name)} & wanted]
