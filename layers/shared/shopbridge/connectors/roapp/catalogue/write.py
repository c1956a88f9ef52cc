"""Products on their way into RO App, by the unversioned calls (doc L1); only where ``product_writes`` allows it.

Every sellable unit is a product of its own. No call is known that makes a category or takes a product off sale.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shopbridge.connectors.kit.reasons import reason_of, stays_on_sale
from shopbridge.connectors.parts import Capability
from shopbridge.connectors.roapp.api import LOOKUP, patch, post
from shopbridge.connectors.roapp.catalogue.read import categories_of
from shopbridge.connectors.roapp.customers import made_id
from shopbridge.connectors.roapp.outcomes import TITLE
from shopbridge.connectors.roapp.product_index import ListedProduct, RoAppProductIndex
from shopbridge.connectors.roapp.settings import RoAppSettings
from shopbridge.connectors.roapp.wire import LONGEST_NAME, ProductRow
from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.identity import ean_of
from shopbridge.mapping.prices import PriceTerms, amount_for, conversion_rate, tax_fix
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId
from shopbridge.model.catalogue import (
    CataloguePrice,
    Category,
    Price,
    ProductChange,
    ProductDraft,
    ProductField,
    ProductOutcome,
    TargetProduct,
)
from shopbridge.model.ledger import Reason

WRITABLE: Final = frozenset[ProductField]({"name", "long_text", "ean", "price", "categories"})
UPDATE: Final = "PUT"
"""[inferred] The documents change a product by PUT, a client by PATCH (doc L1, client L2). What a PUT does to fields
that it leaves out is not told, so all that is known of a product goes with it."""
AGAIN = 60.0
"""Seconds until a product is looked for whose making is in doubt."""


def product_fields() -> dict[str, TargetField]:
    """Return every field the merchant's rules may set."""
    fields = [TargetField("title", "Name", "text", LONGEST_NAME, required=True)]
    fields += [TargetField("description", "Description", "text")]
    return {field.path: field for field in fields}


def without_writes(settings: RoAppSettings) -> Mapping[Capability, NeedsAttention]:
    """Return why products are not written, where the settings do not allow it."""
    if settings.product_writes != "no":
        return {}
    refusal = NeedsAttention(
        "Products are not written to RO App",
        where=f"{TITLE}, product_writes",
        fix="Set product_writes to `create`, or to `update` once a first one kept all that it had.",
    )
    return {"catalogue_target": refusal}


class RoAppProductWriter:
    """Writes the catalogue; the port ``CatalogueTarget`` tells the terms."""

    batch = 1
    """Each product is a call."""
    is_flat = True
    """Every SKU is a product of its own."""

    def __init__(self, settings: RoAppSettings, client: PlatformClient, index: RoAppProductIndex) -> None:
        self._settings = settings
        self._client = client
        self._index = index

    @property
    def currency(self) -> CurrencyCode:
        """As set."""
        return self._settings.currency

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set."""
        return product_fields()

    def categories(self) -> Sequence[Category]:
        """Return all categories."""
        return categories_of(self._client)

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Refuse: a category that is there by its name and parent is linked without this. Raises Held."""
        wanted = "made" if known is None else "renamed"
        raise Held(
            f"RO App is not known to have categories {wanted} by a call",
            code="field_not_writable",
            where=TITLE,
            fix=f"Give RO App the category {category.name!r} by hand, under the same parent; the next run finds it.",
        )

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """Return every product that has one of these SKUs, whatever its capitals."""
        found = {sku: self._index.find(sku) for sku in skus if sku}
        return {sku: [_known(each, self._settings) for each in some] for sku, some in found.items() if some}

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Tell which are there; nothing says that a product is switched off."""
        return {sku: True for sku in skus if sku and any(each.sku == sku for each in self._index.find(sku))}

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """Return all of them, and why."""
        return stays_on_sale(TITLE, variants)

    def deactivate(self, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
        """Return all of them, and why."""
        return stays_on_sale(TITLE, ids)

    def plan(self, change: ProductChange) -> ProductDraft:
        """Return the product's fields by RO App's names.

        Raises:
            Held: It has no SKU, is new without a name or a category, or its price cannot be converted.
        """
        self._check(change)
        product, fields = change.product, change.fields
        terms = PriceTerms(
            TITLE,
            self.currency,
            gross=self._settings.prices_include_tax,
            rate=change.rate_after,
            fix=tax_fix(TITLE, keeps_tax=change.keeps_tax),
        )
        wanted: Mapping[ProductField, Mapping[str, Any]] = {
            "name": {"title": product.name.strip()[:LONGEST_NAME]},
            "long_text": {"description": product.long_text},
            "ean": {"barcodes": [product.ean] if product.ean else []},
            "price": {"prices": self._prices(change.price, terms)} if change.price else {},
            "categories": {"category_id": int(change.categories[0])} if change.categories else {},
        }
        payload = {name: value for field in sorted(fields & WRITABLE) for name, value in wanted[field].items()}
        converted_by = conversion_rate(change.prices, terms)
        return ProductDraft(change=change, payload=payload, variant_of_row=(), converted_by=converted_by)

    def write(self, drafts: Sequence[ProductDraft]) -> Sequence[ProductOutcome]:
        """Write them one after the other: each has an outcome of its own.

        Raises:
            RetryLater: Some or none were written, also after a lost answer.
        """
        return [self._write(draft) for draft in drafts]

    # --- one product --------------------------------------------------------------------------------------------------

    def _write(self, draft: ProductDraft) -> ProductOutcome:
        known, remarks = draft.change.known, _left_out(draft)
        try:
            if known is None:
                return ProductOutcome(state="created", id=self._create(draft), remarks=remarks)
            if self._settings.product_writes != "update":
                remarks = (*remarks, "It is there already, and product_writes lets new products be made alone.")
                return ProductOutcome(state="unchanged", id=known.id, remarks=remarks)
            touched = self._update(known.noted(ListedProduct), draft.payload)
        except (Held, Rejected) as error:
            state = "held" if isinstance(error, Held) else "failed"
            outcome = {"state": state, "id": known.id if known else None, "reason": reason_of(error)}
            return ProductOutcome.model_validate(outcome)
        return ProductOutcome(state="updated" if touched else "unchanged", id=known.id, remarks=remarks)

    def _create(self, draft: ProductDraft) -> ExternalId:
        """A creation whose answer is lost is looked for anew: the next one finds what it made."""
        product = draft.change.product
        body = {
            "title": product.name.strip()[:LONGEST_NAME],
            "category_id": self._settings.product_category,
            **draft.payload,
            "article": product.sku,
        }
        self._index.forget()
        try:
            return ExternalId(str(made_id(self._client.send(post(LOOKUP, body)))))
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=AGAIN, where=error.where) from error

    def _update(self, there: ListedProduct, payload: Mapping[str, Any]) -> bool:
        if there.row is None:
            raise Held(
                f"RO App lists the product in an unexpected form at {there.problem}",
                code="unexpected_form",
                where=TITLE,
                fix="Open and save the product in RO App.",
            )
        before = _body_of(there.row)
        after = {**before, **payload, **_merged(before, payload)}
        if after == before:
            return False
        self._index.forget()
        self._client.send(patch(f"{LOOKUP}{there.id}", after, method=UPDATE))
        return True

    def _prices(self, price: CataloguePrice, terms: PriceTerms) -> Mapping[str, str]:
        """By price type; where nothing is on sale, the sale type has the regular price."""
        chosen: Mapping[str, Price] = {
            self._settings.sale_price_type: price.sale or price.regular,
            self._settings.regular_price_type: price.regular,
        }
        return {key: f"{cents(amount_for(each, terms)):f}" for key, each in chosen.items() if key}

    def _check(self, change: ProductChange) -> None:
        product = change.product
        if not product.sku:
            raise Held("The product has no SKU", code="no_sku", fix="Give it an SKU at the source.")
        if change.price is not None and not self._settings.regular_price_type:
            raise Held(
                "It is open which price type of RO App the price is of",
                code="no_price",
                where=f"{TITLE}, regular_price_type",
                fix="Set regular_price_type to the number of a price type; `words` lists them.",
            )
        if change.known is None and not product.name.strip():
            raise Held("The product has no name", code="no_name", fix="Give it a name at the source.")
        if change.known is None and not (change.categories or self._settings.product_category):
            raise Held(
                "RO App makes no product without a category",
                code="product_not_creatable",
                where=f"{TITLE}, product_category",
                fix="Set product_category to the number of the category of new products.",
            )


def _body_of(row: ProductRow) -> dict[str, Any]:
    """What is known of a product, as it is written."""
    fields: dict[str, Any] = {
        "title": row.title,
        "description": row.description,
        "article": row.sku,
        "code": int(row.code) if row.code.isascii() and row.code.isdigit() else None,
        "category_id": row.category_id,
        "barcodes": list(row.barcodes),
        "prices": {key: f"{cents(amount):f}" for key, amount in row.prices.items() if amount is not None},
    }
    return {name: value for name, value in fields.items() if value not in ("", None)}


def _merged(before: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    """Prices of other types and barcodes that are no EAN stay as they are."""
    prices = {**before.get("prices", {}), **payload.get("prices", {})}
    own = [code for code in before.get("barcodes", ()) if not ean_of(code)]
    barcodes = [*payload["barcodes"], *own] if "barcodes" in payload else []
    return {name: value for name, value in (("prices", prices), ("barcodes", barcodes)) if value}


def _known(found: ListedProduct, settings: RoAppSettings) -> TargetProduct:
    filled = _filled(found.row) if found.row else frozenset[ProductField]()
    return TargetProduct(
        id=ExternalId(str(found.id)),
        sku=found.sku,
        filled=filled,
        tax_rate=settings.product_tax,
        inside=found,
    )


def _filled(row: ProductRow) -> frozenset[ProductField]:
    """Fields that hold something; those that RO App has no place for are never to be filled."""
    held: Mapping[ProductField, object] = {
        "name": row.title,
        "long_text": row.description,
        "ean": any(map(ean_of, row.barcodes)),
        "price": row.prices,
        "categories": row.category_id,
        "short_text": True,
        "active": True,
        "tax": True,
        "stock": True,
        "features": True,
    }
    return frozenset(name for name, value in held.items() if value)


def _left_out(draft: ProductDraft) -> tuple[str, ...]:
    others = ", ".join(sorted(draft.change.fields - WRITABLE))
    further = ("It is in one category there; the others are left out.",) if len(draft.change.categories) > 1 else ()
    return ((f"{TITLE} is not known to take its {others}.",) if others else ()) + further
