"""The calls to SalesAutopilot's classic API, how often it may be called, who calls, and its days.

Values in an address are URL-encoded (doc S1). Some GETs of this API change data (``unsubscribe``, ``delprodcategory``):
none of them is called from here, so that every GET may be repeated.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from shopbridge.http.answer import Call
from shopbridge.http.bodies import LARGEST_RECEIPT
from shopbridge.http.client import Limit

TITLE = "SalesAutopilot"
ZONE = ZoneInfo("Europe/Budapest")
"""[inferred] Whose days dates are, such as the day of a payment."""
ORDER_LISTS, ORDER_FORMS, UPDATE_FORMS = 11, 4, 2
"""Kinds of lists and forms (client S6)."""
NUMBER = "mssys_shoprenter_id"
"""The field of a record with the shop's order number, whatever the shop (client S5, S6)."""
CREATE_ORDER = "/processWebshopOrder/"
CALLS, WRITES = 2, 1
"""[inferred] Calls a second, and writes among them: no limit is published, and the platform file proposes one worker
for writes ("Limits and errors")."""
PATIENCE = 60.0
"""Seconds that a list may take which comes whole."""


# --- lists and forms --------------------------------------------------------------------------------------------------


def order_lists() -> Call:
    """List the account's eCommerce lists."""
    return Call("GET", f"/zapier/getlists/{ORDER_LISTS}")


def forms(order_list: int, kind: int) -> Call:
    """List the forms of a list that are of a kind."""
    return Call("GET", f"/zapier/getforms/{order_list}/{kind}")


# --- orders -----------------------------------------------------------------------------------------------------------


def search(order_list: int, number: str) -> Call:
    """Read the records with this order number, as an array."""
    return Call("GET", f"/list/{order_list}/field/{NUMBER}/value/{_value(number)}", largest=LARGEST_RECEIPT)


def create_order(order_list: int, form: int, body: Mapping[str, Any]) -> Call:
    """Send an order: a lost answer leaves open whether it is there."""
    path = f"{CREATE_ORDER}{order_list}/ns_id/{form}"
    return Call("POST", path, json=body, repeatable=False, largest=LARGEST_RECEIPT)


def update_order(order_list: int, form: int, number: str, fields: Mapping[str, Any]) -> Call:
    """Change fields of an order, by a form whose Actions run: a second time would run them again."""
    path = f"/update/{order_list}/form/{form}/field/{NUMBER}/value/{_value(number)}"
    return Call("POST", path, json=fields, repeatable=False, largest=LARGEST_RECEIPT)


# --- products and categories ------------------------------------------------------------------------------------------


def products() -> Call:
    """List the whole catalogue, in one answer."""
    return Call("GET", "/listproducts", patience=PATIENCE)


def create_product(fields: Mapping[str, Any]) -> Call:
    """Create a product: a lost answer leaves open whether it is there."""
    return Call("POST", "/createproduct", json=fields, repeatable=False, largest=LARGEST_RECEIPT)


def modify_product(product: int, fields: Mapping[str, Any]) -> Call:
    """Change fields of a product; a second time changes nothing."""
    return Call("POST", f"/modifyproduct/{product}", json=fields, largest=LARGEST_RECEIPT)


def categories() -> Call:
    """List all categories, in one answer."""
    return Call("GET", "/listprodcategories", patience=PATIENCE)


def create_category(name: str) -> Call:
    """Create a category: a lost answer leaves open whether it is there."""
    body = {"prodcat_name": name}
    return Call("POST", "/createprodcategory", json=body, repeatable=False, largest=LARGEST_RECEIPT)


def modify_category(category: int, name: str) -> Call:
    """Give a category another name; a second time changes nothing."""
    return Call("POST", f"/modprodcategory/{category}", json={"prodcat_name": name}, largest=LARGEST_RECEIPT)


def _value(text: str) -> str:
    """Slashes too: what is in a value must not become a part of the path (platform file, "Known quirks" 6)."""
    return quote(text, safe="")


# --- who calls, and how often -----------------------------------------------------------------------------------------


def credentials(secrets: Mapping[str, str]) -> Mapping[str, str]:
    """Return the header that says who calls (doc S1)."""
    pair = f"{secrets['user']}:{secrets['password']}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode('ascii')}"}


def limits_of(factor: Decimal) -> Callable[[Call], Sequence[Limit]]:
    """Return the buckets a call draws from, with the connection's share of the limits."""
    every, writes = Limit("calls", max(1, int(CALLS * factor)), 1), Limit("writes", max(1, int(WRITES * factor)), 1)
    return lambda call: (every,) if call.method == "GET" else (writes, every)


def today(now: datetime) -> date:
    """Return the day in Hungary."""
    return now.astimezone(ZONE).date()
