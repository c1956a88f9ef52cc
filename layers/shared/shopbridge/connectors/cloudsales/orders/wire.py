"""The body of an order, as BOCP takes it (client B3). Closed: a field it does not know never leaves."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shopbridge.connectors.cloudsales.wall_time import moment_text
from shopbridge.mapping.json_data import plain

Filled = Annotated[str, Field(min_length=1)]
Amount = Annotated[Decimal, Field(decimal_places=2, max_digits=15)]


class Sent(BaseModel):
    """A body or a part of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Place(Sent):
    """An address in its many parts; every part is sent, empty or not."""

    street: str = Field(default="", title="Street")
    number: str = Field(default="", title="Number")
    building: str = Field(default="", title="Building (bloc)")
    stair: str = Field(default="", title="Stair (scara)")
    floor: str = Field(default="", title="Floor (etaj)")
    apartment: str = Field(default="", title="Apartment")
    city: str = Field(default="", title="City")
    county: str = Field(default="", title="County (judet)")
    zip: str = Field(default="", title="Postcode")
    country: str = Field(default="", title="Country")
    GLN: str = Field(default="", title="Global location number")


class DeliveryPlace(Place):
    """Where it goes, and who takes it."""

    shipping_contact_name: str = Field(default="", title="Contact")
    shipping_contact_phone: str = Field(default="", title="Contact's telephone")


class Client(Sent):
    """Who buys."""

    name: Filled = Field(title="Name, or company")
    is_company: bool = Field(title="A company (not sent: it needs a fiscal code and an address)")
    representative: str = Field(default="", title="Representative")
    email: str = Field(default="", title="E-mail")
    phone: str = Field(default="", title="Telephone")
    vat_id: str = Field(default="", title="Fiscal code")
    registration_number: str = Field(default="", title="Registration number")
    invoice_address: Place = Field(title="Invoice address")
    delivery_address: DeliveryPlace = Field(title="Delivery address")

    def missing(self, romania: str) -> list[str]:
        """What a company lacks: without these a Romanian client refuses to send a business order (client B3).

        Args:
            romania: Its name. [inferred] Only there is a county asked for: hardly another country has them.
        """
        address = self.invoice_address
        needed = {"fiscal code": self.vat_id, "street": address.street, "city": address.city}
        if address.country == romania:
            needed["county"] = address.county
        return [name for name, value in needed.items() if self.is_company and not value]


class Item(Sent):
    """One line: a product or a service, by its code."""

    type: Filled = Field(title="Type")
    code: Filled = Field(title="Code")
    item_name: Filled = Field(title="Name")
    item_quantity: Decimal = Field(title="Quantity", gt=0)
    item_price: Amount = Field(title="Net price of one")
    item_vat_percent: Decimal = Field(title="VAT percentage", ge=0, le=100)
    item_price_with_vat: Amount = Field(title="Gross price of one")
    line_value_with_vat: Amount = Field(title="Gross value of the line")


class OrderInput(Sent):
    """What is decided of an order before it is sent."""

    order_reference: Filled = Field(title="Our order number")
    order_date: str = Field(title="Day of the order", pattern=r"^\d{4}-\d{2}-\d{2}$")
    order_status: Literal["new", "cancelled"] = Field(title="Status")
    order_mentions: str = Field(default="", title="Mentions")
    order_currency_code: str = Field(title="Currency", pattern=r"^[A-Z]{3}$")
    shipping_method: Filled = Field(title="Shipping method")
    payment_method: Filled = Field(title="Payment method")
    cod_amount: Annotated[Amount, Field(ge=0)] = Field(default=Decimal(0), title="Cash on delivery, amount")
    cod_currency: str = Field(title="Cash on delivery, currency", pattern=r"^[A-Z]{3}$")
    client: Client = Field(title="Client")
    items: list[Item] = Field(title="Lines", min_length=1)


def body_of(order: OrderInput, now: datetime) -> dict[str, Any]:
    """The JSON body, with what follows from the rest. Raises Held for a number that JSON would bend."""
    body: dict[str, Any] = plain(order.model_dump())
    del body["client"]["is_company"]
    return body | {
        "order_unique_id": order.order_reference,
        "order_updated_at": moment_text(now),
        "order_cancelled": int(order.order_status == "cancelled"),
        "payments": [],
    }
