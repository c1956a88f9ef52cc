"""What an operator sets for a Vendure shop, and the key it is read with."""

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr

from shopbridge.connectors.spec import ADDRESS, ConnectorSettings, Key
from shopbridge.model.base import Model
from shopbridge.model.form import asked


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError) as error:
        raise ValueError("is no time zone, such as Europe/Bucharest") from error


class VendureSettings(ConnectorSettings):
    """A Vendure shop, or one of its channels."""

    url: str = Field(
        title="Server URL",
        description="The address of the Vendure server, such as `https://shop.example`, without the path of its API.",
        pattern=ADDRESS,
    )
    admin_path: str = Field(
        default="admin-api",
        pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$",
        title="Path of the Admin API",
        description="What `adminApiPath` is in the server's configuration.",
    )
    channel: str = Field(
        json_schema_extra=asked("channel"),
        default="",
        pattern=r"^[!-~]*$",
        title="Channel token",
        description="Of the channel whose orders and prices are read. Left empty, those of the default channel, which "
        "has the orders of all channels.",
    )
    shop_name: str = Field(
        json_schema_extra=asked(),
        default="",
        max_length=64,
        title="Shop name",
        description="What orders of the default channel carry as their channel. Left empty, the server's address.",
    )
    language: str = Field(
        default="",
        pattern=r"^([a-z]{2}(_[A-Za-z]{2,4})?)?$",
        title="Language of names and texts",
        description="As Vendure writes it, such as `en` or `pt_BR`. Left empty, the channel's own language.",
    )
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(
        json_schema_extra=asked(),
        default="Europe/Bucharest",
        title="Time zone",
        description="Whose calendar day an order was placed on: Vendure tells times in UTC.",
    )
    own_payment_states: dict[str, bool] = Field(
        default_factory=dict,
        title="Payment states of the shop's own",
        description="Names of states that plugins added: `true` where the amount has arrived. An order with a payment "
        "in a state that is not known is held.",
    )
    capture_payments: bool = Field(
        default=False,
        title="Capture payments before shipping",
        description="Vendure ships only what is paid. Switched on, a payment that is authorised is captured when the "
        "bridge sets an order to Shipped or Delivered; else such an order waits for a person.",
    )
    stock_location: str = Field(
        json_schema_extra=asked("warehouse"),
        default="",
        pattern=r"^[A-Za-z0-9-]*$",
        title="Stock location",
        description="The id of the location whose stock is written. May be left empty where the shop has only one.",
    )
    page_size: int = Field(
        default=100,
        ge=2,
        le=1000,
        title="Orders or products in one call",
        description="Lower it only when the shop takes too long to answer.",
    )

    @property
    def zone(self) -> ZoneInfo:
        """Whose clock tells the day of an order."""
        return ZoneInfo(self.time_zone)

    @property
    def channel_name(self) -> str:
        """What orders call the default channel."""
        return self.shop_name or self.place


class VendureSecrets(Model):
    """An API key, under Settings, API keys, and the secret that the shop's webhook plugin signs with."""

    api_key: Key = Field(
        title="API key",
        min_length=1,
        description="Of a key in the dashboard under Settings, API keys (Vendure 3.6 and later); it is shown once. Its "
        "role needs what the connector's page lists.",
    )
    webhook_secret: Key = Field(
        default=SecretStr(""),
        title="Webhook secret",
        description="A long random text that the server's administrator also gives the webhook plugin. Left empty, "
        "orders are found by polls only.",
    )
