"""A page for people who explore the sandbox: the orders as a shopkeeper would see them."""

from html import escape

from sandbox.platforms.cloudsales.inferred import LIVE_STATUS, VOIDED_STATUS
from sandbox.platforms.cloudsales.records import Order
from sandbox.platforms.cloudsales.state import Account

SHOWN = 500
_HEADINGS = ("Number", "Connector", "Reference", "Date", "Client", "Lines", "Total", "Status", "Documents")
_STYLE = (
    "body{font-family:sans-serif;margin:2em}"
    "td,th{padding:.3em .8em;text-align:left}"
    "tr:nth-child(even){background:#f4f4f4}"
)


def orders_page(account: Account) -> str:
    """HTML with the newest orders first."""
    rows = "".join(_row(order) for order in list(reversed(account.orders.values()))[:SHOWN])
    head = "".join(f"<th>{heading}</th>" for heading in _HEADINGS)
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Emulated CloudSales</title><style>{_STYLE}</style>"
        f"<h1>Emulated CloudSales</h1><p>{len(account.orders)} orders, {len(account.products)} products, "
        f"{len(account.contacts)} contacts, {len(account.receipts)} receipts</p>"
        f"<table><tr>{head}</tr>{rows}</table></html>"
    )


def _row(order: Order) -> str:
    cells = (
        order.id,
        order.connector.name,
        order.reference,
        order.body["order_date"],
        order.body["client"]["name"],
        len(order.lines),
        f"{order.body['order_currency_code']} {order.total:.2f}",
        VOIDED_STATUS if order.is_voided else LIVE_STATUS,
        ", ".join(_documents(order)),
    )
    return "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"


def _documents(order: Order) -> list[str]:
    issued = [f"{each.series} {each.number}" for each in (order.proforma, *order.invoices) if each is not None]
    return issued + ([f"receipt {order.receipt.number}"] if order.receipt else [])
