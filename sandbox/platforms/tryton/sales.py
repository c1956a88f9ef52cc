"""The life of a sale: its buttons, what confirming makes of it, and what is asked when a shipment is called off."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sandbox.platforms.tryton.errors import PageError, gone, not_pressable, required, user_error
from sandbox.platforms.tryton.records import Database, Record
from sandbox.platforms.tryton.state import template_of
from sandbox.platforms.tryton.stock import move_stock

SALE, SHIPMENT, INVOICE, MOVE = "sale.sale", "stock.shipment.out", "account.invoice", "stock.move"
STEPS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "quote": (("draft",), "quotation"),
    "confirm": (("quotation",), "confirmed"),
    "draft": (("quotation", "confirmed", "cancelled"), "draft"),
    "cancel": (("draft", "quotation"), "cancelled"),
}
"""Of each button of a sale: in which states it can be pressed, and what comes of it."""
Pressed = Callable[[Database, Record], None]


def press(database: Database, model: str, button: str, ids: Sequence[int]) -> None:
    """Press a button of records. Raises TrytonError in a wrong state, PageError for a button that is none."""
    if (model, button) not in BUTTONS:
        raise PageError(403, f"{model}.{button} is not exposed, or not emulated")
    records = [database.get(model, key) for key in ids]
    if None in records:
        raise gone(ids[records.index(None)], model)
    for record in records:
        if record is not None:
            BUTTONS[model, button](database, record)


def _step(button: str) -> Pressed:
    def pressed(database: Database, sale: Record) -> None:
        before, after = STEPS[button]
        if sale.values["state"] not in before:
            raise not_pressable(button, f"{sale.values['number'] or sale.id}", "Sale")
        if after == "quotation":
            _number(database, sale)
        database.change(sale, state=after)
        if after == "confirmed":
            process(database, sale)

    return pressed


def _number(database: Database, sale: Record) -> None:
    for name, label in (("invoice_address", "Invoice Address"), ("shipment_address", "Shipment Address")):
        if sale.values.get(name) is None:
            raise required(label, "Sale")
    lines = database.behind("sale.line", "sale", sale.id)
    if sale.values.get("warehouse") is None and any(_is_shipped(database, line) for line in lines):
        raise user_error(f'To get a quote for sale "{sale.id}" you must enter a warehouse for the line.')
    if sale.values["number"] is None:
        sale.values["number"] = str(database.ids("sale number") % 100)


def process(database: Database, sale: Record) -> None:
    """Make shipment and invoice, in the request that confirms."""
    sale.values["sale_date"] = database.clock().date()
    goods = [line for line in database.behind("sale.line", "sale", sale.id) if _is_shipped(database, line)]
    if goods:
        shipment = database.add(SHIPMENT, sale=sale.id, state="waiting", number=str(database.ids("shipment") % 100))
        for line in goods:
            database.add(MOVE, **_move(database, sale, line), shipment=shipment.id)
    database.add(INVOICE, sale=sale.id, state="draft", number=None)
    states = {"shipment_state": "waiting" if goods else "none", "invoice_state": "pending"}
    database.change(sale, state="processing", **states)


def _is_shipped(database: Database, line: Record) -> bool:
    product = database.get("product.product", line.values.get("product"))
    return product is not None and template_of(database, product).values["type"] == "goods"


def _move(database: Database, sale: Record, line: Record) -> dict[str, Any]:
    return {
        "sale": sale.id,
        "product": line.values["product"],
        "quantity": Decimal(str(line.values["quantity"])),
        "warehouse": sale.values["warehouse"],
        "planned_date": database.clock().date(),
        "state": "draft",
    }


def ship(database: Database, sale: Record) -> None:
    """A person sends all that waits of a sale."""
    for move in database.behind(MOVE, "sale", sale.id):
        if move.values["state"] == "draft":
            product = database.table("product.product")[move.values["product"]]
            move_stock(product, move.values["warehouse"], -move.values["quantity"])
            database.change(move, state="done")
    for shipment in database.behind(SHIPMENT, "sale", sale.id):
        if shipment.values["state"] == "waiting":
            database.change(shipment, state="done")
    database.change(sale, shipment_state="sent")
    _finish(database, sale)


def pay(database: Database, sale: Record) -> None:
    """The money of its invoices arrives."""
    for invoice in database.behind(INVOICE, "sale", sale.id):
        if invoice.values["state"] in ("draft", "posted"):
            post(database, invoice)
            database.change(invoice, state="paid")
    database.change(sale, invoice_state="paid")
    _finish(database, sale)


def post(database: Database, invoice: Record) -> None:
    """A person posts an invoice: it gets its number, and its sale is not written."""
    if invoice.values["state"] == "draft":
        database.change(invoice, state="posted", number=str(database.ids("invoice number") % 100))


def _finish(database: Database, sale: Record) -> None:
    """Nothing is left to be sent nor to be paid."""
    is_sent, is_paid = (sale.values[name] for name in ("shipment_state", "invoice_state"))
    if is_sent in ("none", "sent") and is_paid in ("none", "paid"):
        database.change(sale, state="done")


def _cancel_shipment(database: Database, shipment: Record) -> None:
    if shipment.values["state"] in ("done", "shipped", "cancelled"):
        raise not_pressable("cancel", str(shipment.values["number"]), "Customer Shipment")
    for move in database.table(MOVE).values():
        if move.values["shipment"] == shipment.id:
            database.change(move, state="cancelled")
    database.change(shipment, state="cancelled")
    database.change(database.table(SALE)[shipment.values["sale"]], shipment_state="exception")


def _cancel_invoice(database: Database, invoice: Record) -> None:
    if invoice.values["state"] != "draft":
        raise not_pressable("cancel", str(invoice.values["number"]), "Invoice")
    database.change(invoice, state="cancelled")
    database.change(database.table(SALE)[invoice.values["sale"]], invoice_state="exception")


def ignore(database: Database, sale: Record, what: str, form: Mapping[str, Any]) -> None:
    """Answer what a wizard asks about an exception: what was called off is not made anew. Raises TrytonError."""
    name = {"shipment": "moves", "invoice": "invoices"}[what]
    model = {"shipment": MOVE, "invoice": INVOICE}[what]
    off = {each.id for each in database.behind(model, "sale", sale.id) if each.values["state"] == "cancelled"}
    shape = {f"domain_{name}", f"ignore_{name}", f"recreate_{name}"}
    if form.keys() != shape or form[f"recreate_{name}"] or set(form[f"ignore_{name}"]) != off:
        raise user_error("Only to ignore all that is cancelled is emulated.")
    database.change(sale, **{f"{what}_state": "none"})
    _finish(database, sale)


BUTTONS: Mapping[tuple[str, str], Pressed] = {
    **{(SALE, button): _step(button) for button in STEPS},
    (SHIPMENT, "cancel"): _cancel_shipment,
    (INVOICE, "cancel"): _cancel_invoice,
}
