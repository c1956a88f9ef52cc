"""A page for people who explore the sandbox: the orders as a shopkeeper would see them."""

from sandbox.platforms.cloudsales.inferred import LIVE_STATUS, VOIDED_STATUS
from sandbox.platforms.cloudsales.records import Order
from sandbox.platforms.cloudsales.state import Account
from sandbox.platforms.kit.pages import table_page

_HEADINGS = ("Number", "Connector", "Reference", "Date", "Client", "Lines", "Total", "Status", "Documents")


def orders_page(account: Account) -> str:
    """HTML with the newest orders first."""
    summary = (
        f"{len(account.orders)} orders, {len(account.products)} products, "
        f"{len(account.contacts)} contacts, {len(account.receipts)} receipts"
    )
    return table_page("Emulated CloudSales", summary, _HEADINGS, map(_row, reversed(account.orders.values())))


def _row(order: Order) -> tuple[object, ...]:
    return (
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


def _documents(order: Order) -> list[str]:
    issued = [f"{each.series} {each.number}" for each in (order.proforma, *order.invoices) if each is not None]
    return issued + ([f"receipt {order.receipt.number}"] if order.receipt else [])
