"""What can be written about orders: status, a new order, notes, files. Nothing else changes after creation (G1)."""

from dataclasses import replace
from typing import Any

from sandbox.platforms.gomag import inferred
from sandbox.platforms.gomag.errors import SUCCESS, invalid, no_data
from sandbox.platforms.gomag.fields import DAY, FLAG, ID, NUMBER, PRICE, TEXT, amount, check, rows_of
from sandbox.platforms.gomag.orders.placing import place, set_status
from sandbox.platforms.gomag.routing import Call, Routes, writing
from sandbox.platforms.gomag.specs import Address, Buyer, Company, Discount, Line, OrderSpec
from sandbox.platforms.gomag.spellings import FILE, NOTE, spelled
from sandbox.platforms.gomag.state import Order, Shop
from sandbox.platforms.gomag.wire import Record
from sandbox.platforms.kit.fields import Shape, nested, required

PARTY: Shape = {
    **dict.fromkeys(("firstname", "lastname", "email"), required(TEXT)),
    **dict.fromkeys(("phone", "country", "region", "city", "address", "zipcode"), TEXT),
}
BILLING: Shape = {**PARTY, "company": nested({"name": required(TEXT), "code": TEXT})}
GOODS: Shape = {
    "sku": required(TEXT),
    "name": required(TEXT),
    "price": required(PRICE),
    "quantity": required(NUMBER),
    "tax": required(NUMBER),
    "weight": NUMBER,
}
NEW_ORDER: Shape = {
    "number": required(TEXT),
    "date": required(DAY),
    "payment": required(TEXT),
    "currency": required(TEXT),
    "shippingValue": required(PRICE),
    "subtotal": required(PRICE),
    "billing": required(nested(BILLING)),
    "shipping": required(nested({**PARTY, "company": TEXT})),
    "products": required(rows_of(GOODS)),
    "discounts": rows_of({"name": required(TEXT), "voucher": TEXT, "value": required(NUMBER)}),
}
"""[inferred] Which of the documented fields are required."""


def change_status(shop: Shop, call: Call) -> Record:
    """``{"orders": [{"order": id, "status": id}]}``, both internal and both integers; anything else is 404 NO DATA.

    Of several, those that match are changed [inferred].
    """
    rows = call.data.get("orders") if isinstance(call.data, dict) else None
    pairs = [_pair(shop, row) for row in rows] if isinstance(rows, list) else []
    matched = [pair for pair in pairs if pair]
    if not matched:
        raise no_data()
    for order, status in matched:
        set_status(shop, order, shop.statuses[status])
    return SUCCESS


def _pair(shop: Shop, row: Any) -> tuple[Order, int] | None:
    order, status = (row.get("order"), row.get("status")) if isinstance(row, dict) else (None, None)
    if not (_is_id(order) and _is_id(status)) or order not in shop.orders or status not in shop.statuses:
        return None
    return shop.orders[order], status


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def add_order(shop: Shop, call: Call) -> Record:
    """A new order in the words of creation, which differ from those of reading. Sent twice, it is made twice."""
    body = check(call.data, NEW_ORDER)
    payments = {record["code"]: record["name"] for record in shop.table("payments").values()}
    if body["payment"] not in payments:
        raise invalid(f"unknown payment {body['payment']}")
    shipping = body["shipping"]
    spec = OrderSpec(
        lines=tuple(_line(row) for row in body["products"]),
        buyer=_buyer(body["billing"]),
        billing=_address(body["billing"]),
        delivery=_address(shipping),
        shipping_company=shipping.get("company", ""),
        shipping=amount(body["shippingValue"]),
        discounts=tuple(_discount(row) for row in body.get("discounts", [])),
        payment=payments[body["payment"]],
        number=body["number"],
        currency=body["currency"],
        source="api",
    )
    place(shop, replace(spec, placed_at=inferred.from_local(body["date"])))
    return SUCCESS


def _line(row: Record) -> Line:
    return Line(row["sku"], amount(row["price"]), amount(row["quantity"]), row["name"], amount(row["tax"]))


def _buyer(party: Record) -> Buyer:
    firm = party.get("company")
    company = Company(firm["name"], firm.get("code", "")) if firm else None
    return Buyer(party["firstname"], party["lastname"], party["email"], party.get("phone", ""), company, guest=True)


def _address(party: Record) -> Address:
    names = ("address", "city", "region", "zipcode", "country")
    street, city, region, zipcode, country = (party.get(name, "") for name in names)
    return Address(street, city, region, zipcode, country)


def _discount(row: Record) -> Discount:
    return Discount(row["name"], abs(amount(row["value"])), row.get("voucher", ""))


def add_note(shop: Shop, call: Call) -> Record:
    """A note on an order."""
    shape = {"id": required(ID), "note": required(TEXT), "isPublic": FLAG}
    body = check(spelled(shop, call.data, NOTE), shape)
    public = str(body.get("isPublic", 0)) == "1"
    order_of(shop, body["id"]).notes.append({"note": body["note"], "public": public})
    return SUCCESS


def add_file(shop: Shop, call: Call) -> Record:
    """A file on an order, by its address."""
    shape = {"id": required(ID), "fileUrl": required(TEXT), "fileName": required(TEXT)}
    body = check(spelled(shop, call.data, FILE), shape)
    order_of(shop, body["id"]).files.append({"url": body["fileUrl"], "name": body["fileName"]})
    return SUCCESS


def order_of(shop: Shop, order_id: Any) -> Order:
    """The order of an internal id.

    Raises:
        ApiError: 404 NO DATA.
    """
    order = shop.orders.get(int(amount(order_id)))
    if order is None:
        raise no_data()
    return order


ROUTES: Routes = {
    "order/status/json": writing(change_status, "status"),
    "order/add/json": writing(add_order, "order"),
    "order/note/add/json": writing(add_note, "order"),
    "order/file/add/json": writing(add_file, "order"),
}
