"""Stock by warehouse, and the proposed write of it: absolute, by SKU."""

from decimal import Decimal

from sandbox.platforms.innvoice.batches import Outcome, each, refused
from sandbox.platforms.innvoice.inferred import WAREHOUSE_ID
from sandbox.platforms.innvoice.records import Product, Warehouse
from sandbox.platforms.innvoice.shapes import STOCK
from sandbox.platforms.innvoice.state import Company
from sandbox.platforms.innvoice.wire import Record


def move(product: Product, warehouse: Warehouse, quantity: Decimal) -> None:
    """Goods come (above 0) or go; of a product nobody counts, nothing happens."""
    if product.totals:
        product.totals[warehouse.id] = product.totals.get(warehouse.id, Decimal(0)) + quantity


def write(company: Company, body: bytes) -> Record:
    """Set what lies in a warehouse; an unknown product or warehouse stops no other line.

    Raises:
        ApiError: The body as a whole is refused.
    """
    return each(company, body, ("stocks", "stock"), lambda _: STOCK, _set)


def _set(company: Company, sent: Record) -> Outcome:
    product, warehouse = company.product(sent["CikkSzam"]), company.warehouses.get(int(sent[WAREHOUSE_ID]))
    if product is None:
        return refused(f"unknown product {sent['CikkSzam']}")
    if warehouse is None:
        return refused(f"unknown warehouse {sent[WAREHOUSE_ID]}")
    product.totals[warehouse.id] = Decimal(sent["Raktar_Keszlet"])
    return {"techid": str(product.id)}
