"""What an operator sets for a Shoprenter shop, and the API client's credentials."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from shopbridge.connectors.spec import ADDRESS, ConnectorSettings, Key
from shopbridge.mapping.names import is_among
from shopbridge.model.base import CountryCode, Model
from shopbridge.model.form import asked, one_way

SHOP: Final = "{shop}"
"""Stands in an address for the shop's name."""
OLD_HOSTS: Final = (".api.shoprenter.hu", ".api.myshoprenter.hu")
"""Hosts of the old way in (platform file, "Legacy Basic")."""
OLD_KEYS: Final = frozenset({"username", "user", "apikey", "api_key", "password"})
OLD_WAY = (
    "these are a user name and an API key of Shoprenter's old way in (Basic), which it does not take any more: make an "
    "API client in the shop's admin under Settings, API settings, and enter its client id and client secret"
)
FINAL_NAMES: Final = ("Teljesítve",)
"""[inferred] From the documentation's samples: the name of the status that ends an order."""
MOST_REQUESTS = 200
"""Of a batch (platform file, "Batch")."""
_SHOP_OF_ADDRESS = re.compile(r"^(?:https?://)?([^./\s]+)(?:\.api2?)?\.(?:my)?shoprenter\.hu(?:/\S*)?$", re.IGNORECASE)


def _shop_name(value: Any) -> Any:
    """The name alone, in small letters, also of an address that was pasted."""
    if not isinstance(value, str):
        return value
    address = _SHOP_OF_ADDRESS.match(value.strip())
    return (address[1] if address else value.strip()).lower()


def _no_old_host(address: str) -> str:
    if any(host in address.lower() for host in OLD_HOSTS):
        raise ValueError("is the address of Shoprenter's old API, which the bridge does not use; leave it as it was")
    return address


def _time_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone such as Europe/Budapest") from error


class ShoprenterSettings(ConnectorSettings):
    """A Shoprenter shop. What Shoprenter does not tell has a setting here whose default is the likeliest."""

    url: Annotated[str, AfterValidator(_no_old_host)] = Field(
        default=f"https://{SHOP}.api2.myshoprenter.hu",
        title="Address of the API",
        description=f"Shoprenter's own for every shop, with `{SHOP}` for its name; only a test system has another one.",
        pattern=ADDRESS,
    )
    login_url: str = Field(
        default="https://oauth.app.shoprenter.net",
        title="Address of the login",
        description="Shoprenter's own for every shop; only a test system has another one.",
        pattern=ADDRESS,
    )
    shop: Annotated[str, BeforeValidator(_shop_name)] = Field(
        title="Shop name",
        description="The first part of the shop's address in Shoprenter: `demobolt` of `demobolt.myshoprenter.hu`.",
        pattern=r"^[a-z0-9][a-z0-9-]{0,62}$",
    )
    language: str = Field(
        default="hu",
        pattern=r"^[a-z]{2}$",
        title="Language of product texts",
        description="The code of one of the shop's languages; texts are read and written in it.",
    )
    time_zone: Annotated[str, AfterValidator(_time_zone)] = Field(
        default="Europe/Budapest",
        title="Time zone",
        description="As in the shop's admin under Settings, Shop settings. Shoprenter tells times without a zone.",
    )
    paid_statuses: tuple[str, ...] = Field(
        json_schema_extra=asked("status"),
        default=(),
        title="Order statuses that mean paid",
        description="Their ids, or names. Shoprenter tells nobody whether an order is paid, so this and the next "
        "setting decide it. An order in such a status counts as paid by any method, cash on delivery too: name only "
        "statuses that an order reaches once its money has arrived.",
    )
    paid_methods: tuple[str, ...] = Field(
        json_schema_extra=asked("payment"),
        default=(),
        title="Payment methods that count as paid",
        description="Their names or codes, such as `SIMPLE`, where orders exist only once the money is there.",
    )
    cancelled_statuses: tuple[str, ...] = Field(
        default=(),
        title="Order statuses that mean cancelled",
        description="Their ids, or names. Left empty: the status that the shop itself has set for cancelled orders.",
    )
    final_statuses: tuple[str, ...] = Field(
        default=(),
        title="Order statuses that end an order",
        description="Their ids, or names: the bridge never moves an order out of these or of a cancelled one, and the "
        "goods of such an order count as gone. Left empty: the status with the default name, `Teljesítve`.",
    )
    orders_lower_stock: bool = Field(
        default=True,
        title="An order lowers the stock",
        description="As soon as it is placed. Switch it off where the shop's products are not set to subtract stock. "
        "To find out: note a product's stock, place an order for it, look again.",
    )
    warehouse: Literal["stock1", "stock2", "stock3", "stock4"] = Field(
        default="stock1",
        title="Warehouse that stock is written to",
        description="Where the shop uses several: the same as the connection's `target_warehouse`.",
    )
    invoice_url: str = Field(
        default="",
        title="Address of invoices",
        description="What Shoprenter links our document number to, with `{number}` in its place, such as "
        "`https://files.example/{number}.pdf`. The kind of document is the connection's `document_field`: `normal`, "
        "`einvoice`, `proforma`, `storno` or `correction`.",
        pattern=r"^(https://[^\s{}]*\{number\}[^\s{}]*)?$",
    )
    product_class: str = Field(
        default="",
        title="Product class of new products with versions",
        description="Its name (product type in the shop's admin). Left empty: the first one whose versions differ in "
        "the attributes of the product.",
    )
    countries: dict[str, CountryCode] = Field(
        default_factory=dict,
        title="Further countries",
        description="For orders whose country has no code. Key: the name as the shop has it. Value: the two-letter "
        "code.",
    )
    batch: int = Field(
        default=MOST_REQUESTS,
        ge=1,
        le=MOST_REQUESTS,
        title="Changes in one call",
        description="Shoprenter takes up to 200 in a batch; fewer where its answers come too late.",
    )

    @property
    def api_address(self) -> str:
        """Where the shop's API is, without a slash at the end."""
        return f"{self.url.replace(SHOP, self.shop).rstrip('/')}/api"

    @property
    def place(self) -> str:
        """The shop's own address at Shoprenter, however its API is reached."""
        return f"{self.shop}.shoprenter.hu"

    def is_paid(self, status: tuple[str, ...], method: tuple[str, ...]) -> bool:
        """[inferred] Go by a status or a payment method that the settings name, since Shoprenter has no flag.

        Args:
            status: The status' id and names; likewise ``method``, its code and names.
        """
        return is_among(self.paid_statuses, *status) or is_among(self.paid_methods, *method)


CLIENT = "an API client of the shop"
APP = "an app that the shop installs"


class ShoprenterSecrets(Model):
    """Either an API client that the shop's administrator made, or an app of Shoprenter's, which the shop installs.

    The installation turns the app's credentials into those that are used.
    """

    client_id: Key = Field(
        json_schema_extra=one_way(CLIENT, shown=True),
        default=SecretStr(""),
        title="Client id",
        description="Of an API client, which the shop's administrator makes under Settings, API settings.",
    )
    client_secret: Key = Field(
        json_schema_extra=one_way(CLIENT),
        default=SecretStr(""),
        title="Client secret",
        description="Shown once, when the API client is made under Settings, API settings.",
    )
    app_client_id: Key = Field(
        json_schema_extra=one_way(APP, shown=True),
        default=SecretStr(""),
        title="App: client id",
        description="From Shoprenter's Partner Support, for an app.",
    )
    app_secret: Key = Field(
        json_schema_extra=one_way(APP),
        default=SecretStr(""),
        title="App: client secret",
        description="From Shoprenter's Partner Support, beside the app's client id.",
    )

    @model_validator(mode="before")
    @classmethod
    def _no_old_keys(cls, values: Any) -> Any:
        if isinstance(values, Mapping) and not OLD_KEYS.isdisjoint(values):
            raise ValueError(OLD_WAY)
        return values

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if not ((self.client_id and self.client_secret) or (self.app_client_id and self.app_secret)):
            raise ValueError(
                "enter client_id and client_secret of an API client, or app_client_id and app_secret of an app"
            )
        return self
