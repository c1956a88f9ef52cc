"""InnVoice as a source of products, and as a target of them by our stand-in only.

The ports ``CatalogueSource`` and ``CatalogueTarget`` tell the terms. Every SKU is a product of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from shopbridge.connectors.innvoice.product_index import (
    JUST_READ,
    STILL_GOOD,
    YOUNG,
    InnVoiceProductIndex,
    ListedProduct,
    Rows,
)
from shopbridge.connectors.innvoice.settings import InnVoiceSettings
from shopbridge.connectors.innvoice.stand_in import BATCH, StandIn
from shopbridge.connectors.innvoice.stock import stock_row
from shopbridge.connectors.innvoice.wire import PriceEntry, ProductRow
from shopbridge.connectors.kit.order_lines import NOTHING
from shopbridge.connectors.kit.reasons import stays_on_sale
from shopbridge.connectors.kit.rows import products_page
from shopbridge.connectors.kit.sku_index import spellings
from shopbridge.connectors.kit.whole_list import item_id, page_behind, rank_in, rank_of
from shopbridge.errors import NeedsAttention
from shopbridge.mapping.identity import ean_of
from shopbridge.mapping.names import folded, is_among
from shopbridge.mapping.prices import PriceTerms, amount_for, tax_fix
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import CurrencyCode, ExternalId
from shopbridge.model.catalogue import (
    CataloguePrice,
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

WRITABLE = frozenset[ProductField]({"name", "ean", "price", "categories", "stock"})


def product_of(found: ListedProduct, item: ExternalId, settings: InnVoiceSettings) -> Product | UnreadableProduct:
    """Return the product; its stock is the sum of all warehouses."""
    row, rank = found.row, rank_of(found.code)
    if row is None:
        reason = Reason(
            code="unexpected_form",
            text=f"InnVoice's product list has an unexpected form at {found.problem}.",
            fix="Open and save the product in InnVoice; if that does not help, give this message to our support.",
        )
        return UnreadableProduct(id=item or "(no SKU)", rank=rank, sku=found.code, reason=reason)
    quantities = [entry.quantity for entry in row.warehouses.values()]
    known = [quantity for quantity in quantities if quantity is not None]
    return Product(
        id=item,
        rank=rank,
        sku=found.code,
        name=row.name or found.code,
        short_text="",
        long_text="",
        ean=ean_of(row.ean),
        active=True,
        tax_rate=settings.product_tax,
        prices=prices_of(row, settings),
        stock=sum(known, NOTHING) if known and len(known) == len(quantities) else None,
        categories=(ExternalId(row.group),) if row.group else (),
        features=(),
        variants=(),
        images=0,
        extras={"EAN": row.ean, "TermekCsoport": row.group},
    )


def prices_of(row: ProductRow, settings: InnVoiceSettings) -> dict[str, Price]:
    """Return ``regular`` and ``sale`` from the groups that are set; one that is not said to be net or gross is none."""
    entries = row.prices
    only = next(iter(entries.values())) if len(entries) == 1 and not settings.regular_price_group else None
    chosen = {
        "regular": only or _in_group(entries, settings.regular_price_group),
        "sale": _in_group(entries, settings.sale_price_group),
    }
    return {
        name: Price(amount=entry.amount, gross=entry.gross, currency=settings.price_currency)
        for name, entry in chosen.items()
        if entry and entry.amount is not None and entry.gross is not None
    }


def _in_group(entries: Mapping[str, PriceEntry], group: str) -> PriceEntry | None:
    return next((entry for name, entry in entries.items() if group and folded(name) == folded(group)), None)


def _categories_of(rows: Rows) -> Sequence[Category]:
    """The groups that products are in, each a root."""
    names = sorted(set(_groups(rows)))
    return [Category(id=ExternalId(name), parent=None, name=name, active=True) for name in names]


class InnVoiceProducts:
    """The products of an account; the port ``CatalogueSource`` tells the terms."""

    def __init__(self, index: InnVoiceProductIndex, settings: InnVoiceSettings) -> None:
        self._index = index
        self._settings = settings
        self._begun = False  # by its groups

    def page(self, position: str | None) -> ProductPage:
        """Return the products behind the rank that ``position`` names; the list is read before the first.

        Where the sweep began with its groups, they were read from that list a moment ago.
        """
        after = rank_in(position)
        begun, self._begun = self._begun, False
        believed = STILL_GOOD if after else JUST_READ
        rows = self._offered(self._index.lately(believed) if after or begun else self._index.now())
        items, following = page_behind(after, rows)
        return products_page([product_of(each, item, self._settings) for item, each in items], following)

    def categories(self) -> Sequence[Category]:
        """Return the names of groups that products have, each a root: no call that lists them is known."""
        rows = self._offered(self._index.now())
        self._begun = True
        return _categories_of(rows)

    def _offered(self, rows: Rows) -> Rows:
        """All but those of excluded groups.

        Raises:
            NeedsAttention: Groups are excluded, and no product tells its group: [inferred] how the list calls it.
        """
        excluded = self._settings.excluded_groups
        if excluded and not any(_groups(rows)):
            raise NeedsAttention(
                "InnVoice's product list tells no product groups, so none can be left out",
                where="InnVoice, excluded_groups",
                fix="Ask InnVoice's support how the list names a product's group, or leave excluded_groups empty.",
            )
        kept = {code: [each for each in found if not _is_in(each, excluded)] for code, found in rows.items()}
        return {code: found for code, found in kept.items() if found}


def _groups(rows: Rows) -> Iterator[str]:
    return (each.row.group for found in rows.values() for each in found if each.row and each.row.group)


def _is_in(found: ListedProduct, groups: Sequence[str]) -> bool:
    return found.row is not None and is_among(groups, found.row.group)


# --- writing ----------------------------------------------------------------------------------------------------------


class InnVoiceProductWriter:
    """Finds products by their SKUs, and writes them by the stand-in; the port ``CatalogueTarget`` tells the terms."""

    batch = BATCH
    is_flat = True
    """Every SKU is a product of its own."""

    def __init__(self, stand_in: StandIn, index: InnVoiceProductIndex, settings: InnVoiceSettings) -> None:
        self._stand_in = stand_in
        self._index = index
        self._settings = settings

    @property
    def currency(self) -> CurrencyCode:
        """As set."""
        return self._settings.price_currency

    def fields(self) -> Mapping[str, TargetField]:
        """Return no field for rules: the body is only a proposal."""
        return {}

    def categories(self) -> Sequence[Category]:
        """Return the names of groups that products have."""
        return _categories_of(self._index.lately(YOUNG))

    def write_category(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Return the group's name: InnVoice makes a group with the first product that names it (doc S4, S5)."""
        del known
        return ExternalId(category.name.strip())

    def deactivate_variants(self, variants: Mapping[str, ExternalId]) -> Mapping[str, Reason]:
        """Return all of them, and why."""
        return stays_on_sale("InnVoice", variants)

    def deactivate(self, ids: Sequence[ExternalId]) -> Mapping[ExternalId, Reason]:
        """Return all of them, and why."""
        return stays_on_sale("InnVoice", ids)

    def find(self, skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        """Return every product that has one of these SKUs, whatever its capitals."""
        rows = self._index.lately(YOUNG) if any(skus) else {}
        spelt = spellings(rows)
        codes = {sku: spelt[sku.casefold()] for sku in skus if sku and sku.casefold() in spelt}
        return {
            sku: [self._known(each, number) for code in some for number, each in enumerate(rows[code], 1)]
            for sku, some in codes.items()
        }

    def on_sale(self, skus: Sequence[str]) -> Mapping[str, bool]:
        """Tell which are there; nothing says that a product is switched off."""
        rows = self._index.lately(YOUNG)
        return {sku: True for sku in skus if sku in rows}

    def plan(self, change: ProductChange) -> ProductDraft:
        """Return the product's elements.

        Raises:
            Held: It has a price that cannot be converted.
        """
        product = change.product
        row: dict[str, Any] = {
            "Nev": product.name if "name" in change.fields else None,
            "EAN": product.ean if "ean" in change.fields else None,
            "TermekCsoport": next(iter(change.categories), None) if "categories" in change.fields else None,
            "Arak": [*self._prices(change)] or None,
        }
        written = {name: value for name, value in row.items() if value is not None}
        return ProductDraft(change=change, payload=written, variant_of_row=())

    def write(self, drafts: Sequence[ProductDraft]) -> Sequence[ProductOutcome]:
        """Write them in one call, and the stock of new ones in another."""
        rows = [{"CikkSzam": _sku(draft), **draft.payload} for draft in drafts if draft.payload]
        refused = self._stand_in.write("product", rows)
        warehouse = self._settings.stand_in_warehouse
        stocks = [stock_row(_sku(draft), stock, warehouse) for draft in drafts if (stock := _stock(draft)) is not None]
        unstocked = self._stand_in.write("stock", [row for row in stocks if row["CikkSzam"] not in refused])
        return [_outcome(draft, refused.get(_sku(draft)), unstocked.get(_sku(draft))) for draft in drafts]

    def _prices(self, change: ProductChange) -> Iterator[dict[str, Any]]:
        """The gross price of each group that is set; where nothing is on sale, the sale group has the regular price."""
        if change.price is None:
            return
        fix = tax_fix("InnVoice", keeps_tax=change.keeps_tax)
        terms = PriceTerms("InnVoice", self.currency, gross=True, rate=change.rate_after, fix=fix)
        for group, price in self._by_group(change.price).items():
            amount = cents(amount_for(price, terms))
            yield {"Arcsoport_Nev": group, "Arcsoport_Brutto": 1, "Arcsoport_Ar": amount}

    def _by_group(self, price: CataloguePrice) -> dict[str, Price]:
        regular, sale = self._settings.regular_price_group, self._settings.sale_price_group
        now = price.sale or price.regular
        return {regular: price.regular, sale: now} if sale else {regular: now}

    def _known(self, found: ListedProduct, number: int) -> TargetProduct:
        rate = self._settings.product_tax
        filled = _filled(found.row, self._settings) if found.row else frozenset[ProductField]()
        return TargetProduct(id=item_id(found.code, number), sku=found.code, filled=filled, tax_rate=rate)


def _sku(draft: ProductDraft) -> str:
    """A product that is there keeps its SKU as it is written there."""
    known = draft.change.known
    return known.sku if known else draft.change.product.sku


def _stock(draft: ProductDraft) -> Decimal | None:
    return draft.change.product.stock if "stock" in draft.change.fields else None


def _outcome(draft: ProductDraft, refused: str | None, unstocked: str | None) -> ProductOutcome:
    known, fields = draft.change.known, draft.change.fields
    others = ", ".join(sorted(fields - WRITABLE))
    remarks = [f"InnVoice is known to take no {others}."] if others else []
    remarks += [f"Its stock was not taken ({unstocked})."] if unstocked else []
    if refused is not None:
        reason = Reason(code="refused", text=f"InnVoice does not take it ({refused}).", fix="See the message.")
        return ProductOutcome(state="failed", id=known.id if known else None, reason=reason)
    made = known.id if known else item_id(_sku(draft), 1)
    written = draft.payload or _stock(draft) is not None
    state = ("updated" if known else "created") if written else "unchanged"
    return ProductOutcome.model_validate({"state": state, "id": made, "remarks": tuple(remarks)})


def _filled(row: ProductRow, settings: InnVoiceSettings) -> frozenset[ProductField]:
    held: dict[ProductField, object] = {
        "name": row.name,
        "ean": ean_of(row.ean),
        "active": True,
        "tax": settings.product_tax is not None,
        "price": "regular" in prices_of(row, settings),
        "stock": row.warehouses,
        "categories": row.group,
    }
    return frozenset(name for name, value in held.items() if value)
