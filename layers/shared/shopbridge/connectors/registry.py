"""Which connectors there are. One is imported when it is asked for: a handler loads only the connectors it meets."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from shopbridge.errors import NeedsAttention
from shopbridge.model.basics import OrderId

if TYPE_CHECKING:
    from shopbridge.connectors.spec import ConnectorSpec
    from shopbridge.ports import WebhookReceiver

KEYS = (
    *("shopware", "salespos", "cloudsales", "gomag", "innvoice", "shoprenter", "unas", "salesautopilot", "cartum"),
    *("roapp", "tryton", "vendure"),
)
"""The packages beside this module, each with a ``SPEC`` in its ``connector``."""


SIGNING: Mapping[str, str] = {"roapp": "RoAppWebhook", "shopware": "ShopwareWebhook", "unas": "UnasWebhook"}
"""The class in a package's ``webhook`` that reads signed calls, where that module needs nothing else of a connector:
the intake imports no more."""
SILENT = frozenset(
    {*("cartum", "cloudsales", "gomag", "innvoice", "salesautopilot", "salespos", "shoprenter", "tryton")}
)
"""Platforms that sign no call."""
HINTING = frozenset({"cartum"})
"""Platforms whose unsigned calls may name an order, which ``hinted_order`` in their ``webhook`` reads."""


def connector_spec(key: str) -> "ConnectorSpec":
    """Return the connector of a platform. Raises NeedsAttention for a key we do not know."""
    if key not in KEYS:
        raise NeedsAttention(f"There is no connector {key!r}", where="platform", fix=_advice(key))
    spec: ConnectorSpec = import_module(f"{__package__}.{key}.connector").SPEC
    return spec


def _advice(key: str) -> str:
    from difflib import get_close_matches  # the intake is loaded with this module and never needs it

    close = get_close_matches(key, KEYS, n=1)
    meant = f"Did you mean {close[0]!r}? " if close else ""
    return f"{meant}Choose one of: {', '.join(KEYS)}."


def receiver_of(platform: str) -> "WebhookReceiver | None":
    """Return who reads the signed calls of a platform; None for one that signs none."""
    if platform in SIGNING:
        receiver: WebhookReceiver = getattr(import_module(f"{__package__}.{platform}.webhook"), SIGNING[platform])()
        return receiver
    return None if platform in SILENT else connector_spec(platform).webhook


def hinted_order(platform: str, raw: bytes) -> OrderId | None:
    """Return the order that an unsigned call says it is about; None where it says nothing. Raises nothing."""
    if platform not in HINTING:
        return None
    order: OrderId | None = import_module(f"{__package__}.{platform}.webhook").hinted_order(raw)
    return order
