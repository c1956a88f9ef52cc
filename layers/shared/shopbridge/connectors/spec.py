"""What every connector declares about itself, and the world it is built in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from pydantic import BaseModel, Field

from shopbridge.http.auth import Secrets
from shopbridge.http.client import Wiring
from shopbridge.model.base import Model, OrderId
from shopbridge.ports import Clock, TokenStore

Capability = Literal["order_source", "order_status_target", "order_target", "customer_target", "product_target"]


class ConnectorSettings(Model):
    """What every connector's settings have; a connector adds its own."""

    url: str = Field(
        title="Address",
        description="Where the platform is reached, such as `https://shop.example`; final, without a redirect.",
        pattern=r"^https?://[^\s/?#]+(/[^\s?#]*[^\s/?#])?/?$",
    )
    limit_factor: Decimal = Field(
        default=Decimal(1),
        gt=0,
        le=1000,
        title="Share of the platform's limits",
        description="Below 1 leaves room for other apps; above 1 only when the vendor granted more.",
    )


@dataclass(frozen=True)
class World:
    """What a connector is given: the client's parts, shared tokens, its secrets and the clock."""

    wiring: Wiring
    tokens: TokenStore
    secrets: Secrets
    clock: Clock


@dataclass(frozen=True)
class Event:
    """One thing a webhook tells: its name and the order it concerns, if any."""

    name: str
    order_id: OrderId | None


class WebhookReceiver(Protocol):
    """Reads a platform's webhook calls; pure."""

    def verify(self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: datetime) -> None:
        """Check the signature over the raw bytes and the age. Raises Forged or Malformed."""

    def events(self, raw: bytes) -> Sequence[Event]:
        """What the call tells. Raises Malformed."""


class AppHandshake(Protocol):
    """A platform that registers us as an app by calling us; pure, works on the side's secrets."""

    def register(
        self,
        query: str,
        headers: Mapping[str, str],
        secrets: Mapping[str, str],
        now: datetime,
        confirmation_url: str,
    ) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """Check a registration call: the answer's body, and the secrets to store. Raises Forged or Malformed."""

    def confirm(
        self, raw: bytes, headers: Mapping[str, str], secrets: Mapping[str, str], now: datetime
    ) -> Mapping[str, str]:
        """Check the confirmation: the secrets to store. Raises Forged or Malformed."""


@dataclass(frozen=True)
class ConnectorSpec:
    """A connector as data.

    Attributes:
        settings: Settings an operator writes.
        secrets: The credentials, as a model of ``SecretStr`` fields; empty ones may be filled by the handshake.
        build: Makes the connector from its validated settings.
        notes: For the docs page: what this connector cannot do, and what is only assumed of the platform.
    """

    key: str
    title: str
    settings: type[ConnectorSettings]
    secrets: type[BaseModel]
    provides: tuple[Capability, ...]
    build: Callable[[Any, World], Any]
    webhook: WebhookReceiver | None = None
    handshake: AppHandshake | None = None
    notes: tuple[str, ...] = ()
