"""What a webhook tells, and what its call is held against; without pydantic, as all of the intake."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from shopbridge.model.basics import ConnectionId, OrderId


@dataclass(frozen=True)
class WebhookEvent:
    """One thing a webhook tells: its name and the order it concerns, if any."""

    name: str
    order_id: OrderId | None


class FormerHash(Protocol):
    """A token of before that is still taken for a while."""

    @property
    def hash(self) -> str:
        """As ``path_token_hash``."""

    @property
    def until(self) -> datetime:
        """When it ends."""


class Door(Protocol):
    """What is known of a connection where a webhook comes in; a ``Connection`` is one, and so is ``HookDoor``."""

    @property
    def id(self) -> ConnectionId:
        """The connection's id."""

    @property
    def path_token_hash(self) -> str:
        """Of the token that was shown to the operator."""

    @property
    def former_token(self) -> FormerHash | None:
        """The one before, None when there is none."""

    @property
    def name_key(self) -> str:
        """What the token is made of that platforms are given by us; empty for a connection of before."""

    @property
    def token_round(self) -> int:
        """How often that token was made anew."""

    def platform(self, side: Literal["shop", "office"]) -> str:
        """Return the key of a side's connector."""


@dataclass(frozen=True)
class HookDoor:
    """A connection as far as the intake reads it."""

    id: ConnectionId
    shop: str
    office: str
    path_token_hash: str
    former_token: FormerHash | None = None
    name_key: str = ""
    token_round: int = 0

    def platform(self, side: Literal["shop", "office"]) -> str:
        """Return the key of a side's connector."""
        return self.shop if side == "shop" else self.office
