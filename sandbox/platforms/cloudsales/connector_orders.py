"""``connector/<id>/order/<our id>/``: POST creates, PUT updates (B1, B3)."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.platforms.cloudsales.errors import ApiError
from sandbox.platforms.cloudsales.inferred import METHOD_STATUS
from sandbox.platforms.cloudsales.orders import create_order, existing_order, update_order
from sandbox.platforms.cloudsales.records import Connector, Order
from sandbox.platforms.cloudsales.spelling import Spelling
from sandbox.platforms.cloudsales.state import Account
from sandbox.platforms.cloudsales.views import order_row
from sandbox.platforms.cloudsales.wire import Record


def answer(account: Account, connector: Connector, reference: str, call: tuple[str, Any], spelling: Spelling) -> Record:
    """The ``data`` of a successful call.

    Args:
        call: Method and body.

    Raises:
        ApiError: Refused.
    """
    method, body = call
    if method not in _METHODS or (method == "GET" and not account.assumed.order_readable):
        raise ApiError(f"{method} is not allowed here", status=METHOD_STATUS)
    order = _METHODS[method](account, connector, reference, body)
    told: Record = {"BOCP_order_id": spelling.id(order.id)}
    return {**told, **order_row(order, spelling), **order.body} if method == "GET" else told


def _post(account: Account, connector: Connector, reference: str, body: Any) -> Order:
    return create_order(account, connector, reference, body)


def _put(account: Account, connector: Connector, reference: str, body: Any) -> Order:
    order = existing_order(account, connector, reference)
    update_order(account, order, body)
    return order


def _get(account: Account, connector: Connector, reference: str, _: Any) -> Order:
    """Off unless assumed."""
    return existing_order(account, connector, reference)


_METHODS: Mapping[str, Callable[[Account, Connector, str, Any], Order]] = {"POST": _post, "PUT": _put, "GET": _get}
