"""A page for people who explore the sandbox: the orders as they stand in RO App."""

from sandbox.platforms.kit.pages import table_page
from sandbox.platforms.roapp.state import Account, Order
from sandbox.platforms.roapp.wire import money

_HEADINGS = ("Number", "Created", "Client", "Lines", "Total", "Paid", "Status", "Notes")


def orders_page(account: Account) -> str:
    """HTML with the newest orders first."""
    summary = f"{len(account.orders)} orders, {len(account.products)} products"
    rows = (_row(account, order) for order in reversed(account.orders.values()))
    return table_page("Emulated RO App", summary, _HEADINGS, rows)


def _row(account: Account, order: Order) -> tuple[object, ...]:
    return (
        order.number,
        f"{order.created:%Y-%m-%d %H:%M}",
        account.contacts[order.client].name,
        len(order.items),
        f"{money(order.total)} {account.currency}",
        money(order.paid),
        account.statuses[order.status].name,
        order.values.get("manager_notes", ""),
    )
