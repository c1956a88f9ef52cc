"""Creating and changing products.

A product is made in steps: itself, what its variants differ in, then all its variants by one call, which alone make it
something that is sold. One that broke off before is found by its address, which is made of its SKU, and gone on with.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NoReturn

from pydantic import TypeAdapter

from shopbridge.connectors.kit.batches import Refused, settle
from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.plans import VARIANTS
from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.kit.rows import read_rows
from shopbridge.connectors.vendure.api import Document, VendureApi
from shopbridge.connectors.vendure.catalogue.find import (
    CatalogueFacts,
    Present,
    WireBegun,
    WireRecord,
    begun,
    products_with,
    sellable,
)
from shopbridge.connectors.vendure.catalogue.plan import Money, plan, product_fields
from shopbridge.connectors.vendure.catalogue.read import VendureProducts
from shopbridge.connectors.vendure.catalogue.records import Writing, slug_of, writing
from shopbridge.connectors.vendure.catalogue.variants import OptionWriter
from shopbridge.connectors.vendure.outcomes import GONE, TITLE
from shopbridge.errors import Held, OutcomeUnknown, Rejected, RetryLater
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId, in_batches
from shopbridge.model.catalogue import Category, ProductChange, ProductDraft, ProductOutcome, TargetProduct
from shopbridge.model.ledger import Reason

BATCH = 25
"""[inferred] Products in one change, with all their variants: each is some work for the server."""
CREATE: Final = Document(
    name="createProduct",
    field="createProduct",
    changes=True,
    text="mutation createProduct($input: CreateProductInput!) { createProduct(input: $input) { id } }",
)
CREATE_VARIANTS: Final = Document(
    name="createVariants",
    field="createProductVariants",
    changes=True,
    text="""mutation createVariants($input: [CreateProductVariantInput!]!) {
  createProductVariants(input: $input) { id }
}""",
)
UPDATE: Final = Document(
    name="updateProducts",
    field="updateProducts",
    text="mutation updateProducts($input: [UpdateProductInput!]!) { updateProducts(input: $input) { id } }",
)
UPDATE_VARIANTS: Final = Document(
    name="updateVariants",
    field="updateProductVariants",
    text="""mutation updateVariants($input: [UpdateProductVariantInput!]!) {
  updateProductVariants(input: $input) { id }
}""",
)
_RECORD, _RECORDS = TypeAdapter(WireRecord), TypeAdapter(list[WireRecord | None])
Record = Mapping[str, Any]


@dataclass(frozen=True)
class VendureProductWriter:
    """Writes products of a channel."""

    api: VendureApi
    facts: Kept[CatalogueFacts]
    options: OptionWriter
    source: VendureProducts

    batch = BATCH
    is_flat = False

    @property
    def currency(self) -> CurrencyCode:
        """The channel's."""
        return self._money.currency

    @property
    def _money(self) -> Money:
        facts = self.facts.value()
        channel = facts.channel
        return Money(channel.default_currency_code, channel.prices_include_tax, facts.decimals)

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set."""
        return product_fields()

    def categories(self) -> Sequence[Category]:
        """Return all collections, as they are now."""
        return self.source.categories()

    def write_category(self, category: Category, known: ExternalId | None) -> NoReturn:
        """Raise Held: a collection is filled by filters, which are its merchant's to write."""
        del known
        raise Held(
            f"The collection {category.name!r} is not in Vendure, which fills collections by filters of the merchant's",
            code="field_not_writable",
            where=TITLE,
            fix="Make it in Vendure's dashboard with the filters that fill it; or switch products.categories off in "
            "the connection.",
        )

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """Return the products by the SKUs of their variants, whatever their capitals."""
        return products_with(self.api, [sku for sku in dict.fromkeys(skus) if sku])

    def plan(self, change: ProductChange) -> ProductDraft:
        """Put a change into Vendure's words."""
        return plan(change, self._money)

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Tell by what is there now; 200 in a call."""
        wanted = {sku for sku in skus if sku}
        sold: dict[str, bool] = {}
        for each in sellable(self.api, sorted(wanted)):
            if (sku := each.sku.strip()) in wanted:
                sold[sku] = sold.get(sku, False) or (each.enabled and each.product.enabled)
        return sold

    def write(self, drafts: Sequence[ProductDraft]) -> list[ProductOutcome]:
        """Create or update products; the outcomes are in the same order.

        Raises:
            RetryLater: Some or none were written, also after a lost answer.
        """
        outcomes: dict[int, ProductOutcome] = {}
        due: dict[int, Writing] = {}
        for place, draft in enumerate(drafts):
            try:
                due[place] = writing(draft, self.facts, self.api.settings)
            except Held as held:
                outcomes[place] = _outcome(draft, "held", reason_of(held))
        there = {place: each for place, each in due.items() if each.known}
        outcomes |= self._update(there)
        outcomes |= self._create({place: each for place, each in due.items() if not each.known})
        return [outcomes[place] for place in range(len(drafts))]

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> dict[str, Reason]:
        """Take single variants off sale; one that is not of that product any more is let be."""
        found = {each.sku.strip(): each for each in sellable(self.api, list(variants))}
        ours = {sku: each.id for sku, each in found.items() if variants.get(sku) == each.product.id}
        refused = self._switch_off(UPDATE_VARIANTS, list(ours.values()))
        return {sku: refused[each] for sku, each in ours.items() if each in refused}

    def deactivate(self, ids: Sequence[ExternalId]) -> dict[ExternalId, Reason]:
        """Take products off sale; one that is gone is no problem."""
        refused = self._switch_off(UPDATE, ids)
        return {ExternalId(each): reason for each, reason in refused.items()}

    def _switch_off(self, document: Document, ids: Sequence[str]) -> dict[str, Reason]:
        rows = [{"id": each, "enabled": False} for each in ids]
        return {str(rows[at]["id"]): why for at, why in self._send_all(document, rows).items() if why.code != GONE}

    # --- products that are there --------------------------------------------------------------------------------------

    def _update(self, due: Mapping[int, Writing]) -> dict[int, ProductOutcome]:
        """All products in one call, all variants in another; variants that are new product by product."""
        refused: dict[int, Reason] = {}
        for document, rows_of in ((UPDATE, Writing.products), (UPDATE_VARIANTS, Writing.there)):
            rows = [(place, row) for place, each in due.items() if place not in refused for row in rows_of(each)]
            told = self._send_all(document, [row for _, row in rows])
            refused |= {rows[at][0]: reason for at, reason in told.items()}
        for place, each in due.items():
            if place not in refused and each.new and (reason := self._tried(partial(self._add_variants, each))):
                refused[place] = reason
        return {
            place: _outcome(each.draft, "failed", refused[place])
            if place in refused
            else _written(each, "updated" if each.writes else "unchanged")
            for place, each in due.items()
        }

    def _send_all(self, document: Document, rows: Sequence[Record]) -> dict[int, Reason]:
        """Why rows were not written, by place; one that is gone refuses all that are sent with it."""
        refused: dict[int, Reason] = {}
        for places in in_batches(range(len(rows)), 4 * BATCH):
            told = settle([rows[at] for at in places], partial(self._send, document))
            refused |= {places[at]: reason for at, reason in told.items()}
        return refused

    def _send(self, document: Document, rows: Sequence[Record]) -> Refused[Reason] | None:
        try:
            listed = self.api.ask(document, input=list(rows)).get(document.field)
        except Rejected as error:
            return Refused(reason_of(error))
        told = {each.id for each in read_rows(_RECORDS, listed, TITLE, document.name) if each}
        if missing := [row for row in rows if row["id"] not in told]:
            raise RetryLater(f"Vendure does not say what became of {missing[0]['id']}", after=30, where=TITLE)
        return None

    def _add_variants(self, each: Writing) -> None:
        known = each.draft.change.known
        if known is None:
            raise AssertionError("variants are added to a product that is there")
        choices = self.options.choices(known.id, known.noted(Present).groups, each.draft.change.product)
        self._make_variants(known.id, each, choices)

    # --- products that are made ---------------------------------------------------------------------------------------

    def _create(self, due: Mapping[int, Writing]) -> dict[int, ProductOutcome]:
        if not due:
            return {}
        found = begun(self.api, [slug_of(each.draft.change.product) for each in due.values()])
        return {place: self._made(each, found.get(slug_of(each.draft.change.product))) for place, each in due.items()}

    def _made(self, each: Writing, there: WireBegun | None) -> ProductOutcome:
        made: list[str] = []
        reason = self._tried(lambda: made.append(self._make(each, there)))
        if reason:
            return _outcome(each.draft, "failed", reason)
        return _written(each, "created", ExternalId(made[0]))

    def _make(self, each: Writing, there: WireBegun | None) -> str:
        product = each.draft.change.product
        key = there.id if there else self._one(CREATE, each.product)
        if there:
            self.api.ask(UPDATE, input=[{**each.product, "id": key}])
        groups = {group.name: group for group in there.option_groups} if there else {}
        choices = self.options.choices(key, groups, product) if product.variants else {}
        self._make_variants(key, each, choices)
        return key

    def _make_variants(self, product: str, each: Writing, choices: Mapping[str, Sequence[str]]) -> None:
        rows = [{**row, "productId": product, "optionIds": list(choices.get(row["sku"], ()))} for row in each.new]
        listed = self.api.ask(CREATE_VARIANTS, input=rows).get(CREATE_VARIANTS.field)
        if len(read_rows(_RECORDS, listed, TITLE, "variants")) != len(rows):
            raise RetryLater("Vendure does not say what became of the variants", after=30, where=TITLE)

    def _one(self, document: Document, row: Record) -> str:
        found = self.api.ask(document, input=row).get(document.field)
        return read_rows(_RECORD, found, TITLE, document.name).id

    def _tried(self, work: Any) -> Reason | None:
        """Why it was refused. Raises RetryLater where its outcome is open: the next try looks first."""
        try:
            work()
        except Rejected as error:
            return reason_of(error)
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=60, where=error.where) from error
        return None


def _outcome(draft: ProductDraft, state: Any, reason: Reason) -> ProductOutcome:
    known = draft.change.known
    return ProductOutcome(state=state, id=known.id if known else None, reason=reason)


def _written(each: Writing, state: Any, made: ExternalId | None = None) -> ProductOutcome:
    known = each.draft.change.known
    return ProductOutcome(state=state, id=made or (known.id if known else None), remarks=tuple(_remarks(each.draft)))


def _remarks(draft: ProductDraft) -> Iterator[str]:
    """What Vendure has no place for, or what is not written."""
    change, product = draft.change, draft.change.product
    if "features" in change.fields and product.features:
        yield "The features were left out: which facets a shop has, its merchant decides."
    if "ean" in change.fields and (product.ean or any(each.ean for each in product.variants)):
        yield "The EAN was left out: Vendure keeps none."
    if "short_text" in change.fields and product.short_text:
        yield "The short text was left out: Vendure keeps one description."
    if "categories" in change.fields and change.categories:
        yield "The categories were left out: Vendure fills collections by filters."
    if change.price and change.price.sale:
        yield "The price of the sale was written: Vendure keeps no other one beside it."
    if change.known is None and change.price is None and "price" not in draft.payload and not draft.payload[VARIANTS]:
        yield "It was created switched off and without a price, since prices are not carried."
