"""Puts a container together: stores, connectors and flows. The one place that knows them all."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from shopbridge import end_start
from shopbridge.connectors.capabilities import is_offered, refusal, refusals, served
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.registry import KEYS, connector_spec, hinted_order, receiver_of
from shopbridge.errors import NeedsAttention
from shopbridge.flows.bridge import Bridge
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.connection import SIDES_OF, Connection, ConnectionSettings, Side
from shopbridge.model.form import PlatformForm
from shopbridge.model.problems import sentences
from shopbridge.model.webhook import Door
from shopbridge.ports import AppHandshake, Deadline, PlatformTraits, WebhookReceiver
from shopbridge.store.activity import quiet_libraries
from shopbridge.store.aws import Aws
from shopbridge.store.bundle import Store, open_store
from shopbridge.store.environment import InvocationDeadline, LambdaContext

# What speaks to platforms is imported with the first connector: many functions never make one.
if TYPE_CHECKING:
    import httpx

    from shopbridge.connectors.spec import World
    from shopbridge.flows.reception import Reception
    from shopbridge.http.auth import Secrets
    from shopbridge.http.exchange import Sender

KEPT = timedelta(hours=6)
"""A shop gets another release, currency or tax while a container lives on: then its connector has to be a new one."""


@dataclass(frozen=True)
class GivenSecrets:
    """Secrets that are not stored yet: what an operator typed, to be verified."""

    values: Mapping[str, str] = field(repr=False)

    def current(self) -> Mapping[str, str]:
        """Return them as typed."""
        return self.values

    def renew(self) -> bool:
        """Answer that there is nowhere to read others from."""
        return False


@dataclass(frozen=True)
class _Built:
    version: int
    began: datetime
    at: datetime
    parts: RequiredParts


@dataclass(frozen=True)
class ConnectorFactory:
    """Builds connectors; implements the port ``Platforms``.

    Built ones are kept for a while, as long as the connection's version stays: they remember what a platform said.
    """

    store: Store
    deadline: Deadline
    http: "Callable[[], Sender]"
    calls: Counter[tuple[ConnectionId, str]]
    _built: dict[tuple[ConnectionId, Side], _Built] = field(default_factory=dict, repr=False)

    def parts(self, connection: Connection, side: Side) -> RequiredParts:
        """Return what a side can do."""
        now, built = self.store.clock(), self._built.get((connection.id, side))
        # A connection that was revived has versions of its own.
        standing = (connection.version, connection.began)
        if built is None or (built.version, built.began) != standing or now - built.at >= KEPT:
            made = self._parts(connection.settings, side, self.store.secrets(connection.id, side))
            built = self._built[connection.id, side] = _Built(*standing, now, made)
        return built.parts

    def start_afresh(self, connection: Connection, side: Side) -> None:
        """Forget what a side's connector remembers of its platform."""
        self._built.pop((connection.id, side), None)

    def trial(self, settings: ConnectionSettings, side: Side, secrets: Mapping[str, str]) -> RequiredParts:
        """Return the same with secrets that are not stored yet."""
        return self._parts(settings, side, GivenSecrets(secrets))

    def webhook(self, connection: Door, side: Side) -> WebhookReceiver | None:
        """Read a side's webhook calls."""
        return receiver_of(connection.platform(side))

    def traits(self, connection: Connection, side: Side) -> PlatformTraits:
        """Return what is known of a side's platform."""
        spec = connector_spec(connection.settings.side(side).platform)
        return PlatformTraits(spec.title, spec.webhook is not None, spec.tells_time, spec.asks_a_person)

    def hinted(self, connection: Door, raw: bytes) -> OrderId | None:
        """Return the order that an unsigned call of the shop says it is about."""
        return hinted_order(connection.platform("shop"), raw)

    def handshake(self, connection: Connection) -> AppHandshake | None:
        """Answer the shop's app registration."""
        return connector_spec(connection.settings.shop.platform).handshake

    def app_manifest(self, platform: str, public_url: str, connection: ConnectionId, secret: str) -> str:
        """Return the file by which a shop of this platform installs our app; empty where nothing is installed so."""
        made = connector_spec(platform).app_manifest
        return made(public_url, connection, secret) if made else ""

    def check_settings(self, settings: ConnectionSettings, side: Side, secrets: Mapping[str, str]) -> Sequence[str]:
        """Return problems of a side's settings and secrets, each a sentence."""
        chosen = settings.side(side)
        try:
            spec = connector_spec(chosen.platform)
        except NeedsAttention as error:
            return [f"{side}.platform: {error.what}. {error.fix}"]
        return [
            *_misfits(f"{side}.settings", spec.settings, chosen.settings),
            *_misfits(f"secrets.{side}", spec.secrets, secrets),
        ]

    def place(self, settings: ConnectionSettings, side: Side) -> str:
        """Return where a side's account is, in one spelling."""
        chosen = settings.side(side)
        return connector_spec(chosen.platform).settings.model_validate(chosen.settings).place

    def order_page(self, settings: ConnectionSettings, side: Side, order: str) -> str:
        """Return where people look at an order of a side; empty where no such address is known."""
        chosen = settings.side(side)
        spec = connector_spec(chosen.platform)
        return spec.order_page(spec.settings.model_validate(chosen.settings), order) if spec.order_page else ""

    def check_capabilities(self, settings: ConnectionSettings) -> Sequence[str]:
        """Return what the active flows ask of a side and its connector cannot do."""
        return [str(refusal) for refusal in refusals(settings)]

    def offers(self, settings: ConnectionSettings, side: Side) -> Sequence[str]:
        """Return the capabilities that a side has with its settings, and what single settings may ask of it."""
        provided = connector_spec(settings.side(side).platform).provides
        offered = [capability for capability in provided if is_offered(settings, side, capability)]
        return [*offered, *served(settings, side)]

    def forms(self) -> Sequence[PlatformForm]:
        """Return every platform as whoever sets a connection up sees it; loads all connectors."""
        return [connector_spec(key).form() for key in KEYS]

    def product_fields(self, settings: ConnectionSettings) -> Mapping[str, TargetField]:
        """Return what the merchant's rules may set of a product, in the side that takes products."""
        _, target = SIDES_OF[settings.products.direction]
        return connector_spec(settings.side(target).platform).product_fields()

    def _parts(self, settings: ConnectionSettings, side: Side, secrets: "Secrets") -> RequiredParts:
        chosen = settings.side(side)
        spec = connector_spec(chosen.platform)
        connector = spec.build(spec.settings.model_validate(chosen.settings), self._world(settings, side, secrets))
        return RequiredParts(connector, lambda capability: refusal(settings, side, capability))

    def _world(self, settings: ConnectionSettings, side: Side, secrets: "Secrets") -> "World":
        from shopbridge.connectors.spec import World
        from shopbridge.http.client import Wiring

        connection = ConnectionId(settings.id)
        trial = isinstance(secrets, GivenSecrets)
        return World(
            wiring=Wiring(
                http=self.http(),
                limiter=self.store.limiter(connection, side),
                deadline=self.deadline,
                sleep=self.store.sleep,
                observe=lambda answer: self.calls.update([(connection, answer.platform)]),
            ),
            tokens=self.store.trial_tokens() if trial else self.store.tokens(connection, side),
            secrets=secrets,
            clock=self.store.clock,
        )


def _misfits(place: str, model: type[BaseModel], values: Mapping[str, Any]) -> Sequence[str]:
    try:
        model.model_validate(dict(values))
    except ValidationError as error:
        return sentences(error, model=model, below=(place,))
    return []


@dataclass(frozen=True)
class Container:
    """One warm function: its stores, its connection pool and the time the present invocation has left."""

    store: Store
    transport: "httpx.BaseTransport | None" = None
    deadline: InvocationDeadline = field(default_factory=InvocationDeadline)
    calls: Counter[tuple[ConnectionId, str]] = field(default_factory=Counter)

    @property
    def aws(self) -> Aws:
        """The clients."""
        return self.store.aws

    @cached_property
    def bridge(self) -> Bridge:
        """What the flows work with; nothing is called before a flow asks."""
        store = self.store
        return Bridge(
            connections=store.connections,
            credentials=store.credentials,
            cursors=store.cursors,
            ledger=store.ledger,
            health=store.health,
            directory=store.directory,
            sights=store.sights,
            former_names=store.former_names,
            erasure=store.erasure,
            orders=store.orders,
            polls=store.polls,
            hooks=store.hooks,
            work=store.work,
            snapshots=store.snapshots,
            runs=store.runs,
            leases=store.leases,
            notices=store.notices,
            mail=store.mail,
            remains=store.remains,
            limits=store.limits,
            stack=store.stack,
            turns=store.turns,
            platforms=ConnectorFactory(store, self.deadline, lambda: self._http, self.calls),
            activity=store.activity,
            clock=store.clock,
            deadline=self.deadline,
            public_url=store.environment.public_url,
        )

    @cached_property
    def reception(self) -> "Reception":
        """Who answers calls from outside."""
        from shopbridge.flows.reception import Reception

        return Reception(self.bridge, self.store.sleep)

    @contextmanager
    def invocation(self, context: LambdaContext) -> Iterator[None]:
        """Hold for one call of the function: its time is limited, and its calls to platforms are told in the log."""
        self.deadline.start(context)
        try:
            yield
        finally:
            for (connection, platform), calls in self.calls.items():
                self.store.activity.info("platform_calls", connection, platform=platform, calls=calls)
            self.calls.clear()

    @cached_property
    def _http(self) -> "Sender":
        from shopbridge.http.exchange import Exchange
        from shopbridge.http.guard import PinnedTransport, PoolPerName

        sandbox = self.store.environment.sandbox
        return Exchange(self.transport or PinnedTransport(PoolPerName(), allow_loopback=sandbox))


def open_container(variables: Mapping[str, str] = os.environ) -> Container:
    """Return the container of this function. Raises NeedsAttention when its environment is incomplete."""
    quiet_libraries()
    container = Container(open_store(variables))
    end_start()
    return container
