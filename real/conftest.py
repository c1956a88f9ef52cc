"""Real platforms, started once for all tests; what is missing here is told, and its tests are left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from flask import Flask, Response, request

from real.processes import NotThereError
from real.tryton import RealTryton, real_tryton
from real.vendure import RealVendure, real_vendure
from sandbox.platforms.kit import Loopback

HOOK_SECRET = "a-secret-that-both-sides-were-given"


@pytest.fixture(scope="session")
def tryton() -> Iterator[RealTryton]:
    """A furnished Tryton that runs."""
    try:
        with real_tryton() as office:
            yield office
    except NotThereError as missing:
        pytest.skip(str(missing))


@dataclass
class Heard:
    """What a shop's plugin told somebody who listens: bodies and headers.

    Attributes:
        refuses: How many calls more are turned away, as by somebody who is down.
    """

    calls: list[tuple[bytes, Mapping[str, str]]] = field(default_factory=list)
    refuses: int = 0

    def app(self) -> Flask:
        """Listens."""
        app = Flask("heard")

        def take() -> Response:
            if self.refuses:
                self.refuses -= 1
                return Response(status=503)
            self.calls.append((request.get_data(), dict(request.headers)))
            return Response(status=204)

        app.add_url_rule("/hooks", "take", take, methods=["POST"])
        return app


@pytest.fixture(scope="session")
def heard() -> Heard:
    """Who listens to the shop's plugin."""
    return Heard()


@pytest.fixture(scope="session")
def vendure(heard: Heard) -> Iterator[RealVendure]:
    """A Vendure that runs, whose plugin tells somebody who listens."""
    try:
        with Loopback(heard.app()) as listener, real_vendure(f"{listener.url}/hooks", HOOK_SECRET) as shop:
            yield shop
    except NotThereError as missing:
        pytest.skip(str(missing))
