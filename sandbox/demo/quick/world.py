"""A world of the demo in one process, on a clock of its own: nothing waits, and nothing travels over a socket.

The handlers, the connectors and the emulated platforms are the real ones. In the place of AWS stand the tables, queues
and parameters of ``sandbox.quick``, in calm weather.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from sandbox.aws.inbox import Told
from sandbox.demo import letters
from sandbox.demo.judgement.report import Run
from sandbox.demo.run import played
from sandbox.demo.screen import Screen
from sandbox.demo.world import CONNECTION, World
from sandbox.pairs.all_pairs import PAIRS
from sandbox.quick.functions import Context
from sandbox.quick.scenery import BRIDGE, Scenery, scenery
from sandbox.quick.weather import Weather
from shopbridge.flows.operations.dispatch import operate
from shopbridge.store.ledger.items import PREFIX
from shopbridge.store.mail import SesMail
from shopbridge_cli.client import RefusedError

TICK, NEVER = timedelta(minutes=5), timedelta(days=1000)
"""The schedule ticks when a scene polls, and not by itself, as in the demo."""
VARIABLES = {
    "SHOPBRIDGE_PUBLIC_URL": BRIDGE,
    "SHOPBRIDGE_MAIL_IDENTITY": letters.DOMAIN,
    "SHOPBRIDGE_NOTICE_TOPIC": "arn:aws:sns:eu-central-1:123456789012:alarms",
}


@dataclass
class Post:
    """What people are told through the topic, and the letters that buyers get."""

    told: list[Told] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)

    def publish(self, **message: str) -> None:
        """SNS takes a message."""
        self.told.append(Told(message["Subject"], message["Message"]))

    def list_subscriptions_by_topic(self, **_: str) -> Mapping[str, Any]:
        """Somebody confirmed a subscription to the topic."""
        return {
            "Subscriptions": [
                {"Protocol": "email", "SubscriptionArn": "arn:aws:sns:eu-central-1:123456789012:alarms:1"}
            ]
        }

    def new(self) -> list[Told]:
        """What came since the last look."""
        found, self.told = self.told, []
        return found

    def get_email_identity(self, **_: str) -> Mapping[str, Any]:
        """SES has verified every address."""
        return {"VerifiedForSendingStatus": True}

    def send_email(self, **letter: Any) -> None:
        """SES takes a letter."""
        self.letters.append(letter["Content"]["Raw"]["Data"].decode())


@dataclass(frozen=True)
class Desk:
    """Where an operator asks, as by the command line."""

    stage: Scenery

    def ask(self, operation: str, **fields: Any) -> Any:
        """The operation's result. Raises RefusedError."""
        with self.stage.container.invocation(Context()):
            answer = operate(self.stage.container.bridge, {"operation": operation, **fields})
        if not answer["ok"]:
            raise RefusedError(*answer["problems"])
        return answer["result"]


@contextmanager
def quick_stage(
    seed: str, post: Post | None = None, weather: Callable[[Random], Weather] = Weather
) -> Iterator[Scenery]:
    """A stack in this process while the ``with`` block runs, whose schedule ticks only when told to."""
    told = post or Post()
    with patch.object(SesMail, "client", told), scenery(seed, weather, VARIABLES) as stage:
        stage.every = NEVER
        stage.tick_after(NEVER)
        vars(stage.aws)["sns"] = told
        yield stage


@dataclass
class QuickWorld(World):
    """Runs while the ``with`` block runs; ``name`` is its pair's."""

    name: str = ""
    speed: float = 1

    def _open(self, opened: ExitStack) -> None:
        self.post = Post()
        self.stage = opened.enter_context(quick_stage(self.name, self.post))
        self.link = self.stage.link(CONNECTION, self.pair)
        self.shop, self.office = self.link.shop, self.link.office
        self.shop_url, self.office_url = (f"https://{host}" for host in self.link.hosts)
        own: dict[str, Any] = {
            "clock": self.stage.clock,
            "operations": Desk(self.stage),
            "inbox": self.post,
            "aws": SimpleNamespace(api_url=BRIDGE, crashes=self.stage.crashes),
        }
        vars(self).update(own)

    def poll(self) -> None:
        """Five minutes of the schedule pass."""
        self.stage.clock.moment += TICK
        self.stage.tick_after(timedelta(0))
        self.stage.tick()

    def calls(self) -> dict[str, int]:
        """Calls so far: of both platforms' APIs, and of the functions to all outside."""
        return {"shop": self.shop.calls, "office": self.office.calls, "aws": self.stage.weather.calls}

    def letters(self) -> list[letters.Received]:
        """What buyers got by e-mail so far."""
        return list(letters.received(self.post.letters))

    def waiting(self) -> int:
        """Messages in the queues."""
        return len(self.stage.queues.waiting)

    def settled(self, within: float) -> bool:
        """Work until nothing waits, whatever the clock says; then a minute passes, as between any two scenes."""
        del within
        self.stage.settle()
        self.stage.clock.advance(minutes=1)
        return True

    def _ledger_items(self) -> list[dict[str, Any]]:
        table = self.stage.environment.state_table
        return [dict(item) for item in self.stage.tables.records(table, self.link.id, f"{PREFIX}order#")]


def quickly(pair: str, screen: Screen) -> Run:
    """Play a pair's whole story, and judge it."""
    currency = PAIRS[pair].market.currency
    with QuickWorld(PAIRS[pair], name=pair, currency=currency) as world:
        return played(world, pair, screen, ())
