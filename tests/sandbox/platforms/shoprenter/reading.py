"""Orders as the emulated Shoprenter tells them."""

import base64
from decimal import Decimal

from sandbox.platforms.shoprenter import OrderSpec

D = Decimal
PLAIN = OrderSpec()


def id_of(kind: str, number: int) -> str:
    return base64.b64encode(f"{kind}={number}".encode()).decode()


ORDER = id_of("order-order_id", 1042)
PENDING, COMPLETED = id_of("orderStatus-order_status_id", 1), id_of("orderStatus-order_status_id", 5)
