"""Every connector, every read, every trick: what comes of it has to be an error of ours, soon, and in little memory."""

import logging
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import httpx

from chaos.buyers import orders
from chaos.hostile.repeats import Repeats
from chaos.hostile.tricks import TRICKS, Genuine, Trick
from chaos.hostile.world import Target, targets
from sandbox.pairs import catalogue
from sandbox.quick.scenery import Linked, Scenery, scenery
from shopbridge.connectors.parts import Connector
from shopbridge.errors import BridgeError
from shopbridge.http.guard import PoolPerName
from shopbridge.model.base import ExternalId, OrderId

SOON = 20.0
"""Seconds that a read may take at most, on a machine that does other things as well."""
MOST_CALLS = 300
"""Calls after which a read counts as endless; a genuine one takes a handful."""
MOST_PAGES = 40
"""Pages that are asked for one after the other."""
LITTLE = 230
"""MB that a read may take: less than half of what a function has."""
LOGINS = ("oauth/token", "/login", "authenticate")
AT_ONCE, LATER = 0, 1
"""From which call of a read on a trick is played, logins not counted."""
PAIRS_OF = {"shopware": "shopware-salespos", "gomag": "gomag-cloudsales"}
SINCE = timedelta(days=2)
SKUS = [product.sku for product in catalogue.PRODUCTS]


class Endless(BaseException):
    """The read does not end by itself; no handling of errors sees it."""


@dataclass
class Found:
    """What the reads ended with: names of those that hung, failed with another error than ours, or took much memory."""

    tried: int = 0
    hung: list[str] = field(default_factory=list)
    untyped: list[str] = field(default_factory=list)
    over_memory: list[str] = field(default_factory=list)


@dataclass
class Liar(httpx.BaseTransport):
    """The genuine platform, until it plays its trick."""

    platform: httpx.BaseTransport
    trick: Trick
    honest: int
    calls: int = 0
    played: int = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer. Raises Endless when it is asked again and again."""
        answer = self.platform.handle_request(request)
        if any(name in request.url.path for name in LOGINS):
            return answer
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise Endless(f"{request.method} {request.url.path}")
        if self.calls <= self.honest:
            return answer
        self.played += 1
        return self.trick(Genuine(answer.status_code, answer.headers, answer.read()))


def reads(side: Connector, now: datetime, order: str) -> Mapping[str, Callable[[], object]]:
    """What a connector can be asked for without changing anything, by name."""
    return {
        "ping": side.account.ping,
        "vocabulary": side.account.vocabulary,
        **_reads_of_orders(side, now, order),
        **_reads_of_lookups(side),
        **_reads_of_stock(side, now),
        **_reads_of_catalogues(side),
    }


def _reads_of_orders(side: Connector, now: datetime, order: str) -> dict[str, Callable[[], object]]:
    asked: dict[str, Callable[[], object]] = {}
    if source := side.order_source:
        asked["server time"] = source.server_time
        asked["changed orders"] = lambda: walk(partial(source.changed, now - SINCE))
        asked["orders"] = lambda: source.read([OrderId(order)])
    if target := side.order_target:
        asked["find orders"] = lambda: list(target.find("10000", now - SINCE, afresh=True))
        asked["found orders"] = lambda: list(target.find("10000", now - SINCE, afresh=False))
        asked["read order"] = lambda: target.read(ExternalId("1"))
    return asked


def _reads_of_lookups(side: Connector) -> dict[str, Callable[[], object]]:
    asked: dict[str, Callable[[], object]] = {}
    if products := side.order_products:
        asked["changed products"] = lambda: mark(lambda at: products.changed(at, "sku"))
        asked["find product"] = lambda: products.find("sku", SKUS[0])
    if customers := side.customers:
        asked["changed customers"] = lambda: mark(customers.changed)
    return asked


def _reads_of_stock(side: Connector, now: datetime) -> dict[str, Callable[[], object]]:
    asked: dict[str, Callable[[], object]] = {}
    if orders := side.open_orders:
        asked["open orders"] = lambda: orders.of(SKUS, now - SINCE)
    if source := side.stock_source:
        asked["stock page"] = lambda: walk(source.page)
        asked["stock of"] = lambda: source.of(SKUS)
    if target := side.stock_target:
        asked["stock reader"] = lambda: target.reader().read([*SKUS, "NOT-THERE"])
    return asked


def _reads_of_catalogues(side: Connector) -> dict[str, Callable[[], object]]:
    asked: dict[str, Callable[[], object]] = {}
    if source := side.catalogue_source:
        asked["categories"] = source.categories
        asked["product page"] = lambda: walk(source.page)
    if target := side.catalogue_target:
        asked["find products"] = lambda: target.find(SKUS)
    return asked


def walk(page: Callable[[str | None], Any]) -> None:
    """Ask for page after page. Raises Endless when they never end."""
    position: str | None = None
    for _ in range(MOST_PAGES):
        position = page(position).position
        if position is None:
            return
    raise Endless("page after page")


def mark(page: Callable[[str | None], Any]) -> None:
    """The same for a directory. Raises Endless."""
    at: str | None = None
    for _ in range(MOST_PAGES):
        found = page(at)
        at = found.mark
        if found.complete:
            return
    raise Endless("page after page")


def attack(seed: int, names: Sequence[str] = tuple(TRICKS), starts: Sequence[int] = (AT_ONCE, LATER)) -> Found:
    """Play these tricks on every read of every connector."""
    found = Found()
    with scenery(seed) as stage, _quiet():
        for target in _targets(stage):
            genuine = stage.internet.platforms[target.link.hosts[target.side == "office"]]
            play = partial(_play, found, target, genuine, _order(target.link, stage))
            for name, honest in ((name, start) for name in names for start in starts):
                play(f"{name} from call {honest + 1}", partial(Liar, genuine, TRICKS[name], honest))
            play("the same page", partial(Repeats, genuine, Endless, MOST_CALLS))
    return found


@contextmanager
def _quiet() -> Iterator[None]:
    """A wrong signature would be told for every answer."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _targets(stage: Scenery) -> Iterator[Target]:
    for at, name in enumerate(PAIRS_OF.values()):
        link = stage.link(name, name)
        products = [link.pair.market.product(product) for product in catalogue.PRODUCTS]
        link.shop.add_products(products)
        link.office.add_products(products)
        link.office.sell_at_till({products[0].sku: 1})
        for order in islice(orders(Random(at), 10_000), 3):
            link.shop.place(link.pair.market.order(order), announced=False)
        yield from targets(link, stage.clock)


def _order(link: Linked, stage: Scenery) -> str:
    """The id of an order of the shop."""
    source = targets(link, stage.clock)[0].connector(stage.internet).order_source
    if source is None:
        raise LookupError(f"{link.shop.platform} has no orders")
    return str(source.changed(stage.clock() - SINCE, None).orders[0].id)


def _play(
    found: Found, target: Target, genuine: httpx.BaseTransport, order: str, trick: str, made: Callable[[], Any]
) -> None:
    """Play a trick on every read, each time on a connector that remembers nothing."""
    for name in reads(target.connector(genuine), target.clock(), order):
        liar = made()
        side = target.connector(PoolPerName(lambda liar=liar: liar))  # type: ignore[misc]
        _ask(found, f"{target.platform} {name}: {trick}", reads(side, target.clock(), order)[name])
        found.tried += bool(liar.played)


def _ask(found: Found, title: str, asked: Callable[[], object]) -> None:
    """Ask, and note how it ended."""
    before, began = _peak(afresh=True), time.monotonic()
    try:
        with _alarm():
            asked()
    except BridgeError:
        pass
    except Endless as error:
        found.hung.append(f"{title} ({error})")
    except Exception as error:  # noqa: BLE001 - what is looked for is an error that nobody expected
        found.untyped.append(f"{title}: {error!r}"[:500])
    if time.monotonic() - began > SOON:
        found.hung.append(title)
    if _peak() - before > LITTLE:
        found.over_memory.append(f"{title}: {_peak() - before:.0f} MB")


class _alarm:  # noqa: N801 - used as a word
    """Ends what takes too long, by a signal: a loop in C cannot be ended in another way."""

    def __enter__(self) -> None:
        signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, 2 * SOON)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, _number: int, _frame: FrameType | None) -> None:
        raise Endless(f"more than {2 * SOON:.0f} s")


def _peak(*, afresh: bool = False) -> float:
    """The most memory held, in MB; ``afresh`` counts from now on. 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    if afresh:
        Path("/proc/self/clear_refs").write_text("5")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
