"""Creating and changing products. UNAS stops at the first one that it refuses; what comes behind it is sent again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from pydantic import ValidationError

from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.kit.rows import Row
from shopbridge.connectors.unas.api import PRODUCTS, UnasApi, WriteOutcome, write_all
from shopbridge.connectors.unas.catalogue.categories import UnasCategories
from shopbridge.connectors.unas.catalogue.map import LOOK, PresentProduct, target_product, variant_skus
from shopbridge.connectors.unas.catalogue.plan import plan, product_fields, record_of
from shopbridge.connectors.unas.catalogue.read import all_rows, today
from shopbridge.connectors.unas.product_index import UnasProductList, row_id, row_sku
from shopbridge.connectors.unas.settings import UnasSettings
from shopbridge.connectors.unas.stock.read import product_skus
from shopbridge.connectors.unas.wire import amount_text
from shopbridge.connectors.unas.wire_products import BASE, OFF, WireProduct
from shopbridge.errors import Held, OutcomeUnknown, Rejected, RetryLater
from shopbridge.mapping.rules import TargetField
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import CurrencyCode, ExternalId, in_batches
from shopbridge.model.catalogue import Category, ProductChange, ProductDraft, ProductOutcome, TargetProduct
from shopbridge.model.ledger import Reason

NO_VARIANT_SWITCH = Reason(
    code="no_version_switch",
    text="UNAS has no switch for a single variant, and the source does not offer this one any more",
    fix="Take the value out of the product's variants in UNAS: then nothing is told of it any more.",
)
WRITTEN_AT_ONCE = 25
"""Products in one write: nobody tells how long UNAS works on one, and writes are not rare."""
ASKED_AT_MOST = 300
"""SKUs that are asked for; for more of them the whole list is read."""


@dataclass(frozen=True)
class UnasProductWriter:
    """Writes products.

    Attributes:
        products: With all of each.
        named: With no more than what tells whether it is for sale.
    """

    api: UnasApi
    products: UnasProductList
    named: UnasProductList
    tree: UnasCategories
    settings: UnasSettings

    batch = 100
    """Products that are looked for in one of the rare calls."""
    is_flat = True
    """One SKU is all that a product of UNAS has, however many variants (platform file, "Variants: two models")."""

    @property
    def currency(self) -> CurrencyCode:
        """As the settings say."""
        return self.settings.currency

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set."""
        return product_fields()

    def categories(self) -> Sequence[Category]:
        """Return all categories, as they are now."""
        return self.tree.all()

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category or bring it up to date. Raises OutcomeUnknown after a lost answer."""
        return self.tree.write(category, known)

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """Return the products by SKU, whatever its capitals. Raises Held for one that is not what we know.

        Where variants are called by joined SKUs, also the product that has a combination of this name: what is sold as
        one of its variants must not be made a second time.
        """
        found = {sku: [self._target(row) for row in rows] for sku, rows in self.products.look(skus).items()}
        missing = {sku: product_skus(sku, self.settings)[1:] for sku in skus if sku not in found}
        parents = self.products.look(name for names in missing.values() for name in names)
        return found | {sku: some for sku, names in missing.items() if (some := self._combined(sku, names, parents))}

    def _combined(
        self, sku: str, names: Sequence[str], parents: Mapping[str, Sequence[Row]]
    ) -> Sequence[TargetProduct]:
        """The products of these names that have a combination with this SKU."""
        rows = (row for name in names for row in parents.get(name, ()))
        skus = ((self._target(row), variant_skus(WireProduct.model_validate(row), self.settings)) for row in rows)
        return [target.model_copy(update={"variants": variants}) for target, variants in skus if sku in variants]

    def _target(self, row: Row) -> TargetProduct:
        try:
            return target_product(WireProduct.model_validate(row), self.settings, today(self.products.clock))
        except ValidationError as error:
            what = f"The product {row_sku(row)!r} in UNAS has an unexpected form at {first_error(error)}"
            raise Held(what, code="unexpected_form", fix=LOOK) from error

    def plan(self, change: ProductChange) -> ProductDraft:
        """Put a change into UNAS' words."""
        return plan(change, self.settings)

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Tell by what was read some minutes ago at the most."""
        wanted = set(skus)
        if len(wanted) > ASKED_AT_MOST:
            rows = all_rows(self.named)
        else:
            rows = [row for each in self.named.find(sorted(wanted)).values() for row in each]
        return {sku: _is_for_sale(row) for row in rows if (sku := row_sku(row)) in wanted}

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """Return None of them, and why."""
        return dict.fromkeys(variants, NO_VARIANT_SWITCH)

    def deactivate(self, ids: Sequence[ExternalId]) -> dict[ExternalId, Reason]:
        """Take products off sale; one that is gone is no problem."""
        refused: dict[ExternalId, Reason] = {}
        for some in in_batches(ids, WRITTEN_AT_ONCE):
            off = {"Statuses": {"Status": {"Type": BASE, "Value": OFF}}}
            outcome = self._write([{"Action": "modify", "Id": each, **off} for each in some], repeatable=True)
            refused |= {some[at]: _refused(error) for at, error in outcome.refused.items() if self._is_there(some[at])}
        self.named.forget(int(each) for each in ids if each.isdigit())
        return refused

    def _is_there(self, product: ExternalId) -> bool:
        rows = self.api.read("getProduct", PRODUCTS, "one", **self.named.asked, Id=product)
        return any(str(row_id(row)) == product for row in rows)

    # --- products -------------------------------------------------------------------------------------------------

    def write(self, drafts: Sequence[ProductDraft]) -> list[ProductOutcome]:
        """Create or update products; the outcomes are in the same order.

        Raises:
            RetryLater: Some or none were written, also after a lost answer.
        """
        outcomes: dict[int, ProductOutcome] = {}
        records: dict[int, Mapping[str, Any]] = {}
        for at, draft in enumerate(drafts):
            try:
                records[at] = record_of(draft, self.settings, today(self.products.clock))
            except Held as held:
                outcomes[at] = _outcome(draft, "held", reason_of(held))
        new = [at for at in records if drafts[at].change.known is None]
        there = [at for at in records if drafts[at].change.known is not None]
        outcomes |= self._create(drafts, {at: records[at] for at in new})
        outcomes |= self._update(drafts, {at: records[at] for at in there})
        return [outcomes[at] for at in range(len(drafts))]

    def _create(
        self, drafts: Sequence[ProductDraft], records: Mapping[int, Mapping[str, Any]]
    ) -> dict[int, ProductOutcome]:
        if not records:
            return {}
        try:
            outcome = self._write(list(records.values()), repeatable=False)
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=60, where=error.where) from error
        places = list(records)
        return {places[at]: _created(drafts[places[at]], done.id) for at, done in outcome.done.items()} | {
            places[at]: _outcome(drafts[places[at]], "failed", _refused(error)) for at, error in outcome.refused.items()
        }

    def _update(
        self, drafts: Sequence[ProductDraft], records: Mapping[int, Mapping[str, Any]]
    ) -> dict[int, ProductOutcome]:
        places = [at for at, record in records.items() if record]
        outcome = self._write([records[at] for at in places], repeatable=True)
        refused = {places[at]: error for at, error in outcome.refused.items()}
        stocked = self._stock([drafts[at] for at in records if at not in refused])
        self.named.forget(_ids(drafts[at] for at in records))
        return {
            at: _outcome(drafts[at], "failed", _refused(refused[at]))
            if at in refused
            else _updated(drafts[at], touched=bool(records[at]) or drafts[at].change.product.sku in stocked)
            for at in records
        }

    def _write(self, records: Sequence[Mapping[str, Any]], *, repeatable: bool) -> WriteOutcome:
        send = partial(self.api.write, "setProduct", PRODUCTS, repeatable=repeatable)
        return write_all(records, send, PRODUCTS, _name_of, WRITTEN_AT_ONCE)

    def _stock(self, drafts: Sequence[ProductDraft]) -> set[str]:
        """The figure of each, by the function that sets the total; those that it was written for."""
        figures = {draft.change.product.sku: draft.payload["stock"] for draft in drafts if _takes_stock(draft)}
        records = [
            {"Action": "modify", "Sku": sku, "Stocks": {"Stock": {"Qty": amount_text(units)}}}
            for sku, units in figures.items()
        ]
        send = partial(self.api.write, "setStock", PRODUCTS, repeatable=True)
        outcome = write_all(records, send, PRODUCTS, lambda each: str(each["Sku"]))
        for error in outcome.refused.values():
            raise error
        return set(figures)


def _name_of(record: Mapping[str, Any]) -> str:
    return str(record.get("Id") or record["Sku"])


def _takes_stock(draft: ProductDraft) -> bool:
    """Where stock lies on combinations of variants, one figure is nobody's."""
    known = draft.change.known
    return isinstance(draft.payload.get("stock"), Decimal) and not (known and known.noted(PresentProduct).combined)


def _ids(drafts: Iterator[ProductDraft]) -> list[int]:
    return [int(draft.change.known.id) for draft in drafts if draft.change.known and draft.change.known.id.isdigit()]


def _is_for_sale(row: Row) -> bool:
    try:
        return WireProduct.model_validate(row).is_for_sale
    except ValidationError:
        return False


def _created(draft: ProductDraft, made: str) -> ProductOutcome:
    if not made:
        reason = Reason(
            code="not_listed",
            text=f"UNAS says that it made {draft.change.product.sku!r}, but names no id",
            fix="Nothing to do: the next run looks for it before it makes anything.",
        )
        return ProductOutcome(state="failed", reason=reason)
    return ProductOutcome(state="created", id=ExternalId(made), remarks=tuple(_remarks(draft)))


def _updated(draft: ProductDraft, *, touched: bool) -> ProductOutcome:
    known = draft.change.known
    state: Any = "updated" if touched else "unchanged"
    return ProductOutcome(state=state, id=known.id if known else None, remarks=tuple(_remarks(draft)))


def _outcome(draft: ProductDraft, state: Any, reason: Reason) -> ProductOutcome:
    known = draft.change.known
    return ProductOutcome(state=state, id=known.id if known else None, reason=reason)


def _refused(error: Rejected) -> Reason:
    return Reason(code="refused_by_shop", text=error.what, fix=error.fix)


def _remarks(draft: ProductDraft) -> Iterator[str]:
    """What is left as it is, though the source has it."""
    change, product = draft.change, draft.change.product
    if "features" in change.fields and product.features:
        yield "The features were left out: nobody tells whether writing one parameter of UNAS keeps the others."
    if "ean" in change.fields and product.ean:
        yield "The EAN was left out: UNAS keeps it in a parameter, if anywhere."
    if "tax" in change.fields and change.price is None and change.known and change.rate_after != change.known.tax_rate:
        yield "The VAT was left as it is: UNAS takes it from the pair of prices, which are not carried."
    if "categories" in change.fields and not change.categories and change.known:
        yield "The categories were left as they are: UNAS takes no product without one."
    if change.known is None and "price" not in draft.payload:
        yield "It was created switched off and without a price, since prices are not carried."
