"""A connection and an order for the tests of pure flow parts."""

from datetime import UTC, datetime
from typing import Any

from shopbridge.flows.operations.connections.samples import SAMPLE_ORDER
from shopbridge.model.connection import Connection, ConnectionSettings
from shopbridge.model.order import Order

CREATED = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def a_connection(**orders: Any) -> Connection:
    """A connection with these order settings."""
    return connection_with(orders=orders)


def connection_with(**parts: Any) -> Connection:
    """A connection with these parts of its settings, created on the first of March."""
    settings = ConnectionSettings.model_validate(
        {
            "id": "my-shop",
            "name": "My shop",
            "shop": {"platform": "shopware"},
            "office": {"platform": "salespos"},
            **parts,
        }
    )
    return Connection(
        settings=settings, version=1, status="active", status_reason="", path_token_hash="", created_at=CREATED
    )


def an_order(**changes: Any) -> Order:
    """The sample order, paid and open, placed on the first of March."""
    return SAMPLE_ORDER.model_copy(update={"placed_at": CREATED, **changes})
