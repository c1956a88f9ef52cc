"""Registered customers, and what they bought. Guests are not among them."""

from decimal import Decimal
from functools import partial
from typing import Any

from sandbox.platforms.gomag.errors import SUCCESS, invalid, no_data
from sandbox.platforms.gomag.fields import FLAG, ID, TEXT, amount, check, check_identifier
from sandbox.platforms.gomag.orders.placing import add_customer
from sandbox.platforms.gomag.paging import changed_since, page
from sandbox.platforms.gomag.routing import PAGING, Call, Routes, reading, writing
from sandbox.platforms.gomag.specs import Buyer
from sandbox.platforms.gomag.state import Customer, Shop
from sandbox.platforms.gomag.wire import Record, keyed, short
from sandbox.platforms.kit.fields import Shape, required

_FILTERS = frozenset({"id", "email", "phone", "updated"}) | PAGING
_NEW: Shape = {
    **dict.fromkeys(("email", "firstname", "lastname", "password", "confirmPassword"), required(TEXT)),
    "phone": TEXT,
    "newsletter": FLAG,
}
_CHANGED: Shape = {"id": ID, **dict.fromkeys(("email", "firstname", "lastname", "phone"), TEXT), "newsletter": FLAG}


def list_customers(shop: Shop, call: Call) -> Record:
    """The customers every filter leaves."""
    found = [each for each in shop.customers.values() if _fits(each, call)]
    return page(shop, call, "customers", found, partial(_view, shop))


def _fits(customer: Customer, call: Call) -> bool:
    values = {"id": str(customer.id), "email": customer.email, "phone": customer.phone}
    return changed_since(call, customer.updated) and all(
        values[name] == call.query[name] for name in values if call.query.get(name)
    )


def _view(shop: Shop, customer: Customer) -> Record:
    return {
        "id": shop.turn("customer", customer.id).scalar(customer.id),
        "firstname": customer.first_name,
        "lastname": customer.last_name,
        "email": customer.email,
        "phone": customer.phone,
    }


def ordered_products(shop: Shop, call: Call) -> Any:
    """[inferred] What one customer bought, keyed by product, with the quantity."""
    wanted = {each.id for each in shop.customers.values() if _fits(each, call)}
    if not {"id", "email"} & call.query.keys() or not wanted:
        raise no_data()
    bought: dict[tuple[int, str], Decimal] = {}
    for order in shop.orders.values():
        for line in order.lines if order.customer in wanted else ():
            bought[line.product, line.sku] = bought.get((line.product, line.sku), Decimal(0)) + line.quantity
    rows = {product: _bought(product, sku, count) for (product, sku), count in bought.items() if product}
    return {"products": keyed(rows)}


def _bought(product: int, sku: str, count: Decimal) -> Record:
    return {"id": str(product), "sku": sku, "quantity": str(short(count))}


def add(shop: Shop, call: Call) -> Record:
    """A new customer; the password is checked and forgotten."""
    body = check(call.data, _NEW)
    if body["password"] != body["confirmPassword"]:
        raise invalid("the passwords differ")
    if any(each.email == body["email"] for each in shop.customers.values()):
        raise invalid("the e-mail address is taken")
    made = add_customer(shop, Buyer(body["firstname"], body["lastname"], body["email"], body.get("phone", "")))
    made.newsletter = str(body.get("newsletter", 0)) == "1"
    return SUCCESS


def update(shop: Shop, call: Call) -> Record:
    """A changed customer, by ``id`` or ``email``; with an id the e-mail address may change."""
    body = check(call.data, _CHANGED)
    check_identifier(body, "id", "email")
    customer = next((each for each in shop.customers.values() if _is_meant(each, body)), None)
    if customer is None:
        raise no_data()
    customer.email = body.get("email", customer.email)
    customer.first_name = body.get("firstname", customer.first_name)
    customer.last_name = body.get("lastname", customer.last_name)
    customer.phone = body.get("phone", customer.phone)
    customer.newsletter = str(body.get("newsletter", int(customer.newsletter))) == "1"
    customer.updated = shop.now()
    return SUCCESS


def _is_meant(customer: Customer, body: Record) -> bool:
    return amount(body["id"]) == customer.id if "id" in body else body["email"] == customer.email


ROUTES: Routes = {
    "customer/read/json": reading(list_customers, "customer", _FILTERS, "customers"),
    "customer/orderedproducts/json": reading(ordered_products, "customer", {"id", "email"}),
    "customer/add/json": writing(add, "customer"),
    "customer/update/json": writing(update, "customer"),
}
