"""Stock: what orders take and give back, and the older way to write it (platform file, "Stock and prices")."""

from collections.abc import Iterable
from decimal import Decimal

from sandbox.platforms.cartum.errors import RowError
from sandbox.platforms.cartum.fields import LARGEST, ROWS, TEXT, rows
from sandbox.platforms.cartum.routing import Answer, Function, Functions, logged
from sandbox.platforms.cartum.state import OFFICE, SET_MAIN, Order, OrderLine, Product, Shop
from sandbox.platforms.cartum.wire import Record
from sandbox.platforms.kit.fields import Field, Shape, first_fault, is_number, required

QUANTITY = Field("a number", lambda value: is_number(value) and abs(value) < LARGEST)
RESIDUE: Shape = {"warehouse": required(TEXT), "quantity": required(QUANTITY)}
"""A figure for one warehouse."""


def take(shop: Shop, order: Order) -> None:
    """The goods of an order leave the main warehouse, if they have not yet."""
    if not order.holds_goods and shop.assumed.stock_falls_at_placement:
        order.holds_goods = True
        _move(shop, order.lines, -1)


def give_back(shop: Shop, order: Order) -> None:
    """They return, if they left."""
    if order.holds_goods:
        order.holds_goods = False
        _move(shop, order.lines, 1)


def _move(shop: Shop, lines: Iterable[OrderLine], sign: int) -> None:
    """[inferred] A set is nothing that lies anywhere: its parts do."""
    for line in lines:
        product = shop.products.get(line.article)
        if product and shop.stock_accounting and line.type != SET_MAIN:
            product.stock[OFFICE] = product.stock.get(OFFICE, Decimal(0)) + sign * line.quantity


def check(shop: Shop, residue: Record) -> None:
    """Nothing, when a figure may be written.

    Raises:
        RowError: It is malformed, the shop has no such warehouse, or refuses what it does not use.
    """
    if fault := first_fault(residue, RESIDUE, "residue"):
        raise RowError(fault)
    if residue["warehouse"] not in shop.warehouses:
        raise RowError("warehouse is not defined")
    if not shop.stock_accounting and shop.assumed.useless_stock == "refused":
        raise RowError("stock accounting is off")


def put(shop: Shop, product: Product, residue: Record) -> None:
    """Write the figure of one warehouse; without stock accounting it goes nowhere."""
    if shop.stock_accounting:
        product.stock[residue["warehouse"]] = Decimal(residue["quantity"])


def import_residues(shop: Shop, body: Record) -> Answer:
    """Absolute figures, each for one article and warehouse; outdated, and whether it still works is not known (C8)."""
    log = [_residue(shop, row) for row in rows(body["products"])]
    return logged(log, any(row["status"] == "ERROR" for row in log))


def _residue(shop: Shop, row: Record) -> Record:
    article = row.get("article")
    try:
        _write_residue(shop, article, {name: value for name, value in row.items() if name != "article"})
    except RowError as refusal:
        return _refused_row(shop, row, str(refusal))
    return {"article": article, "status": "OK", "message": "UPDATED"}


def _refused_row(_: Shop, row: Record, text: str) -> Record:
    return {"article": row.get("article"), "status": "ERROR", "message": text}


def _write_residue(shop: Shop, article: object, residue: Record) -> None:
    product = shop.products.get(article) if isinstance(article, str) else None
    if product is None:
        raise RowError("article is not found")
    check(shop, residue)
    if shop.assumed.import_residues_works:
        put(shop, product, residue)


FUNCTIONS: Functions = {
    "catalog/importResidues": Function(
        import_residues, {"products": required(ROWS)}, rows="products", refused=_refused_row, is_import=True
    )
}
