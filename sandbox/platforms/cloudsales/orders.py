"""Orders as connectors send them: created once, changed by PUT, cancelled, never removed by the API."""

from decimal import Decimal

from sandbox.platforms.cloudsales.contacts import file_client
from sandbox.platforms.cloudsales.documents import issue_what_is_due
from sandbox.platforms.cloudsales.errors import ApiError, OrderExistsError, invalid
from sandbox.platforms.cloudsales.fields import check
from sandbox.platforms.cloudsales.inferred import (
    EXISTS,
    MANDATORY_ON_CREATION,
    MANDATORY_ON_UPDATE,
    company_place,
    line_fits,
    no_such_order,
    unit_fits,
    unknown_code,
)
from sandbox.platforms.cloudsales.records import Connector, Line, Order
from sandbox.platforms.cloudsales.shapes import order_shape
from sandbox.platforms.cloudsales.state import Account
from sandbox.platforms.cloudsales.stock import reserve_lines
from sandbox.platforms.cloudsales.wire import Record


def create_order(account: Account, connector: Connector, reference: str, body: Record) -> Order:
    """Import an order: its client is filed, its goods are reserved, its documents issued.

    Raises:
        OrderExistsError: The connector has an order of this reference, whatever else is sent.
        ApiError: A field, the client, a product code or an amount is refused.
    """
    if (connector.id, reference) in account.references:
        raise OrderExistsError(EXISTS)
    check(body, order_shape(account.assumed), MANDATORY_ON_CREATION)
    lines = _checked(account, reference, body)
    order = Order(
        id=account.new_id("order"),
        connector=connector,
        reference=reference,
        body=body,
        lines=lines,
        contact_id=file_client(account, body["client"]).id,
        modified=account.now(),
    )
    account.orders[order.id] = account.references[connector.id, reference] = order
    _settle(account, order)
    return order


def update_order(account: Account, order: Order, body: Record) -> None:
    """Change the sent fields; goods and documents follow.

    Raises:
        ApiError: As for a creation, or documents forbid the change.
    """
    check(body, order_shape(account.assumed), MANDATORY_ON_UPDATE)
    after = {**order.body, **body}
    lines = _checked(account, order.reference, after)
    _refuse_after_documents(account, order, after, lines)
    if order.holds_stock:
        reserve_lines(account, order.lines, order.connector.work_point, -1)
        order.holds_stock = False
    order.body, order.lines, order.modified = after, lines, account.now()
    order.contact_id = file_client(account, after["client"]).id
    _settle(account, order)


def existing_order(account: Account, connector: Connector, reference: str) -> Order:
    """The order of this reference.

    Raises:
        ApiError: There is none.
    """
    order = account.references.get((connector.id, reference))
    if order is None:
        raise invalid(no_such_order(reference))
    return order


def _settle(account: Account, order: Order) -> None:
    """Reserve what an order needs, unless its goods have left, and issue what is due."""
    gone = order.receipt is not None or bool(order.invoices)
    if not order.is_voided and not gone:
        reserve_lines(account, order.lines, order.connector.work_point, 1)
        order.holds_stock = True
    issue_what_is_due(account, order)


def _checked(account: Account, reference: str, body: Record) -> tuple[Line, ...]:
    """The lines of an order in which everything fits."""
    faults = [*_identity(reference, body), *_client(account, body["client"]), *_amounts(body["items"])]
    faults += [unknown_code(code) for code in account.unknown(item["code"] for item in body["items"])]
    if faults:
        raise invalid(*faults)
    return tuple(_line(account, item) for item in body["items"])


def _identity(reference: str, body: Record) -> list[str]:
    faults = [
        f"{name} should be {reference}, as in the address"
        for name in ("order_unique_id", "order_reference")
        if body[name] != reference
    ]
    if (body["order_status"] == "cancelled") != (body["order_cancelled"] == 1):
        faults.append("order_status and order_cancelled contradict each other")
    return faults


def _client(account: Account, client: Record) -> list[str]:
    """A company needs its fiscal code and an address."""
    if not client["vat_id"].strip():
        is_refused = account.assumed.fiscal_code_required and bool(client["registration_number"].strip())
        return ["client.vat_id is missing for a company"] if is_refused else []
    if not account.assumed.company_address_required:
        return []
    address = client["invoice_address"]
    parts = company_place(address["country"])
    return [f"client.invoice_address.{part} is missing for a company" for part in parts if not address[part].strip()]


def _amounts(items: list[Record]) -> list[str]:
    faults = []
    for at, item in enumerate(items):
        net, percent = Decimal(item["item_price"]), Decimal(item["item_vat_percent"])
        gross, quantity = Decimal(item["item_price_with_vat"]), Decimal(item["item_quantity"])
        if not unit_fits(net, percent, gross):
            faults.append(f"items[{at}].item_price_with_vat does not fit item_price and item_vat_percent")
        if not line_fits(net, percent, gross, quantity, Decimal(item["line_value_with_vat"])):
            faults.append(f"items[{at}].line_value_with_vat does not fit price and quantity")
    return faults


def _line(account: Account, item: Record) -> Line:
    return Line(
        name=item["item_name"],
        quantity=Decimal(item["item_quantity"]),
        value=Decimal(item["line_value_with_vat"]),
        product=account.item(item["code"]),
    )


def _refuse_after_documents(account: Account, order: Order, after: Record, lines: tuple[Line, ...]) -> None:
    """What was invoiced or printed stays as it is; the same order sent once more is no change."""
    if not account.assumed.documents_freeze or not (order.receipt or order.invoices):
        return
    if lines != order.lines or bool(after["order_cancelled"]) != order.is_voided:
        raise ApiError(f"order {order.reference} has an invoice or a receipt and cannot be changed")
