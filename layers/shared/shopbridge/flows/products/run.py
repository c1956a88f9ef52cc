"""One slice of a product run: both sides, the settings, and which products and categories of the source travel."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from shopbridge.errors import Held
from shopbridge.flows.notices import SCHEDULE
from shopbridge.flows.products.change import ProductTerms, seed_of
from shopbridge.flows.products.flat import split
from shopbridge.flows.runs import Slice
from shopbridge.mapping.names import folded
from shopbridge.mapping.rule_engine import PRODUCT, CompiledRule, compile_rules
from shopbridge.model.base import ConnectionId, CurrencyCode, ExternalId
from shopbridge.model.catalogue import Category, Product, UnreadableProduct
from shopbridge.model.connection import SIDES_OF
from shopbridge.model.ledger import Reason
from shopbridge.model.product_settings import ProductSettings
from shopbridge.model.run import RunProblem
from shopbridge.ports import CatalogueSource, CatalogueTarget

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
        """Return its parent, if that is there."""
        return category.parent if category.parent in self.by_id else None

    def circle_above(self, category: Category) -> tuple[Category, ...]:
        """Return the circle that a circling category is in or below, each under the one before it."""
        line: list[Category] = []
        while category not in line:
            line.append(category)
            category = self.by_id[self.parent_of(category) or category.id]
        return tuple(reversed(line[line.index(category) :]))

    def with_all_below(self, chosen: Iterable[ExternalId]) -> frozenset[ExternalId]:
        """Return these categories and everything under them."""
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
        """Return why a product does not travel; None when it does."""
        if not product.active and not self.include_disabled:
            return "disabled"
        return "excluded" if product.categories and self.excluded.issuperset(product.categories) else None

    def takes(self, category: Category) -> bool:
        """Tell whether a category is created in the target when it is missing there."""
        return category.id not in self.excluded and (self.include_disabled or category.id not in self.disabled)


def select(tree: CategoryTree, settings: ProductSettings) -> Selection:
    """Return what the settings take of a source with these categories."""
    return Selection(
        excluded=tree.with_all_below(_named(tree, settings.exclude_categories)),
        disabled=tree.with_all_below(category.id for category in tree.by_id.values() if not category.active),
        include_disabled=settings.include_disabled,
    )


def _named(tree: CategoryTree, keys: Sequence[str]) -> list[ExternalId]:
    wanted = {folded(key) for key in keys}
    return [category.id for category in tree.by_id.values() if {folded(category.id), folded(category.name)} & wanted]


@dataclass(frozen=True)
class ProductJob:
    """What the stages of a product run share."""

    turn: Slice

    @property
    def connection(self) -> ConnectionId:
        """The connection's id."""
        return self.turn.connection.id

    @property
    def settings(self) -> ProductSettings:
        """What the operator set for products."""
        return self.turn.connection.settings.products

    @cached_property
    def source(self) -> CatalogueSource:
        """Where products come from. Raises NeedsAttention."""
        side = SIDES_OF[self.settings.direction][0]
        return self.turn.bridge.platforms.parts(self.turn.connection, side).catalogue_source

    @cached_property
    def target(self) -> CatalogueTarget:
        """Where they go. Raises NeedsAttention."""
        side = SIDES_OF[self.settings.direction][1]
        return self.turn.bridge.platforms.parts(self.turn.connection, side).catalogue_target

    def pieces(self, record: Product | UnreadableProduct) -> Sequence[Product | UnreadableProduct]:
        """Return what a record of the source is in the target: itself, or its variants where the target has none."""
        if isinstance(record, Product) and record.variants and self.target.is_flat:
            return split(record, self.settings.prices.group)
        return (record,)

    @property
    def carries_categories(self) -> bool:
        """Categories are carried along."""
        return self.settings.policy("categories") != "never"

    @cached_property
    def tree(self) -> CategoryTree:
        """The source's categories; empty when nothing depends on them, which saves the call.

        Raises:
            Held: There are none, although some are to be left out: what is left out must not travel for that.
        """
        wanted = self.carries_categories or self.settings.exclude_categories
        tree = CategoryTree(self.source.categories() if wanted else ())
        if self.settings.exclude_categories and not tree.by_id:
            raise Held(
                "The source hands out no categories, so nobody knows what products.exclude_categories leaves out",
                code="empty_source",
                fix="Check the rights of the credentials at the source; where it has no categories, empty the setting.",
            )
        return tree

    @cached_property
    def selection(self) -> Selection:
        """What the settings take of the source."""
        return select(self.tree, self.settings)

    @cached_property
    def terms(self) -> ProductTerms:
        """What the content of every product is decided by."""
        return ProductTerms(self.settings, self._currency, self._rules(), seed_of(self.turn.connection.settings))

    @property
    def tells_everything(self) -> bool:
        """Somebody asked for the run: what was told before is told again."""
        return self.turn.run.started_by != SCHEDULE

    def problem(self, item: str, reason: Reason) -> bool:
        """Keep a problem with the run; True unless it is there already."""
        is_new = RunProblem(item=item, reason=reason) not in self.turn.run.problems
        if is_new:
            self.turn.tell(item, reason)
        return is_new

    def warn(self, event: str, reason: Reason, **facts: object) -> None:
        """Tell what needs a person."""
        log = self.turn.bridge.activity
        log.warning(event, self.connection, fix=reason.fix, code=reason.code, reason=reason.text, **facts)

    def info(self, event: str, **facts: object) -> None:
        """Tell what happened as it should."""
        self.turn.bridge.activity.info(event, self.connection, **facts)

    def _currency(self) -> CurrencyCode:
        return self.settings.prices.currency or self.target.currency

    def _rules(self) -> tuple[CompiledRule, ...]:
        rules = self.settings.rules
        return compile_rules(rules, self.target.fields(), PRODUCT) if rules else ()


@dataclass
class ShardTally:
    """What a run is told of products that are settled.

    Attributes:
        rank: All up to here are.
    """

    rank: int
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[str, Reason]] = field(default_factory=list)
