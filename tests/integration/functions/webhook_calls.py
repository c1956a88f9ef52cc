"""Calls at the address that shops call, signed as Shopware signs them."""

import base64
import hmac
import json
from collections.abc import Iterator
from typing import Any

import httpx

from sandbox.quick.functions import http_event
from tests.integration.stage import check_log, empty_queues
from tests.integration.world import World

ORDER = "0192a5f0c0de7000a000000000000001"


def undisturbed(world: World) -> Iterator[World]:
    """The same world for all tests that only call: nothing they send is worked off."""
    empty_queues()
    world.clock.advance(3600)  # nobody is in the line any more
    world.use(world.container)
    world.container.reception.refusals.tallies.clear()
    yield world
    check_log(world)


def secret(world: World) -> str:
    """The shop secret that the registration agreed on."""
    return world.shop.apps.installed["Shopbridge"].subscriber.secret


def body_of(world: World, **changed: Any) -> bytes:
    """A webhook's body as the shop writes it."""
    call = {
        "data": {"payload": {"order": {"id": ORDER}}, "event": "checkout.order.placed"},
        "source": {"url": "https://shop.example", "shopId": world.shop.shop_id},
        "timestamp": int(world.clock().timestamp()),
        **changed,
    }
    return json.dumps({name: value for name, value in call.items() if value is not None}).encode()


def sign(key: str, raw: bytes) -> str:
    return hmac.new(key.encode(), raw, "sha256").hexdigest()


def call(
    world: World, raw: bytes, *, signature: str | None = None, path: str = "", text: bool = False
) -> tuple[int, Any]:
    """A POST as API Gateway hands it over; base64 unless it is ``text``. Status and body of the answer."""
    request = httpx.Request("POST", f"https://bridge.example/hooks/{world.connection}")
    body = raw.decode() if text else base64.b64encode(raw).decode()
    event = {**http_event(request), "body": body, "isBase64Encoded": not text}
    event["headers"]["shopware-shop-signature"] = sign(secret(world), raw) if signature is None else signature
    if path:
        connection, _, token = path.partition("/token/")
        event["pathParameters"] = {"connection": connection, **({"token": token} if token else {})}
        event["routeKey"] += "/token/{token}" if token else ""
    answer = world.invoke("webhook_intake", event)
    return answer["statusCode"], json.loads(answer["body"])


UNPROVEN = (401, {"error": "The call does not prove that it comes from a connected shop"})


def told(world: World) -> str:
    """The reason of the latest refusal, as the operator reads it."""
    lines = [json.loads(line) for line in world.lines]
    return str([line["reason"] for line in lines if line["event"] == "webhook_refused"][-1])
