"""What belongs to orders: lines with their options, totals, statuses, histories and invoices."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.platforms.kit.fields import Shape, one_of, required
from sandbox.platforms.shoprenter.errors import exists, not_emulated
from sandbox.platforms.shoprenter.fields import RELATION, TEXT, URL, check, inside, relation
from sandbox.platforms.shoprenter.orders.calls import AREA
from sandbox.platforms.shoprenter.orders.view import embedded_line, embedded_total
from sandbox.platforms.shoprenter.records import History, Named, Order, OrderLine, OrderTotal
from sandbox.platforms.shoprenter.routing import Numbers, Resource, Resources, parent, same, single
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Key, Record, below, link

STATUS_AREA = "order.status"
INVOICE_TYPES = ("einvoice", "normal", "proforma", "storno", "correction")
_INVOICE: Shape = {
    "invoiceId": required(TEXT),
    "invoiceType": required(one_of(INVOICE_TYPES)),
    "order": required(RELATION),
    "invoicePath": required(URL),
}


def _lines(shop: Shop) -> Mapping[Numbers, OrderLine]:
    return {(line.id,): line for order in shop.orders.values() for line in order.lines}


def _line_view(shop: Shop, line: OrderLine) -> Record:
    shown = embedded_line(shop, shop.orders[line.order], line)
    return {**shown, "innerId": str(line.id), "order": link("orders", "order", line.order)}


def _totals(shop: Shop) -> Mapping[Numbers, OrderTotal]:
    return {(row.id,): row for order in shop.orders.values() for row in order.totals}


def _total_view(shop: Shop, row: OrderTotal) -> Record:
    return {
        **embedded_total(shop, shop.orders[row.order], row),
        "description": "",
        "dateCreated": "-0001-11-30T00:00:00",
        "dateUpdated": shop.stamp(row.at),
        "order": link("orders", "order", row.order),
    }


def _options(shop: Shop) -> Mapping[Numbers, tuple[int, Record]]:
    """Each with the line it belongs to."""
    lines = _lines(shop).values()
    return {(number,): (line.id, option) for line in lines for number, option in line.options}


def _option_view(_: Shop, option: tuple[int, Record]) -> Record:
    line, shown = option
    return {**shown, "productOptionValue": None, "orderProduct": link("orderProducts", "orderProduct", line)}


def _histories(shop: Shop) -> Mapping[int, History]:
    return shop.histories


def _history_view(shop: Shop, history: History) -> Record:
    return {
        "comment": history.comment,
        "dateAdded": shop.spaced(history.at),
        "order": link("orders", "order", history.order),
        "orderStatus": link("orderStatuses", "orderStatus", history.status),
    }


def _statuses(shop: Shop) -> Mapping[int, Named]:
    return shop.statuses


def _status_view(shop: Shop, status: Named) -> Record:
    """Names are only in the descriptions."""
    texts: Any = below("orderStatusDescriptions", "orderStatusId", "orderStatus", status.id)
    if shop.assumed.status_texts != "link":
        texts = [_description_view(shop, (status, language)) for language in status.names]
    return {
        "innerId": str(status.id),
        "orderStatusDescriptions": {"items": texts} if shop.assumed.status_texts == "items" else texts,
    }


def _descriptions(shop: Shop) -> Mapping[Numbers, tuple[Named, int]]:
    return {(each.id, language): (each, language) for each in shop.statuses.values() for language in each.names}


def _description_view(_: Shop, description: tuple[Named, int]) -> Record:
    status, language = description
    return {
        "name": status.names[language],
        "color": status.color,
        "orderStatus": link("orderStatuses", "orderStatus", status.id),
        "language": link("languages", "language", language),
    }


def _invoices(shop: Shop) -> Mapping[int, Record]:
    return shop.invoices


def _invoice_view(shop: Shop, invoice: Record) -> Record:
    return {
        **{name: invoice[name] for name in ("invoiceId", "invoicePath", "invoiceType")},
        "dateCreated": shop.spaced(invoice["at"]),
        "order": link("orders", "order", invoice["order"]),
    }


def _new_invoice(shop: Shop, body: Record) -> Numbers:
    """An invoice's number and where its PDF is; the shop makes no invoice."""
    check(body, _INVOICE, new=True)
    order = inside(shop.orders, relation(shop, body["order"], "order"))
    same_one = (number for number, each in _of(shop, order) if each["invoiceId"] == body["invoiceId"])
    known = next(same_one, None)
    if known is not None and shop.assumed.duplicate_invoice_refused:
        raise exists("The invoice exists", Key("orderInvoice", (known,)))
    number = shop.new_id("invoice")
    shop.invoices[number] = {**body, "id": number, "order": order, "at": shop.now()}
    if shop.assumed.api_writes_move_updated:
        shop.orders[order].updated = shop.now()
    return (number,)


def _change_invoice(_: Shop, invoice: Record, body: Record, __: str) -> None:
    invoice.update(check(body, {name: _INVOICE[name] for name in _INVOICE if name != "order"}))


def _drop_invoice(shop: Shop, invoice: Record) -> None:
    del shop.invoices[invoice["id"]]


def _of(shop: Shop, order: int) -> Iterator[tuple[int, Record]]:
    return ((number, each) for number, each in shop.invoices.items() if each["order"] == order)


def _not_made(shop: Shop, body: Record) -> Numbers:
    del shop, body
    raise not_emulated("Writing lines and totals of orders")


def _of_order(record: Any) -> int:
    order = record["order"] if isinstance(record, dict) else record.order
    return int(order.id if isinstance(order, Order) else order)


_BY_ORDER = {"orderId": parent("order", _of_order)}

RESOURCES: Resources = {
    "orderProducts": Resource("orderProduct", AREA, _lines, _line_view, _BY_ORDER, create=_not_made),
    "orderTotals": Resource("orderTotal", AREA, _totals, _total_view, _BY_ORDER, create=_not_made),
    "orderProductOptions": Resource(
        "orderProductOption",
        AREA,
        _options,
        _option_view,
        {"orderProductId": parent("orderProduct", lambda option: option[0])},
    ),
    "orderHistories": Resource("orderHistory", AREA, single(_histories), _history_view, _BY_ORDER),
    "orderInvoices": Resource(
        "orderInvoice",
        AREA,
        single(_invoices),
        _invoice_view,
        create=_new_invoice,
        update=_change_invoice,
        delete=_drop_invoice,
    ),
    "orderStatuses": Resource(
        "orderStatus", STATUS_AREA, single(_statuses), _status_view, {"innerId": same(lambda status: status.id)}
    ),
    "orderStatusDescriptions": Resource(
        "orderStatusDescription",
        STATUS_AREA,
        _descriptions,
        _description_view,
        {"orderStatusId": parent("orderStatus", lambda description: description[0].id)},
    ),
}
