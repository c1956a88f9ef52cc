"""What a suite sees of a platform: an account on it, containers that work on it, and what may go wrong."""

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import ModuleType
from typing import Any, Literal, Protocol, TypeVar, get_args

import httpx

from sandbox.platforms.kit import ManualClock
from sandbox.platforms.kit.doubles import Doubles
from shopbridge.connectors.parts import Capability, RequiredParts
from shopbridge.connectors.registry import KEYS, connector_spec
from shopbridge.errors import RetryLater
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order, OrderLine, Shipping
from tests.containers import Secrets

Fault = Literal["throttled", "lost_request", "lost_answer", "broken"]
"""A limit that is used up, a call that never arrived, one whose answer never came, a page in the place of an answer."""
FAULTS: tuple[Fault, ...] = get_args(Fault)
Suite = Capability | Literal["account", "webhook_receiver"]
SUITES: tuple[Suite, ...] = ("account", *get_args(Capability), "webhook_receiver")

CallKind = Literal["login", "read", "send"]
"""What a call is for: a token, something that is there, or a change."""

T = TypeVar("T")
Promise = TypeVar("Promise", bound=Callable[..., None])
Around = Callable[[httpx.BaseTransport], httpx.BaseTransport]


@dataclass(frozen=True)
class Row:
    """Where a platform's answers keep a record.

    Attributes:
        key: The field that names it.
        beside: A field that only whole records of the kind have.
        fields: What a hostile platform may spoil of it.
    """

    key: str
    fields: tuple[str, ...]
    beside: str = ""

    def is_of(self, row: Mapping[str, Any], name: str) -> bool:
        """Whether this is the record of that name."""
        return str(row.get(self.key)) == name and (not self.beside or self.beside in row)


def kind_by_address(request: httpx.Request) -> CallKind:
    """Which kind of call it is, where address and method tell."""
    if "token" in request.url.path:
        return "login"
    return "read" if request.method == "GET" else "send"


@dataclass(frozen=True)
class Facts:
    """In what a platform differs from the others, as data.

    Attributes:
        routes: The call that a capability stands on, in the emulator's words.
        faults: How the emulator calls a fault, with what ``Faults.plan`` takes beside.
        pages: How many records make more than two pages of a list.
        calls: What a piece of work costs in a new container, logins left out.
        lacks: What the platform does not have, so that promises about it have no meaning there. An office without
            ``repetition`` can neither be searched nor told that an order may be there: it waits for a person.
        told: Settings with which an office takes orders that it is told of afterwards.
        format: What answers are written in.
        rows: Where answers keep the records of a capability.
        tax: The rate of what is put, in percent.
        other_tax: Another rate that the platform has.
        kind_of: Tells which kind a call is, where not by its address and method.
    """

    routes: Mapping[str, str]
    faults: Mapping[str, tuple[str, Mapping[str, Any]]]
    pages: Mapping[str, int] = field(default_factory=dict)
    calls: Mapping[str, int] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()
    rows: Mapping[str, Row] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    format: Literal["json", "xml"] = "json"
    tax: Decimal = Decimal(21)
    other_tax: Decimal = Decimal(11)
    kind_of: Callable[[httpx.Request], CallKind] = kind_by_address


class Bench(Protocol):
    """An account of a platform; a connector beside it for each container."""

    clock: ManualClock
    secrets: Secrets
    around: Around
    """Laid between the connectors that are made from now on and the platform."""

    @property
    def facts(self) -> Facts:
        """What differs."""

    def connector(self, **settings: Any) -> RequiredParts:
        """A new container's connector with these settings beside the usual ones."""

    def part(self, capability: str) -> Any:
        """The part of a new container's connector that a capability names."""

    def plan(self, name: str, on: str, **options: Any) -> None:
        """Let something go wrong at the next call of a route."""

    def made(self) -> int:
        """How many calls were made so far, logins left out."""

    def rest(self) -> None:
        """Let the pause pass that a limit asked for."""

    def spoil_credentials(self) -> None:
        """Somebody replaced the secrets on the platform: ours are refused from now on."""

    def shrink_pages(self) -> None:
        """Let lists come in pages of three, where the platform can be set to that."""

    def write_numbers(self, doubles: Doubles) -> None:
        """Let the platform write its numbers in this way."""


@dataclass(frozen=True)
class Statuses:
    """Keys of a shop's statuses: the first of an order, one it moves to, one that ends it, and none."""

    first: str
    next: str
    last: str
    unknown: str = "no such status"


class StockBench(Bench, Protocol):
    """A platform with stock."""

    def put(self, sku: str, stock: Decimal | int = 5) -> ExternalId:
        """Put a product that is sold under this SKU; what the connector calls its record."""

    def put_variants(self, sku: str, stock: Mapping[str, int]) -> Mapping[str, ExternalId]:
        """Put a product that is sold as its variants, by their SKUs; their records."""

    def take_away(self, sku: str) -> None:
        """Delete a product."""

    def stock(self, sku: str) -> Decimal:
        """How many may be sold of it by the platform's own figure."""


class ShopBench(StockBench, Protocol):
    """A shop whose orders can be read and moved."""

    def sell(self, units: Mapping[str, int], *, number: str = "") -> OrderId:
        """Place an order of registered products; what the connector calls it."""

    def pay(self, order: OrderId) -> None:
        """Let the money arrive."""

    def cancel(self, order: OrderId) -> None:
        """Let the shop cancel it."""

    def delete_order(self, order: OrderId) -> None:
        """Delete it."""

    def total(self, order: OrderId) -> Decimal:
        """What the buyer pays."""

    def key_of(self, order: OrderId) -> str:
        """What answers name the order by."""

    def status(self, order: OrderId) -> str:
        """The key of its status."""

    @property
    def statuses(self) -> Statuses:
        """Statuses by what they mean."""

    def documents(self, order: OrderId) -> list[str]:
        """What was written into it as our document number."""


class CatalogueBench(StockBench, Protocol):
    """A platform with a catalogue."""

    def name(self, sku: str) -> str:
        """What a product is called."""

    def price(self, sku: str) -> Decimal:
        """What one piece costs, with tax."""


@dataclass(frozen=True)
class Kept:
    """An order as a back office keeps it."""

    id: ExternalId
    reference: str
    total: Decimal
    rows: int


class OfficeBench(StockBench, Protocol):
    """A back office that takes orders."""

    def put(self, sku: str, stock: Decimal | int = 5, *, ean: str = "") -> ExternalId:
        """Put a product that is sold under this SKU and found by this barcode."""

    def order(self, lines: Sequence[OrderLine] = (), costs: Shipping | None = None, **other: Any) -> Order:
        """An order that the back office takes."""

    def taken(self, of: Order) -> Order:
        """Any order, in a currency and a country that the back office takes."""

    def parts(self, of: Order, product: ExternalId, **other: Any) -> OrderParts:
        """Every product found as this one, values as the back office calls them."""

    def kept(self) -> Sequence[Kept]:
        """Its orders, oldest first."""

    def notes(self, order: ExternalId) -> list[str]:
        """What is kept beside an order."""

    def put_customer(self, mail: str) -> ExternalId:
        """Put a customer."""

    def customer(self, customer: ExternalId) -> tuple[str, str]:
        """Where a customer lives, and the telephone."""


class ProgressBench(OfficeBench, Protocol):
    """A back office that tells what became of its orders; asked only for what it ``tells``."""

    @property
    def stages(self) -> Statuses:
        """Keys of its statuses: of an order that came from us, one that people move it to, and one that ends it."""

    def move(self, order: ExternalId, status: str) -> None:
        """Let people there move an order."""

    def call_off(self, order: ExternalId) -> None:
        """Let them cancel it."""

    def hand_over(self, order: ExternalId, code: str, carrier: str) -> None:
        """Let them give the order to a carrier."""

    def bill(self, order: ExternalId) -> tuple[str, str]:
        """Let them make its document: its number, and where it is."""


class ShipmentBench(ShopBench, Protocol):
    """A shop that keeps tracking codes."""

    def shipments(self, order: OrderId) -> list[str]:
        """The codes that it has with an order."""


class WebhookBench(Bench, Protocol):
    """A shop that calls us."""

    webhook_secrets: Mapping[str, str]
    """What both sides agreed on."""

    def webhook(self) -> tuple[OrderId, bytes, Mapping[str, str]]:
        """An order that was placed just now, and the call that tells of it: its body and headers."""


class HookBench(Bench, Protocol):
    """A platform that is asked to call us."""

    def hooks(self) -> Sequence[tuple[str, str]]:
        """The subscriptions it has: event and address of each."""


def unchanged(inner: httpx.BaseTransport) -> httpx.BaseTransport:
    """Nothing between connector and platform."""
    return inner


def needs(*what: str) -> Callable[[Promise], Promise]:
    """A promise that has no meaning where the platform lacks one of these."""

    def mark(promise: Promise) -> Promise:
        promise.__dict__["needs"] = what
        return promise

    return mark


def lacks(*what: str) -> Callable[[Promise], Promise]:
    """A promise that has a meaning only where the platform lacks these."""

    def mark(promise: Promise) -> Promise:
        promise.__dict__["lacks"] = what
        return promise

    return mark


def in_every_variant(promise: Promise) -> Promise:
    """A promise that each release or spelling of a platform could break on its own."""
    promise.__dict__["variants"] = "every"
    return promise


def at_both_ends(promise: Promise) -> Promise:
    """A promise that what changed with the releases could break: the first variant and the last one are tried."""
    promise.__dict__["variants"] = "ends"
    return promise


def bench_module(key: str) -> ModuleType | None:
    """The bench of a platform; None when nobody wrote one."""
    name = f"tests.contract.benches.{key}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def offers(key: str) -> tuple[str, ...]:
    """What a connector declares, and the account that each has."""
    spec = connector_spec(key)
    return ("account", *spec.provides, *(("webhook_receiver",) if spec.webhook else ()))


def benches_for(capability: str, promise: Callable[..., Any]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The benches a promise is held against, by name; the first variant of a platform stands for the others."""
    for key in KEYS:
        module = bench_module(key) if capability in offers(key) else None
        if module is None or not _has_meaning(promise, module.FACTS):
            continue
        names = list(module.VARIANTS)
        ends = dict.fromkeys((names[0], names[-1]))
        for variant in {"every": names, "ends": ends}.get(promise.__dict__.get("variants", ""), names[:1]):
            yield f"{key}-{variant}" if variant else key, module.VARIANTS[variant]


def _has_meaning(promise: Callable[..., Any], facts: Facts) -> bool:
    needed, lacking = (frozenset(promise.__dict__.get(mark, ())) for mark in ("needs", "lacks"))
    return not facts.lacks & needed and lacking <= facts.lacks


def strike(bench: Bench, fault: Fault, capability: str, **options: Any) -> None:
    """Let a fault happen at the next call that a capability stands on."""
    name, usual = bench.facts.faults[fault]
    bench.plan(name, bench.facts.routes[capability], **{**usual, **options})


def until_done(bench: Bench, attempt: Callable[[], T], tries: int = 4) -> T:
    """Repeat as the queue does, after the pause that was asked for."""
    for _ in range(tries):
        try:
            return attempt()
        except RetryLater as error:
            assert error.after >= 0  # noqa: PT017 - the pause is part of every such answer
            bench.rest()
    raise AssertionError(f"it still cannot be done after {tries} tries")


def cost(bench: Bench, work: Callable[[], object]) -> int:
    """What a piece of work costs in calls."""
    before = bench.made()
    work()
    return bench.made() - before
