"""Webhooks: kept, and delivered signed.

Payload, header and the absence of retries are [inferred]: the platform file knows only that a JSON payload is
POSTed and, by analogy with the app calls, how it would be signed.
"""

import secrets
from dataclasses import dataclass
from functools import partial

import httpx

from sandbox.platforms.kit import Faults
from sandbox.platforms.kit.wire import write_json
from sandbox.platforms.salespos.auth import webhook_signature
from sandbox.platforms.salespos.errors import invalid
from sandbox.platforms.salespos.paging import page
from sandbox.platforms.salespos.routing import (
    DONE,
    PAGING,
    Answer,
    Call,
    Endpoint,
    Routes,
    created,
    existing,
    found,
)
from sandbox.platforms.salespos.shapes import WEBHOOK_PATCH, WEBHOOK_POST
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record, moment

_CHANGES = ("created", "updated", "deleted")
EVENTS = frozenset(
    {
        "orders.created",
        "orders.updated.ispaid",
        "orders.updated.status",
        "orders.updated.trackandtrace",
        "orders.deleted",
        "invoices.updated.status",
        *(f"products.{change}" for change in _CHANGES),
        *(f"categories.{change}" for change in _CHANGES),
        *(f"returns.{change}" for change in _CHANGES),
    }
)
"""Seen in live integrations (example code S7, S19, S20); returns and invoices never happen here."""


@dataclass(frozen=True)
class Delivery:
    """One call to a webhook's address; ``status`` is None when nobody answered."""

    event: str
    address: str
    body: bytes
    status: int | None


def list_webhooks(shop: Shop, call: Call) -> Answer:
    """All webhooks."""
    return page(call, "/webhooks/", list(shop.webhooks.values()), partial(_view, call.root))


def show_webhook(shop: Shop, call: Call) -> Answer:
    """One webhook."""
    return found(_view(call.root, existing(shop.webhooks, call, "webhook")))


def post_webhook(shop: Shop, call: Call) -> Answer:
    """A new webhook; the answer holds the key of its signature."""
    if call.body["event"] not in EVENTS:
        raise invalid(f"body.event {call.body['event']} does not exist")
    _check_address(call.body)
    webhook = {
        "id": shop.new_id("webhooks"),
        "createdate": moment(shop.now()),
        "key": secrets.token_hex(16),
        "is_active": True,
        **call.body,
    }
    shop.webhooks[webhook["id"]] = webhook
    return created(_view(call.root, webhook))


def patch_webhook(shop: Shop, call: Call) -> Answer:
    """Change address or activity, nothing else."""
    _check_address(call.body)
    existing(shop.webhooks, call, "webhook").update(call.body)
    return DONE


def delete_webhook(shop: Shop, call: Call) -> Answer:
    """Remove a webhook."""
    existing(shop.webhooks, call, "webhook")
    del shop.webhooks[call.id]
    return DONE


def deliver(shop: Shop, client: httpx.Client, faults: Faults, root: str) -> list[Delivery]:
    """Call the webhooks of everything that happened since the last time, each once unless a fault says so."""
    events, shop.events = shop.events, []
    return [
        _call(client, webhook, event, {"event": event, "id": at, "href": f"{root}/{resource}/{at}/"})
        for event, resource, at in events
        for webhook in list(shop.webhooks.values())
        if webhook["is_active"] and webhook["event"] == event
        for _ in range(_times(faults, event))
    ]


def _times(faults: Faults, event: str) -> int:
    if faults.due("missing_webhook", event):
        return 0
    return 2 if faults.due("duplicate_webhook", event) else 1


def _call(client: httpx.Client, webhook: Record, event: str, payload: Record) -> Delivery:
    body = write_json(payload)
    headers = {
        "content-type": "application/json",
        "x-hash": webhook_signature(webhook["key"], webhook["address"], body),
    }
    try:
        status: int | None = client.post(webhook["address"], content=body, headers=headers).status_code
    except httpx.HTTPError:
        status = None
    return Delivery(event, webhook["address"], body, status)


def _view(root: str, webhook: Record) -> Record:
    return {"href": f"{root}/webhooks/{webhook['id']}/", **webhook}


def _check_address(body: Record) -> None:
    if not body.get("address", "https://").startswith(("http://", "https://")):
        raise invalid("body.address should be an http or https address")


ROUTES: Routes = {
    "/webhooks": {
        "GET": Endpoint(list_webhooks, PAGING),
        "POST": Endpoint(post_webhook, shape=WEBHOOK_POST),
    },
    "/webhooks/{id}": {
        "GET": Endpoint(show_webhook),
        "PATCH": Endpoint(patch_webhook, shape=WEBHOOK_PATCH),
        "DELETE": Endpoint(delete_webhook),
    },
}
