"""The floor: a plain httpx loop that reads the same orders and makes the same documents, and does nothing else.

No ledger, no log, no check, no map, no limit, nothing to see what went wrong: what any bridge pays at least.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import httpx

from benchmarks.orders.platforms import Platforms

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


def floor(pair: str, sides: Platforms, prefix: str) -> float:
    """CPU seconds an order that the loop of this pair takes for all orders of the shop.

    Args:
        prefix: Of the numbers that the documents get, since the bridge's have the plain ones.
    """
    with httpx.Client() as client:
        began = time.thread_time()
        orders = LOOPS[pair](client, sides, prefix)
        return (time.thread_time() - began) / orders


def _shopware_to_salespos(client: httpx.Client, sides: Platforms, prefix: str) -> int:
    shop = sides.settings["shop"]["settings"]["url"]
    made = 0
    for order in _shopware_orders(client, shop, sides.another_key()):
        document = _salespos_order(order, f"{prefix}{order['orderNumber']}")
        _post_signed(client, sides, "/api/rest/v1/orders/", document)
        made += 1
    return made


def _shopware_orders(client: httpx.Client, shop: str, keys: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    given = {"grant_type": "client_credentials", **keys}
    token = client.post(f"{shop}/api/oauth/token", json=given).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "sw-inheritance": "1"}
    page = 1
    while True:
        asked = {"page": page, "limit": PAGE, "sort": [{"field": "autoIncrement"}], "associations": ASSOCIATIONS}
        found = client.post(f"{shop}/api/search/order", json=asked, headers=headers).json()["data"]
        yield from found
        if len(found) < PAGE:
            return
        page += 1


def _salespos_order(order: Mapping[str, Any], number: str) -> Mapping[str, Any]:
    buyer, bill = order["orderCustomer"], order["billingAddress"]
    address = {
        "street": bill["street"],
        "housenumber": 1,
        "zipcode": bill["zipcode"],
        "city": bill["city"],
        "country_code": bill["country"]["iso"],
        "first_name": bill["firstName"],
        "last_name": bill["lastName"],
    }
    rows = [
        {
            "product_name": line["label"],
            "package_id": 100001,
            "count": line["quantity"],
            "price": line["unitPrice"],
            "discount": 0,
            "tax": line["price"]["calculatedTaxes"][0]["taxRate"],
        }
        for line in order["lineItems"]
    ]
    return {
        "customer": {"email": buyer["email"], "customertype": "b2c", "billingaddress": address},
        "orderrows": rows,
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


def _post_signed(client: httpx.Client, sides: Platforms, path: str, content: Any) -> None:
    office, keys = sides.settings["office"]["settings"]["url"], sides.secrets["office"]
    body, at = json.dumps(content), f"{sides.clock():%Y-%m-%dT%H:%M:%SZ}"
    text = "|".join((keys["public_key"], "POST", path, body, at))
    signed = hmac.new(keys["secret_key"].encode(), text.encode(), hashlib.sha512).hexdigest()
    headers = {"x-public": keys["public_key"], "x-date": at, "x-hash": signed}
    told = {"Accept": VERSION, "Content-Type": "application/json"}
    answer = client.post(office + path, content=body, headers={**headers, **told})
    answer.raise_for_status()
    answer.json()


def _gomag_to_cloudsales(client: httpx.Client, sides: Platforms, prefix: str) -> int:
    office, keys = sides.settings["office"]["settings"], sides.secrets["office"]
    base = f"{office['url']}/app/rest/v1/{office['account_number']}/connector/{office['connector_id']}/order"
    user, headers = (keys["connector_user"], keys["connector_password"]), {"Accept": "application/json"}
    made = 0
    for order in _gomag_orders(client, sides):
        number = f"{prefix}{order['number']}"
        answer = client.post(f"{base}/{number}/", json=_cloudsales_order(order, number), auth=user, headers=headers)
        if answer.raise_for_status().json()["is_error"]:
            raise RuntimeError(answer.text)
        made += 1
    return made


def _gomag_orders(client: httpx.Client, sides: Platforms) -> Iterator[Mapping[str, Any]]:
    shop, since = sides.settings["shop"]["settings"], f"{sides.clock() - timedelta(days=1):%Y-%m-%d}"
    headers = {"Apikey": sides.secrets["shop"]["api_key"], "ApiShop": shop["shop"], "User-Agent": "Floor/1"}
    page = 1
    while True:
        params: dict[str, str | int] = {"page": page, "limit": 100, "updated": since}
        found = client.get(f"{shop['url']}/api/v1/order/read/json", params=params, headers=headers).json()
        yield from _rows(found["orders"])
        if page >= int(found["pages"]):
            return
        page += 1


def _rows(found: Any) -> list[Mapping[str, Any]]:
    """Gomag writes a list as one, or by number."""
    return list(found.values()) if isinstance(found, dict) else list(found)


def _cloudsales_order(order: Mapping[str, Any], number: str) -> Mapping[str, Any]:
    bill = order["billing"]
    street = {
        "street": bill["address"],
        **dict.fromkeys(("number", "building", "stair", "floor", "apartment", "GLN"), ""),
    }
    town = {"city": bill["city"], "county": bill["region"], "zip": bill["zipcode"], "country": bill["country"]}
    address = {**street, **town}
    delivered = {**address, "shipping_contact_name": bill["lastname"], "shipping_contact_phone": bill["phone"]}
    client = {
        "name": f"{bill['firstname']} {bill['lastname']}",
        "representative": bill["lastname"],
        "email": bill["email"],
        "phone": bill["phone"],
        "vat_id": "",
        "registration_number": "",
        "invoice_address": address,
        "delivery_address": delivered,
    }
    items = [
        {
            "type": "product",
            "code": line["sku"],
            "item_name": line["name"],
            "item_quantity": float(line["quantity"]),
            "item_price": round(float(line["price"]) / (1 + float(line["vat"]) / 100), 2),
            "item_vat_percent": float(line["vat"]),
            "item_price_with_vat": float(line["price"]),
            "line_value_with_vat": float(line["price"]) * float(line["quantity"]),
        }
        for line in _rows(order["items"])
    ]
    return {
        "order_reference": number,
        "order_unique_id": number,
        "order_date": order["date"][:10],
        "order_updated_at": order["date"].replace("T", " "),
        "order_mentions": order["payment"]["name"],
        "order_status": "new",
        "order_currency_code": order["currency"],
        "shipping_method": "personal_pickup",
        "payment_method": "bank_transfer",
        "cod_amount": 0,
        "cod_currency": order["currency"],
        "client": client,
        "items": items,
        "order_cancelled": 0,
        "payments": [],
    }


LOOPS: Mapping[str, Callable[[httpx.Client, Platforms, str], int]] = {
    "shopware-salespos": _shopware_to_salespos,
    "gomag-cloudsales": _gomag_to_cloudsales,
}
"""The loop of each pair that is measured; each tells how many orders it carried."""
