"""Registered customers: they come with orders and registrations, and ``setCustomer`` changes them."""

from copy import deepcopy
from typing import Any

from sandbox.platforms.unas.batch import batch
from sandbox.platforms.unas.errors import no_data, refused
from sandbox.platforms.unas.fields import Merge, shown
from sandbox.platforms.unas.hook_bodies import announce_customer
from sandbox.platforms.unas.orders.shapes import CUSTOMER
from sandbox.platforms.unas.routing import Functions, Page, reading, whole, writing
from sandbox.platforms.unas.specs import Address, Buyer
from sandbox.platforms.unas.state import LANGUAGE, Customer, Shop
from sandbox.platforms.unas.wire import Record, time_text, unix

FILTERS = """
Id Email Username RegTimeStart RegTimeEnd ModTimeStart ModTimeEnd LoginTimeStart LoginTimeEnd LimitNum LimitStart
"""
_TIMES = {"Reg": "registered", "Mod": "modified", "Login": "logged_in"}


def register(shop: Shop, buyer: Buyer, billing: Address) -> Customer:
    """The customer of a mail address; a new one is registered and announced."""
    known = next((each for each in shop.customers.values() if each.nodes["Email"] == buyer.email), None)
    if known:
        return known
    place = {
        "Name": buyer.company or buyer.name,
        "ZIP": billing.zipcode,
        "City": billing.city,
        "Street": billing.street,
        "CountryCode": billing.country_code,
    }
    taxed = {"TaxNumber": buyer.tax_number, "CustomerType": buyer.customer_type}
    nodes = {
        "Email": buyer.email,
        "Contact": {"Name": buyer.name, "Phone": buyer.phone, "Mobile": buyer.mobile, "Lang": LANGUAGE},
        "Addresses": {"Invoice": {**place, **taxed}, "Shipping": {**place, "Name": buyer.name}},
    }
    return enter(shop, nodes)


def enter(shop: Shop, nodes: Record) -> Customer:
    """Put a new customer into the shop."""
    now = shop.now()
    customer = Customer(shop.new_id("customer"), nodes, now, now, now)
    shop.customers[customer.id] = customer
    announce_customer(shop, "customer_registration", customer)
    return customer


def customer_view(customer: Customer) -> Record:
    """A customer as the API shows it."""
    usual = {
        "Authorize": {"Customer": "yes", "Admin": "yes"},
        "Discount": {"Direct": "0"},
        "PointsAccount": {"Balance": "0.0"},
        "Newsletter": {"Subscribed": "no", "Authorized": "no"},
    }
    dates = {
        "Registration": time_text(customer.registered),
        "Modification": time_text(customer.modified),
        "Login": time_text(customer.logged_in),
    }
    told = {**usual, **customer.nodes, "Id": str(customer.id), "Dates": dates}
    return shown({**told, "Discount": {"Total": "0", **told["Discount"]}}, CUSTOMER)


def list_customers(shop: Shop, params: Record) -> Any:
    """The customers every filter leaves."""
    found = [each for each in shop.customers.values() if _is_meant(each, params) and _in_time(each, params)]
    return {"Customer": [customer_view(each) for each in Page.of(params).cut(found)]}


def _is_meant(customer: Customer, params: Record) -> bool:
    own = {"Id": str(customer.id), **customer.nodes}
    return all(own.get(name, "") == params[name] for name in ("Id", "Email", "Username") if name in params)


def _in_time(customer: Customer, params: Record) -> bool:
    for name, attribute in _TIMES.items():
        at = int(unix(getattr(customer, attribute)))
        start, end = whole(params, f"{name}TimeStart"), whole(params, f"{name}TimeEnd")
        if (start is not None and at < start) or (end is not None and at > end):
            return False
    return True


def write_customer(shop: Shop, action: str, row: Record) -> Record:
    """One customer of ``setCustomer``."""
    customer = _found(shop, row)
    if action == "add":
        customer = _added(shop, row, known=customer)
    elif customer is None:
        raise refused("customer not found")
    elif action == "delete":
        del shop.customers[customer.id]
    else:
        _modified(shop, customer, row)
    return {"Id": str(customer.id), "Email": customer.nodes["Email"]}


def _found(shop: Shop, row: Record) -> Customer | None:
    """By the first that is sent: the id, the mail address, the name."""
    name = next((name for name in ("Id", "Email", "Username") if row.get(name)), None)
    if name is None:
        return None
    return next((each for each in shop.customers.values() if _is_meant(each, {name: row[name]})), None)


def _added(shop: Shop, row: Record, known: Customer | None) -> Customer:
    if known or not row.get("Email"):
        raise refused("customer exists" if known else "Email is missing")
    nodes: Record = {}
    Merge(True, shop.ignored).into(nodes, _unnamed(row), CUSTOMER, "Customer")
    return enter(shop, nodes)


def _modified(shop: Shop, customer: Customer, row: Record) -> None:
    nodes, merge = deepcopy(customer.nodes), Merge(False, shop.ignored)
    merge.into(nodes, _unnamed(row, "Email", "Username"), CUSTOMER, "Customer")
    if not merge.known or (shop.assumed.unchanged_is_refused and nodes == customer.nodes):
        raise no_data()
    customer.nodes, customer.modified = nodes, shop.now()
    if shop.assumed.api_changes_are_announced:
        announce_customer(shop, "customer_modify_admin", customer)


def _unnamed(row: Record, *names: str) -> Record:
    return {name: value for name, value in row.items() if name not in ("Action", "Id", *names)}


FUNCTIONS: Functions = {
    "getCustomer": reading(list_customers, "Customers", FILTERS, "Id Email Username"),
    "setCustomer": writing(
        batch("Customer", write_customer, ("add", "modify", "delete"), ("Id", "Email")), "Customers", "Customer"
    ),
}
