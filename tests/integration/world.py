"""A shop, a back office and a bridge in one process, with a way to end the bridge's life at any outside call."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import boto3
import httpx
from moto.sqs.models import sqs_backends

from sandbox.aws.queues import record
from sandbox.platforms.kit import in_process
from sandbox.platforms.salespos import SalesPosEmulator
from sandbox.platforms.shopware import OrderSpec, ShopwareEmulator
from sandbox.quick.functions import Context, http_event, load, step_of
from shopbridge.flows.operations.dispatch import operate
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import EffectKey, LedgerRecord
from shopbridge.model.messages import PollRequest
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment
from shopbridge.wiring import Container
from tests.integration.aws.clients import new_aws
from tests.integration.conftest import ManualClock

A_SECOND = timedelta(seconds=1)
"""Queues count whole ones."""
APP_SECRET = "made-up-app-secret"
Hook = Callable[[str], None]
"""Called before and after each outside call with its name; may raise Killed."""


class Killed(BaseException):
    """The process ends here; no handler of errors sees it."""


@dataclass
class Calls:
    """Counts outside calls and, when told to, ends the process before or after the n-th, or one of this name."""

    at: int = -1
    on: str = ""
    when: str = ""
    meanwhile: Callable[[], None] | None = None
    names: list[str] = field(default_factory=list)
    struck: bool = False

    def before(self, name: str) -> None:
        self.names.append(name)
        self._strike("before")

    def after(self) -> None:
        self._strike("after")

    def _strike(self, moment: str) -> None:
        here = len(self.names) - 1 == self.at or (self.on and self.on in self.names[-1])
        if here and moment == self.when:
            self.struck = True
            self.at, self.on = -1, ""
            if self.meanwhile is None:
                raise Killed(f"{moment} {self.names[-1]}")
            self.meanwhile()


def every_other(most: int) -> range:
    """The calls to die at, where both before and after them is tried: each state between two calls comes once.

    A death after a call leaves outside what one before the next leaves, and inside it leaves nothing.
    """
    return range(0, most, 2)


class Routes(httpx.BaseTransport):
    """Both platforms behind one transport, as the internet is; every call passes the hook."""

    def __init__(self, world: "AnyWorld", calls: Calls) -> None:
        self._world = world
        self._calls = calls

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        inner = self._world.transports[request.url.host]
        self._calls.before(f"{request.url.host} {request.method} {request.url.path}")
        response = inner.handle_request(request)
        response.read()
        self._calls.after()
        return response


@dataclass
class AnyWorld(ABC):
    """One connection between two emulated platforms, with its own clock."""

    environment: Environment
    clock: ManualClock
    connection: ConnectionId

    def __post_init__(self) -> None:
        self.transports = self.open_platforms()
        self.lines: list[str] = []
        self.bridge_answers: list[int] = []
        self.calls = Calls()
        self._sqs = boto3.client("sqs")
        self._backend: Any = sqs_backends["123456789012"]["eu-central-1"]
        self._apps: dict[str, Any] = {}
        self.container = self.new_container()

    def new_container(self, calls: Calls | None = None, ahead: timedelta = timedelta(0)) -> Container:
        """A cold start: nothing remembered, and a clock that may be ahead of everybody else's."""
        self.calls = calls or Calls()
        store = Store(
            self.environment,
            clock=lambda: self.clock() + ahead,
            sleep=self.clock.sleep,
            write_line=self.lines.append,
            aws=new_aws(),
        )
        count(store, self.calls)
        self.use(Container(store, transport=Routes(self, self.calls)))
        return self.container

    def use(self, container: Container) -> None:
        """Let the functions run in this container from now on."""
        self.container = container

    def ask(self, operation: str, **fields: Any) -> Any:
        """What an operator asks for; the result, or AssertionError with the problems."""
        if operation == "change":
            fields.setdefault("version", self.version_of(fields["settings"]["id"]))
        answer = operate(self.container.bridge, {"operation": operation, **fields})
        assert answer["ok"], answer["problems"]
        return answer["result"]

    def agree(self, operation: str, **fields: Any) -> Any:
        """Ask for what products are overwritten by, and agree to what is told."""
        told = self.ask(operation, connection=self.connection, **fields)
        return self.ask(operation, connection=self.connection, **fields, consent=told["consent"])

    def version_of(self, connection: str) -> int | None:
        """What is stored."""
        found = self.container.bridge.connections.get(ConnectionId(connection))
        return found.version if found else None

    def connect(self) -> None:
        """Create the connection as an operator does who has looked at the plan."""
        self.ask("create", settings=self.settings(), secrets=self.secrets(), start=True)

    @abstractmethod
    def open_platforms(self) -> dict[str, httpx.BaseTransport]:
        """Make shop and back office; how each is reached, by its host."""

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """The connection's."""

    @abstractmethod
    def secrets(self) -> dict[str, dict[str, str]]:
        """The connection's, by side."""

    # --- what the outside does --------------------------------------------------------------------------

    def _from_shop(self, request: httpx.Request) -> httpx.Response:
        """The HTTP API in front of the intake; a killed intake is a 502, as with Lambda."""
        try:
            answer = self.call(http_event(request))
        except Killed:
            self.bridge_answers.append(502)
            return httpx.Response(502)
        self.bridge_answers.append(answer["statusCode"])
        return httpx.Response(answer["statusCode"], text=answer["body"])

    def call(self, event: Any) -> Any:
        """A call of the HTTP API reaches the function of its route."""
        return self.invoke(step_of(event), event)

    def invoke(self, step: str, event: Any) -> Any:
        """Call a function's handler with an event of our own making; its module is loaded when first called."""
        if step not in self._apps:
            self._apps[step] = load(step, self.environment)
        # Modules are the process's, and another world may have used them meanwhile.
        self._apps[step].container = self.container
        return self._apps[step].handler(event, Context())

    # --- what Lambda does -------------------------------------------------------------------------------

    def poll(self) -> None:
        """The schedule names this connection."""
        self.container.bridge.polls.send([PollRequest(connection=self.connection)])

    def work(self, *, twice: bool = False) -> bool:
        """Deliver what the queues hold, once (or each message twice); False when there was nothing."""
        queues = self.environment
        readers = {
            queues.poll_queue_url: "order_poll",
            queues.order_queue_url: "order_import",
            queues.backfill_queue_url: "order_import",
            queues.stock_queue_url: "stock_push",
            queues.product_queue_url: "product_sync",
        }
        busy = [self._deliver(url, step, twice=twice) for url, step in readers.items()]
        return any(busy)

    def settle(self) -> None:
        """Work until nothing is left, letting time pass between tries."""
        for _ in range(30):
            if not self.work():
                return
            self.clock.advance(60)
        raise AssertionError(f"the queues never ran empty: {self.lines[-5:]}")

    def _deliver(self, url: str, step: str, *, twice: bool) -> bool:
        """Deliver a message as Lambda does, past the SDK: a call of moto's costs as much as a step of the bridge."""
        name, backend = url.rpartition("/")[2], self._backend
        queue = backend.queues[name]
        waits = self._keep_back(queue)
        if not queue.messages:
            return waits
        received = backend.receive_message(name, 1, 0, queue.visibility_timeout)
        for message in received:
            kept, receipt, event = False, message.receipt_handle, sqs_event(url, as_received(message))
            try:
                for _ in range(2 if twice else 1):
                    answer = self.invoke(step, event)
                    kept = bool(answer["batchItemFailures"])
            except Killed:
                kept = True
                raise
            finally:
                if kept:
                    backend.change_message_visibility(name, receipt, 0)
                else:
                    backend.delete_message(name, receipt)
        return bool(received)

    def _keep_back(self, queue: Any) -> bool:
        """Delays pass on the world's clock; tell whether a message waits for one."""
        delayed = [message for message in queue._messages if message.delayed]
        for message in delayed:
            if datetime.fromisoformat(as_json(message.body)["turn"]["at"]) - self.clock() < A_SECOND:
                message.delayed_until = 0.0
        return any(message.delayed for message in delayed)

    # --- what became of it --------------------------------------------------------------------------------

    def record(self, order_id: str) -> LedgerRecord:
        """The ledger's word on an order."""
        key = EffectKey(connection=self.connection, kind="order", id=order_id)
        found = self.container.bridge.ledger.get(key)
        assert found is not None, "the ledger does not know the order"
        return found


@dataclass
class World(AnyWorld):
    """Shopware and SalesPOS."""

    version: str = "6.6.10.0"
    changes: Mapping[str, Any] = field(default_factory=dict)
    office_changes: Mapping[str, Any] = field(default_factory=dict)
    stock: Mapping[str, Any] = field(default_factory=dict)
    catalogue: Mapping[str, Any] = field(default_factory=dict)

    def open_platforms(self) -> dict[str, httpx.BaseTransport]:
        """A shop that calls the bridge, and a back office."""
        hooks = httpx.Client(transport=httpx.MockTransport(self._from_shop))
        self.shop = ShopwareEmulator(self.version, clock=self.clock, client=hooks, name=self.connection)
        self.office = SalesPosEmulator(clock=self.clock)
        self.shop.url = "https://shop.example"
        return {"shop.example": in_process(self.shop.app), "pos.example": in_process(self.office.app)}

    def settings(self) -> dict[str, Any]:
        orders: dict[str, Any] = {
            "maps": {
                "status": {"entries": {"open": "1", "in_progress": "2"}},
                "payment": {"entries": {"Invoice": self.office_payment()}, "fallback": None},
                "shipping": {"entries": {"Standard": "shipping"}},
                "tax": {"entries": {"19": "19", "7": "7", "0": "0"}},
            },
            "write_back": {"status": "in_progress", "document_field": "pos_number"},
            "products": {"missing": "free_text"},
            **self.changes,
        }
        return {
            "id": self.connection,
            "name": "Test",
            "shop": {"platform": "shopware", "settings": {"url": "https://shop.example", "limit_factor": "100"}},
            "office": {
                "platform": "salespos",
                "settings": {"url": "https://pos.example", "limit_factor": "100", **self.office_changes},
            },
            "orders": orders,
            "stock": dict(self.stock),
            "products": dict(self.catalogue),
        }

    def office_payment(self) -> str:
        """A payment method the back office has."""
        return "="

    def secrets(self) -> dict[str, dict[str, str]]:
        return {
            "shop": {
                "client_id": self.shop.access_key,
                "client_secret": self.shop.secret_key,
                "app_name": "Shopbridge",
                "app_secret": APP_SECRET,
            },
            "office": {"public_key": "pub_emul_01", "secret_key": "sec_emul_01"},
        }

    def install_app(self, *events: str) -> None:
        """The merchant installs our app, so that webhooks come signed; it wants to hear of new orders at least."""
        base = f"https://bridge.example/hooks/{self.connection}"
        webhooks = [(event, base) for event in ("checkout.order.placed", *events)]
        self.shop.install_app("Shopbridge", APP_SECRET, f"{base}/app/register", webhooks=webhooks)

    def place(self, spec: OrderSpec) -> str:
        """A customer orders and pays; the order's id."""
        return self.shop.place_order(spec)


def count(store: Store, calls: Calls) -> None:
    """Let every AWS call of this store pass the hook."""
    mail = (store.mail.client,) if store.environment.mail_identity else ()
    for client in (store.aws.dynamodb, store.aws.sqs, store.aws.ssm, *mail):
        events = client.meta.events
        events.register("before-call", lambda model, **_: calls.before(model.name))
        events.register("after-call", lambda **_: calls.after())


def as_received(message: Any) -> dict[str, Any]:
    """moto's message as SQS hands it out."""
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "SentTimestamp": str(message.sent_timestamp),
    }
    return {
        "MessageId": message.id,
        "ReceiptHandle": message.receipt_handle,
        "Body": message.body,
        "MD5OfBody": message.body_md5,
        "Attributes": attributes,
    }


def sqs_event(url: str, message: Any) -> dict[str, Any]:
    """A message that was received, in Lambda's envelope."""
    return {"Records": [record(message, f"arn:aws:sqs:eu-central-1:123456789012:{url.rpartition('/')[2]}")]}


def as_json(text: str) -> Any:
    """A log line as data."""
    return json.loads(text)
