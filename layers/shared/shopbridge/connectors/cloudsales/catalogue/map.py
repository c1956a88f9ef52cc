"""A row of BOCP's product list as everybody's product; pure."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from shopbridge.connectors.cloudsales.product_index import rank_of
from shopbridge.connectors.cloudsales.products import Found
from shopbridge.connectors.cloudsales.settings import CloudSalesSettings
from shopbridge.connectors.cloudsales.wire import ProductRow
from shopbridge.mapping.identity import ean_of
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category, Price, Product, UnreadableProduct
from shopbridge.model.ledger import Reason

PRICE_GROUPS = {
    "regular": "Price with VAT (pret_vanzare_cu_tva)",
    "net": "Price without VAT (pret_vanzare)",
    "sale": "None: BOCP tells no sale prices",
}


def product_of(found: Found, item: ExternalId, settings: CloudSalesSettings) -> Product | UnreadableProduct:
    """The product; every sellable unit is one of its own, since the list tells no parents and options (client B3)."""
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
    """The barcode of the chosen field, if its check digit is right."""
    return ean_of(row.custom_barcode if settings.barcode_field == "custom_barcode" else row.barcode)


def prices_of(row: ProductRow, settings: CloudSalesSettings) -> dict[str, Price]:
    """``regular`` is the gross price, or the net one where only that is there; ``net`` is the net one."""
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


def categories_of(rows: Iterable[Found]) -> list[Category]:
    """The names of categories that products have, each a root: BOCP is not known to list its tree (client B3)."""
    names = sorted({found.row.category_name for found in rows if found.row} - {""})
    return [Category(id=ExternalId(name), parent=None, name=name, active=True) for name in names]


def _extras(row: ProductRow) -> dict[str, Any]:
    """Further facts by BOCP's own names."""
    return {
        "custom_barcode": row.custom_barcode,
        "barcode": row.barcode,
        "category_name": row.category_name,
        "is_archived": row.is_archived,
        "delistat": row.delistat,
    }


def _unreadable(found: Found, item: ExternalId) -> UnreadableProduct:
    reason = Reason(
        code="unexpected_form",
        text=f"BOCP's product list has an unexpected form at {found.problem}.",
        fix="Open and save the product in BOCP; if that does not help, give this message to our support.",
    )
    return UnreadableProduct(id=item or "(no code)", rank=rank_of(found.code), sku=found.code, reason=reason)
