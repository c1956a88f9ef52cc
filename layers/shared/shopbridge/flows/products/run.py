"""One slice of a product run: both sides, the settings, and what is read once for all of it."""

from dataclasses import dataclass
from functools import cached_property

from shopbridge.errors import Held
from shopbridge.flows.products.change import Terms, seed_of
from shopbridge.flows.products.selection import CategoryTree, Selection, select
from shopbridge.flows.runs import SCHEDULE, Slice
from shopbridge.mapping.rule_engine import PRODUCT, CompiledRule, compile_rules
from shopbridge.model.base import ConnectionId, CurrencyCode
from shopbridge.model.connection import SIDES_OF
from shopbridge.model.ledger import Reason
from shopbridge.model.product_settings import ProductSettings
from shopbridge.model.run import RunProblem
from shopbridge.ports import CatalogueSource, CatalogueTarget


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
    def terms(self) -> Terms:
        """What the content of every product is decided by."""
        return Terms(self.settings, self._currency, self._rules(), seed_of(self.turn.connection.settings))

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
