"""Everything that runs: the embedded AWS, a shop and a back office on loopback, and an operator."""

import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from sandbox.aws.activity import Activity
from sandbox.aws.embedded import EmbeddedAws
from sandbox.aws.inbox import subscribe
from sandbox.aws.moto import MotoProcess
from sandbox.demo import buttons, letters
from sandbox.demo.clock import FastClock
from sandbox.demo.judgement.verdict import Standing
from sandbox.pairs.orders import Order, Product
from sandbox.pairs.pair import Pair
from sandbox.pairs.sides.protocols import OfficeSide, ShopSide
from sandbox.platforms.kit import Loopback
from shopbridge.intake import IntakeContainer, IntakeGate
from shopbridge.model.ledger import LedgerRecord
from shopbridge.store.bundle import Store
from shopbridge.store.ledger.items import PREFIX, from_item
from shopbridge.wiring import Container
from shopbridge_cli.client import Operations

ROOT = Path(__file__).parents[2]
CONNECTION = "demo"
ACTIVITY = "activity.jsonl"
"""What the functions say, in the folder of logs."""
FIRST_LOOK, LONGEST_LOOK = 0.03, 1.0
"""Real seconds between two looks at the queues: each look is work for the same two cores."""


@dataclass
class World:
    """Runs while the ``with`` block runs.

    Args:
        speed: How many seconds of the demo's one clock pass in a real one.
        logs: A folder for the log of the functions, and what else was called; None keeps the log in memory.
        moto: A running moto process of this speed to share with other worlds; without it one is started.
        stack: What this world's stack is called in it.
    """

    pair: Pair
    speed: float = 20
    currency: str = "EUR"
    logs: Path | None = None
    moto: MotoProcess | None = None
    stack: str = "shopbridge"
    _opened: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self._open(opened)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def _open(self, opened: ExitStack) -> None:
        self.clock = FastClock(self.speed, self.moto.began) if self.moto else FastClock(self.speed)
        self.shop: ShopSide = self.pair.shop(self.clock, self.currency)
        self.office: OfficeSide = self.pair.office(self.clock, self.currency)
        shop, office = buttons.shop_page(self), buttons.office_page(self)
        self.shop_url = opened.enter_context(Loopback(shop, log=self._log("shop.log"))).url
        self.office_url = opened.enter_context(Loopback(office, log=self._log("office.log"))).url
        self.shop.open_at(self.shop_url)
        self.aws = opened.enter_context(
            EmbeddedAws(
                ROOT / "template.yaml",
                stack_name=self.stack,
                activity=Activity(self._log(ACTIVITY)),
                logs=self.logs,
                speed=self.speed,
                moto=self.moto,
                clock=self.clock,
                parameters={"MailIdentity": letters.DOMAIN} if self.pair.mails else {},
            )
        )
        if self.pair.mails:
            self.aws.verify_sender(letters.DOMAIN)
        self.inbox = subscribe(self.aws.cloud, self.aws.stack.names["AlarmTopic"], f"{self.stack}-inbox")
        run_on(self.aws, self.clock)
        self.function = self.aws.stack.names["Operations"]
        self.operations = Operations(self.function)
        self.aws.start()

    def _log(self, name: str) -> Path | None:
        return self.logs and self.logs / name

    def settings(self, **parts: Mapping[str, Any]) -> dict[str, Any]:
        """The connection's settings, with these of its parts ``orders``, ``stock`` and ``products``."""
        return {
            "id": CONNECTION,
            "name": "The demo's connection",
            "shop": {
                "platform": self.shop.platform,
                "settings": {"url": self.shop_url, **self.shop.settings()},
            },
            "office": {
                "platform": self.office.platform,
                "settings": {"url": self.office_url, **self.office.settings()},
            },
            **parts,
        }

    def here(self, products: Iterable[Product]) -> list[Product]:
        """Products of the story as the pair's market has them."""
        return [self.pair.market.product(each) for each in products]

    def place(self, orders: Iterable[Order], *, announced: bool = True) -> None:
        """Buyers of the pair's market order what the story says."""
        for order in orders:
            self.shop.place(self.pair.market.order(order), announced=announced)

    def listen(self) -> None:
        """Let the bridge hear of what happened in a shop that does not tell it by itself."""
        if not self.shop.announces:
            self.poll()

    def poll(self) -> None:
        """Five minutes of the schedule pass."""
        self.aws.tick(5)

    def calls(self) -> dict[str, int]:
        """Calls so far: of both platforms' APIs, and of the functions to AWS."""
        return {"shop": self.shop.calls, "office": self.office.calls, "aws": self.aws.calls.total()}

    def letters(self) -> list[letters.Received]:
        """What buyers got by e-mail so far."""
        return list(letters.received(self.aws.letters(letters.sender_of(self.stack))))

    def waiting(self) -> int:
        """Messages in the queues: ready, being worked on, or backing off."""
        depths = self.aws.queue_depths()
        return sum(sum(depth) for name, depth in depths.items() if not name.endswith("DeadLetters"))

    def settled(self, within: float) -> bool:
        """Wait until the queues are empty; False after ``within`` real seconds."""
        ends, pause = time.monotonic() + within, FIRST_LOOK
        # Twice, since an order may move from a queue not looked at yet to one already looked at.
        while self.waiting() or self.waiting():
            if time.monotonic() > ends:
                return False
            time.sleep(pause)
            pause = min(1.2 * pause, LONGEST_LOOK)
        return True

    def ledger(self) -> dict[str, Standing]:
        """What the bridge says became of each order, by number, read straight from its table."""
        records = (from_item(item) for item in self._ledger_items())
        return {record.reference: standing(record) for record in records}

    def _ledger_items(self) -> list[dict[str, Any]]:
        pages = (
            self.aws.cloud.client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self.aws.stack.names["StateTable"],
                KeyConditionExpression="#connection = :connection AND begins_with(#record, :orders)",
                ExpressionAttributeNames={"#connection": "connection", "#record": "record"},
                ExpressionAttributeValues={":connection": {"S": CONNECTION}, ":orders": {"S": f"{PREFIX}order#"}},
            )
        )
        return [item for page in pages for item in page["Items"]]


def run_on(aws: EmbeddedAws, clock: FastClock) -> None:
    """Give every function the demo's clock, and its own way to wait."""
    for spec in aws.template.functions.values():
        names = vars(sys.modules[spec.module])
        container = names["container"]
        names["container"] = (
            _intake_on(container, clock) if isinstance(container, IntakeContainer) else _all_on(container, clock)
        )


def _all_on(container: Container, clock: FastClock) -> Container:
    made = container.store
    return replace(container, store=Store(made.environment, clock, clock.sleep, aws=made.aws))


def _intake_on(container: IntakeContainer, clock: FastClock) -> IntakeContainer:
    gate = container.reception.gate
    if not isinstance(gate, IntakeGate):
        raise TypeError(gate)
    activity, credentials = replace(gate.activity, clock=clock), replace(gate.credentials, clock=clock)
    fast = replace(gate, clock=clock, activity=activity, credentials=credentials)
    return replace(container, reception=replace(container.reception, gate=fast, sleep=clock.sleep))


def standing(record: LedgerRecord) -> Standing:
    """What a record says of its order."""
    reason = record.reason
    return Standing(
        state=record.state,
        code=reason.code if reason else "",
        fix=reason.fix if reason else "",
        found_by_webhook=bool(record.history) and "webhook" in record.history[0].text,
        story="\n".join(line.text for line in record.history),
    )
