"""A page for people who explore the sandbox: the orders as a shopkeeper would see them."""

from sandbox.platforms.kit.pages import table_page
from sandbox.platforms.salesautopilot.records import ListKind, Record
from sandbox.platforms.salesautopilot.state import Account

_HEADINGS = (
    "Record",
    "Order number",
    "Since",
    "E-mail",
    "Name",
    "Lines",
    "Total",
    "Shop's status",
    "Status",
    "Invoice",
)
_STATUSES = {"1": "ordered", "2": "paid", "3": "paid back", "4": "incomplete"}


def orders_page(account: Account) -> str:
    """HTML with the newest orders first."""
    taking = [each for each in account.lists.values() if each.kind is ListKind.ORDERS]
    records = [record for each in taking for record in each.records.values()]
    people = sum(len(each.records) for each in account.lists.values()) - len(records)
    summary = f"{len(records)} orders, {people} people on lists, {len(account.products)} products"
    return table_page("Emulated SalesAutopilot", summary, _HEADINGS, map(_row, reversed(records)))


def _row(record: Record) -> tuple[object, ...]:
    values = record.values
    return (
        record.id,
        record.number,
        values["subdate"],
        record.email,
        " ".join(filter(None, (values.get("mssys_firstname"), values.get("mssys_lastname")))),
        len(record.lines),
        f"{values.get('mssys_bill_currency', '')} {record.total:.2f}",
        values.get("mssys_webshop_status", ""),
        _STATUSES.get(values.get("mssys_order_status", ""), ""),
        values.get("mssys_billing_number", ""),
    )
