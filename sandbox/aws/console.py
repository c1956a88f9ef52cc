"""Stands in for the CloudWatch console: shows the template's dashboards with the widgets' own functions behind them.

A page on loopback. What it does with a widget is what the console is known to do; what the console would silently do
nothing about, it says. Of metrics it knows the newest values, of logs what our queries find; alarms are only named.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from sandbox.aws.console_answers import Shown, cleaned, failed, rendered, shown
from sandbox.aws.console_still import drawn
from sandbox.aws.dashboards import Dashboard, Names, Widget, read_dashboards, viewers
from sandbox.aws.embedded import EmbeddedAws
from sandbox.aws.moto import ACCOUNT, REGION
from sandbox.platforms.kit.guard import HEADERS, Guard

STATIC = Path(__file__).parent / "console_page"
TOKEN_HEADER = "X-Sandbox-Token"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""Widgets bring styles of their own, and pictures as ``data:``; nothing of them runs or calls."""
ADMINISTRATOR = "administrator"
"""A viewer who may invoke everything."""


@dataclass(frozen=True)
class Console:
    """The console of one stack.

    Attributes:
        guard: Whom it answers; its token is a part of the address.
    """

    aws: EmbeddedAws
    guard: Guard = field(default_factory=Guard)

    @property
    def app(self) -> Flask:
        """The WSGI app."""
        app = Flask("console", static_folder=str(STATIC), static_url_path="/static")
        app.before_request(self._refused)
        app.after_request(_with_headers)
        app.add_url_rule("/", "page", lambda: app.send_static_file("console.html"))
        app.add_url_rule("/api/dashboards", "dashboards", self.dashboards)
        app.add_url_rule("/api/invoke", "invoke", self.invoke, methods=["POST"])
        app.add_url_rule("/api/still", "still", self.still, methods=["POST"])
        app.add_url_rule("/api/html", "html", lambda: cleaned(_body()["html"]).to_json(), methods=["POST"])
        return app

    def address(self, url: str) -> str:
        """Where a person opens it, once it is served at ``url``: what follows ``#`` stays in the browser."""
        return f"{url}/#{self.guard.token}"

    def dashboards(self) -> dict[str, Any]:
        """Everything the page lays out."""
        names = self._names
        return {
            "account": ACCOUNT,
            "region": REGION,
            "viewers": [ADMINISTRATOR, *viewers(names)],
            "dashboards": [_laid_out(dashboard) for dashboard in read_dashboards(names)],
        }

    def invoke(self) -> dict[str, Any]:
        """Invoke a function as its widget asks: ``{"endpoint", "event", "viewer"}``."""
        asked, began = _body(), time.monotonic()
        answer = self._answer(str(asked["endpoint"]), asked["event"], str(asked.get("viewer", ADMINISTRATOR)))
        return {**answer.to_json(), "milliseconds": round(1000 * (time.monotonic() - began))}

    def still(self) -> dict[str, Any]:
        """What stands in a widget that no function draws: ``{"kind", "properties"}`` as the dashboard has them."""
        asked = _body()
        return cleaned(rendered(drawn(self.aws, str(asked["kind"]), asked["properties"]))).to_json()

    @property
    def _names(self) -> Names:
        given = {**self.aws.parameters, "AWS::StackName": self.aws.stack_name}
        return Names(self.aws.template, self.aws.stack, given)

    def _answer(self, endpoint: str, event: Mapping[str, Any], viewer: str) -> Shown:
        if endpoint not in self.aws.functions:
            return failed(f"There is no function {endpoint} in this stack.")
        if viewer != ADMINISTRATOR and endpoint not in viewers(self._names)[viewer]:
            return failed(f"The policy {viewer} does not allow lambda:InvokeFunction on {endpoint}.")
        outcome = self.aws.functions[endpoint].run(event)
        if outcome.crash:
            error = outcome.crash.payload()
            return failed(f"{error['errorType']}: {error['errorMessage']} (request {error['requestId']})")
        return shown(outcome.result)

    def _refused(self) -> Response | None:
        if request.path.startswith("/api/"):
            refusal = self.guard.refusal(request, request.headers.get(TOKEN_HEADER, ""))
        else:
            refusal = self.guard.refusal_of_host(request)
        return Response(refusal, 403, mimetype="text/plain") if refusal else None


def _body() -> Any:
    return request.get_json()


def _with_headers(response: Response) -> Response:
    response.headers.update({**HEADERS, "Content-Security-Policy": POLICY})
    return response


def _laid_out(dashboard: Dashboard) -> dict[str, Any]:
    return {"name": dashboard.name, "widgets": [_drawn(widget) for widget in dashboard.widgets]}


def _drawn(widget: Widget) -> dict[str, Any]:
    place = dict(zip(("x", "y", "width", "height"), widget.place, strict=True))
    told = {"id": widget.id, "kind": widget.kind, **place, "title": widget.properties.get("title", "")}
    if widget.kind != "custom":
        return {**told, "properties": widget.properties}
    updates = {"refresh": True, "resize": True, "timeRange": True, **widget.properties.get("updateOn", {})}
    endpoint, params = widget.properties.get("endpoint", ""), widget.properties.get("params", {})
    return {**told, "endpoint": endpoint, "params": params, "updateOn": updates}
