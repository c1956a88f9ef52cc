"""The functions as Lambda calls them: what it hands over, and calls of the HTTP API in its envelope."""

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from unittest.mock import patch

import httpx
from werkzeug.routing import Map, Rule

from shopbridge.store.environment import Environment, variable_of

HOOKS = Map(
    [
        Rule("/hooks/<connection>", endpoint="POST /hooks/{connection}"),
        Rule("/hooks/<connection>/app/register", endpoint="GET /hooks/{connection}/app/register"),
        Rule("/hooks/<connection>/app/confirm", endpoint="POST /hooks/{connection}/app/confirm"),
        Rule("/hooks/<connection>/token/<token>", endpoint="POST /hooks/{connection}/token/{token}"),
    ]
)


@dataclass(frozen=True)
class Context:
    """What Lambda hands over."""

    aws_request_id: str = "quick"
    function_name: str = "quick"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:123456789012:function:quick"

    def get_remaining_time_in_millis(self) -> int:
        """Enough for one message."""
        return 120_000


def load(step: str, environment: Environment) -> Any:
    """A function's module; it reads its environment when it is imported, as in Lambda."""
    variables = {
        variable_of(made.name): getattr(environment, made.name)
        for made in fields(environment)
        if isinstance(getattr(environment, made.name), str)
    }
    with patch.dict(os.environ, variables):
        return importlib.import_module(f"functions.{step}.app")


def step_of(event: Mapping[str, Any]) -> str:
    """The function that answers this route of the HTTP API."""
    return "app_registration" if "/app/" in event["routeKey"] else "webhook_intake"


def http_event(request: httpx.Request) -> dict[str, Any]:
    """A call in API Gateway's envelope, payload format 2.0."""
    method = request.method if request.method in ("POST", "PUT", "DELETE") else "GET"
    route, parameters = HOOKS.bind("bridge.example").match(request.url.path)
    return {
        "version": "2.0",
        "routeKey": f"{method} {route.partition(' ')[2]}",
        "rawPath": request.url.path,
        "rawQueryString": request.url.query.decode(),
        "headers": dict(request.headers),
        "requestContext": {"domainName": request.url.host, "http": {"sourceIp": "192.0.2.1", "method": method}},
        "pathParameters": dict(parameters),
        "body": request.read().decode("utf-8", "surrogateescape"),
        "isBase64Encoded": False,
    }
