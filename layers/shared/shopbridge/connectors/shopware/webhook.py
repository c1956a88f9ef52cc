"""Webhooks of our app: proof that the shop sent them, and the orders they name (platform file, "Webhooks")."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shopbridge.connectors.shopware.app_registration import previous_secret
from shopbridge.connectors.shopware.signing import SHOP_SIGNATURE, header, is_signed, read_object, refuse_other_times
from shopbridge.errors import Forged, Malformed
from shopbridge.model.base import OrderId
from shopbridge.ports import Event

LIVE_VERSION = "0fa91ce3e96a4bc2be4bd9ce752c3425"
"""Every other version of an order is a draft somebody edits; nothing about it counts until it is merged (C6)."""

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,200}", re.ASCII)


@dataclass(frozen=True)
class ShopwareWebhook:
    """Reads the calls; only an app's webhooks are signed."""

    def verify(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: datetime) -> None:
        """Check signature, shop and age.

        The previous shop secret counts for a minute after a new one was confirmed: calls on their way then still
        carry it.

        Raises:
            Forged: Not signed by our shop, from another shop, or more than five minutes off.
            Malformed: Signed, but not readable.
        """
        known = (secrets.get("shop_secret", ""), previous_secret(secrets, now))
        if not is_signed(header(headers, SHOP_SIGNATURE), raw, known):
            raise Forged("The call is not signed with the shop's secret", where="Shopware webhook")
        body = read_object(raw)
        source = body.get("source")
        if not isinstance(source, Mapping) or source.get("shopId") != secrets.get("shop_id", ""):
            raise Forged("The call comes from another shop", where="Shopware webhook")
        timestamp = body.get("timestamp")
        if not isinstance(timestamp, int) or isinstance(timestamp, bool):
            raise Malformed("The call has no timestamp", where="Shopware webhook")
        refuse_other_times(timestamp, now)

    def is_awaited(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str]) -> bool:
        """Whether the secret signed it that a shop was given and has, as far as we know, not confirmed yet."""
        return is_signed(header(headers, SHOP_SIGNATURE), raw, [secrets.get("pending_shop_secret", "")])

    def events(self, raw: bytes) -> Sequence[Event]:
        """One event for each order the call names, or one without an order.

        Entity events (``order.written``) list rows; business events (``state_enter.…``) carry one order, of which
        only the id is taken: the rest is what a storefront may see, and read again anyway.

        Raises:
            Malformed: Not the envelope Shopware sends.
        """
        data = read_object(raw).get("data")
        name = data.get("event") if isinstance(data, Mapping) else None
        if not isinstance(data, Mapping) or not isinstance(name, str) or not _NAME.fullmatch(name):
            raise Malformed("The call names no event", where="Shopware webhook")
        ids = dict.fromkeys(_order_ids(data.get("payload")))
        return [Event(name, OrderId(order)) for order in ids] or [Event(name, None)]


def _order_ids(payload: Any) -> Iterator[str]:
    """The ids in a payload; filtering by live version makes an object with numeric keys of the list (C13)."""
    if isinstance(payload, Mapping) and isinstance(payload.get("order"), Mapping):
        yield from _ids(payload["order"].get("id"))
        return
    rows = payload.values() if isinstance(payload, Mapping) else payload if isinstance(payload, list) else ()
    for row in rows:
        if isinstance(row, Mapping) and row.get("entity") == "order" and _is_live(row):
            yield from _ids(row.get("primaryKey"))


def _is_live(row: Mapping[str, Any]) -> bool:
    key = row.get("primaryKey")
    version = row.get("versionId") or (key.get("versionId") if isinstance(key, Mapping) else None)
    return version in (None, LIVE_VERSION)


def _ids(key: Any) -> Iterator[str]:
    """The id, given as text or as an object with the whole primary key."""
    value = key.get("id") if isinstance(key, Mapping) else key
    if isinstance(value, str) and _ID.fullmatch(value):
        yield value
