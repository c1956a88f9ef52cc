"""What a webhook carries: JSON with quite other names than the XML (platform file, "Wire format").

An event keeps the body of its moment, as the shop would send it.
"""

from decimal import Decimal
from typing import Any

from sandbox.platforms.unas.fields import listed
from sandbox.platforms.unas.inferred import SIGNS
from sandbox.platforms.unas.orders.lines import NAMES, is_goods
from sandbox.platforms.unas.pricing import items_of, total
from sandbox.platforms.unas.state import LANGUAGE, Customer, Order, Shop
from sandbox.platforms.unas.wire import Record, amount, below, plain, unix

_PLACE = {
    "name": "Name",
    "zip": "ZIP",
    "city": "City",
    "street": "Street",
    "country": "CountryCode",
    "county": "County",
}


def announce_order(shop: Shop, topic: str, order: Order) -> None:
    """An event of an order; rules may ask for its source."""
    shop.events.append((topic, order_body(shop, order), order.source))


def announce_customer(shop: Shop, topic: str, customer: Customer) -> None:
    """An event of a customer."""
    shop.events.append((topic, customer_body(shop, customer), "shop"))


def order_body(shop: Shop, order: Order) -> Record:
    """The body of order topics; that of ``order_delete`` and ``successful_payment`` has not been seen [inferred]."""
    nodes, status = order.nodes, shop.table("OrderStatus")[order.status]
    bought = [item for item in items_of(order) if is_goods(item)]
    return {
        "shopID": shop.shop_id,
        "orderID": order.key,
        "grandTotal": total(order),
        "time": int(unix(shop.now())),
        "comment": next((each["Text"] for each in _comments(nodes) if each["Type"] == "customer"), ""),
        "currency": SIGNS.get(nodes["Currency"], nodes["Currency"]),
        "currencyCode": nodes["Currency"],
        "orderStatus": {"id": order.status, "name": status["Name"]},
        "products": {str(at): _product(shop, item) for at, item in enumerate(bought, 1)},
        "customer": _customer(nodes),
        "shipping": {"name": below(nodes, "Shipping", "Name"), "type": "", "cost": _cost(order, "shipping-cost")},
        "orderParameters": {each["Id"]: _answer(each) for each in listed(nodes, "Params", "Param")},
        "payment": {"name": below(nodes, "Payment", "Name"), "cost": _cost(order, "handel-cost")},
        **_discount(shop, order),
    }


def _comments(nodes: Record) -> list[Record]:
    return listed(nodes, "Comments", "Comment")


def _product(shop: Shop, item: Record) -> Record:
    product = shop.product_of(item.get("Sku", ""))
    return {
        "ID": item.get("Id", ""),
        "sku": item.get("Sku", ""),
        "skuType": "normal",
        "name": item["Name"],
        "category": _category(shop, listed(product.nodes, "Categories", "Category") if product else []),
        "quantity": amount(item["Quantity"]),
        "unit": item.get("Unit", ""),
        "netPrice": amount(item["PriceNet"]),
        "grossPrice": amount(item["PriceGross"]),
        "VATRate": amount(item["Vat"]),
        "discounted": False,
        "productParameters": None,
    }


def _category(shop: Shop, rows: list[Record]) -> Record:
    base = next((each["Id"] for each in rows if each.get("Type") == "base"), "")
    known = shop.categories.get(int(base)) if base else None
    return {"ID": base, "name": known.nodes["Name"] if known else ""}


def _customer(nodes: Record) -> Record:
    customer = nodes["Customer"]
    return {
        **_people(customer),
        "news_auth": "0",
        "group": below(customer, "Group", "Id") or "0",
        "lang": nodes.get("Lang", LANGUAGE),
        "subscribedToNewsletter": False,
        "email": customer.get("Email", ""),
    }


def _people(customer: Record) -> Record:
    return {
        "contact": {name.lower(): below(customer, "Contact", name) for name in ("Name", "Phone", "Mobile")},
        "shipping": _place(below(customer, "Addresses", "Shipping")),
        "invoice": _place(below(customer, "Addresses", "Invoice")),
    }


def _place(address: Any) -> Record:
    return {name: below(address, node) for name, node in _PLACE.items()}


def _cost(order: Order, line_id: str) -> Decimal:
    return sum((amount(item["PriceGross"]) for item in items_of(order) if item.get("Id") == line_id), Decimal(0))


def _answer(param: Record) -> Record:
    question, answer = param["Name"], param.get("Value", "")
    return {"orig_question": question, "orig_answer": answer, "act_question": question, "act_answer": answer}


def _discount(shop: Shop, order: Order) -> Record:
    """A discount is positive here; without one the node's form is not known."""
    line = next((item for item in items_of(order) if item.get("Id") == "discount-percent"), None)
    if line is not None:
        off, percent = -amount(line["PriceGross"]), plain(amount(line["Percent"]))
        return {"discountPercent": {"price": off, "title": NAMES["discount-percent"], "percent": percent}}
    nothing = {"price": 0, "title": "", "percent": "0"}
    forms: dict[str, Record] = {
        "absent": {},
        "null": {"discountPercent": None},
        "zero": {"discountPercent": nothing},
    }
    return forms[shop.assumed.no_discount]


def customer_body(shop: Shop, customer: Customer) -> Record:
    """The body of customer topics."""
    nodes = customer.nodes
    return {
        "username": nodes.get("Username", ""),
        "email": nodes["Email"],
        **_people(nodes),
        "customer_language": LANGUAGE,
        "hook_service_section": "cust",
        "shopID": shop.shop_id,
        "customerID": str(customer.id),
        "subscribedToNewsletter": False,
        "newsletterSubscriptionConfirmed": False,
        "language": LANGUAGE,
        "customerType": below(nodes, "Addresses", "Invoice", "CustomerType") or "private",
        "customerParameters": {
            each["Id"]: {"name": each["Name"], "value": each.get("Value", "")}
            for each in listed(nodes, "Params", "Param")
        },
    }
