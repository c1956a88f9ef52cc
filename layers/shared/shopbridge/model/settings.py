"""What an operator may set for orders. Titles and descriptions feed validation, the wizard and the docs page."""

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from shopbridge.mapping.identity import is_mail_address
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


PLACEHOLDERS = ("number", "order", "first_name", "last_name")
"""What a letter's words may leave open: the document's number, the shop's order number, and the buyer's name."""
PLACE = re.compile(r"\{([^{}]*)\}")


def _placed(text: str) -> str:
    unknown = sorted(set(PLACE.findall(text)) - set(PLACEHOLDERS))
    if unknown or set("{}") & set(PLACE.sub("", text)):
        raise ValueError(f"Curly brackets stand around these words only: {', '.join(PLACEHOLDERS)}")
    return text


def _mailed_to(address: str) -> str:
    if address and not is_mail_address(address):
        raise ValueError("is no e-mail address")
    return address


Words = Annotated[str, Field(max_length=5000), AfterValidator(_placed)]
Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A text of one line."""
Subject = Annotated[Line, AfterValidator(_placed)]
MailAddress = Annotated[str, AfterValidator(_mailed_to)]


class DocumentMail(Model):
    """The letter in which a buyer gets the document, where the back office does not mail it."""

    active: bool = Field(
        default=False,
        title="Mail the document to the buyer",
        description="Each document once, as a PDF, after it was made; never one that is set aside, nor those of orders "
        "that a run or the first import brings. Switch off whatever mails it otherwise.",
    )
    sender: MailAddress = Field(
        default="", title="Sender", description="The merchant's address, which Amazon SES has verified."
    )
    sender_name: Line = Field(default="", title="Name of the sender", description="What stands before the address.")
    reply_to: MailAddress = Field(
        default="", title="Answers go to", description="Left empty, they go to the sender's address."
    )
    subject: Subject = Field(
        default="",
        title="Subject",
        description="In the buyers' language. `{number}` stands for the document's number, `{order}` for the shop's "
        "order number, `{first_name}` and `{last_name}` for the buyer's.",
    )
    text: Words = Field(default="", title="Text", description="Plain, with the same placeholders.")
    proformas: bool = Field(
        default=False,
        title="Mail pro formas, too",
        description="The invoice that one becomes is another document, and mailed as well.",
    )
    proforma_subject: Subject = Field(
        default="", title="Subject for pro formas", description="Left empty, it is that of invoices."
    )
    proforma_text: Words = Field(default="", title="Text for pro formas", description="Likewise.")

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        missing = [name for name in ("sender", "subject", "text") if not getattr(self, name).strip()]
        if self.active and missing:
            raise ValueError(f"{', '.join(missing)}: fill them in, or set active to false")
        return self


class LaterChanges(Model):
    """What becomes of an imported order, from the back office to the shop and the other way; nothing unless chosen."""

    statuses: dict[str, str] = Field(
        default_factory=dict,
        title="Statuses that the shop follows",
        description="Key: the back office's status. Value: the shop's status that an order then gets. In the order of "
        "an order's life, since an order is never taken back. A status without an entry moves nothing in the shop.",
    )
    cancelled: str | None = Field(
        default=None,
        title="Status of a cancelled order",
        description="The shop's status for an order that the back office cancelled. Left empty, such an order waits "
        "for a person, if statuses are followed.",
    )
    may_go_back: tuple[str, ...] = Field(
        default=(),
        title="Statuses to go back to",
        description="Keys of either side, such as that of an order that is open again: to these an order may be "
        "taken back.",
    )
    shipments: bool = Field(
        default=False,
        title="Tracking codes",
        description="Write the back office's tracking codes into the shop's order.",
    )
    document_number: bool = Field(
        default=False,
        title="Document numbers that come later",
        description="Write the document's number into write_back.document_field again once the back office has another "
        "one.",
    )
    document_link_field: str | None = Field(
        default=None,
        title="Field for the document's link",
        description="A custom field of the shop's order that receives the address of the back office's document.",
    )
    refunds: bool = Field(
        default=False,
        title="Refunds",
        description="Let the back office make a credit document of what was given back, where it can. Otherwise such "
        "an order waits for a person.",
    )

    @property
    def moves(self) -> bool:
        """Whether the shop's statuses follow the back office's."""
        return bool(self.statuses or self.cancelled)

    @property
    def follows(self) -> bool:
        """Whether anything of what becomes of an order in the back office is brought to the shop."""
        return self.moves or self.shipments or self.document_number or bool(self.document_link_field)


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
    older_since: date | None = Field(
        default=None,
        title="Bring older orders since",
        description="Once the new connection is at work, a run brings all orders placed since this day (UTC), also "
        "those before the day of `from_date`, on a lane of its own; where products are carried, after these. Once "
        "only: later ones are brought with `older-orders`.",
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
    document_mail: DocumentMail = Field(default_factory=DocumentMail, title="Mail documents to buyers")
    changes: LaterChanges = Field(default_factory=LaterChanges, title="What becomes of an order")
    rules: tuple[FieldRule, ...] = Field(default=(), title="Own field rules")


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo  # intake, which answers within moments, loads settings and no zones

    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError) as error:
        raise ValueError("is no time zone, such as Europe/Budapest") from error


def _known_zone(name: str) -> str:
    return name if name == "UTC" else _zone(name)


class NoticeSettings(Model):
    """What people are told of the connection by message, wherever they subscribed to the topic of the alarms."""

    troubles: bool = Field(
        default=True,
        title="Tell troubles",
        description="The first of each kind, with what to do, not repeated within the hour; and that it is over.",
    )
    summary: Literal["never", "with_news", "always"] = Field(
        default="with_news",
        title="Daily summary",
        description="How many orders were imported and what waits. `with_news`: not on a day with nothing to tell.",
    )
    summary_hour: Annotated[int, Field(ge=0, le=23)] = Field(
        default=7, title="Hour of the summary", description="On the clock of `time_zone`."
    )
    time_zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        default="UTC", title="Time zone", description="Such as `Europe/Budapest`."
    )
