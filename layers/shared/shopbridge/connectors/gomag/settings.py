"""What an operator sets for a Gomag shop, and its key."""

import re
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from shopbridge.connectors.spec import ADDRESS, ConnectorSettings, Key, host_of
from shopbridge.mapping.names import is_among
from shopbridge.model.base import CountryCode, CurrencyCode, Model
from shopbridge.model.form import asked

HALF = Decimal("0.5")
CANCELLED_NAMES: Final = ("Anulata", "Comanda anulata")
"""[inferred] The default names of what is off, as clients have seen them (platform file, G2)."""
RETURNED_NAMES: Final = ("Retur", "Returnata")
"""[inferred] The default names of what came back."""
FINAL_NAMES: Final = (*CANCELLED_NAMES, "Livrata", "Comanda incheiata", *RETURNED_NAMES)
"""[inferred] The default names of what ends an order: nothing of it is still to be done."""


def _as_sent(value: str) -> str:
    """A header's value: what was pasted along with it could not be sent."""
    shop = value.strip().rstrip("/")
    if not re.fullmatch("[!-~]+", shop):
        raise ValueError("should be the shop's address or its Api_shop_pagina, without spaces")
    return shop


class GomagSettings(ConnectorSettings):
    """A Gomag shop. What Gomag has not confirmed has a setting here whose default is the likeliest."""

    url: str = Field(
        default="https://api.gomag.ro",
        title="Address of the API",
        description="Gomag's own for every shop; only a test system has another one.",
        pattern=ADDRESS,
    )
    limit_factor: Decimal = Field(
        default=HALF,
        gt=0,
        le=1000,
        title="Share of the platform's limits",
        description="Gomag counts the calls of all apps of a shop together: `0.5` leaves half of 1 call a second to "
        "CloudSales and others. Above 1 only when Gomag granted more.",
    )
    shop: Annotated[str, AfterValidator(_as_sent)] = Field(
        title="Shop (ApiShop)",
        description="As Gomag's admin shows it under API settings: mostly the shop's address, such as "
        "`https://www.shop.example`, in some accounts a value of its own called Api_shop_pagina.",
    )
    use_cloudsales_app: bool = Field(
        default=False,
        title="Use the CloudSales app",
        description="The key is the token of Gomag's own app Facturare & Gestiune, CloudSales. BOCP reads the shop's "
        "orders with it, too, if its Gomag connector is on: verifying then says what to look at.",
    )
    paid_statuses: tuple[str, ...] = Field(
        json_schema_extra=asked("status"),
        default=(),
        title="Order statuses that mean paid",
        description="Their ids, or names. Gomag tells nobody whether an order is paid, so this and the next setting "
        "decide it. An order in such a status counts as paid by any method, cash on delivery too: name only statuses "
        "that an order reaches once its money has arrived.",
    )
    paid_methods: tuple[str, ...] = Field(
        json_schema_extra=asked("payment"),
        default=(),
        title="Payment methods that count as paid",
        description="Their names, such as `Card online`, where orders exist only once the money is there.",
    )
    cancelled_statuses: tuple[str, ...] = Field(
        default=(),
        title="Order statuses that mean cancelled",
        description="Their ids, or names. Left empty: the statuses with the default names, such as `Anulata`.",
    )
    final_statuses: tuple[str, ...] = Field(
        default=(),
        title="Order statuses that end an order",
        description="Their ids, or names: the bridge never moves an order out of these, and the goods of such an order "
        "count as gone. Left empty: the statuses with the default names, such as `Livrata` and `Comanda incheiata`.",
    )
    prices_include_vat: bool = Field(
        default=True,
        title="Prices include VAT",
        description="Of products; one that says otherwise of itself gets no price, and hands none out. Of an order's "
        "lines its own sum decides; this only says what is tried first.",
    )
    delivery_vat: Decimal | None = Field(
        default=None,
        ge=0,
        le=100,
        title="VAT of the delivery (percent)",
        description="Gomag does not tell it. Left empty: the rate of most of the order's goods.",
    )
    currency: CurrencyCode = Field(
        default="RON",
        title="Currency of products",
        description="A product that says it is kept in another one gets no price, and hands none out.",
    )
    language: str = Field(
        default="ro",
        pattern=r"^[a-z]{2}$",
        title="Language of product texts",
        description="Two letters; texts are read and written in it.",
    )
    countries: dict[str, CountryCode] = Field(
        default_factory=dict,
        title="Further countries",
        description="Gomag writes countries out. Key: the name as the shop has it. Value: the two-letter code.",
    )
    orders_lower_stock: bool = Field(
        default=True,
        title="An order lowers the stock",
        description="As soon as it is placed. Switch it off where the shop leaves its stock alone. To find out: note "
        "a product's stock, place an order for it, look again.",
    )
    stock_batch: int = Field(
        default=100,
        ge=1,
        le=100,
        title="Rows in one call for stock and prices",
        description="Gomag publishes no limit; smaller ones are safe.",
    )
    field_names: Literal["camel", "snake"] = Field(
        default="camel",
        title="Names of the fields that are written",
        description="Two sources disagree. `camel`: stock, specialPrice; `snake`: quantity, special_price. Change it "
        "when stock that was sent does not arrive.",
    )
    write_notes: bool = Field(
        default=False,
        title="Write our document number as a note",
        description="Gomag's call for notes is not verified by anybody; try it with one order first.",
    )

    @property
    def place(self) -> str:
        """All shops have one address."""
        return host_of(self.shop)

    def is_cancelled(self, key: str, name: str) -> bool:
        """Tell whether the order is off."""
        return is_among(self.cancelled_statuses or CANCELLED_NAMES, key, name)

    def is_final(self, key: str, name: str) -> bool:
        """Tell whether the order is over: it is never moved again, and its goods are gone or back."""
        return self.is_cancelled(key, name) or is_among(self.final_statuses or FINAL_NAMES, key, name)

    def is_returned(self, name: str) -> bool:
        """Tell whether the goods came back; only told to people."""
        return is_among(RETURNED_NAMES, name)

    def is_paid(self, key: str, name: str, method: str) -> bool:
        """[inferred] Go by a status or a payment method that the settings name, since Gomag has no flag."""
        return is_among(self.paid_statuses, key, name) or is_among(self.paid_methods, method)


class GomagSecrets(Model):
    """The API key of the shop, from Gomag's admin under API settings, or its CloudSales token."""

    api_key: Key = Field(
        title="API key",
        min_length=1,
        description="From Gomag's admin under API settings (Settings, Integrations, API); Gomag's support may have "
        "to switch it on. Or the token of Gomag Apps, Facturare & Gestiune, CloudSales.",
    )
