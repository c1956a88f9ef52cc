"""What a peer is told to carry, read from standard input, and what it tells of the carrying, on standard output."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import requests

from benchmarks.orders import documents

WARM = 20


@dataclass(frozen=True)
class Job:
    """Orders of a shop that are to be in a back office.

    Attributes:
        at: The present moment, in ISO 8601.
        sizes: How many orders are carried, one time after the other.
        prefix: Of the documents' numbers.
    """

    shop: str
    shop_keys: Mapping[str, str]
    office: str
    office_keys: Mapping[str, str]
    at: str
    sizes: tuple[int, ...]
    prefix: str

    def pages(self, session: requests.Session, orders: int) -> Iterator[list[Mapping[str, Any]]]:
        """The shop's first orders, page by page."""
        answer = session.post(f"{self.shop}/api/oauth/token", json=documents.login(self.shop_keys))
        session.headers.update(documents.shop_headers(answer.json()["access_token"]))
        for page in range(1, -(-orders // documents.PAGE) + 1):
            found = session.post(f"{self.shop}/api/search/order", json=documents.search(page)).json()["data"]
            yield found[: orders - (page - 1) * documents.PAGE]

    def make(self, session: requests.Session, order: Mapping[str, Any], turn: str) -> None:
        """Make an order in the back office. Raises requests.HTTPError."""
        document = documents.salespos_order(order, f"{self.prefix}{turn}{order['orderNumber']}")
        body, headers = documents.signed(document, self.at, self.office_keys)
        session.post(self.office + documents.PATH, data=body, headers=headers).raise_for_status()


def carry_all(carry: Callable[[Job, int, str], None]) -> None:
    """Carry so many orders as the job tells; prints CPU seconds of each size, with and without HTTP."""
    job = Job(**json.load(sys.stdin))
    taken = []
    for number, orders in enumerate([WARM, *job.sizes]):
        with _metered() as spent:
            carry(job, orders, f"{number}-")
        taken.append(spent)
    json.dump(taken[1:], sys.stdout)


@contextmanager
def _metered() -> Iterator[dict[str, float]]:
    """CPU seconds: ``all`` of it, and ``own``, without the calls of HTTP."""
    spent = {"all": 0.0, "own": 0.0}
    with patch.object(requests.Session, "send", _within(requests.Session.send, spent)):
        began = time.process_time()
        yield spent
        spent["all"] = time.process_time() - began
    spent["own"] += spent["all"]


def _within(call: Callable[..., Any], spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:
        began = time.thread_time()
        try:
            return call(*given, **named)
        finally:
            spent["own"] -= time.thread_time() - began

    return timed
