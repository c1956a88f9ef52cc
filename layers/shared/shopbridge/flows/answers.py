"""API Gateway's events and answers (payload format 2.0), to and from what the intake works with."""

import base64
import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from shopbridge.errors import BridgeError, Forged, Malformed
from shopbridge.flows.webhooks import LARGEST_BODY, NotFound, TooLarge, WebhookCall, too_large
from shopbridge.model.base import ConnectionId

LONGEST_BODY = 4 * (LARGEST_BODY // 3 + 1)
"""Characters in base64 of the largest body: more need not be read to be refused."""
UNPROVEN = 401
"""For a caller who proves nothing, whatever the reason: nobody learns which connections there are."""
_STATUS: tuple[tuple[type[BridgeError], int], ...] = (
    (NotFound, UNPROVEN),
    (Forged, UNPROVEN),
    (TooLarge, 413),
    (Malformed, 400),
)
_NOTHING_PROVEN = "The call does not prove that it comes from a connected shop"


def _encodable(text: str) -> str:
    text.encode()
    return text


Text = Annotated[str, AfterValidator(_encodable)]
"""JSON can spell half a surrogate, which no table key, hash or signature can be made of."""


class _Path(BaseModel):
    """What a route's path names."""

    model_config = ConfigDict(strict=True)

    connection: Text
    token: Text = ""


class _Context(BaseModel):
    """How the call came in."""

    model_config = ConfigDict(strict=True)

    domain: Text = Field(alias="domainName")


class _Envelope(BaseModel):
    """What is used of an event, in exactly the types that API Gateway gives it."""

    model_config = ConfigDict(strict=True)

    route: Text = Field(alias="routeKey")
    path: _Path = Field(alias="pathParameters")
    context: _Context = Field(alias="requestContext")
    headers: dict[Text, Text]
    query: Text = Field(default="", alias="rawQueryString")
    body: Text | None = None
    in_base64: bool = Field(default=False, alias="isBase64Encoded")


def webhook_call(event: Any) -> WebhookCall:
    """The call inside an event; the body byte for byte, since a signature covers it. Raises Malformed, TooLarge."""
    envelope = _envelope(event)
    headers = {name.lower(): value for name, value in envelope.headers.items()}
    if len(headers) < len(envelope.headers):
        raise Malformed("The call has a header twice", where="webhook")
    return WebhookCall(
        connection=ConnectionId(envelope.path.connection),
        raw=_bytes(envelope),
        query=envelope.query,
        headers=headers,
        base_url=f"{headers.get('x-forwarded-proto', 'https')}://{envelope.context.domain}",
        route=envelope.route,
        token=envelope.path.token,
    )


def _envelope(event: Any) -> _Envelope:
    try:
        return _Envelope.model_validate(event)
    except ValidationError as error:
        raise Malformed("The call is no event of the HTTP API", where="webhook") from error


def _bytes(envelope: _Envelope) -> bytes:
    body = envelope.body or ""
    if len(body) > LONGEST_BODY:
        raise too_large()
    try:
        return base64.b64decode(body, validate=True) if envelope.in_base64 else body.encode()
    except ValueError as error:
        raise Malformed("The body is no base64", where="webhook") from error


def status_of(error: BridgeError) -> int:
    """What the caller is told: 401, 413, 400, or 503 for everything that may pass by itself."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 503)


def refusal(error: BridgeError) -> dict[str, Any]:
    """The answer to a call that was not taken; the same to all who prove nothing."""
    status = status_of(error)
    return answer(status, {"error": _NOTHING_PROVEN if status == UNPROVEN else error.what})


def answer(status: int, body: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as API Gateway wants it."""
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
