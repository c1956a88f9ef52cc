"""A page for people who explore the sandbox: the sales as a clerk would see them."""

from sandbox.platforms.kit.pages import table_page
from sandbox.platforms.tryton import amounts
from sandbox.platforms.tryton.records import Database, Record

_HEADINGS = ("Id", "Number", "Reference", "Party", "Lines", "Total", "State", "Shipment", "Invoice")


def sales_page(database: Database) -> str:
    """HTML with the newest sales first."""
    sales = database.table("sale.sale").values()
    summary = f"{len(sales)} sales, {len(database.table('product.product'))} products"
    rows = (_row(database, sale) for sale in reversed([*sales]))
    return table_page("Emulated Tryton", summary, _HEADINGS, rows)


def _row(database: Database, sale: Record) -> tuple[object, ...]:
    values = sale.values
    total = amounts.untaxed(database, sale) + amounts.tax(database, sale)
    lines = database.behind("sale.line", "sale", sale.id)
    party = database.table("party.party")[values["party"]].values["name"]
    shown = (values["number"] or "", values.get("reference") or "", party, len(lines), f"{total:.2f}")
    return (sale.id, *shown, values["state"], values["shipment_state"], values["invoice_state"])
