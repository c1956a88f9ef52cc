"""A connector without anything behind it but a platform: no limits, no waiting, and as much time as it is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.platforms.kit import ManualClock
from sandbox.quick.scenery import Linked, settings_of
from shopbridge.connectors.parts import Connector
from shopbridge.connectors.registry import connector_spec
from shopbridge.connectors.spec import World
from shopbridge.http.client import Wiring
from shopbridge.http.exchange import Exchange
from shopbridge.model.connection import ConnectionSettings, Side
from shopbridge.store.connections.tokens import OwnTokens
from shopbridge.wiring import GivenSecrets

UNSIGNED: Mapping[str, Mapping[str, Any]] = {"salespos": {"verify_answers": "log"}}
"""With these an answer is read though its signature is wrong: who holds the account's secret signs anything."""
CALM = 2
"""Seconds between two calls."""


@dataclass(frozen=True)
class NoLimits:
    """Takes every call.

    Attributes:
        passing: Called each time, to let time pass: the emulated platforms have limits of their own.
    """

    passing: Callable[[], None] = lambda: None

    def take(self, bucket: str, calls: int, seconds: int) -> None:
        """Nothing is counted."""
        del bucket, calls, seconds
        self.passing()

    def pause(self, bucket: str, seconds: float) -> None:
        """Nobody waits."""


@dataclass
class FewTokens:
    """Time that passes by looking at it, so that an endless list ends as it would in a function.

    Attributes:
        looks: How often there is time.
        seconds: What is left each time, until nothing is.
    """

    looks: int = 1_000_000
    seconds: float = 300.0

    def remaining(self) -> float:
        """Seconds left."""
        self.looks -= 1
        return self.seconds if self.looks > 0 else 0.0


@dataclass(frozen=True)
class Target:
    """One side of a connection, to be asked over any transport."""

    link: Linked
    side: Side
    clock: ManualClock
    secrets: Mapping[str, str]

    @property
    def platform(self) -> str:
        """Its key."""
        return self.link.shop.platform if self.side == "shop" else self.link.office.platform

    def connector(self, transport: httpx.BaseTransport) -> Connector:
        """A new connector that remembers nothing."""
        chosen = ConnectionSettings.model_validate(settings_of(self.link)).side(self.side)
        spec = connector_spec(chosen.platform)
        settings = {**chosen.settings, **UNSIGNED.get(chosen.platform, {})}
        http = Exchange(transport)
        limiter = NoLimits(lambda: self.clock.advance(seconds=CALM))
        world = World(
            wiring=Wiring(http=http, limiter=limiter, deadline=FewTokens(), sleep=lambda _: None),
            tokens=OwnTokens(self.clock),
            secrets=GivenSecrets(self.secrets),
            clock=self.clock,
        )
        return spec.build(spec.settings.model_validate(settings), world)


def targets(link: Linked, clock: ManualClock) -> tuple[Target, Target]:
    """Shop and back office of a connection."""
    shop = link.shop.another_key() if link.shop.announces else link.shop.secrets()
    return Target(link, "shop", clock, shop), Target(link, "office", clock, link.office.secrets())
