"""One request and its answer over a transport, with whatever calls its way of showing credentials needs.

The client of the library would do more: merge headers, addresses and time-outs of its own into each request, follow
redirects, keep cookies, of one merchant for the next one on the same host, and take twice the time for it.
"""

from dataclasses import dataclass
from typing import Protocol

import httpx

HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "Connection": "keep-alive",
    "User-Agent": f"python-httpx/{httpx.__version__}",
}
"""Of every call, unless it has others: some firewalls refuse whoever does not say what it is."""


class Sender(Protocol):
    """Whoever makes calls: the pool of a container, or a client of the library."""

    def send(self, request: httpx.Request, *, auth: httpx.Auth) -> httpx.Response:
        """Make the call and return its answer, read to its end. Raises httpx.RequestError."""


@dataclass(frozen=True)
class Exchange:
    """Makes calls over a transport: no redirect is followed, no cookie kept, no proxy of the environment asked.

    A proxy would look the name up once more, behind the guard's back.
    """

    transport: httpx.BaseTransport

    def send(self, request: httpx.Request, *, auth: httpx.Auth) -> httpx.Response:
        """Make the call, and those that its credentials need; returns the answer, read to its end.

        Raises:
            httpx.RequestError: It never arrived, or broke off.
        """
        flow = auth.sync_auth_flow(request)
        try:
            due = next(flow)
            while True:
                response = self._answer(due)
                try:
                    due = flow.send(response)
                except StopIteration:
                    return response
        finally:
            flow.close()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        """Nothing is left of an answer that breaks off: its connection is closed with it."""
        response = self.transport.handle_request(request)
        response.request = request
        try:
            response.read()
        finally:
            response.close()
        return response
