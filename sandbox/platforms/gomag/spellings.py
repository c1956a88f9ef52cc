"""Field names on which two sources disagree (platform file, G1 and G2): one set is taken, the other unknown."""

from collections.abc import Mapping
from typing import Any

from sandbox.platforms.gomag.errors import invalid
from sandbox.platforms.gomag.state import Shop
from sandbox.platforms.gomag.wire import Record

INVENTORY = {"stock": "quantity", "specialPrice": "special_price"}
NOTE = {"id": "order_id", "isPublic": "is_public"}
FILE = {"id": "order_id", "fileUrl": "url", "fileName": "name"}
AWB = {
    "orderId": "order_id",
    "carrierId": "carrier_id",
    "awbNumber": "awb_number",
    "updateOrderStatus": "update_order_status",
}
AWB_ID = {"id": "awb_id"}
INVOICE_ID = {"id": "invoice_id"}
"""First source's name to the second's."""


def spelled(shop: Shop, body: Any, names: Mapping[str, str]) -> Record:
    """A body in the first source's names, when it is written as this shop takes it.

    Raises:
        ApiError: It is no object, or has the other source's names.
    """
    if not isinstance(body, dict):
        raise invalid("data should be an object")
    if not shop.assumed.snake_case_writes:
        return body
    if wrong := sorted(names.keys() & body.keys()):
        raise invalid(f"{wrong[0]} is not a known field")
    first = {second: name for name, second in names.items()}
    return {first.get(str(name), str(name)): value for name, value in body.items()}
