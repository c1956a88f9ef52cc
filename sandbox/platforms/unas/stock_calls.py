"""Stock by the API: ``getStock`` and ``setStock`` (platform file, "Stock")."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.platforms.unas.batch import batch
from sandbox.platforms.unas.errors import EntityError, no_data, refused
from sandbox.platforms.unas.routing import Functions, Page, reading, whole, writing
from sandbox.platforms.unas.state import MAIN, Lot, Product, Shop, Spot
from sandbox.platforms.unas.stock import put
from sandbox.platforms.unas.wire import Record, amount, number, rows, unix

_VALUES = ("Variant1", "Variant2", "Variant3")
ACTIONS = ("in", "out", "modify")


@dataclass(frozen=True)
class Write:
    """A figure that was sent, and where it belongs."""

    spot: Spot
    qty: Decimal
    price: Decimal | None


def stock_rows(shop: Shop, product: Product) -> list[Record]:
    """All that is known of a product's stock; the main warehouse names no id."""
    return [_row(shop, spot, lot) for spot, lot in product.stock.items()]


def _row(shop: Shop, spot: Spot, lot: Lot) -> Record:
    warehouse, values = spot
    row: Record = {}
    if warehouse != MAIN:
        row |= {"WarehouseId": warehouse, "IsActive": shop.table("Warehouse")[int(warehouse)]["Active"]}
    if values:
        row["Variants"] = {"Variant": list(values)}
    row["Qty"] = lot.qty
    return row if lot.price is None else {**row, "Price": lot.price}


def list_stock(shop: Shop, params: Record) -> Any:
    """The stock of products; ``TimeStart`` leaves those that moved since."""
    found = [product for product in shop.living() if _is_meant(product, params)]
    return {"Product": [_view(shop, product, params) for product in Page.of(params).cut(found)]}


def _is_meant(product: Product, params: Record) -> bool:
    since = whole(params, "TimeStart")
    if since is not None and (product.moved is None or int(unix(product.moved)) < since):
        return False
    if "Id" in params:
        return str(product.id) in params["Id"].split(",")
    return "Sku" not in params or product.sku in params["Sku"].split(",")


def _view(shop: Shop, product: Product, params: Record) -> Record:
    values = tuple(params[name] for name in _VALUES if name in params)
    found = stock_rows(shop, product)
    if values:
        found = [{"Qty": lot.qty} for spot, lot in product.stock.items() if spot == (MAIN, values)]
    return {"Id": str(product.id), "Sku": product.sku, "Stocks": {"Stock": found}}


def set_stock(shop: Shop, action: str, row: Record) -> Record:
    """One product of ``setStock``."""
    product = shop.product_named(row)
    if product is None:
        raise refused("product not found")
    sent = rows(row.get("Stocks"), "Stock")
    if not sent:
        raise no_data()
    write_stock(shop, product, action, check_stock(shop, product, sent))
    return {"Id": str(product.id), "Sku": product.sku}


def check_stock(shop: Shop, product: Product, sent: list[Any]) -> list[Write]:
    """What is to be written, when all of it can be.

    Raises:
        EntityError: A warehouse or a combination is not there, or a figure is none.
    """
    return [_write(shop, product, row if isinstance(row, dict) else {}) for row in sent]


def _write(shop: Shop, product: Product, row: Record) -> Write:
    warehouse, values = row.get("WarehouseId", MAIN), tuple(rows(row.get("Variants"), "Variant"))
    qty = number(row.get("Qty"))
    if qty is None or qty < 0:
        raise refused("Qty should be a number not below 0")
    if warehouse != MAIN and not (warehouse.isdigit() and int(warehouse) in shop.table("Warehouse")):
        raise refused(f"unknown warehouse {warehouse}")
    if (MAIN, values) not in product.stock:
        raise _wrong_variant(product)
    return Write((warehouse, values), qty, number(row.get("Price")))


def _wrong_variant(product: Product) -> EntityError:
    """[inferred] A figure without a combination is refused where each has its own, and the other way round."""
    return refused("unknown variant" if product.by_variant else "the product has no stock by variant")


def write_stock(shop: Shop, product: Product, action: str, writes: list[Write]) -> None:
    """Write what was checked: ``in`` adds, ``out`` takes, ``modify`` sets."""
    for each in writes:
        there = product.stock.get(each.spot, Lot()).qty
        qty = {"in": there + each.qty, "out": there - each.qty}.get(action, each.qty)
        put(shop, product, each.spot, qty)
        if each.price is not None:
            product.stock[each.spot].price = amount(each.price)


FUNCTIONS: Functions = {
    "getStock": reading(
        list_stock,
        "Products",
        "Id Sku Variant1 Variant2 Variant3 TimeStart LimitNum LimitStart",
        "Id Sku",
        beside="Variant1 Variant2 Variant3 LimitNum LimitStart",
    ),
    "setStock": writing(batch("Product", set_stock, ACTIONS, ("Id", "Sku")), "Products", "Product"),
}
