"""What an operator may set for orders. Titles and descriptions feed validation, the wizard and the docs page."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shopbridge.mapping.rules import FieldRule
from shopbridge.model.base import Model

EveryMinutes = Annotated[int, Field(ge=5, le=1440, multiple_of=5)]
"""An interval of the schedule."""


class ValueMap(Model):
    """How values of the shop are called in the back office."""

    entries: dict[str, str] = Field(
        default_factory=dict,
        title="Entries",
        description="Key: the shop's value. Value: what the back office calls it. "
        "The connector's page lists both sides' values; `=` keeps the shop's value.",
    )
    fallback: str | None = Field(
        default=None,
        title="Fallback",
        description="Used for every value without an entry. Left empty, such an order is held.",
    )
    former: tuple[str, ...] = Field(
        default=(),
        title="Former values",
        description="Keys of entries that the shop lists no more, but orders still come in with; any other key that "
        "it does not list is refused as a typing error.",
    )


class Maps(Model):
    """One map for each kind of value that both sides name differently."""

    status: ValueMap = Field(default_factory=ValueMap, title="Order status")
    payment: ValueMap = Field(default_factory=ValueMap, title="Payment method")
    shipping: ValueMap = Field(default_factory=ValueMap, title="Shipping method")
    tax: ValueMap = Field(
        default_factory=ValueMap,
        title="Tax",
        description="Key: the percentage without trailing zeros, such as `19` or `5.5`.",
    )


class CustomerPolicy(Model):
    """Which customer an order gets in the back office."""

    default: Literal["never", "when_missing", "always"] = Field(
        default="never",
        title="Use the default customer",
        description="`never`; `when_missing`: when the shop gives no customer; `always`: for every order.",
    )
    default_id: str = Field(
        default="", title="Default customer", description="Its id in the back office; needed unless `never`."
    )
    create: bool = Field(default=True, title="Create customers that are not found by e-mail")
    create_guests: bool = Field(
        default=False,
        title="Create guests as customers too",
        description="Otherwise a guest's name and address travel on the order only.",
    )
    update: bool = Field(default=False, title="Update customers that are found")

    @model_validator(mode="after")
    def _default_is_named(self) -> Self:
        if self.default != "never" and not self.default_id:
            raise ValueError("default_id: name the default customer's id in the back office, or set default to never")
        return self


class ProductPolicy(Model):
    """How an order's products are found in the back office."""

    shop_field: str = Field(
        default="sku",
        title="Shop field",
        description="`sku`, `ean` or another field the shop's connector offers.",
    )
    office_field: str = Field(
        default="sku",
        title="Back office field",
        description="`sku`, `ean` or another field its connector offers.",
    )
    text_lines: tuple[str, ...] = Field(
        default=(),
        title="Codes that are no products",
        description="Values of the shop field, such as `POST`, that are booked as free-text lines.",
    )
    missing: Literal["hold", "create", "free_text"] = Field(
        default="hold",
        title="When a product is missing",
        description="`hold` the order; `create` the product; or book a `free_text` line without a product.",
    )


class WriteBack(Model):
    """What the shop learns after the import."""

    status: str | None = Field(
        default=None,
        title="Order status to set",
        description="The shop's key of the status, such as `in_progress`. Never repeated, never a step back.",
    )
    document_field: str | None = Field(
        default=None,
        title="Field for our document number",
        description="A custom field of the shop's order that receives the back office's order number.",
    )


class OrderSettings(Model):
    """Which orders are taken and what becomes of them."""

    statuses: tuple[str, ...] = Field(
        default=(),
        title="Order statuses to take",
        description="The shop's keys. Left empty, every status is taken but the cancelled ones.",
    )
    payment_statuses: tuple[str, ...] = Field(
        default=("paid",),
        title="Payment statuses to take",
        description="The shop's keys, for example only `paid`. Left empty, orders are taken paid or not.",
    )
    from_date: date | None = Field(
        default=None,
        title="Take orders from",
        description="Orders placed before this day (UTC) are skipped. Left empty: two months back.",
    )
    first_import_without: tuple[str, ...] = Field(
        default=(),
        title="Statuses left out of the first import",
        description="The shop's keys, such as `completed`; later changes of such an order are taken again.",
    )
    reference: Literal["number", "channel_number"] = Field(
        default="number",
        title="Reference in the back office",
        description="`number`: the shop's order number. `channel_number`: the sales channel, a hyphen and the number; "
        "needed where sales channels have number ranges of their own, since two orders may then have the same number. "
        "The back office's prefix comes before it. Orders that were sent keep what they were sent as.",
    )
    channel_codes: dict[str, str] = Field(
        default_factory=dict,
        title="Sales channels in the reference",
        description="Key: the sales channel's name. Value: what stands for it in the reference, such as `DE`. A "
        "channel without an entry stands there with its own name.",
    )
    poll_minutes: EveryMinutes = Field(default=5, title="Poll every … minutes", description="A multiple of 5.")
    customers: CustomerPolicy = Field(default_factory=CustomerPolicy, title="Customers")
    products: ProductPolicy = Field(default_factory=ProductPolicy, title="Products")
    maps: Maps = Field(default_factory=Maps, title="Maps")
    write_back: WriteBack = Field(default_factory=WriteBack, title="Write back to the shop")
    rules: tuple[FieldRule, ...] = Field(default=(), title="Own field rules")
