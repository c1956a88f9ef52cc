"""Lines of an order that is there: added, changed, removed, read (S4, S7, S8)."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from sandbox.platforms.salesautopilot.errors import failed, wrong
from sandbox.platforms.salesautopilot.fields import check
from sandbox.platforms.salesautopilot.orders import own_lines
from sandbox.platforms.salesautopilot.records import Line, ListKind, MailList, Record
from sandbox.platforms.salesautopilot.routing import Call, Routes
from sandbox.platforms.salesautopilot.shapes import IDS, added_lines, changed_lines
from sandbox.platforms.salesautopilot.state import Account
from sandbox.platforms.salesautopilot.views import line_row, missing
from sandbox.platforms.salesautopilot.wire import Body


def add(account: Account, call: Call) -> int:
    """1: the order has lines more."""
    record = _record(_orders(account, call), call)
    check(call.body, added_lines(account.assumed))
    record.lines.extend(own_lines(account, call.body["products"]))
    return _done(account, record)


def change_of_record(account: Account, call: Call) -> int:
    """1: lines of a record are changed."""
    return _change(account, call, _record(_orders(account, call), call))


def change_of_order(account: Account, call: Call) -> int:
    """1: lines of the only order with this number are changed."""
    found = list(_orders(account, call).having("mssys_shoprenter_id", call.names["order_number"]))
    if len(found) != 1:
        raise failed(f"{len(found)} orders with number {call.names['order_number']}")
    return _change(account, call, found[0])


def change_one(account: Account, call: Call) -> int:
    """1: one line is changed."""
    check(call.body, changed_lines(account.assumed))
    if len(call.body["products"]) != 1:
        raise wrong("the address names one line")
    for record in _orders(account, call).records.values():
        if any(line.id == call.number("oi_id") for line in record.lines):
            return _rewrite(account, record, call.body["products"][0], lambda line: line.id == call.number("oi_id"))
    raise failed("no such line")


def remove_products(account: Account, call: Call) -> int:
    """1: the order has no lines of these products any more."""
    record = _record(_orders(account, call), call)
    return _remove(account, [record], _ids(call), lambda line: line.product_id)


def remove_lines(account: Account, call: Call) -> int:
    """1: these lines are gone, whatever order they belong to."""
    return _remove(account, list(_orders(account, call).records.values()), _ids(call), lambda line: line.id)


def read(account: Account, call: Call) -> Body | list[Body]:
    """One line."""
    for record in _orders(account, call).records.values():
        for line in record.lines:
            if line.id == call.number("oi_id"):
                return line_row(line, record)
    return missing(account, "line")


def _orders(account: Account, call: Call) -> MailList:
    return account.list_of(call.number("nl_id"), ListKind.ORDERS)


def _record(into: MailList, call: Call) -> Record:
    record = into.records.get(call.number("id"))
    if record is None:
        raise failed("no such record")
    return record


def _ids(call: Call) -> set[int]:
    if not IDS.accepts(call.body) or not call.body:
        raise wrong("the body should be a list of ids")
    return {int(each) for each in call.body}


def _change(account: Account, call: Call, record: Record) -> int:
    check(call.body, changed_lines(account.assumed))
    for row in call.body["products"]:
        if ("prod_id" in row) == ("prod_sku" in row):
            raise wrong("a row names its line by prod_id or by prod_sku")
    for row in call.body["products"]:
        _rewrite(account, record, row, _named(row))
    return 1


def _named(row: Body) -> Callable[[Line], bool]:
    if "prod_sku" in row:
        return lambda line: line.sku == row["prod_sku"]
    return lambda line: line.product_id == int(row["prod_id"])


def _rewrite(account: Account, record: Record, row: Body, is_meant: Callable[[Line], bool]) -> int:
    if not any(map(is_meant, record.lines)):
        raise failed("no such line")
    record.lines = [_written(account, line, row) if is_meant(line) else line for line in record.lines]
    return _done(account, record)


def _written(account: Account, line: Line, row: Body) -> Line:
    quantity, price = Decimal(row.get("qty", line.quantity)), account.price(row.get("prod_price", line.price))
    return replace(line, quantity=quantity, price=price)


def _remove(account: Account, records: list[Record], ids: set[int], key: Callable[[Line], int]) -> int:
    holding = [record for record in records if any(key(line) in ids for line in record.lines)]
    if not holding:
        raise failed("no such line")
    for record in holding:
        record.lines = [line for line in record.lines if key(line) not in ids]
        _done(account, record)
    return 1


def _done(account: Account, record: Record) -> int:
    account.sum_up(record)
    account.change(record, {})
    return 1


ROUTES: Routes = {
    "orderaddproduct/{nl_id}/{id}": {"POST": add},
    "orderaddproduct/{nl_id}/{id}/oi": {"POST": add},
    "ordermodproduct/{nl_id}/{id}": {"POST": change_of_record},
    "ordermodproduct/{nl_id}/orderid/{order_number}": {"POST": change_of_order},
    "ordermodproduct/{nl_id}/oi/{oi_id}": {"POST": change_one},
    "orderdelproduct/{nl_id}/{id}": {"POST": remove_products},
    "orderdelproduct/{nl_id}/oi": {"POST": remove_lines},
    "orderlistproducts/{nl_id}/{oi_id}": {"GET": read},
}
