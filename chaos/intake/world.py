"""The functions that anybody may call, and all they call in this process: without the SDK a call takes no millisecond.

Two shops of Shopware are connected, one of which has begun to register anew; a third one waits for its app, and a
market calls by a token.
"""

import base64
import hmac
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from typing import Any, cast
from urllib.parse import urlencode

from botocore.exceptions import ClientError

from sandbox.platforms.kit import ManualClock
from sandbox.quick.cloud import names
from sandbox.quick.functions import Context, load, step_of
from shopbridge.flows.app_registration import AWAITING_APP
from shopbridge.flows.webhooks import hash_token
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection, ConnectionSettings, ConnectionStatus
from shopbridge.store.aws import Aws
from shopbridge.store.bundle import Store
from shopbridge.store.connections.settings import to_item
from shopbridge.store.environment import read_environment
from shopbridge.wiring import Container

HOST = "bridge.example"
ONE, TWO, WAITING, MARKET = "shop-one", "shop-two", "shop-waiting", "market"
TOKEN = "token-of-the-market-0123456789"
ORDER = f"{7:032x}"
SIGNED, UNSIGNED = "POST /hooks/{connection}", "POST /hooks/{connection}/token/{token}"
REGISTER, CONFIRM = "GET /hooks/{connection}/app/register", "POST /hooks/{connection}/app/confirm"

Event = dict[str, Any]


@dataclass
class Cloud:
    """DynamoDB, SSM and SQS as far as the intake calls them; conditions of writes are not looked at.

    Attributes:
        throttled: Which share of the calls to SQS is refused, in whole or in part.
        reads: Calls that read, by operation.
        writes: How often anything was stored or queued.
    """

    random: Random
    throttled: float = 0
    items: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    queued: list[str] = field(default_factory=list)
    reads: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    _lock: Lock = field(default_factory=Lock)

    @property
    def dynamodb(self) -> "Cloud":
        """The client."""
        return self

    ssm = sqs = dynamodb

    def get_item(self, **asked: Any) -> Mapping[str, Any]:
        """One item."""
        self.reads["GetItem"] += 1
        key = asked["Key"]
        found = self.items.get((key["connection"]["S"], key["record"]["S"]))
        return {"Item": found} if found else {}

    def update_item(self, **asked: Any) -> Mapping[str, Any]:
        """The line of a connection's turns, which are all booked anew."""
        with self._lock:
            self.writes += 1
            booked = asked["ExpressionAttributeValues"].get(":booked", {"N": "0"})
            return {"Attributes": {**asked["Key"], "live": booked}}

    def transact_write_items(self, **asked: Any) -> Mapping[str, Any]:
        """Several items together."""
        self.writes += 1
        for item in (part["Put"]["Item"] for part in asked["TransactItems"]):
            self.items[item["connection"]["S"], item["record"]["S"]] = item
        return {}

    def get_parameters(self, **asked: Any) -> Mapping[str, Any]:
        """Secrets by name."""
        self.reads["GetParameters"] += 1
        known = [{"Name": name, "Value": self.parameters[name]} for name in asked["Names"] if name in self.parameters]
        return {"Parameters": known, "InvalidParameters": [name for name in asked["Names"] if not known]}

    def put_parameter(self, **asked: Any) -> Mapping[str, Any]:
        """Secrets under a name."""
        self.writes += 1
        self.parameters[asked["Name"]] = asked["Value"]
        return {}

    def send_message_batch(self, **asked: Any) -> Mapping[str, Any]:
        """Messages to a queue, where it takes them: of ten in a bad hour some are left, and some calls refused."""
        with self._lock:
            self.writes += 1
            if self.random.random() < self.throttled:
                raise ClientError({"Error": {"Code": "RequestThrottled"}}, "SendMessageBatch")
            left = [entry for entry in asked["Entries"] if self.random.random() < self.throttled]
            self.queued += [entry["MessageBody"] for entry in asked["Entries"] if entry not in left]
        return {"Failed": [{"Id": entry["Id"]} for entry in left]}


@dataclass
class Gate:
    """Both functions of the intake, warm; time passes when they wait.

    Attributes:
        lines, bytes: What they wrote into the log.
    """

    seed: int
    clock: ManualClock = field(default_factory=ManualClock)
    lines: int = 0
    bytes: int = 0

    def __post_init__(self) -> None:
        self.random = Random(f"{self.seed} intake")
        self.cloud = Cloud(Random(f"{self.seed} queues"))
        self.environment = read_environment(names())
        self.apps = {step: load(step, self.environment) for step in ("webhook_intake", "app_registration")}
        self.containers = {step: self.new_container() for step in self.apps}
        for connection, status in ((ONE, "active"), (TWO, "active"), (MARKET, "active"), (WAITING, "paused")):
            item = to_item(self._connection(connection, cast("ConnectionStatus", status)))
            self.cloud.items[item["connection"]["S"], item["record"]["S"]] = item
        self.store(ONE, {**known_shop("one"), "pending_shop_id": "id-one", "pending_shop_secret": "pending-one"})
        self.store(TWO, known_shop("two"))
        self.store(WAITING, {"app_name": "Shopbridge", "app_secret": "app-secret-waiting"})

    def new_container(self) -> Container:
        """A cold start: nothing remembered."""
        store = Store(
            self.environment,
            clock=self.clock,
            sleep=lambda seconds: self.clock.advance(seconds=seconds),
            write_line=self._line,
            aws=cast("Aws", self.cloud),
        )
        return Container(store)

    def call(self, event: Any) -> int:
        """Send an event to the function of its route; the answer's status. Raises whatever the handler does."""
        step = (
            step_of(event) if isinstance(event, dict) and isinstance(event.get("routeKey"), str) else "webhook_intake"
        )
        app = self.apps[step]
        app.container = self.containers[step]
        return int(app.handler(event, Context())["statusCode"])

    def secrets(self, connection: str) -> Mapping[str, str]:
        """What is stored of the shop's side."""
        told: dict[str, str] = json.loads(self.cloud.parameters[self._parameter(connection)])
        return told

    def store(self, connection: str, secrets: Mapping[str, str]) -> None:
        """As an operator stores them."""
        self.cloud.parameters[self._parameter(connection)] = json.dumps(secrets)

    def _parameter(self, connection: str) -> str:
        return f"{self.environment.parameter_prefix}/connections/{connection}/shop"

    def _line(self, line: str) -> None:
        self.lines += 1
        self.bytes += len(line)

    def _connection(self, name: str, status: ConnectionStatus) -> Connection:
        platform = "gomag" if name == MARKET else "shopware"
        ends = {"shop": platform, "office": "salespos"}
        sides = {side: {"platform": of, "settings": {"url": url_of(name)}} for side, of in ends.items()}
        return Connection(
            settings=ConnectionSettings.model_validate({"id": name, "name": name, **sides}),
            version=1,
            status=status,
            status_reason=AWAITING_APP if name == WAITING else "",
            path_token_hash=hash_token(TOKEN if name == MARKET else f"{TOKEN} of {name}"),
            created_at=self.clock(),
        )


def url_of(connection: str) -> str:
    """Where the connection's shop is."""
    return f"https://{ConnectionId(connection)}.example"


def known_shop(name: str) -> dict[str, str]:
    """The secrets of a shop that installed our app, and has changed its secret long ago."""
    return {
        "app_name": "Shopbridge",
        "app_secret": f"app-secret-{name}",
        "client_id": f"key-{name}",
        "client_secret": f"key-secret-{name}",
        "shop_id": f"id-{name}",
        "shop_secret": f"secret-{name}",
        "previous_shop_secret": f"previous-{name}",
        "previous_until": "2020-01-01T00:00:00+00:00",
        "signs_twice": "yes",
    }


def sign(secret: str, message: bytes) -> str:
    """As Shopware signs: hex HMAC-SHA256 over the bytes (platform file, D17)."""
    return hmac.new(secret.encode(), message, "sha256").hexdigest()


def an_event(route: str, connection: str, raw: bytes = b"", **parts: Any) -> Event:
    """What API Gateway hands over."""
    path = {"connection": connection, **({"token": parts.pop("token")} if "token" in parts else {})}
    return {
        "version": "2.0",
        "routeKey": route,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "x-forwarded-proto": "https"},
        "requestContext": {"domainName": HOST},
        "pathParameters": path,
        "body": base64.b64encode(raw).decode(),
        "isBase64Encoded": True,
        **parts,
    }


def webhook(gate: Gate, name: str, **changes: Any) -> bytes:
    """The body of a genuine webhook of this moment."""
    call = {
        "data": {"payload": {"order": {"id": ORDER}}, "event": "checkout.order.placed"},
        "source": {"url": url_of(f"shop-{name}"), "shopId": f"id-{name}"},
        "timestamp": int(gate.clock().timestamp()),
        **changes,
    }
    return json.dumps(call).encode()


def signed(connection: str, raw: bytes, signature: str) -> Event:
    """A webhook with this signature."""
    return an_event(SIGNED, connection, raw, headers={"shopware-shop-signature": signature})


def registration(gate: Gate, connection: str, shop: str, **changes: str) -> str:
    """The query of a genuine registration of this moment."""
    told = {"shop-id": shop, "shop-url": url_of(connection), "timestamp": str(int(gate.clock().timestamp()))}
    return urlencode({**told, **changes})


def app_headers(query: str, app_secret: str, shop_secret: str) -> Mapping[str, str]:
    """How a registration is signed by a shop that is known."""
    return {
        "shopware-app-signature": sign(app_secret, query.encode()),
        "shopware-shop-signature": sign(shop_secret, query.encode()),
        "sw-version": "6.7.9.0",
    }


def confirmation(gate: Gate, connection: str, shop: str, **changes: Any) -> bytes:
    """The body of a genuine confirmation of this moment."""
    told = {
        "apiKey": "another-key",
        "secretKey": "another-secret",
        "timestamp": str(int(gate.clock().timestamp())),
        "shopUrl": url_of(connection),
        "shopId": shop,
        **changes,
    }
    return json.dumps(told).encode()


def orders_in(queued: Sequence[str]) -> Iterator[str]:
    """The orders that messages name."""
    return (str(json.loads(body)["order_id"]) for body in queued)
