"""CloudSales as a source of products, and as a target of prices of those it has, by our stand-in only.

Nothing can be created. The ports ``CatalogueSource`` and ``CatalogueTarget`` tell the terms.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, NoReturn

from shopbridge.connectors.cloudsales.product_index import CloudSalesProductIndex, ListedProduct
from shopbridge.connectors.cloudsales.settings import CloudSalesSettings
from shopbridge.connectors.cloudsales.stand_in import StandIn
from shopbridge.connectors.cloudsales.wire import ProductRow
from shopbridge.connectors.kit.reasons import stays_on_sale
from shopbridge.connectors.kit.rows import products_page
from shopbridge.connectors.kit.sku_index import spellings
from shopbridge.connectors.kit.whole_list import item_id, page_behind, rank_in, rank_of
from shopbridge.errors import Held
from shopbridge.mapping.identity import ean_of
from shopbridge.mapping.prices import PriceTerms, amount_for, known_rate, tax_fix
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId
from shopbridge.model.catalogue import (
    Category,
    Price,
    Product,
    ProductChange,
    ProductDraft,
    ProductField,
    ProductOutcome,
    ProductPage,
    TargetProduct,
    UnreadableProduct,
)
from shopbridge.model.ledger import Reason

PRICE_GROUPS = {
    "regular": "Price with VAT (pret_vanzare_cu_tva)",
    "net": "Price without VAT (pret_vanzare)",
    "sale": "None: BOCP tells no sale prices",
}
STILL_GOOD = timedelta(minutes=30)
"""How old the list may be while a sweep goes on; when one begins it is as it is now, which costs a page of changes."""
YOUNG = timedelta(minutes=10)
"""How old the list may be that codes are looked up in."""
WRITABLE = frozenset[ProductField]({"price", "tax"})


def product_of(found: ListedProduct, item: ExternalId, settings: CloudSalesSettings) -> Product | UnreadableProduct:
    """Return the product.

    Every sellable unit is one of its own, since the list tells no parents and options (client B3).
    """
    row = found.row
    if row is None:
        return _unreadable(found, item)
    return Product(
        id=item,
        rank=rank_of(found.code),
        sku=found.code,
        name=row.product_name or found.code,
        short_text="",
        long_text="",
        ean=ean(row, settings),
        active=row.is_active,
        tax_rate=row.cota_tva_vanzare,
        prices=prices_of(row, settings),
        stock=row.stock_available,
        categories=(ExternalId(row.category_name),) if row.category_name else (),
        features=(),
        variants=(),
        images=len(row.images) if isinstance(row.images, list) else 0,
        extras=_extras(row),
    )


def ean(row: ProductRow, settings: CloudSalesSettings) -> str:
    """Return the barcode of the chosen field, if its check digit is right."""
    return ean_of(row.custom_barcode if settings.barcode_field == "custom_barcode" else row.barcode)


def prices_of(row: ProductRow, settings: CloudSalesSettings) -> dict[str, Price]:
    """Return ``regular``, the gross price or the net one where only that is there, and ``net``, the net one."""
    gross, net = row.pret_vanzare_cu_tva, row.pret_vanzare
    amounts: dict[str, tuple[Decimal | None, bool]] = {
        "regular": (net, False) if gross is None else (gross, True),
        "net": (net, False),
    }
    return {
        group: Price(amount=amount, gross=is_gross, currency=settings.currency)
        for group, (amount, is_gross) in amounts.items()
        if amount is not None
    }


def _extras(row: ProductRow) -> dict[str, Any]:
    """Further facts by BOCP's own names."""
    return {
        "custom_barcode": row.custom_barcode,
        "barcode": row.barcode,
        "category_name": row.category_name,
        "is_archived": row.is_archived,
        "delistat": row.delistat,
    }


def _unreadable(found: ListedProduct, item: ExternalId) -> UnreadableProduct:
    reason = Reason(
        code="unexpected_form",
        text=f"BOCP's product list has an unexpected form at {found.problem}.",
        fix="Open and save the product in BOCP; if that does not help, give this message to our support.",
    )
    return UnreadableProduct(id=item or "(no code)", rank=rank_of(found.code), sku=found.code, reason=reason)


class CloudSalesProducts:
    """The products of an account; the port ``CatalogueSource`` tells the terms."""

    def __init__(self, index: CloudSalesProductIndex, settings: CloudSalesSettings) -> None:
        self._index = index
        self._settings = settings

    def page(self, position: str | None) -> ProductPage:
        """Return the products behind the rank that ``position`` names.

        The list is brought up to date before the first.
        """
        after = rank_in(position)
        rows = self._index.lately(STILL_GOOD) if after else self._index.now()
        items, following = page_behind(after, rows)
        return products_page([product_of(each, item, self._settings) for item, each in items], following)

    def categories(self) -> Sequence[Category]:
        """Return the names of categories that products have, each a root.

        BOCP is not known to list its tree (client B3).
        """
        rows = (each.row for found in self._index.now().values() for each in found)
        names = sorted({row.category_name for row in rows if row} - {""})
        return [Category(id=ExternalId(name), parent=None, name=name, active=True) for name in names]


# --- writing prices ---------------------------------------------------------------------------------------------------


class CloudSalesPriceWriter:
    """Finds products by their codes, and writes their prices."""

    batch = 1
    """Each product's price is a call."""
    is_flat = True
    """Every code is a row of its own."""

    def __init__(
        self,
        index: CloudSalesProductIndex,
        stand_in: StandIn,
        settings: CloudSalesSettings,
        catalogue: CloudSalesProducts,
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._stand_in = stand_in
        self._settings = settings

    @property
    def currency(self) -> CurrencyCode:
        """As set."""
        return self._settings.currency

    def fields(self) -> Mapping[str, TargetField]:
        """Return None: a price and its tax are all that can be written."""
        return {}

    def categories(self) -> Sequence[Category]:
        """Return the names that products have."""
        return self._catalogue.categories()

    def write_category(self, category: Category, known: ExternalId | None) -> NoReturn:
        """Raise Held: nothing is known to write a category in BOCP."""
        del known
        raise category_not_writable(category.name)

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """Return None of them, and why."""
        return stays_on_sale("BOCP", variants)

    def deactivate(self, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
        """Return None of them, and why."""
        return stays_on_sale("BOCP", ids)

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """Return every row that has one of these codes, whatever its capitals.

        Whether it is meant, the flow decides.
        """
        rows = self._index.lately(YOUNG)
        spelt = spellings(rows)
        codes = {sku: spelt[sku.casefold()] for sku in skus if sku and sku.casefold() in spelt}
        return {
            sku: [self._known(each, number) for code in some for number, each in enumerate(rows[code], 1)]
            for sku, some in codes.items()
        }

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Tell by code whether BOCP has it neither archived nor delisted."""
        rows = self._index.lately(YOUNG)
        return {sku: any(each.row is None or each.row.is_active for each in rows[sku]) for sku in skus if sku in rows}

    def plan(self, change: ProductChange) -> ProductDraft:
        """Return the price of the product, by its code. Raises Held when it is not there."""
        product, known = change.product, change.known
        if known is None:
            raise not_creatable(product.sku or product.name)
        price = change.price
        rows = [_row(product.sku, price.sale or price.regular, _terms(change, self._settings))] if price else []
        return ProductDraft(change=change, payload={"items": rows}, variant_of_row=())

    def write(self, drafts: Sequence[ProductDraft]) -> Sequence[ProductOutcome]:
        """Write them, one after the other: each has an outcome of its own."""
        return [self._write(draft) for draft in drafts]

    def _write(self, draft: ProductDraft) -> ProductOutcome:
        known = draft.change.known
        target = known.id if known else None
        remarks = _left_out(draft.change.fields)
        if not draft.payload["items"]:
            return ProductOutcome(state="unchanged", id=target, remarks=remarks)
        refused = self._stand_in.write("price", draft.payload["items"])
        if refused:
            return ProductOutcome(state="failed", id=target, reason=next(iter(refused.values())))
        return ProductOutcome(state="updated", id=target, remarks=remarks)

    def _known(self, found: ListedProduct, number: int) -> TargetProduct:
        filled = _filled(found.row, self._settings) if found.row else frozenset[ProductField]()
        rate = found.row.cota_tva_vanzare if found.row else None
        return TargetProduct(id=item_id(found.code, number), sku=found.code, filled=filled, tax_rate=rate)


def not_creatable(name: str) -> Held:
    """Tell that nothing is known to create a product in BOCP."""
    return Held(
        f"The product {name!r} is not in BOCP, and no call that creates one is known",
        code="product_not_creatable",
        where="CloudSales",
        fix="Make it in BOCP by hand, or import the shop's catalogue there, with this code; then resend the order, or "
        "let the next run find it.",
    )


def category_not_writable(name: str) -> Held:
    """Tell that BOCP's categories are only known as names on its products."""
    return Held(
        f"The category {name!r} is not in BOCP, and no call that writes one is known",
        code="field_not_writable",
        where="CloudSales",
        fix="Switch products.categories off in the connection: only prices can be written.",
    )


def _left_out(fields: frozenset[ProductField]) -> tuple[str, ...]:
    others = ", ".join(sorted(fields - WRITABLE))
    return (f"BOCP takes only prices: {others} stayed as they are there.",) if others else ()


def _terms(change: ProductChange, settings: CloudSalesSettings) -> PriceTerms:
    """A price never goes without its VAT: BOCP's own is sent back to it, where it has none the source's."""
    own = change.rate_after
    rate = change.product.tax_rate if own is None else own
    fix = tax_fix("CloudSales", keeps_tax=change.keeps_tax)
    return PriceTerms("CloudSales", settings.currency, gross=True, rate=rate, fix=fix)


def _row(sku: str, price: Price, terms: PriceTerms) -> dict[str, Any]:
    gross, rate = amount_for(price, terms), known_rate(terms)
    return {"code": sku, "price_with_vat": f"{cents(gross):f}", "vat_percent": rate}


def _filled(row: ProductRow, settings: CloudSalesSettings) -> frozenset[ProductField]:
    held: dict[ProductField, object] = {
        "name": row.product_name,
        "ean": ean(row, settings),
        "active": True,
        "tax": row.cota_tva_vanzare is not None,
        "price": row.pret_vanzare_cu_tva is not None,
        "stock": row.stoc_global is not None,
        "categories": row.category_name,
    }
    return frozenset(name for name, value in held.items() if value)
