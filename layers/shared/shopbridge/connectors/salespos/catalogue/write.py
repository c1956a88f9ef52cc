"""Creates and updates products, each with variants, categories and features; a second time does what is missing.

A creation of more than one call begins with a product that is not for sale and carries a note (``UNFINISHED``); the
last call takes the note away. So a creation that broke off is found by its number and gone on with, with every field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.salespos.account import SalesPosAccount
from shopbridge.connectors.salespos.api import create, in_language, named_or_found, patch, send_change
from shopbridge.connectors.salespos.catalogue.categories import Categories
from shopbridge.connectors.salespos.catalogue.features import FeatureWriter
from shopbridge.connectors.salespos.catalogue.plan import checked, costs_of, plan, product_fields, remarks_of
from shopbridge.connectors.salespos.catalogue.read import ProductReader, target_product, terms_of
from shopbridge.connectors.salespos.catalogue.variants import VariantWriter, WantedVariant
from shopbridge.connectors.salespos.outcomes import is_gone
from shopbridge.connectors.salespos.product_index import SalesPosProductIndex
from shopbridge.connectors.salespos.settings import SalesPosSettings, tariff_rate
from shopbridge.connectors.salespos.wire import CREATED
from shopbridge.connectors.salespos.wire_products import (
    CatalogueInput,
    ProductWhole,
    all_items,
    product_sku,
    variant_sku,
)
from shopbridge.errors import Held, OutcomeUnknown, Rejected
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.json_data import plain
from shopbridge.mapping.prices import refuse_other_tax
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId
from shopbridge.model.catalogue import Category, ProductChange, ProductDraft, ProductOutcome, TargetProduct
from shopbridge.model.ledger import Reason

TRANSLATED = ("name", "shortdescription", "description")
"""Fields that a creation writes in the shop's own language only."""
UNFINISHED = "Shopbridge: not complete yet"
"""Internal note of a product whose creation is under way. It takes several calls: until the last one the product is not
for sale, and whoever looks it up is told that it is not there, so that it is created to its end."""


@dataclass
class _Progress:
    """How far one product came."""

    id: int | None = None
    created: bool = False
    changed: bool = False
    remarks: list[str] = field(default_factory=list)

    def outcome(self, error: Held | Rejected | OutcomeUnknown | None = None) -> ProductOutcome:
        """When everything is written, or could not be."""
        done: Literal["updated", "unchanged"] = "updated" if self.changed else "unchanged"
        failed: Literal["held", "failed"] = "held" if isinstance(error, Held) else "failed"
        return ProductOutcome(
            state=failed if error else "created" if self.created else done,
            id=ExternalId(str(self.id)) if self.id else None,
            reason=reason_of(error) if error else None,
            remarks=tuple(self.remarks),
        )


class SalesPosProductWriter:
    """Writes products; the port ``CatalogueTarget`` tells the terms."""

    batch = 1
    """Each product is a call of its own, and with variants several."""
    is_flat = False

    def __init__(
        self,
        client: PlatformClient,
        account: SalesPosAccount,
        settings: SalesPosSettings,
        index: SalesPosProductIndex,
        products: ProductReader,
    ) -> None:
        self._client = client
        self._account = account
        self._settings = settings
        self._index = index
        self._products = products
        self._categories = Categories(client, settings.language)
        self._features = FeatureWriter(client, settings.feature_group)
        self._variants = VariantWriter(client)

    @property
    def currency(self) -> CurrencyCode:
        """The shop's own."""
        return self._account.currency

    def fields(self) -> Mapping[str, TargetField]:
        """Return every field of a product and its variants that the merchant's rules may set."""
        return product_fields()

    def categories(self) -> Sequence[Category]:
        """Return all categories, in one call."""
        return self._categories.all()

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create a category or bring it up to date. Raises OutcomeUnknown when it may have been created."""
        return self._categories.write(category, known)

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """Return the products with these numbers, themselves or on a variant.

        Those of a creation under way are left out.

        All numbers of the account are read first, at most every ten minutes: only so is it sure that a variant's
        number is nowhere, or in two places. Then each product that has one of them is read, one call each. One whose
        number differs in capitals is found, too: it is the flow's to judge.
        """
        self._index.read_all()
        for sku in self._index.doubted(skus):
            self._products.note_number(sku)
        places = {sku: self._index.seen.ids(sku) for sku in skus if sku}
        read = {place: self._products.read(place) for place in sorted(set().union(*places.values()))}
        tariffs = self._settings.tax_tariffs
        found = {
            sku: [
                target_product(product, tariffs)
                for place in sorted(ids)
                if (product := read[place]) and _sells(product, sku)
            ]
            for sku, ids in places.items()
        }
        return {sku: products for sku, products in found.items() if products}

    def plan(self, change: ProductChange) -> ProductDraft:
        """Return the change as SalesPOS takes it; asks for the shop's settings now and then."""
        return plan(change, terms_of(self._account, self._settings))

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Tell by number whether it is for sale; all products are read, at most every ten minutes."""
        self._index.read_all()
        found = {sku: self._index.is_for_sale(sku) for sku in skus if sku}
        return {sku: on for sku, on in found.items() if on is not None}

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """Take variants off sale, a call for each product that has some of them and one for each of them."""
        refused: dict[str, Reason] = {}
        for place in dict.fromkeys(variants.values()):
            if (found := self._index.read(int(place))) is None:
                continue
            for variant in found[1]:
                sku, path = variant_sku(found[0], variant), f"/attributecombinations/{variant.id}/"
                if variants.get(sku) == place and (problem := self._deactivate(path)):
                    refused[sku] = problem
        return refused

    def deactivate(self, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
        """Take products off sale."""
        problems = {product: self._deactivate(f"/products/{product.partition('/')[0]}/") for product in ids}
        return {product: problem for product, problem in problems.items() if problem}

    def _deactivate(self, path: str) -> Reason | None:
        """Why it cannot be taken off sale; one that is gone is no problem."""
        try:
            send_change(self._client, patch(path, {"active": False}))
        except Rejected as error:
            return None if is_gone(error) else reason_of(error)
        return None

    def write(self, drafts: Sequence[ProductDraft]) -> Sequence[ProductOutcome]:
        """Return one after the other.

        What one product is refused for, or a lost answer to a creation, is that product's outcome: the next run looks
        before it creates. Anything else ends the whole call.
        """
        return [self._outcome(draft) for draft in drafts]

    def _outcome(self, draft: ProductDraft) -> ProductOutcome:
        progress = _Progress(remarks=list(remarks_of(draft)))
        try:
            self._write(draft, checked(draft.payload, draft.change.product.sku), progress)
        except (Held, Rejected, OutcomeUnknown) as error:
            self._forget(draft, error)
            return progress.outcome(error)
        return progress.outcome()

    def _forget(self, draft: ProductDraft, error: Held | Rejected | OutcomeUnknown) -> None:
        """A refusal may come from what we know and is not so any more; an unknown outcome is to be looked up."""
        if isinstance(error, Rejected):
            self._variants.forget()
            self._features.forget()
        if isinstance(error, OutcomeUnknown):
            self._index.doubt(draft.change.product.sku)

    def _write(self, draft: ProductDraft, body: CatalogueInput, progress: _Progress) -> None:
        refuse_other_tax(draft.converted_by, tariff_rate(body.taxtariff, self._settings.tax_tariffs), "SalesPOS")
        known = draft.change.known
        if known is not None:
            product = known.noted(ProductWhole)
            progress.id = product.id
            progress.changed = self._update(product, _fields(body))
            self._write_linked(draft, body, product, progress)
            return
        product, finished = self._created(draft, body, progress)
        if not finished:
            self._write_linked(draft, body, product, progress)
            last = {"active": body.active is not False, "memo": body.memo or ""}
            self._send(product.id, last)

    # --- the product itself ---------------------------------------------------------------------------------

    def _created(self, draft: ProductDraft, body: CatalogueInput, progress: _Progress) -> tuple[ProductWhole, bool]:
        """The new product, or the one that an earlier try began; and whether that is all."""
        number = body.productnumber or draft.change.product.sku
        begun = _unfinished(list(self._products.with_number(number)), number)
        progress.created = True
        finished = not _has_more(draft)
        fields = {"package_id": self._account.package_id, **_fields(body)}
        if not finished:
            fields |= {"active": False, "memo": UNFINISHED}
        if begun is not None:
            progress.id = begun.id
            self._update(begun, fields)
            return begun, False
        progress.id = self._create(number, fields)
        texts = {name: fields[name] for name in TRANSLATED if name in fields}
        if self._settings.language and texts:
            self._send(progress.id, texts)
        # What was just made has nothing yet.
        product = ProductWhole.model_validate({"id": progress.id, "productnumber": number, "price": 0})
        self._index.note(product, ())
        return product, finished

    def _create(self, number: str, fields: Mapping[str, Any]) -> int:
        made = create(
            self._client,
            "/products/",
            plain({"discount": 0, **fields}),
            CREATED,
            where=f"SalesPOS, product {number}",
            fix="A value may exist only once there: the message names it.",
        )
        return named_or_found(made, lambda: self._only(number), f"the product {number}")

    def _only(self, number: str) -> int | None:
        """The product with this number; None where there is none, or several."""
        listed = list(self._products.with_number(number))
        return listed[0].id if len(listed) == 1 else None

    def _update(self, product: ProductWhole, fields: Mapping[str, Any]) -> bool:
        """Write the fields that differ from what was read."""
        now = product.model_dump() | {"active": product.is_active}
        changes = {name: value for name, value in fields.items() if name not in now or now[name] != value}
        if changes:
            self._send(product.id, changes)
        return bool(changes)

    def _send(self, product: int, changes: Mapping[str, Any]) -> None:
        send_change(self._client, in_language(patch(f"/products/{product}/", plain(changes)), self._settings.language))

    # --- what hangs on it -----------------------------------------------------------------------------------

    def _write_linked(
        self, draft: ProductDraft, body: CatalogueInput, product: ProductWhole, progress: _Progress
    ) -> None:
        change = draft.change
        if body.variants:
            wanted = self._wanted(draft, body)
            changed, remarks = self._variants.write(product, wanted, unfinished=progress.created)
            progress.changed |= changed
            progress.remarks += remarks
        if "categories" in change.fields:
            links = all_items(product.producttocategories)
            progress.changed |= self._categories.assign(product.id, change.categories, links)
        if "features" in change.fields:
            groups = all_items(product.producttopropertygroups)
            changed, remarks = self._features.write(product.id, change.product.features, groups)
            progress.changed |= changed
            progress.remarks += remarks

    def _wanted(self, draft: ProductDraft, body: CatalogueInput) -> Sequence[WantedVariant]:
        change = draft.change
        costs = costs_of(change, terms_of(self._account, self._settings))
        differences = costs.differences if costs else ()
        return [
            WantedVariant(change.product.variants[index], row, differences[index] if differences else None)
            for row, index in zip(body.variants, draft.variant_of_row, strict=True)
            if index is not None
        ]


def _fields(body: CatalogueInput) -> dict[str, Any]:
    """The product's own fields."""
    return body.model_dump(exclude_none=True, exclude={"variants"})


def _has_more(draft: ProductDraft) -> bool:
    """Whether a creation takes more than one call."""
    change = draft.change
    return bool(
        change.product.variants
        or ("categories" in change.fields and change.categories)
        or ("features" in change.fields and change.product.features)
    )


def _unfinished(listed: Sequence[ProductWhole], number: str) -> ProductWhole | None:
    """The product that an earlier try began; None when there is no product with this number."""
    begun = [product for product in listed if product.memo == UNFINISHED]
    if listed and not begun:
        raise OutcomeUnknown("SalesPOS has a product with this number by now", where=f"product {number}")
    return begun[0] if begun else None


def _sells(product: ProductWhole, sku: str) -> bool:
    numbers = {product_sku(product), *(variant_sku(product, variant) for variant in product.variants)}
    return product.memo != UNFINISHED and sku.casefold() in map(str.casefold, numbers)
