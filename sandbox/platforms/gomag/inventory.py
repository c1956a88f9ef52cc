"""Stock and prices in bulk, one row per SKU (platform file, "Stock and prices")."""

from sandbox.platforms.gomag.catalogue.writes import refuse_negative, set_stock_and_price
from sandbox.platforms.gomag.errors import SUCCESS, invalid, no_data
from sandbox.platforms.gomag.fields import NUMBER, PRICE, TEXT, check_rows
from sandbox.platforms.gomag.routing import Call, Routes, writing
from sandbox.platforms.gomag.spellings import INVENTORY, spelled
from sandbox.platforms.gomag.state import Shop
from sandbox.platforms.gomag.stock import stock_changed
from sandbox.platforms.gomag.wire import Record
from sandbox.platforms.kit.fields import Shape, required

ROW: Shape = {"sku": required(TEXT), "price": PRICE, "stock": NUMBER, "specialPrice": PRICE}


def write(shop: Shop, call: Call) -> Record:
    """Every row whose SKU is known is written; when none is, 404 NO DATA [inferred, as for statuses]."""
    rows = _rows(shop, call)
    unknown = [row["sku"] for row in rows if not shop.sold_as(row["sku"])]
    if len(unknown) == len(rows) or (unknown and shop.assumed.unknown_sku_refuses_all):
        raise no_data()
    for row in rows:
        _write(shop, row)
    return SUCCESS


def _rows(shop: Shop, call: Call) -> list[Record]:
    if not isinstance(call.data, list) or len(call.data) > shop.assumed.largest_inventory:
        raise invalid(f"data should be an array of at most {shop.assumed.largest_inventory} rows")
    rows = check_rows([spelled(shop, row, INVENTORY) for row in call.data], ROW)
    refuse_negative(shop, rows)
    return rows


def _write(shop: Shop, row: Record) -> None:
    """An SKU that is there twice is written in its first place only [inferred]."""
    for sold in shop.sold_as(row["sku"])[:1]:
        set_stock_and_price(sold.version or sold.product, row)
        if row.keys() - {"sku", "stock"}:
            sold.product.updated = shop.now()
        if "stock" in row:
            stock_changed(shop, sold.product)


ROUTES: Routes = {"product/inventory/json": writing(write, "product")}
