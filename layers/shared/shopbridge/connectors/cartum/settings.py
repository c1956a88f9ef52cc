"""What an operator sets for a Cartum shop, and the user it is read with, in the words of its admin and RO App's guide.

Cartum tells neither VAT nor country nor time zone of an order, so these are asked for here.
"""

import re
from decimal import Decimal
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, model_validator

from shopbridge.connectors.spec import ConnectorSettings
from shopbridge.model.base import CountryCode, CurrencyCode, Model
from shopbridge.model.form import SHOWN, asked

OFFICE = "office"
"""The code of the main warehouse, the only one that is documented (platform file, "Locations, order types")."""
CANCELED = "4"
"""The built-in status that means cancelled."""


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError) as error:
        raise ValueError("is no time zone, such as Europe/Bucharest") from error


def _user_name(value: SecretStr) -> SecretStr:
    login = value.get_secret_value()
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", login):
        raise ValueError("is an e-mail address; enter the user name that the shop's admin shows beside it")
    if login != login.strip() or not login.isprintable():
        raise ValueError("has a space or a line break at its ends; enter it once more")
    return value


class CartumSettings(ConnectorSettings):
    """A Cartum shop."""

    url: str = Field(
        title="Shop URL",
        description="The shop's own address, such as `https://shop.example`; final, without a redirect.",
        pattern=r"^https?://([^\s/?#@:\\%\[\]]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?/?$",
    )
    shop_name: str = Field(
        json_schema_extra=asked(),
        default="",
        max_length=64,
        title="Shop name",
        description="What the shop is called where several are connected; orders carry it as their channel. Left "
        "empty, the shop's address.",
    )
    language: str = Field(
        json_schema_extra=asked(),
        default="ro",
        pattern=r"^[a-z]{2}$",
        title="Language of names and descriptions",
        description="Two letters, such as `ro` or `en`. Products are read and written in it. The lines of an order "
        "have the language that its buyer shopped in.",
    )
    vat: Decimal = Field(
        ge=0,
        le=100,
        title="VAT of the goods (percent)",
        description="Cartum does not tell it. `0` where the shop charges none. All prices include it.",
    )
    other_vat: dict[str, Decimal] = Field(
        default_factory=dict,
        title="Articles with another VAT",
        description="Key: the article (SKU). Value: percent.",
    )
    delivery_vat: Decimal | None = Field(
        default=None,
        ge=0,
        le=100,
        title="VAT of delivery and payment costs (percent)",
        description="Left empty, the VAT of the goods.",
    )
    country: CountryCode = Field(
        title="Country of deliveries",
        description="Two letters, such as `RO`. Addresses of a Cartum order name none.",
    )
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(
        default="Europe/Bucharest",
        title="Time zone of the shop",
        description="Whose clock the times of orders show: Cartum names none.",
    )
    cancelled_statuses: tuple[str, ...] = Field(
        json_schema_extra=asked("status"),
        default=(CANCELED,),
        title="Order statuses that mean cancelled",
        description="Their ids. `4` is the built-in one, Canceled.",
    )
    paid_with_statuses: tuple[str, ...] = Field(
        default=(),
        title="Order statuses that come with the money",
        description="Their ids. When the bridge gives an order one of these, it marks it as paid, too: for instance "
        "`3`, Delivered, where the courier takes the money.",
    )
    page_size: int = Field(
        default=500,
        ge=2,
        le=500,
        title="Orders or products in one call",
        description="Lower it only when the shop takes too long to answer.",
    )
    currency: CurrencyCode = Field(
        json_schema_extra=asked("currency"),
        default="RON",
        title="Currency of products",
        description="It should be the back office's. A product that says it is kept in another one hands no price out.",
    )
    section: str = Field(
        default="",
        pattern=r"^[0-9]*$",
        title="Section of new products",
        description="The id of the one that a new product is put into which brings none: Cartum demands one.",
    )
    orders_lower_stock: bool = Field(
        default=True,
        title="An order lowers the stock",
        description="As soon as it is placed. Switch it off where the shop leaves its stock alone. To find out: note "
        "a product's stock, place an order for it, look again.",
    )
    stock_as: Literal["residues", "presence"] = Field(
        default="residues",
        title="How stock is kept",
        description="`residues`: warehouse accounting is on, and figures are written. `presence`: it is off, and only "
        "whether a product can be bought is written.",
    )
    warehouse: str = Field(
        default=OFFICE,
        min_length=1,
        title="Warehouse",
        description="The code of the warehouse whose stock is read and written; `office` is the main one.",
    )
    in_stock: str = Field(
        default="",
        title="Availability: in stock",
        description="With `presence`: what the shop calls a product that is there, as its admin writes it.",
    )
    out_of_stock: str = Field(
        default="",
        title="Availability: out of stock",
        description="With `presence`: what the shop calls a product that is not there.",
    )

    @model_validator(mode="after")
    def _words_of_presence(self) -> Self:
        if self.stock_as == "presence" and not (self.in_stock and self.out_of_stock):
            raise ValueError("stock_as is presence, so in_stock and out_of_stock say what the shop calls it")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """Whose clock the shop's times show."""
        return ZoneInfo(self.time_zone)

    @property
    def channel(self) -> str:
        """What orders call the shop."""
        return self.shop_name or self.place

    def vat_of(self, article: str) -> Decimal:
        """Return the VAT of an article in percent."""
        return self.other_vat.get(article, self.vat)

    @property
    def vat_of_costs(self) -> Decimal:
        """The VAT of what delivery and payment cost."""
        return self.vat if self.delivery_vat is None else self.delivery_vat

    def is_cancelled(self, status: str) -> bool:
        """Tell whether an order with this status is off."""
        return status in self.cancelled_statuses


class CartumSecrets(Model):
    """A user of the shop's admin, under Settings, Users (in some versions Settings, Admins); its role is manager."""

    login: Annotated[SecretStr, AfterValidator(_user_name)] = Field(
        json_schema_extra=SHOWN,
        title="Login (user name)",
        min_length=1,
        description="Of a user in the shop's admin under Settings, Users (in some versions Settings, Admins). The user "
        "name, not the e-mail address. Make a user of its own for the bridge, so that a new password of a "
        "person does not cut it off.",
    )
    password: SecretStr = Field(
        title="Password", min_length=1, description="The password of this user, as the shop's admin set it."
    )
