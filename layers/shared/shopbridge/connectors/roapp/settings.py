"""What an operator sets for RO App, in the words of RO App's own form for shops, and the secrets."""

from decimal import Decimal
from typing import Literal

from pydantic import Field, SecretStr

from shopbridge.connectors.spec import ConnectorSettings, Key
from shopbridge.model.base import CurrencyCode, Model
from shopbridge.model.form import asked

Language = Literal["en", "ro", "hu"]
CHOICES = "Left empty, verifying the connection names what there is."


class RoAppSettings(ConnectorSettings):
    """The settings of an RO App account. Whatever is chosen there is set by its number."""

    url: str = Field(
        default="https://api.roapp.io",
        title="Address",
        description="Where the API is reached: `https://api.roapp.io`, or `https://api.orderry.com` for Orderry.",
        pattern=r"^https?://[^\s/?#@\\]+(/[^\s?#]*[^\s/?#])?/?$",
    )
    account: str = Field(
        json_schema_extra=asked(),
        default="",
        max_length=64,
        pattern=r"^[^\x00-\x1f]*$",
        title="Name of the account",
        description="Tells two accounts apart, which have the same address; any text, such as the company's name.",
    )
    shop_name: str = Field(
        json_schema_extra=asked(),
        default="Shop",
        min_length=1,
        max_length=64,
        title="Shop name",
        description="Stands in the manager's notes of every order, before the shop's order number.",
    )
    location: int | None = Field(
        json_schema_extra=asked("location"),
        default=None,
        gt=0,
        title="Location",
        description=f"Which location takes the orders. {CHOICES}",
    )
    order_type: int | None = Field(
        json_schema_extra=asked("order_type"),
        default=None,
        gt=0,
        title="Order type",
        description=f"Which type the orders have. {CHOICES}",
    )
    managers: tuple[int, ...] = Field(
        json_schema_extra=asked("manager"),
        default=(),
        title="Managers",
        description="Who the orders are dealt out to, by the order number: the same order always to the same one of "
        "them. Left empty, all active employees; RO App does not tell which of them are managers of the location.",
    )
    reference_field: int | None = Field(
        json_schema_extra=asked("custom_field"),
        default=None,
        gt=0,
        title="Custom field of the order number",
        description="A text field of orders, such as `External ID`, by which an order is known again. It has to be "
        f"made in RO App by hand. {CHOICES}",
    )
    tracking_field: int | None = Field(
        json_schema_extra=asked("custom_field"),
        default=None,
        gt=0,
        title="Custom field of the tracking code",
        description="A text field of orders that people write the tracking code into; several codes are separated by a "
        "comma. Left empty, none is told to the shop.",
    )
    reference_prefix: str = Field(
        default="",
        max_length=20,
        title="Prefix of the order number",
        description="Put before the shop's order number, such as `RO-`; needed when two shops fill one account.",
    )
    language: Language = Field(
        json_schema_extra=asked(),
        default="en",
        title="Language",
        description="Of the words that are written into an order: `en`, `ro` or `hu`.",
    )
    currency: CurrencyCode = Field(
        json_schema_extra=asked("currency"),
        default="EUR",
        title="Currency",
        description="Of the account. An order in another one is held, and so is the connection if it is not right.",
    )
    delivery_entry: int | None = Field(
        json_schema_extra=asked("service"),
        default=None,
        gt=0,
        title="Catalogue entry for delivery",
        description="A service (or product) that stands for shipping costs: RO App has no line without one.",
    )
    fee_entry: int | None = Field(
        json_schema_extra=asked("service"),
        default=None,
        gt=0,
        title="Catalogue entry for fees",
        description="A service (or product) for payment fees and other positions without a product.",
    )
    discount_entry: int | None = Field(
        default=None,
        gt=0,
        title="Catalogue entry for discounts",
        description="A service for discounts, as lines below zero; that RO App takes such is assumed. Left empty, "
        "discounts lower the prices of what was bought.",
    )
    zero_removed_lines: bool = Field(
        default=False,
        title="Set removed lines to quantity 0",
        description="RO App is not known to delete a line. That it takes the quantity 0 is assumed; switched off, an "
        "order that lost a line in the shop waits for a person.",
    )
    cancelled_statuses: tuple[int, ...] = Field(
        json_schema_extra=asked("status"),
        default=(),
        title="Statuses that mean cancelled",
        description="An order that is moved there is off.",
    )
    cancelled_group: str = Field(
        default="",
        max_length=64,
        title="Group of statuses that mean cancelled",
        description="The name or number of a stage; every status in it means cancelled, too.",
    )
    warehouses: tuple[int, ...] = Field(
        default=(), title="Warehouses", description="Whose stock is read. Left empty, all of them."
    )
    product_writes: Literal["no", "create", "update"] = Field(
        default="no",
        title="Write products",
        description="`no`; `create` new ones; or `update` those that are there, too. How RO App treats fields that a "
        "change leaves out is assumed: try one product first, and look whether warranty, unit and fields of your own "
        "stayed.",
    )
    product_category: int | None = Field(
        default=None,
        gt=0,
        title="Category of new products",
        description="Where new products go for which nothing else says one.",
    )
    regular_price_type: str = Field(
        default="",
        max_length=20,
        pattern="^[0-9]*$",
        title="Price type of regular prices",
        description="Its number. Left empty, the only price that a product has.",
    )
    sale_price_type: str = Field(
        default="",
        max_length=20,
        pattern="^[0-9]*$",
        title="Price type of sale prices",
        description="Its number; left empty, nothing is on sale.",
    )
    prices_include_tax: bool = Field(
        default=True, title="Prices include tax", description="Of products; RO App does not tell."
    )
    product_tax: Decimal | None = Field(
        default=None, ge=0, lt=100, title="Tax of products", description="In percent, if all have the same."
    )

    @property
    def place(self) -> str:
        """All accounts have one address."""
        return self.account or super().place

    @property
    def entries(self) -> dict[str, int]:
        """The catalogue's entries that are set, by the setting."""
        chosen = {name: getattr(self, name) for name in ("delivery_entry", "fee_entry", "discount_entry")}
        return {name: entry for name, entry in chosen.items() if entry is not None}


class RoAppSecrets(Model):
    """The API key (Settings > API, of an employee), and the secret of its webhooks."""

    api_key: Key = Field(min_length=1, title="API key", description="From Settings > API in RO App.")
    webhook_secret: SecretStr = Field(
        default=SecretStr(""),
        title="Webhook secret",
        description="What RO App signs its calls with, where a webhook to our address is set up under Settings, API.",
    )
