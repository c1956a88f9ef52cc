"""OUR OWN INVENTION, not the platform's API: stock and price writes, and reading by work point.

No write of stock or prices is known, and stock by work point has not been seen in any answer (platform file, "Stock
and prices"). What is here stands in for it, in the platform's style, until its own documentation could be read.
Both parts are off unless ``StandIn`` says otherwise; an account without them answers as if they did not exist.

- ``PUT connector/<id>/stock/`` with ``{"items":[{"code":"...","stock_available":3}]}``
- ``PUT connector/<id>/price/`` with ``{"items":[{"code":"...","price_with_vat":"121.00","vat_percent":21}]}``
- both: at most ``BATCH`` items; each item is written or named in ``data.errors`` with ``code`` and ``message``, and
  ``is_error`` tells that some are. Written is what the connector's work point has: its stock for sale, its price.
- ``GET workpoint/list/`` with rows of ``id`` and ``name``
- ``GET product/list/workpoint:<id>/`` shows that work point's own stock and price instead of the totals
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.platforms.cloudsales.envelope import Answer
from sandbox.platforms.cloudsales.errors import ApiError, invalid
from sandbox.platforms.cloudsales.fields import FILLED, check, listed
from sandbox.platforms.cloudsales.inferred import METHOD_STATUS, unknown_code
from sandbox.platforms.cloudsales.lists import LISTS, Listing, Query, product_row
from sandbox.platforms.cloudsales.records import Connector, Product
from sandbox.platforms.cloudsales.spelling import Spelling
from sandbox.platforms.cloudsales.state import Account
from sandbox.platforms.cloudsales.stock import move
from sandbox.platforms.cloudsales.wire import Record
from sandbox.platforms.kit.fields import PERCENT, Field, Shape, is_number

BATCH = 100
RIGHTS = {"workpoint/list": "product/list"}
"""Who may read products may read work points: a right of their own would be one more invention."""
WRITES = frozenset({"connector/{id}/stock", "connector/{id}/price"})


@dataclass(frozen=True)
class StandIn:
    """Which of our own inventions this account answers.

    Args:
        writes: Stock and prices can be written.
        work_points: Work points can be listed, and products read by one of them.
    """

    writes: bool = False
    work_points: bool = False


def _is_price(text: str) -> bool:
    return re.fullmatch(r"\d+\.\d{2}", text, re.ASCII) is not None


_NUMBER = Field("a number", is_number)
_PRICE = Field("a price as text, 2 decimals", lambda value: isinstance(value, str) and _is_price(value))
_SHAPES: Mapping[str, Shape] = {
    "connector/{id}/stock": {"items": listed({"code": FILLED, "stock_available": _NUMBER})},
    "connector/{id}/price": {"items": listed({"code": FILLED, "price_with_vat": _PRICE, "vat_percent": PERCENT})},
}


def write(account: Account, connector: Connector, pattern: str, call: tuple[str, Any], spelling: Spelling) -> Answer:
    """Write each item that can be written.

    Args:
        call: Method and body.

    Raises:
        ApiError: The body as a whole is refused; nothing was written.
    """
    method, body = call
    if method != "PUT":
        raise ApiError(f"{method} is not allowed here", status=METHOD_STATUS)
    check(body, _SHAPES[pattern])
    if len(body["items"]) > BATCH:
        raise invalid(f"at most {BATCH} items")
    put = _WRITERS[pattern]
    errors = [error for item in body["items"] if (error := _written(account, connector, item, put))]
    return Answer(200, {"is_error": spelling.is_error(bool(errors)), "messages": [], "data": {"errors": errors}})


def _written(account: Account, connector: Connector, item: Record, put: "Writer") -> Record | None:
    code = item["code"]
    if account.unknown([code]) or account.item(code).is_service:
        return {"code": code, "message": unknown_code(code)}
    refusal = put(account, connector, account.item(code), item)
    return {"code": code, "message": refusal} if refusal else None


def _put_stock(account: Account, connector: Connector, product: Product, item: Record) -> str:
    """The figure is what can be sold: reserved goods come on top."""
    there = product.stock(connector.work_point.id)
    if there is None:
        return "the product has no stock"
    move(account, product, connector.work_point, Decimal(item["stock_available"]) - there.available)
    return ""


def _put_price(account: Account, connector: Connector, product: Product, item: Record) -> str:
    product.gross[connector.work_point.id] = Decimal(item["price_with_vat"])
    product.percent = Decimal(item["vat_percent"])
    product.modified = account.now()
    return ""


Writer = Callable[[Account, Connector, Product, Record], str]
_WRITERS: Mapping[str, Writer] = {"connector/{id}/stock": _put_stock, "connector/{id}/price": _put_price}


def _work_point_row(_: Account, record: Any, __: Query, spelling: Spelling) -> Record:
    return {"id": spelling.id(record.id), "name": record.name}


def _product(account: Account, record: Any, query: Query, spelling: Spelling) -> Record:
    if "workpoint" not in query.filters:
        return product_row(record, query, spelling, account.main.id)
    number = int(query.filters["workpoint"])
    if number not in account.work_points:
        raise invalid(f"unknown work point {number}")
    return product_row(record, query, spelling, number, apart=True)


_PRODUCTS = LISTS["product/list"]
WORK_POINT_LISTS: Mapping[str, Listing] = {
    "workpoint/list": Listing(lambda account: account.work_points.values(), _work_point_row),
    "product/list": Listing(_PRODUCTS.records, _product, _PRODUCTS.filters | {"workpoint"}, _PRODUCTS.includes),
}
