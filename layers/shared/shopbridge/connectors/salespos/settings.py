"""What an operator sets for SalesPOS."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Literal

from pydantic import Field

from shopbridge.connectors.salespos.api import VerifyAnswers
from shopbridge.connectors.spec import ADDRESS, ConnectorSettings, Key
from shopbridge.model.base import CountryCode, Model
from shopbridge.model.form import SHOWN, asked

TaxTariff = Literal["normal", "low a", "low b", "extra low", "zero"]
DUTCH_TARIFFS: dict[str, TaxTariff] = {"21": "normal", "9": "low a", "0": "zero"}
"""[inferred] The platform gives tariffs names, not percentages; this is how they read in the Netherlands."""


class SalesPosSettings(ConnectorSettings):
    """The settings of a SalesPOS account; the address is the shop's own host, without a path."""

    url: str = Field(
        title="Address of the web shop",
        description="The host of SalesPOS' own web shop and its back office, without a path, such as "
        "`https://my-shop.ccvshop.example`.",
        pattern=ADDRESS,
    )
    reference_prefix: str = Field(
        default="",
        max_length=20,
        title="Prefix of the order number",
        description="Put before the shop's order number in SalesPOS' reservation number, such as `SW-`; "
        "needed when two shops fill one account.",
    )
    package_id: int | None = Field(
        default=None,
        title="Package for free rows",
        description="SalesPOS asks a package for rows without a product (discounts, fees) and for new products. "
        "Left empty, the account's only package is used.",
    )
    country: CountryCode = Field(
        json_schema_extra=asked(),
        default="NL",
        title="Country of sale",
        description="Two letters: where goods are sold from. A sale without tax to a buyer with a VAT number in "
        "another country of the EU is marked as intra-Community.",
    )
    customer_group: int | None = Field(
        default=None, title="Group of new customers", description="Id of the user group; empty for the default group."
    )
    price_decimals: int = Field(
        default=2,
        ge=2,
        le=6,
        title="Decimals of unit prices",
        description="How fine a unit price of an order may be. With `2`, 1000 pieces for 12.50 are 750 at 0.01 and 250 "
        "at 0.02. More only when SalesPOS keeps them. To find out: enter an order of 1000 at 0.0125 there, and look "
        "whether its total is 12.50.",
    )
    shipping_as: Literal["costs", "row"] = Field(
        default="costs",
        title="Shipping costs as",
        description="`costs`: the order's shipping costs, where all its prices include tax at one rate; else a row. "
        "`row`: always a row of its own, with the shop's tax rate.",
    )
    notes: bool = Field(
        default=True,
        title="Write a note",
        description="Day, payment and shipping method, sales channel and the buyer's comment have no field there.",
    )
    tax_tariffs: dict[str, TaxTariff] = Field(
        default_factory=lambda: dict(DUTCH_TARIFFS),
        title="Tax tariffs of products",
        description="Key: the percentage. Value: `normal`, `low a`, `low b`, `extra low` or `zero`. Where products are "
        "read from SalesPOS, each tariff in use must have exactly one percentage.",
    )
    deducts_stock: Literal["at_creation", "at_completion"] = Field(
        default="at_creation",
        title="An order lowers the stock",
        description="`at_creation`: as soon as it is there. `at_completion`: when it is completed; until then its "
        "units count as reserved. To find out: note a product's stock, create an order with it, look again.",
    )
    told: tuple[Literal["status", "paid", "cancelled"], ...] = Field(
        default=(),
        title="What SalesPOS is told of later",
        description="`status`, `paid`, `cancelled`: these changes of an order in the shop are made there, too. "
        "What is left out waits for a person, but for the status.",
    )
    follow_days: int = Field(
        default=30,
        ge=1,
        le=365,
        title="Days for which orders are followed",
        description="Where the shop follows SalesPOS (`orders.changes`), orders of so many days are read with each "
        "poll, 250 a call: SalesPOS does not tell when an order changed.",
    )
    language: str = Field(
        default="",
        pattern=r"^([a-z]{2})?$",
        title="Language of products",
        description="Two letters, such as `nl`: the language in which products are read and texts are written. Left "
        "empty, the shop's own. Names of attributes and features are always created in the shop's own.",
    )
    feature_group: str = Field(
        default="Features",
        min_length=1,
        title="Group of new features",
        description="A feature that SalesPOS does not have is made in this group of extra fields.",
    )
    verify_answers: VerifyAnswers = Field(
        default="refuse",
        title="Answers with a wrong signature",
        description="`refuse` them, or only `log` them: when something between us and SalesPOS changes answers.",
    )


class SalesPosSecrets(Model):
    """The API key of the account: My web shop, Settings, API settings."""

    public_key: Key = Field(
        json_schema_extra=SHOWN,
        title="Public key",
        description="From the back office under My web shop, Settings, API settings. Where that page is missing, "
        "install the API app from the App Store first.",
        min_length=1,
    )
    secret_key: Key = Field(
        title="Secret key",
        description="Stands beside the public key: My web shop, Settings, API settings.",
        min_length=1,
    )


def tariff_of(rate: Decimal | None, tariffs: Mapping[str, TaxTariff]) -> TaxTariff | None:
    """Return the tariff of a percentage; None where it has none."""
    return next((tariff for known, tariff in _rates(tariffs) if known == rate), None)


def tariff_rate(tariff: str | None, tariffs: Mapping[str, TaxTariff]) -> Decimal | None:
    """Return the only percentage of a tariff; None where it has none, or several."""
    found = rates_of(tariff, tariffs)
    return next(iter(found)) if len(found) == 1 else None


def rates_of(tariff: str | None, tariffs: Mapping[str, TaxTariff]) -> frozenset[Decimal]:
    """Return the percentages of a tariff."""
    return frozenset(rate for rate, named in _rates(tariffs) if named == tariff)


def _rates(tariffs: Mapping[str, TaxTariff]) -> Iterator[tuple[Decimal, TaxTariff]]:
    """Percentages with their tariffs; a name that the tax map uses instead of a percentage is passed over."""
    for text, tariff in tariffs.items():
        try:
            rate = Decimal(text)
        except InvalidOperation:
            continue
        if rate.is_finite():
            yield rate, tariff
