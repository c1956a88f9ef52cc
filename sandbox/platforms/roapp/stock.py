"""Warehouses and what lies in them: read as figures, changed by documents only (L1, D3).

Postings and write-offs take the fields that are named here, and no other [inferred].
"""

from collections import defaultdict
from decimal import Decimal

from sandbox.platforms.kit.fields import listed, required
from sandbox.platforms.roapp.catalogue import good_view, is_meant, products_of
from sandbox.platforms.roapp.errors import ApiError, refused
from sandbox.platforms.roapp.fields import AMOUNT, CASHFLOW, INT, TEXT
from sandbox.platforms.roapp.order_view import item_view
from sandbox.platforms.roapp.query import counted, paged, whole
from sandbox.platforms.roapp.routing import Call, Route, Routes, created_before, found, get
from sandbox.platforms.roapp.state import Account, Document, Item, Product, Sale
from sandbox.platforms.roapp.wire import Record, amount_of, plain, stamp

NOTHING = Decimal(0)
_PRODUCTS = listed({"entity_id": required(INT), "quantity": required(AMOUNT), "cost": required(AMOUNT)})
_ENTITIES = listed({"entity_id": required(INT), "quantity": required(AMOUNT)})


def warehouses(account: Account, call: Call) -> Record:
    """All of a location, or all; only those of products are emulated."""
    branches = call.query.numbers("branch_id")
    kind = call.query.one("type")
    return whole(
        {"id": each.id, "title": each.title, "is_global": each.is_global, "type": "product"}
        for each in account.warehouses.values()
        if (not branches or each.branch in branches) and kind in (None, "product")
    )


def goods(account: Account, call: Call) -> Record:
    """A page of what a warehouse keeps; reserved pieces are not told (L1)."""
    warehouse = found(account.warehouses, call.id(), "Warehouse").id
    without_none = call.query.one("exclude_zero_residue") in ("1", "true")
    rows = [
        each
        for each in products_of(account, "product")
        if warehouse in each.stock and is_meant(each, call.query) and (each.stock[warehouse] or not without_none)
    ]
    return counted(rows, call.query, lambda each: _row(account, each, warehouse))


def _row(account: Account, product: Product, warehouse: int) -> Record:
    return {
        **good_view(account, product),
        "residue": plain(product.stock[warehouse]),
        "barcodes": list(product.barcodes),
        "uom": {"id": 1, "title": "pcs"},
        "is_serial": product.serial,
    }


def post(account: Account, call: Call) -> Record:
    """Goods come in."""
    body = call.body
    _check(account, body["warehouse_id"], body["products"])
    if body["branch_id"] not in account.branches:
        raise refused("branch_id", "unknown")
    return created_before(account, _booked(account, "posting", body["warehouse_id"], body["products"]))


def write_off(account: Account, call: Call) -> Record:
    """Goods go out; nobody can write off what is not there."""
    body = call.body
    _check(account, body["warehouse"], body["entities"])
    taken: defaultdict[int, Decimal] = defaultdict(Decimal)
    for row in body["entities"]:
        number = row["entity_id"]
        taken[number] += amount_of(row["quantity"])
        there = account.products[number].stock.get(body["warehouse"], NOTHING)
        if taken[number] > there:
            raise refused("entities", f"only {plain(there)} of {number} are there")
    return created_before(account, _booked(account, "outcome", body["warehouse"], body["entities"]))


def _check(account: Account, warehouse: int, rows: list[Record]) -> None:
    if warehouse not in account.warehouses:
        raise refused("warehouse", "unknown")
    unknown = [row["entity_id"] for row in rows if row["entity_id"] not in account.products]
    if unknown:
        raise ApiError(400, {"validation": {"entity_id": [f"unknown: {each}" for each in unknown]}})


def _booked(account: Account, kind: str, warehouse: int, rows: list[Record]) -> int:
    number = account.new_id("document")
    document = Document(number, "posting" if kind == "posting" else "outcome", warehouse, rows, account.now())
    account.documents[number] = document
    for row in rows:
        sign = 1 if kind == "posting" else -1
        book(account.products[row["entity_id"]], warehouse, sign * amount_of(row["quantity"]))
    return number


def book(product: Product, warehouse: int, quantity: Decimal) -> None:
    """Move a figure."""
    product.stock[warehouse] = product.stock.get(warehouse, NOTHING) + quantity


def documents(account: Account, call: Call, kind: str) -> Record:
    """A page of postings or write-offs."""
    rows = [each for each in account.documents.values() if each.kind == kind]
    return counted(rows, call.query, lambda each: {"id": each.id, "warehouse_id": each.warehouse, "rows": each.rows})


def sales(account: Account, call: Call) -> Record:
    """A page of sales over the counter (L9)."""
    return paged(list(account.sales.values()), call.query, lambda each: {"id": each.id, "created_at": stamp(each.at)})


def one_sale(account: Account, call: Call) -> Record:
    """One of them with its lines (L9)."""
    sale: Sale = found(account.sales, call.id(), "Sale")
    return {"id": sale.id, "created_at": stamp(sale.at), "items": [_sold(account, item) for item in sale.items]}


def _sold(account: Account, item: Item) -> Record:
    row = item_view(account, item)
    entity = {name: row["entity"][name] for name in ("id", "type", "code", "sku", "title")}
    return {"quantity": row["quantity"], "price": row["price"], "cost": row["cost"], "entity": entity}


_GOODS_BY = ("page", "title", "ids", "categories", "articles", "barcodes", "exclude_zero_residue")
ROUTES: Routes = {
    "GET /warehouse/": get(warehouses, "type", "branch_id"),
    "GET /warehouse/goods/{id}": get(goods, *_GOODS_BY, "q"),
    "GET /warehouse/postings/": get(lambda a, c: documents(a, c, "posting"), "page"),
    "POST /warehouse/postings/": Route(
        post,
        {
            "branch_id": required(INT),
            "warehouse_id": required(INT),
            "supplier_id": required(INT),
            "products": required(_PRODUCTS),
            "cashflow": CASHFLOW,
            "comment": TEXT,
        },
    ),
    "GET /warehouse/outcome-transactions/": get(lambda a, c: documents(a, c, "outcome"), "page"),
    "POST /warehouse/outcome-transactions/": Route(
        write_off, {"warehouse": required(INT), "entities": required(_ENTITIES), "comment": TEXT}
    ),
    "GET /v2/sales": get(sales, "page"),
    "GET /v2/sales/{id}": get(one_sale),
}
