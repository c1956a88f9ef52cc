"""What the contract tests of the Gomag connector share: a connector beside an emulated shop."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from sandbox.platforms.gomag import GomagEmulator
from sandbox.platforms.kit import ManualClock, in_process
from shopbridge.connectors.gomag.connector import GomagShop, build
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.spec import World
from shopbridge.errors import RetryLater
from shopbridge.http.answer import Answer
from shopbridge.http.client import Wiring
from shopbridge.model.order import Order
from shopbridge.store.pace import SECOND, pace_of
from tests.contract.world import Deadline, Secrets

GOLDEN = {
    path.stem: path.read_text() for path in sorted((Path(__file__).parents[1] / "golden" / "gomag").glob("*.json"))
}
LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
D = Decimal


def golden(name: str) -> Any:
    """A recorded body."""
    return json.loads(GOLDEN[name], parse_float=Decimal)


def golden_rows(kind: str) -> list[Any]:
    """Every recorded row of a kind."""
    bodies = [golden(name) for name in GOLDEN if name.split("_")[0] == kind]
    found = [body[kind] for body in bodies if kind in body]
    return [row for rows in found for row in (rows.values() if isinstance(rows, dict) else rows)]


class NoTokens:
    """Gomag has no access tokens."""

    def get(self, name: str) -> str | None:
        raise AssertionError(f"nobody asks for the token {name}")

    def put(self, name: str, token: str, lifetime: timedelta) -> None:
        raise AssertionError(f"nobody keeps {token} as {name} for {lifetime}")

    def drop(self, name: str, token: str) -> None:
        raise AssertionError(f"nobody drops {token} as {name}")


@dataclass
class PacedLimiter:
    """The shared limiter without its table: the same arithmetic and pauses, by the clock."""

    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    booked: dict[str, int] = field(default_factory=dict)
    paused: dict[str, int] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)

    def take(self, bucket: str, per_minute: int) -> None:
        now, pace = self._now(), pace_of(per_minute)
        booked = max(self.booked.get(bucket, 0), now) + pace.spacing
        wait = pace.usable_from(booked, now) - now
        paused = self.paused.get(bucket, 0) - now
        if wait > 2 * SECOND or paused > 0:
            raise RetryLater("The platform's limit is used up", after=max(wait, paused) / SECOND)
        self.booked[bucket] = booked
        self.taken.append(f"{bucket} {per_minute}")
        if wait > 0:
            self.sleep(wait / SECOND)

    def pause(self, bucket: str, seconds: float) -> None:
        self.paused[bucket] = max(self.paused.get(bucket, 0), self._now() + int(seconds * SECOND))

    def _now(self) -> int:
        return int(self.clock().timestamp() * SECOND)


@dataclass
class Bench:
    """A shop, and what a container has; waiting moves the clock."""

    shop: GomagEmulator
    clock: ManualClock
    secrets: Secrets
    limiter: PacedLimiter
    answers: list[Answer] = field(default_factory=list)

    def connector(self, **settings: Any) -> GomagShop:
        """A new container's connector."""
        transport = in_process(self.shop.app)
        wiring = Wiring(
            httpx.Client(transport=transport),
            self.limiter,
            Deadline(),
            sleep=lambda seconds: self.clock.advance(seconds=seconds),
            observe=self.answers.append,
        )
        chosen = GomagSettings.model_validate(
            {"url": "https://api.example.test/", "shop": "https://www.shop.example.test/", **settings}
        )
        return build(chosen, World(wiring, NoTokens(), self.secrets, self.clock))

    def calls(self, path: str) -> int:
        """How often a method was called so far, such as ``order/read``."""
        return sum(self.shop.calls.by_route[f"{method} {path}/json"] for method in ("GET", "POST"))

    def fault(self, name: str, path: str, **options: Any) -> None:
        """Let something go wrong at the next call of a method."""
        method = "GET" if path.endswith("read") else "POST"
        self.shop.faults.plan(name, f"{method} {path}/json", **options)


def bench(**assumed: Any) -> Bench:
    """A shop whose clock stands still, with room in its buckets and records in every documented shape."""
    clock = ManualClock()
    settings = {"rate": "1000", "read_burst": 100_000, "write_burst": 100_000, **assumed}
    shop = GomagEmulator(clock=clock, wait=lambda seconds: clock.advance(seconds=seconds), **settings)
    limiter = PacedLimiter(clock, lambda seconds: clock.advance(seconds=seconds))
    return Bench(shop, clock, Secrets({"api_key": "gomag-key-01"}), limiter)


def swift(at: Bench, **settings: Any) -> GomagShop:
    """A connector that need not wait, for tests of anything but limits."""
    return at.connector(limit_factor=1000, **settings)


def answering(at: Bench, body: Any) -> GomagShop:
    """A connector whose shop answers every call with this."""
    text = json.dumps(body, default=str)
    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, text=text)))
    shop = swift(at)
    speaking = replace(shop.api.client, wiring=replace(shop.api.client.wiring, http=client))
    return replace(shop, api=replace(shop.api, client=speaking))


def all_changed(connector: GomagShop, since: datetime = LONG_AGO) -> list[Order]:
    """All pages of the changed orders, each once; none of them unreadable."""
    found: dict[str, Order] = {}
    position: str | None = None
    while True:
        page = connector.changed_orders(since, position)
        assert page.unreadable == ()
        found |= {order.id: order for order in page.orders}
        if page.position is None:
            return list(found.values())
        position = page.position


def without_moment(orders: Iterable[Order]) -> list[Order]:
    """The orders as they are, whenever they were read."""
    return [order.model_copy(update={"revision": order.revision.rpartition("#")[2]}) for order in orders]


def numbers(orders: Sequence[Order]) -> list[str]:
    """Their numbers, sorted."""
    return sorted(order.number for order in orders)
