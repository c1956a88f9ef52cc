"""The floor: a plain httpx loop that reads the same orders and makes the same documents, and does nothing else.

No ledger, no log, no check, no map, no limit, nothing to see what went wrong: what any bridge pays at least.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import count, islice
from typing import Any

import httpx

from benchmarks.orders import documents
from benchmarks.orders.platforms import Platforms


def floor(pair: str, sides: Platforms, orders: int, prefix: str) -> float:
    """CPU seconds an order that the loop of this pair takes for so many orders of the shop.

    Args:
        prefix: Of the numbers that the documents get, since the bridge's have the plain ones.
    """
    with httpx.Client() as client:
        began = time.thread_time()
        made = sum(1 for _ in islice(LOOPS[pair](client, sides, prefix), orders))
        return (time.thread_time() - began) / made


def _shopware_to_salespos(client: httpx.Client, sides: Platforms, prefix: str) -> Iterator[None]:
    url = sides.settings["office"]["settings"]["url"] + documents.PATH
    for order in _shopware_orders(client, sides):
        document = documents.salespos_order(order, f"{prefix}{order['orderNumber']}")
        body, headers = documents.signed(document, f"{sides.clock():%Y-%m-%dT%H:%M:%SZ}", sides.secrets["office"])
        client.post(url, content=body, headers=headers).raise_for_status().json()
        yield


def _shopware_orders(client: httpx.Client, sides: Platforms) -> Iterator[Mapping[str, Any]]:
    shop = sides.settings["shop"]["settings"]["url"]
    answer = client.post(f"{shop}/api/oauth/token", json=documents.login(sides.another_key()))
    headers = documents.shop_headers(answer.json()["access_token"])
    for page in count(1):
        asked = documents.search(page)
        found = client.post(f"{shop}/api/search/order", json=asked, headers=headers).json()["data"]
        yield from found
        if len(found) < documents.PAGE:
            return


def _gomag_to_cloudsales(client: httpx.Client, sides: Platforms, prefix: str) -> Iterator[None]:
    office, keys = sides.settings["office"]["settings"], sides.secrets["office"]
    base = f"{office['url']}/app/rest/v1/{office['account_number']}/connector/{office['connector_id']}/order"
    user, headers = (keys["connector_user"], keys["connector_password"]), {"Accept": "application/json"}
    for order in _gomag_orders(client, sides):
        number = f"{prefix}{order['number']}"
        answer = client.post(f"{base}/{number}/", json=_cloudsales_order(order, number), auth=user, headers=headers)
        if answer.raise_for_status().json()["is_error"]:
            raise RuntimeError(answer.text)
        yield


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
        "client": _client(order["billing"]),
        "items": [_item(line) for line in _rows(order["items"])],
        "order_cancelled": 0,
        "payments": [],
    }


def _client(bill: Mapping[str, Any]) -> Mapping[str, Any]:
    address = {
        "street": bill["address"],
        **dict.fromkeys(("number", "building", "stair", "floor", "apartment", "GLN"), ""),
        "city": bill["city"],
        "county": bill["region"],
        "zip": bill["zipcode"],
        "country": bill["country"],
    }
    delivered = {**address, "shipping_contact_name": bill["lastname"], "shipping_contact_phone": bill["phone"]}
    return {
        "name": f"{bill['firstname']} {bill['lastname']}",
        "representative": bill["lastname"],
        "email": bill["email"],
        "phone": bill["phone"],
        "vat_id": "",
        "registration_number": "",
        "invoice_address": address,
        "delivery_address": delivered,
    }


def _item(line: Mapping[str, Any]) -> Mapping[str, Any]:
    price, rate = float(line["price"]), float(line["vat"])
    return {
        "type": "product",
        "code": line["sku"],
        "item_name": line["name"],
        "item_quantity": float(line["quantity"]),
        "item_price": round(price / (1 + rate / 100), 2),
        "item_vat_percent": rate,
        "item_price_with_vat": price,
        "line_value_with_vat": price * float(line["quantity"]),
    }


LOOPS: Mapping[str, Callable[[httpx.Client, Platforms, str], Iterator[None]]] = {
    "shopware-salespos": _shopware_to_salespos,
    "gomag-cloudsales": _gomag_to_cloudsales,
}
"""The loop of each pair that is measured, which goes on order by order."""
