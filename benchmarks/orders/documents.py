"""What a plain program writes for Shopware and SalesPOS: the floor and the peers beside it, which have no httpx."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

ASSOCIATIONS: Mapping[str, Any] = {
    "stateMachineState": {},
    "currency": {},
    "salesChannel": {},
    "orderCustomer": {"associations": {"salutation": {}}},
    "billingAddress": {"associations": {"country": {}, "countryState": {}}},
    "lineItems": {"associations": {"product": {}}},
    "deliveries": {
        "associations": {
            "stateMachineState": {},
            "shippingMethod": {},
            "shippingOrderAddress": {"associations": {"country": {}, "countryState": {}}},
        }
    },
    "transactions": {"associations": {"stateMachineState": {}, "paymentMethod": {}}},
}
PAGE = 50
VERSION = "application/vnd.verto.webshop+json"
CONNECTOR = "connector"
PATH = "/api/rest/v1/orders/"


def login(keys: Mapping[str, str]) -> Mapping[str, str]:
    """What Shopware is asked for a token with."""
    return {"grant_type": "client_credentials", **keys}


def shop_headers(token: str) -> Mapping[str, str]:
    """Of a search."""
    return {"Authorization": f"Bearer {token}", "Accept": "application/json", "sw-inheritance": "1"}


def search(page: int) -> Mapping[str, Any]:
    """One page of orders, the oldest first."""
    return {"page": page, "limit": PAGE, "sort": [{"field": "autoIncrement"}], "associations": ASSOCIATIONS}


def salespos_order(order: Mapping[str, Any], number: str) -> Mapping[str, Any]:
    """The order that SalesPOS makes of a document."""
    customer = {
        "email": order["orderCustomer"]["email"],
        "customertype": "b2c",
        "billingaddress": _address(order["billingAddress"]),
    }
    return {
        "customer": customer,
        "orderrows": [_row(line) for line in order["lineItems"]],
        "reservationnumber": number,
        "status": 1,
        "paid": True,
        "currency": "EUR",
        "taxes_included": True,
        "order_row_taxes_included": True,
        "shipping_taxes_included": False,
        "total_shipping": order["shippingTotal"],
        "deliver_method": "shipping",
    }


def _address(bill: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "street": bill["street"],
        "housenumber": 1,
        "zipcode": bill["zipcode"],
        "city": bill["city"],
        "country_code": bill["country"]["iso"],
        "first_name": bill["firstName"],
        "last_name": bill["lastName"],
    }


def _row(line: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "product_name": line["label"],
        "package_id": 100001,
        "count": line["quantity"],
        "price": line["unitPrice"],
        "discount": 0,
        "tax": line["price"]["calculatedTaxes"][0]["taxRate"],
    }


def signed(content: Any, at: str, keys: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """Body and headers of an order's creation; ``at`` is the moment, in ISO 8601."""
    body = json.dumps(content, default=float)  # a peer reads numbers as Decimal
    text = "|".join((keys["public_key"], "POST", PATH, body, at))
    proof = hmac.new(keys["secret_key"].encode(), text.encode(), hashlib.sha512).hexdigest()
    headers = {"x-public": keys["public_key"], "x-date": at, "x-hash": proof}
    return body, {**headers, "Accept": VERSION, "Content-Type": "application/json"}
