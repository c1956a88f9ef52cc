"""What an operator sets for CloudSales."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from shopbridge.connectors.spec import ADDRESS, ConnectorSettings
from shopbridge.model.base import CurrencyCode, Model
from shopbridge.model.form import SHOWN, asked

COD = "cash_on_delivery"
"""What the payment map calls orders that the buyer pays at the door; BOCP has no method of that name."""
SEEN_PAYMENTS = ("bank_transfer", "credit")
SEEN_SHIPPING = ("personal_pickup",)
SEEN_LINE_TYPE = "product"
"""The only values that a client was seen to send (client B3); which others there are is an open question."""


class CloudSalesSettings(ConnectorSettings):
    """The settings of a CloudSales account; the address is ``https://secure.bocp.eu``."""

    url: str = Field(
        default="https://secure.bocp.eu",
        title="Address of BOCP",
        description="BOCP's own for every account; only a test system has another one.",
        pattern=ADDRESS,
    )
    account_number: str = Field(
        pattern=r"^[0-9]+$", title="Account number", description="The digits after `/app/rest/v1/` in BOCP's addresses."
    )
    connector_id: int = Field(
        gt=0,
        title="Order connector",
        description="Id of a connector of the type BOCP REST API that only this shop uses: it keeps one order of each "
        "number, so one whose number is there already is held.",
    )
    reference_prefix: str = Field(
        default="",
        max_length=20,
        title="Prefix of the order number",
        description="Put before the shop's order number, such as `SW-`; needed where another system uses the order "
        "connector too.",
    )
    order_work_point: str = Field(
        default="",
        title="Work point of orders",
        description="The one that is set on the order connector in BOCP. It cannot be set or read from here: it is "
        "only told again when the connection is verified.",
    )
    documents: Literal["order_only", "receipt"] = Field(
        default="order_only",
        title="Documents",
        description="What is set on the order connector in BOCP: `order_only`, or `receipt` for fiscal receipts that "
        "BOCP issues by itself. It cannot be set or read from here.",
    )
    receipts_from: date | None = Field(
        default=None, title="Receipts from", description="The day that is set in BOCP; needed with `receipt`."
    )
    refuse_if_bocp_pulls: Literal["warn", "refuse", "off"] = Field(
        default="warn",
        title="When BOCP fetches orders itself",
        description="An order that BOCP fetches from the shop and that we send too is there twice, with stock and "
        "fiscal documents. `warn` or `refuse` when the connection is verified; `off` if it is another shop's.",
    )
    pulling_types: tuple[str, ...] = Field(
        default=("Gomag",),
        title="Connectors that fetch this shop's orders",
        description="Types of BOCP's connectors; any whose type contains one of these words.",
    )
    payment_methods: tuple[str, ...] = Field(
        default=SEEN_PAYMENTS,
        title="Payment methods",
        description="What the map may name, besides `cash_on_delivery`. BOCP makes a proforma for `bank_transfer`. Add "
        "others once BOCP's support has named them.",
    )
    cash_on_delivery_as: str = Field(
        default="credit",
        min_length=1,
        title="Payment method of cash on delivery",
        description="Sent with the amount to collect, where the payment map says `cash_on_delivery`.",
    )
    shipping_methods: tuple[str, ...] = Field(
        default=SEEN_SHIPPING,
        title="Shipping methods",
        description="What the map may name. `personal_pickup` makes no AWB. Add others once BOCP's support has named "
        "them.",
    )
    shipping_code: str = Field(
        json_schema_extra=asked(),
        default="",
        title="Service code of shipping costs",
        description="Code of a service in BOCP. Left empty, orders with shipping costs are held.",
    )
    discount_code: str = Field(
        json_schema_extra=asked(),
        default="",
        title="Service code of discounts",
        description="Code of a service in BOCP. Left empty, orders with discounts are held.",
    )
    other_code: str = Field(
        json_schema_extra=asked(),
        default="",
        title="Service code of other lines",
        description="For lines that sell no product of BOCP: fees, gift wrap, free text. Left empty, such orders are "
        "held.",
    )
    rounding_code: str = Field(
        default="",
        title="Service code of rounding",
        description="For what rounding an order's total to cash (0.05, 0.50, 1.00) adds or takes off. Left empty, such "
        "orders are held.",
    )
    service_line_type: str = Field(
        default=SEEN_LINE_TYPE,
        min_length=1,
        title="Type of service lines",
        description="How lines with a service code are sent; only `product` has been seen so far.",
    )
    countries: dict[str, str] = Field(
        default_factory=dict,
        title="Names of countries",
        description="Key: two letters, such as `DE`. Value: BOCP's name. Only what is missing or is called otherwise.",
    )
    mentions: bool = Field(
        default=True,
        title="Write mentions",
        description="The buyer's comment, payment, shipping method and sales channel, into the order's mentions.",
    )
    currency: CurrencyCode = Field(
        default="RON", title="Currency of the products' prices", description="BOCP does not tell it with its products."
    )
    barcode_field: Literal["custom_barcode", "barcode"] = Field(
        default="custom_barcode",
        title="Field with the EAN",
        description="Depends on how the company fills its catalogue. What is no EAN by its check digit is left out.",
    )
    stock_from_changes: bool = Field(
        default=False,
        title="Read stock from changes",
        description="Between two full readings an hour apart, only products that changed are read: far fewer calls. "
        "Needs that BOCP counts a mere movement of stock as a change. To find out: sell one piece at the till and look "
        "whether the next run sends it.",
    )
    stand_in_writes: bool = Field(
        default=False,
        title="Stand-in: write stock and prices",
        description="Our own invention: no such call of BOCP is known. Leave it off unless BOCP's support has "
        "confirmed it for the account.",
    )
    stand_in_work_points: bool = Field(
        default=False,
        title="Stand-in: read by work point",
        description="Our own invention: stock by work point has not been seen in BOCP's answers. Leave it off unless "
        "BOCP's support has confirmed it for the account.",
    )
    work_point: int | None = Field(
        default=None,
        gt=0,
        title="Work point of prices and stock",
        description="Its id; needs `stand_in_work_points`. Left empty, the totals of all work points are read.",
    )

    @property
    def place(self) -> str:
        """All accounts have one address."""
        return self.account_number

    @model_validator(mode="after")
    def _receipts_have_a_day(self) -> Self:
        if (self.documents == "receipt") != (self.receipts_from is not None):
            raise ValueError("receipts_from: name the day that is set in BOCP with documents `receipt`, and only then")
        return self

    @model_validator(mode="after")
    def _work_point_is_switched_on(self) -> Self:
        if self.work_point is not None and not self.stand_in_work_points:
            raise ValueError("work_point: BOCP is not known to tell it; it needs the switch stand_in_work_points")
        return self


def _no_colon(value: SecretStr) -> SecretStr:
    if ":" in value.get_secret_value():
        raise ValueError("holds a colon, which a user's name cannot have")
    return value


UserName = Annotated[SecretStr, Field(min_length=1), AfterValidator(_no_colon)]


class CloudSalesSecrets(Model):
    """Two users: the account's REST API user for the lists, and the order connector's own for orders."""

    user: UserName = Field(
        json_schema_extra=SHOWN,
        title="REST API user",
        description="Name of the account's own user for lists, from BOCP's admin or its support. The fixed outgoing "
        "address of this installation has to be on its list.",
    )
    password: SecretStr = Field(
        min_length=1,
        title="Password of the REST API user",
        description="Given out with that user: BOCP's admin, or its support.",
    )
    connector_user: UserName = Field(
        json_schema_extra=SHOWN,
        title="User of the order connector",
        description="Name of the user that stands on the order connector in BOCP, valid for its orders alone.",
    )
    connector_password: SecretStr = Field(
        min_length=1,
        title="Password of the order connector",
        description="Stands beside that user on the order connector in BOCP.",
    )
