"""Faults on the way of a request; their names are told in the docstring of the emulator."""

from flask import Request, Response

from sandbox.platforms.kit import LOST_ANSWER, Faults
from sandbox.platforms.shopware.auth import Access, throttled, too_many
from sandbox.platforms.shopware.errors import ApiError, api_error
from sandbox.platforms.shopware.wire import TOO_LARGE

MAINTENANCE = "<!DOCTYPE html><html><body><h1>Maintenance mode</h1></body></html>"
DEADLOCK = (
    "An exception occurred while executing a query: SQLSTATE[40001]: Serialization failure: 1213 "
    "Deadlock found when trying to get lock; try restarting transaction"
)


def before(faults: Faults, route: str, request: Request, access: Access) -> Response | None:
    """Answer instead of the shop, or spoil the caller's token; None lets the request through."""
    if target := faults.due("redirect", route):
        place = target if isinstance(target, str) else request.url.replace("http://", "https://", 1)
        return Response("", 301, {"Location": place})
    if faults.due("lost_request", route):
        return Response("", 504, {LOST_ANSWER: "before"})
    if faults.due("maintenance", route):
        return Response(MAINTENANCE, 503, mimetype="text/html")
    if faults.due("too_large", route):
        return Response(TOO_LARGE, 413, mimetype="text/html")
    if faults.due("token_revoked", route):
        access.revoke(request.headers.get("Authorization"))
    error = _error(faults, route)
    if error is not None:
        raise error
    return None


def _error(faults: Faults, route: str) -> ApiError | None:
    if seconds := faults.due("rate_limited", route):
        return too_many(int(seconds))
    if seconds := faults.due("auth_throttled", route):
        return throttled(int(seconds))
    if faults.due("deadlock", route):
        return api_error(500, "0", DEADLOCK)
    return None


def after(faults: Faults, route: str) -> bool:
    """Do what is to happen meanwhile; True when the answer shall be lost."""
    faults.run("meanwhile", route)
    return bool(faults.due("lost_answer", route))
