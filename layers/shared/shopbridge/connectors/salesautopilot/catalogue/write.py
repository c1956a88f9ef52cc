"""Products on their way into the catalogue: made, changed, and taken out of their categories when they are gone.

Products have ids of SalesAutopilot's own, and the SKU is the key between the systems (doc S3), so they are looked for
by their SKU and changed by their id: an SKU in an address may hold a slash (platform file, "Known quirks" 6).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.salesautopilot.api import TITLE, create_product, modify_product
from shopbridge.connectors.salesautopilot.catalogue.categories import SalesAutopilotCategories
from shopbridge.connectors.salesautopilot.catalogue.plan import (
    CATEGORIES,
    PRICE,
    VAT,
    WRITABLE,
    filled,
    plan,
    product_fields,
)
from shopbridge.connectors.salesautopilot.outcomes import number_of, odd
from shopbridge.connectors.salesautopilot.product_index import FRESH, ListedProduct, SalesAutopilotProductIndex
from shopbridge.connectors.salesautopilot.settings import SalesAutopilotSettings
from shopbridge.connectors.salesautopilot.wire import ProductRow
from shopbridge.errors import Held, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.prices import refuse_other_tax
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId
from shopbridge.model.catalogue import Category, ProductChange, ProductDraft, ProductOutcome, TargetProduct
from shopbridge.model.ledger import Reason

AGAIN = 60.0
"""Seconds until a product is looked for whose making is in doubt."""


class SalesAutopilotProductWriter:
    """Writes the catalogue; the port ``CatalogueTarget`` tells the terms."""

    batch = 1
    """Each product is a call."""
    is_flat = True
    """Every SKU is a product of its own."""

    def __init__(
        self,
        settings: SalesAutopilotSettings,
        client: PlatformClient,
        index: SalesAutopilotProductIndex,
        categories: SalesAutopilotCategories,
    ) -> None:
        self._settings = settings
        self._client = client
        self._index = index
        self._categories = categories

    @property
    def currency(self) -> CurrencyCode:
        """As set."""
        return self._settings.currency

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set."""
        return product_fields()

    def categories(self) -> Sequence[Category]:
        """Return all categories, as they are now."""
        return self._categories.all()

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category or bring its name up to date; disabled ones too. Raises as ``SalesAutopilotCategories``."""
        return self._categories.write(category, known)

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """Return every product that has one of these SKUs, whatever its capitals."""
        found = {sku: self._index.find(sku) for sku in skus if sku}
        return {sku: [_known(each) for each in some] for sku, some in found.items() if some}

    def plan(self, change: ProductChange) -> ProductDraft:
        """Put a change into SalesAutopilot's words."""
        return plan(change, self._settings)

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Tell by SKU whether it is in a category: nothing else says that a product is still sold."""
        found = {sku: [each for each in self._index.find(sku) if each.sku == sku] for sku in skus if sku}
        return {sku: any(each.row is None or each.row.prodcats for each in some) for sku, some in found.items() if some}

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """Return nothing: products have no variants there."""
        del variants
        return {}

    def deactivate(self, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
        """Take products out of all categories, as SalesAutopilot does itself with what a shop has deleted (doc S3)."""
        refused: dict[ExternalId, Reason] = {}
        for product in ids:
            found = self._index.get(int(product))
            if found is None or (found.row and not found.row.prodcats):
                continue
            try:
                self._modify(found, {CATEGORIES: []})
            except Rejected as error:
                refused |= {product: reason_of(error)} if self._is_there(int(product)) else {}
        return refused

    def write(self, drafts: Sequence[ProductDraft]) -> Sequence[ProductOutcome]:
        """Write them one after the other: each has an outcome of its own.

        Raises:
            RetryLater: Some or none were written, also after a lost answer.
        """
        return [self._write(draft) for draft in drafts]

    def _write(self, draft: ProductDraft) -> ProductOutcome:
        known = draft.change.known
        remarks = _left_out(draft)
        try:
            refuse_other_tax(draft.converted_by, draft.payload.get(VAT), TITLE)
            if known is None:
                return ProductOutcome(state="created", id=self._create(draft), remarks=remarks)
            touched = self._update(known.noted(ListedProduct), draft.payload)
        except (Held, Rejected) as error:
            state = "held" if isinstance(error, Held) else "failed"
            return ProductOutcome.model_validate(
                {"state": state, "id": known.id if known else None, "reason": reason_of(error)}
            )
        return ProductOutcome(state="updated" if touched else "unchanged", id=known.id, remarks=remarks)

    def _create(self, draft: ProductDraft) -> ExternalId:
        sku = draft.change.product.sku
        if any(each.sku == sku for each in self._index.find(sku, FRESH)):
            raise RetryLater(f"{TITLE} has {sku} by now, though it did not a moment ago", after=1, where=TITLE)
        fields = {"prod_sku": sku, **draft.payload}
        try:
            answer = self._client.send(create_product(_as_sent(fields)))
        except (OutcomeUnknown, Rejected) as error:
            self._index.forget()
            if isinstance(error, Rejected):
                raise
            raise RetryLater(error.what, after=AGAIN, where=error.where) from error
        number = number_of(answer)
        if number is None:
            self._index.forget()
            raise RetryLater(f"{TITLE} does not tell whether it made {sku}", after=AGAIN, where=answer.where)
        self._index.note(_row(number, fields))
        return ExternalId(str(number))

    def _update(self, there: ListedProduct, payload: Mapping[str, Any]) -> bool:
        changed = {name: value for name, value in payload.items() if not _says(there.row, name, value)}
        if changed:
            self._modify(there, changed)
        return bool(changed)

    def _modify(self, there: ListedProduct, changed: Mapping[str, Any]) -> None:
        """What was known of it is noted as it is now; after anything else than a good answer nothing is believed."""
        try:
            answer = self._client.send(modify_product(there.id, _as_sent(changed)))
            if number_of(answer) is None:
                raise odd(answer, f"does not tell whether {there.sku} was changed")
        except (Rejected, RetryLater):
            self._index.forget()
            raise
        if there.row is None:
            self._index.forget()
        else:
            self._index.note(there.row.model_copy(update=_fields_of(changed)))

    def _is_there(self, product: int) -> bool:
        return self._index.get(product) is not None


def _known(found: ListedProduct) -> TargetProduct:
    row = found.row
    return TargetProduct(
        id=ExternalId(str(found.id)),
        sku=found.sku,
        filled=filled(row) if row else frozenset(),
        tax_rate=row.prod_vat_percent if row else None,
        inside=found,
    )


def _says(row: ProductRow | None, name: str, value: Any) -> bool:
    """Whether a product has it so already; a price as finely as it is kept there."""
    if row is None:
        return False
    if name == CATEGORIES:
        return row.categories == frozenset(value)
    kept = getattr(row, name)
    if name == PRICE and kept is not None:
        return bool(kept in (value, cents(value)))
    return bool(kept == value)


def _fields_of(changed: Mapping[str, Any]) -> dict[str, Any]:
    """What was written, as a row has it."""
    fields = {name: value for name, value in changed.items() if name != CATEGORIES}
    if CATEGORIES in changed:
        fields["prodcats"] = [{"prodcat_id": each} for each in changed[CATEGORIES]]
    row = ProductRow.model_validate({"prod_id": 1, **fields})
    return {name: getattr(row, name) for name in fields}


def _row(number: int, fields: Mapping[str, Any]) -> ProductRow:
    return ProductRow(prod_id=number).model_copy(update=_fields_of(fields))


def _as_sent(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Figures as texts, as clients send them (client S7)."""
    return {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in fields.items()}


def _left_out(draft: ProductDraft) -> tuple[str, ...]:
    others = ", ".join(sorted(draft.change.fields - WRITABLE))
    return (f"{TITLE} has no place for its {others}.",) if others else ()
