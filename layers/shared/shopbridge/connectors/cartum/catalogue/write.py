"""Creating and changing products: rows that are met by their articles, so that none is made twice.

A log tells of each row what became of it. A row that is not there is made, and needs a title and a section for that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NoReturn

from shopbridge.connectors.cartum.api import CartumApi
from shopbridge.connectors.cartum.catalogue.categories import KeptSections, refuse_section
from shopbridge.connectors.cartum.catalogue.map import CartumPresent, target_product
from shopbridge.connectors.cartum.catalogue.plan import plan, product_fields
from shopbridge.connectors.cartum.catalogue.read import WHOLE
from shopbridge.connectors.cartum.imports import DESCRIBED, RowOutcome, import_rows
from shopbridge.connectors.cartum.outcomes import TITLE
from shopbridge.connectors.cartum.product_index import YOUNG, CartumProductIndex
from shopbridge.connectors.cartum.settings import CartumSettings
from shopbridge.connectors.cartum.wire_products import WireProduct, WireStocked
from shopbridge.connectors.kit.plans import VARIANTS
from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.kit.rows import Row, odd_form, read_row
from shopbridge.errors import Held
from shopbridge.mapping.json_data import json_number
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId
from shopbridge.model.catalogue import Category, ProductChange, ProductDraft, ProductOutcome, TargetProduct
from shopbridge.model.ledger import Reason

TEXTS: Final = frozenset({"title", "short_description", "description", "mod_title"})
"""Written by language: a plain text would overwrite the other ones."""
HIDDEN: Final = {"display_in_showcase": 0}


@dataclass(frozen=True)
class CartumProductWriter:
    """Writes products, all their rows in one call where they have room."""

    api: CartumApi
    index: CartumProductIndex
    sections: KeptSections
    settings: CartumSettings

    batch = DESCRIBED
    """Products in one call."""
    is_flat = False

    @property
    def currency(self) -> CurrencyCode:
        """As the settings say."""
        return self.settings.currency

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field the merchant's rules may set."""
        return product_fields()

    def categories(self) -> Sequence[Category]:
        """Return all sections, as they are now."""
        return self.sections.refreshed()

    def write_category(self, category: Category, known: ExternalId | None) -> NoReturn:
        """Raise Held: sections are made by hand in Cartum's admin."""
        del known
        refuse_section(category.name)

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """Return the products by the articles of their rows, or by that which joins these; whatever their capitals.

        Raises:
            RetryLater: A row has an unexpected form.
        """
        groups = {sku: self.index.groups_with(sku) for sku in dict.fromkeys(skus) if sku}
        missing = [sku for sku, found in groups.items() if not found]
        if missing and self.index.found(missing):  # made since the list was read
            self.index.afresh()
            groups |= {sku: self.index.groups_with(sku) for sku in missing}
        known = self._products({group for found in groups.values() for group in found})
        return {sku: [known[group] for group in sorted(found) if group in known] for sku, found in groups.items()}

    def plan(self, change: ProductChange) -> ProductDraft:
        """Put a change into Cartum's words."""
        return plan(change, self.settings)

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Tell by the list, read some minutes ago at the most."""
        shelf = self.index.shelf
        told = {sku: [shelf.rows[sku]] if sku in shelf.rows else shelf.groups.get(sku, ()) for sku in skus}
        return {sku: any(row.is_shown for row in rows) for sku, rows in told.items() if rows}

    def write(self, drafts: Sequence[ProductDraft]) -> list[ProductOutcome]:
        """Create or update products; the outcomes are in the same order.

        Raises:
            RetryLater: Some or none were written, also after a lost answer.
        """
        planned = [self._rows(draft) for draft in drafts]
        rows = [row for each in planned if not isinstance(each, Held) for row in each]
        told = import_rows(self.api, rows, DESCRIBED)
        for row in rows:
            if told[row["article"]].is_done:
                self._note(row)
        return [_outcome(draft, each, told) for draft, each in zip(drafts, planned, strict=True)]

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """Take single rows off sale; one that is not of that product any more is let be."""
        shelf = self.index.shelf
        ours = [sku for sku, product in variants.items() if sku in shelf.rows and shelf.rows[sku].group == product]
        return self._hide(ours)

    def deactivate(self, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
        """Take all rows of these products off sale; one that is gone is no problem."""
        shelf = self.index.shelf
        rows = {product: [row.article for row in shelf.groups.get(product, ())] for product in ids}
        rows |= {each: [each] for each, found in rows.items() if not found and each in shelf.rows}
        refused = self._hide([article for articles in rows.values() for article in articles])
        reasons = {
            product: next((refused[article] for article in found if article in refused), None)
            for product, found in rows.items()
        }
        return {product: reason for product, reason in reasons.items() if reason is not None}

    def _hide(self, articles: Sequence[str]) -> dict[str, Reason]:
        """Looked for before: a row that went meanwhile would be made anew."""
        there = self.index.found(articles) if articles else {}
        rows = [{"article": article, **HIDDEN} for article in there]
        told = import_rows(self.api, rows) if rows else {}
        for row in rows:
            self._note(row)
        return {article: _refused(article, outcome) for article, outcome in told.items() if not outcome.is_done}

    def _products(self, groups: set[str]) -> dict[str, TargetProduct]:
        articles = {group: [row.article for row in self.index.shelf.groups[group]] for group in sorted(groups)}
        found = self.index.found((each for some in articles.values() for each in some), WHOLE)
        rows = {group: [_read(found[each]) for each in some if each in found] for group, some in articles.items()}
        return {group: target_product(group, some, self.settings) for group, some in rows.items() if some}

    def _note(self, row: Row) -> None:
        """Remember what was written, where the list is known, so that it need not be read again for it."""
        if not self.index.kept.is_younger(YOUNG):
            return
        before = self.index.shelf.rows.get(row["article"])
        known = before.stocked if before and isinstance(before.stocked, WireStocked) else None
        told = {name: row[name] for name in ("article", "parent_article", "display_in_showcase") if name in row}
        base = known.model_dump() if known else {"display_in_showcase": 0}
        self.index.shelf.note(WireStocked.model_validate({**base, **told}))

    # --- rows -----------------------------------------------------------------------------------------------------

    def _rows(self, draft: ProductDraft) -> list[Row] | Held:
        try:
            return list(self._rows_of(draft))
        except Held as held:
            return held

    def _rows_of(self, draft: ProductDraft) -> Iterator[Row]:
        """The rows that have something to be written besides their article."""
        change = draft.change
        own = {name: value for name, value in draft.payload.items() if name != VARIANTS}
        placed = self._placed(change)
        there = change.known.noted(CartumPresent).articles if change.known else ()
        for row in draft.payload[VARIANTS] or [{"article": change.product.sku}]:
            is_new = row["article"] not in there
            joined = self._joined(change, placed) if is_new else {}
            merged = {**joined, **own, **placed, **row}
            sent = self._as_sent({**merged, **HIDDEN} if is_new and "price" not in merged else merged)
            if len(sent) > 1:
                yield sent

    def _placed(self, change: ProductChange) -> dict[str, Any]:
        """Its section: Cartum keeps a main one."""
        if "categories" in change.fields and change.categories:
            return {"parent": {"id": _number(change.categories[0])}}
        return {}

    def _joined(self, change: ProductChange, placed: Mapping[str, Any]) -> dict[str, Any]:
        """What a new row needs: a title and a section, and the article that joins it with its siblings."""
        section = placed.get("parent") or ({"id": _number(self.settings.section)} if self.settings.section else None)
        if section is None:
            raise Held(
                f"Cartum takes no new product without a section ({change.product.sku or change.product.name})",
                code="no_category",
                fix="Let categories travel, or set section of the connection's Cartum side.",
            )
        return {"title": change.product.name, "parent": section, **_group_of(change)}

    def _as_sent(self, row: Row) -> Row:
        """As JSON and Cartum take it: texts by language, numbers, and 0 or 1 for switches."""
        sent: Row = {}
        for name, value in row.items():
            if name == "stock":
                sent |= self._stocked(value)
            elif name in TEXTS:
                sent[name] = {self.settings.language: value}
            else:
                sent[name] = int(value) if isinstance(value, bool) else _plain(value)
        return sent

    def _stocked(self, units: Decimal) -> Row:
        if self.settings.stock_as == "presence":
            return {"presence": self.settings.in_stock if units else self.settings.out_of_stock}
        return {"residues": [{"warehouse": self.settings.warehouse, "quantity": json_number(units)}]}


def _plain(value: Any) -> Any:
    return json_number(value) if isinstance(value, Decimal) else value


def _number(section: str) -> int | str:
    return int(section) if section.isdecimal() else section


def _group_of(change: ProductChange) -> dict[str, str]:
    """The article that joins the rows of a product with variants."""
    product = change.product
    if not product.variants:
        return {}
    known = change.known.noted(CartumPresent).group if change.known else ""
    return {"parent_article": known or product.sku or product.variants[0].sku}


def _read(row: Row) -> WireProduct:
    read = read_row(WireProduct, row)
    if isinstance(read, str):
        raise odd_form(TITLE, "products", read)
    return read


def _outcome(draft: ProductDraft, rows: list[Row] | Held, told: Mapping[str, RowOutcome]) -> ProductOutcome:
    known = draft.change.known
    if isinstance(rows, Held):
        return ProductOutcome(state="held", id=known.id if known else None, reason=reason_of(rows))
    if not rows:
        return ProductOutcome(state="unchanged", id=known.id if known else None)
    outcomes = {row["article"]: told[row["article"]] for row in rows}
    failed = next(((article, each) for article, each in outcomes.items() if not each.is_done), None)
    if failed is not None:
        return ProductOutcome(state="failed", id=known.id if known else None, reason=_refused(*failed))
    remarks = (*_remarks(draft), *_complaints(outcomes))
    if known is not None:
        return ProductOutcome(state="updated", id=known.id, remarks=remarks)
    made = _group_of(draft.change).get("parent_article") or draft.change.product.sku
    return ProductOutcome(state="created", id=ExternalId(made), remarks=remarks)


def _complaints(outcomes: Mapping[str, RowOutcome]) -> Iterator[str]:
    for article, outcome in outcomes.items():
        for problem in outcome.problems:
            yield f"Cartum says of {article!r}: {problem}."


def _refused(article: str, outcome: RowOutcome) -> Reason:
    return Reason(
        code="refused_by_shop",
        text=f"Cartum did not take {article!r}: {'; '.join(outcome.problems) or 'no reason given'}",
        fix="Read Cartum's reason, and correct the product there or at the source.",
    )


def _remarks(draft: ProductDraft) -> Iterator[str]:
    """What Cartum's API has no way for."""
    change, product = draft.change, draft.change.product
    present = change.known.noted(CartumPresent) if change.known else None
    if "features" in change.fields and product.features:
        yield "The features were left out: which characteristics a section has, only Cartum's admin knows."
    if "tax" in change.fields and product.tax_rate is not None:
        yield "The VAT was left out: Cartum keeps none; its prices include it."
    if "categories" in change.fields and len(change.categories) > 1:
        yield "Only the first category was taken: a product of Cartum has one section."
    if change.known is None and change.price is None and "price" not in draft.payload:
        yield "It was created hidden and without a price, since prices are not carried."
    own = {variant.sku for variant in product.variants}
    if present and product.variants and (foreign := sorted(set(present.articles) - own)):
        yield f"Cartum has modifications that the source does not have; they stayed as they are: {', '.join(foreign)}."
