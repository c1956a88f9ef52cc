"""A connection: one shop linked to one back office."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from shopbridge.model.base import ConnectionId, Model, Slug
from shopbridge.model.product_settings import ProductSettings
from shopbridge.model.settings import NoticeSettings, OrderSettings
from shopbridge.model.stock import Direction, StockSettings

Side = Literal["shop", "office"]
SIDES_OF: Mapping[Direction, tuple[Side, Side]] = {
    "office_to_shop": ("office", "shop"),
    "shop_to_office": ("shop", "office"),
}
"""Source and target by direction."""
ConnectionStatus = Literal["active", "paused", "stopped"]
"""``paused`` by the operator; ``stopped`` by the bridge, because a platform refuses us."""
SIDES: tuple[Side, ...] = ("shop", "office")


class PlatformSettings(Model):
    """One end of a connection: which platform, and the settings its connector declares (no secrets)."""

    platform: str = Field(title="Platform", description="The connector's key, such as `shopware`.")
    settings: dict[str, Any] = Field(default_factory=dict, title="Settings of the connector")


class ConnectionSettings(Model):
    """What an operator writes; everything else about a connection is ours."""

    id: Slug = Field(title="Id", description="Lower-case letters, digits and hyphens; it cannot change later.")
    name: str = Field(min_length=1, title="Name", description="For people.")
    shop: PlatformSettings = Field(title="Shop")
    office: PlatformSettings = Field(title="Back office")
    orders: OrderSettings = Field(default_factory=OrderSettings, title="Orders")
    stock: StockSettings = Field(default_factory=StockSettings, title="Stock")
    products: ProductSettings = Field(default_factory=ProductSettings, title="Products")
    notices: NoticeSettings = Field(default_factory=NoticeSettings, title="Messages to people")

    @model_validator(mode="after")
    def _stock_travels_one_way(self) -> Self:
        against = self.stock.active and self.stock.direction != self.products.direction
        if self.products.active and self.products.stock and against:
            raise ValueError("products.stock: stock travels the other way already; switch it off here")
        return self

    @property
    def ends(self) -> list[tuple[str, dict[str, Any]]]:
        """Both systems with what their connectors are told: another one there makes what we pushed worth nothing."""
        return [(end.platform, {**end.settings, "limit_factor": None}) for end in (self.shop, self.office)]

    @property
    def begins(self) -> bool:
        """Whether anything is to begin by itself once the connection is at work."""
        return (self.products.active and self.products.run_when_connected) or self.orders.older_since is not None

    def side(self, side: Side) -> PlatformSettings:
        """Return the settings of one end."""
        return self.shop if side == "shop" else self.office


class Account(Model):
    """One end of a connection, whatever its address is called.

    Attributes:
        place: What the settings say, in one spelling.
        ids: What the platform says of itself; empty until it was asked.
    """

    platform: str
    place: str
    ids: tuple[str, ...] = ()

    def is_same(self, other: "Account") -> bool:
        """Tell whether both are one account, or share a part of one."""
        if self.platform != other.platform:
            return False
        if self.ids and other.ids:
            return not set(self.ids).isdisjoint(other.ids)
        return self.place == other.place


Accounts = Mapping[Side, Account]
"""Both ends."""


def is_same_pair(accounts: Accounts, other: Accounts) -> bool:
    """Tell whether both ends are the same; what is not known of a connection of before is never the same."""
    return all(side in accounts and side in other and accounts[side].is_same(other[side]) for side in SIDES)


class Deleted(Model):
    """What stays of a deleted connection beside its ledger, so that nobody makes its orders once more.

    Attributes:
        beside: As of a connection.
        forgetting: Its ledger is being removed, so it must not be revived.
        name_key, bare_until: As of a connection.
    """

    id: ConnectionId
    name: str
    accounts: dict[Side, Account]
    beside: tuple[str, ...]
    created_at: AwareDatetime
    deleted_at: AwareDatetime
    forgetting: bool = False
    name_key: str = Field(default="", repr=False)
    bare_until: AwareDatetime | None = None


class Consent(Model):
    """That a person has agreed to what runs of products overwrite.

    Attributes:
        given: The token of the settings that were agreed to; empty while nobody has.
        by: Who; empty for a connection that was at work before anybody was asked.
    """

    given: str = ""
    by: str = ""
    at: AwareDatetime | None = None


class FormerToken(Model):
    """The token in the addresses of before, which counts for a while beside the present one.

    Attributes:
        hash: As ``path_token_hash``.
        until: When it ends.
    """

    hash: str
    until: AwareDatetime


class Connection(Model):
    """A connection as stored.

    Attributes:
        version: Rises with every save; a save names the version it saw.
        settings_version: The version at which an operator last changed settings or secrets.
        changed_by, changed_at: Who did so, and when; empty and None for a connection of before.
        status_reason: Why it stopped and what to do; empty otherwise.
        path_token_hash: SHA-256 (hex) of the 128-bit token of the unsigned webhook form.
        former_token: What counts beside it, since it was made anew; None where that never was.
        token_round: How often that was; part of the token in addresses that we give to platforms ourselves.
        created_at: Also fixes the default of ``orders.from_date``.
        accounts: Both ends as the platforms were when it was last verified; empty before.
        beside: Connections that may link the same two accounts.
        revived_at: When it was made anew after it had been deleted, with its ledger and all.
        name_key: What e-mail addresses are named with, hexadecimal; empty for a connection of before.
        bare_until: Until then they are also named without it; None before they have been renamed.
        consent: What was agreed to of runs of products; None for a connection of before.
        subscriptions: What ends the calls that we asked a platform for: by side and event, the platform's id.
    """

    settings: ConnectionSettings
    version: int
    settings_version: int = 1
    changed_by: str = ""
    changed_at: AwareDatetime | None = None
    status: ConnectionStatus
    status_reason: str
    path_token_hash: str
    created_at: AwareDatetime
    accounts: dict[Side, Account] = Field(default_factory=dict)
    beside: tuple[str, ...] = ()
    revived_at: AwareDatetime | None = None
    name_key: str = Field(default="", repr=False)
    bare_until: AwareDatetime | None = None
    consent: Consent | None = None
    subscriptions: dict[Side, dict[str, str]] = Field(default_factory=dict)
    former_token: FormerToken | None = None
    token_round: int = 0

    @property
    def began(self) -> datetime:
        """Since when it is at work: what is older may have been brought by another connection."""
        return self.revived_at or self.created_at

    @property
    def id(self) -> ConnectionId:
        """The connection's id, first part of every key."""
        return ConnectionId(self.settings.id)

    def platform(self, side: Side) -> str:
        """Return the key of a side's connector."""
        return self.settings.side(side).platform
