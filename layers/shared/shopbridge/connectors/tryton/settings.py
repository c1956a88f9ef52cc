"""What an operator sets for a Tryton database, and our user's secrets."""

from typing import Literal

from pydantic import Field, SecretStr

from shopbridge.connectors.spec import ADDRESS, ConnectorSettings
from shopbridge.model.base import CurrencyCode, Model
from shopbridge.model.form import asked

CHOICES = "`words` lists them by their numbers."
TaxRounding = Literal["document", "line"]


class TrytonSettings(ConnectorSettings):
    """The settings of one company in a Tryton database."""

    url: str = Field(
        title="Address",
        description="Where Tryton is reached, such as `https://tryton.example`, without the database; final, without a "
        "redirect.",
        pattern=ADDRESS,
    )
    database: str = Field(
        json_schema_extra=asked(),
        min_length=1,
        max_length=64,
        pattern=r"^[\w.-]+$",
        title="Database",
        description="Its name, as the log-in window of Tryton shows it.",
    )
    company: int | None = Field(
        json_schema_extra=asked("company"),
        default=None,
        gt=0,
        title="Company",
        description=f"Whose sales and stock these are. Left empty, the company of our user. {CHOICES}",
    )
    currency: CurrencyCode = Field(
        json_schema_extra=asked("currency"),
        default="EUR",
        title="Currency",
        description="Of the company, in which its products have their prices.",
    )
    warehouse: int | None = Field(
        json_schema_extra=asked("warehouse"),
        default=None,
        gt=0,
        title="Warehouse of orders",
        description=f"Which warehouse sends the orders. May be left empty where there is only one. {CHOICES}",
    )
    stock_warehouses: tuple[int, ...] = Field(
        json_schema_extra=asked("warehouse"),
        default=(),
        title="Warehouses of stock",
        description="Whose stock is read. Left empty, all of them.",
    )
    forecast_days: int = Field(
        default=30,
        ge=0,
        le=3650,
        title="Days of the forecast",
        description="Moves that are planned within so many days count: what is sold by then is reserved, and what is "
        "to arrive makes up for it, though never for more than lies there.",
    )
    tax_rounding: TaxRounding = Field(
        default="document",
        title="Rounding of tax",
        description="As the company's accounting is configured in Tryton: by `document` or by `line`.",
    )
    shop_name: str = Field(
        json_schema_extra=asked(),
        default="Webshop",
        min_length=1,
        max_length=64,
        title="Shop name",
        description="Stands in the description of every sale, before the shop's order number.",
    )
    reference_prefix: str = Field(
        default="",
        max_length=20,
        title="Prefix of the order number",
        description="Put before the shop's order number, such as `NL-`; needed when two shops fill one company.",
    )
    send_vat_ids: bool = Field(
        default=True,
        title="Send VAT numbers",
        description="Tryton checks the VAT number of a new company and refuses a wrong one, and with it the order. "
        "Switched off, it stands in the comment of the sale only.",
    )
    told_number: Literal["sale", "invoice"] = Field(
        default="sale",
        title="Number that the shop is told",
        description="Of the `sale`, or of its `invoice` once that is posted.",
    )

    @property
    def place(self) -> str:
        """Several databases may have one address."""
        return f"{super().place}/{self.database}"


class TrytonSecrets(Model):
    """The log-in of a user that is the bridge's alone."""

    user: SecretStr = Field(
        min_length=1,
        title="User name",
        description="The login of a user made for the bridge alone, under Administration, Users in Tryton's admin.",
    )
    password: SecretStr = Field(
        min_length=1,
        title="Password",
        description="Of this user, as it was set under Administration, Users in Tryton's admin.",
    )
