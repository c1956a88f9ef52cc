"""What every connector declares about itself, and the world it is built in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from shopbridge.connectors.parts import Capability, Connector, Extra
from shopbridge.errors import NeedsAttention
from shopbridge.http.auth import Secrets
from shopbridge.http.client import Wiring
from shopbridge.mapping.rules import TargetField
from shopbridge.model.base import Model, OrderId
from shopbridge.model.form import PlatformForm, form_of
from shopbridge.ports import AppHandshake, Clock, TokenStore, WebhookReceiver


def _as_printed(value: SecretStr) -> SecretStr:
    if not re.fullmatch("[!-~]*", value.get_secret_value()):
        raise ValueError("holds a space, a line break or a letter that no key has; copy it once more")
    return value


Key = Annotated[SecretStr, AfterValidator(_as_printed)]
"""A secret that a platform made; what was pasted along with it could not even be sent."""


ADDRESS = r"^https?://([^\s/?#@:\\%\[\]]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/[^\s?#]*[^\s/?#])?/?$"
"""What an address of a platform looks like: without user, query and fragment."""


class ConnectorSettings(Model):
    """What every connector's settings have; a connector adds its own."""

    url: str = Field(
        title="Address",
        description="Where the platform is reached, such as `https://shop.example`; final, without a redirect.",
        pattern=ADDRESS,
    )
    limit_factor: Decimal = Field(
        default=Decimal(1),
        gt=0,
        le=1000,
        title="Share of the platform's limits",
        description="Below 1 leaves room for other apps; above 1 only when the vendor granted more.",
    )

    @property
    def place(self) -> str:
        """Where the account is, in one spelling."""
        return host_of(self.url)


def host_of(address: str) -> str:
    """Return the host of an address in one spelling: small letters, without `www.` and port."""
    parts = urlsplit(address if "//" in address else f"//{address}")
    return (parts.hostname or address).casefold().removeprefix("www.")


OrderFact = Literal["postcode"]
"""What some shops never tell of their orders, and some back offices take no order without."""


@dataclass(frozen=True)
class World:
    """What a connector is given: the client's parts, shared tokens, its secrets and the clock."""

    wiring: Wiring
    tokens: TokenStore
    secrets: Secrets
    clock: Clock


@dataclass(frozen=True)
class ConnectorSpec:
    """A connector as data.

    Attributes:
        settings: Settings an operator writes.
        secrets: The credentials, as a model of ``SecretStr`` fields; empty ones may be filled by the handshake.
        provides: The parts that its connectors have, but for those that ``withheld`` names.
        build: Makes a connector from its validated settings.
        order_fields: What the merchant's rules may set, for a connector that takes orders.
        product_fields: The same for a connector that takes products.
        hint: Which order a call that is not signed is about, as it says itself; None when it says nothing. Pure, and
            raises nothing. For a shop whose polls come by an older order only now and then.
        order_page: Where people look at an order in the platform's own administration, by its id; empty where these
            settings do not tell. Pure. None where no such address is known.
        app_manifest: The file by which a shop installs our app, for our own address, a connection's id and the app's
            secret. Pure. None where nothing is installed that way.
        withheld: What of ``provides`` these settings switch off, each with what to do; for a connector that has such.
        untold: What its orders never have.
        wanted: What no order may lack with these settings, each with what to do where the shop never tells it.
        lacks: What single settings ask of it and it has not, with its own settings, each with what to do.
        inferred: What of ``provides`` goes by calls that no document of the platform describes; off by default.
        asks_a_person: Nobody but a person can tell what became of an order whose creation was not answered: ``find``
            raises AskAPerson.
        tells_time: Its ``server_time`` is the platform's own clock, and not ours.
        notes: For the docs page: what this connector cannot do, and what is only assumed of the platform.
    """

    key: str
    title: str
    settings: type[ConnectorSettings]
    secrets: type[BaseModel]
    provides: tuple[Capability, ...]
    build: Callable[[Any, World], Connector]
    webhook: WebhookReceiver | None = None
    handshake: AppHandshake | None = None
    hint: Callable[[bytes], OrderId | None] | None = None
    order_fields: Callable[[], Mapping[str, TargetField]] = dict
    product_fields: Callable[[], Mapping[str, TargetField]] = dict
    order_page: Callable[[Any, str], str] | None = None
    app_manifest: Callable[[str, str, str], str] | None = None
    withheld: Callable[[Any], Mapping[Capability, NeedsAttention]] | None = None
    untold: tuple[OrderFact, ...] = ()
    wanted: Callable[[Any], Mapping[OrderFact, NeedsAttention]] | None = None
    lacks: Callable[[Any], Mapping[Extra, NeedsAttention]] | None = None
    inferred: tuple[Capability, ...] = ()
    asks_a_person: bool = False
    tells_time: bool = False
    notes: tuple[str, ...] = ()

    def form(self) -> PlatformForm:
        """Return it as whoever sets a connection up sees it."""
        withheld = self.withheld(self.settings.model_construct(url="")) if self.withheld else {}
        return PlatformForm(
            key=self.key,
            title=self.title,
            sides=tuple(side for side, part in _STANDS.items() if part in self.provides),
            can=self.provides,
            withheld={capability: refusal.fix for capability, refusal in withheld.items()},
            settings=tuple(form_of(self.settings)),
            secrets=tuple(form_of(self.secrets)),
            notes=self.notes,
        )


_STANDS: Mapping[str, Capability] = {"shop": "order_source", "office": "order_target"}
"""What a connector needs to stand on a side."""
