"""Capabilities of connectors that the product flow asks for."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId
from shopbridge.model.catalogue import Category, ProductChange, ProductDraft, ProductOutcome, ProductPage, TargetProduct
from shopbridge.model.ledger import Reason


class CatalogueSource(Protocol):
    """A platform whose products can be read."""

    def categories(self) -> Sequence[Category]:
        """Return all categories, or product groups."""

    def page(self, position: str | None) -> ProductPage:
        """Return one page of whole products with their variants, by rising rank; None for the first.

        Raises:
            RetryLater: Also for an answer that is only partly there.
        """


class CatalogueTarget(Protocol):
    """A platform that takes products."""

    @property
    def batch(self) -> int:
        """How many products it takes in one call."""

    @property
    def is_flat(self) -> bool:
        """It has no variants: each comes as a product of its own, so none of its products ever has any."""

    @property
    def currency(self) -> CurrencyCode:
        """The currency its prices are written in. May ask the platform once."""

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set, by its path; a variant's begin with ``variants[].``."""

    def categories(self) -> Sequence[Category]:
        """Return all categories."""

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category (``known`` None) or bring it up to date; ``category.parent`` is the target's id.

        Raises:
            OutcomeUnknown: It may have been created; the next run finds it by its name and parent.
        """

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """Return the products that are sold under each SKU, themselves or one of their variants.

        Several make it ambiguous.

        Also those that have it in other capitals: whether such a one is meant, the flow decides.
        """

    def plan(self, change: ProductChange) -> ProductDraft:
        """Put a change into the target's shape; pure. Raises Held when it cannot be expressed."""

    def write(self, drafts: Sequence[ProductDraft]) -> Sequence[ProductOutcome]:
        """Create or update these products, ``batch`` of them at most; the outcomes are in the same order.

        One that is refused must not keep the others from being written. Safe to repeat from the start after a crash:
        the flow looks every product up again before.

        Raises:
            RetryLater: Some or none were written, also after a lost answer.
        """

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Return which of these SKUs the target has, each with whether it can be bought.

        It and its product are switched on.

        For whole catalogues, so no product is read whole for it; what was read some minutes ago will do.
        """

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """Take single variants off sale: by SKU the product that each is one of.

        Returns those that were not, each with its reason. One that is not on that product any more is no problem.
        """

    def deactivate(self, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
        """Take products off sale; returns those that were not, each with its reason. One that is gone is no problem."""
