"""An order, the same for every shop."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from shopbridge.mapping.taxes import is_intra_community
from shopbridge.model.base import Code, CountryCode, CurrencyCode, Model, OrderId

TaxMode = Literal["gross", "net", "tax_free"]
"""What the prices of an order are: tax included, tax on top, or no tax at all."""


class TaxShare(Model):
    """The part of an amount that one tax rate applies to.

    Attributes:
        rate: Percent, for example ``Decimal("19")``.
        net: The amount without tax, in the order's currency.
        tax: The tax on it, as the shop computed it.
    """

    rate: Decimal
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """The amount with tax."""
        return self.net + self.tax

    def plus(self, other: "TaxShare") -> "TaxShare":
        """Return both together, at this rate."""
        return TaxShare(rate=self.rate, net=self.net + other.net, tax=self.tax + other.tax)


def sum_by_rate(shares: Iterable[TaxShare]) -> tuple[TaxShare, ...]:
    """Add up shares of the same rate; ordered by rate, highest first."""
    sums: dict[Decimal, TaxShare] = {}
    for share in shares:
        before = sums.get(share.rate)
        sums[share.rate] = before.plus(share) if before else share
    return tuple(sums[rate] for rate in sorted(sums, reverse=True))


class Address(Model):
    """An address as the shop has it: the street line is not split yet.

    Attributes:
        street: The whole first line, usually street and house number.
        extra: Further lines, in order.
        country: ISO 3166-1 alpha-2.
    """

    first_name: str
    last_name: str
    company: str
    department: str
    street: str
    extra: tuple[str, ...]
    postcode: str
    city: str
    state: str
    country: CountryCode
    phone: str


class Customer(Model):
    """The buyer of an order.

    Attributes:
        id: The shop's own id; empty when the shop keeps no record.
        number: The shop's customer number; may be empty.
        email: As written by the buyer; match with ``match_key``.
        guest: Bought without an account.
    """

    id: str
    number: str
    email: str
    first_name: str
    last_name: str
    company: str
    vat_id: str
    guest: bool

    @property
    def match_key(self) -> str:
        """What customers are matched by: the e-mail without regard to case."""
        return self.email.strip().casefold()

    @property
    def is_company(self) -> bool:
        """A company name makes a company; everybody else is a person."""
        return bool(self.company.strip())


LineKind = Literal["product", "free", "discount"]
"""A sellable product; a position without one (a fee, a gift wrap); a negative position."""


class OrderLine(Model):
    """One position. Amounts are in the order's currency and tax mode.

    Attributes:
        sku: Empty when the shop names none.
        ean: Empty when the shop names none.
        fields: Other ways to identify the product, by the shop's field name.
        unit_price: Of one piece, gross or net as the order's ``tax_mode`` says.
        total: Of the whole line; the shop's own rounding, so it is the truth where it differs from
            ``quantity * unit_price``.
        taxes: The line's total by tax rate; one entry unless a discount spans several rates.
        options: Variant options by group, such as ``{"Size": "M"}``.
    """

    id: str
    kind: LineKind
    name: str
    quantity: Decimal
    unit_price: Decimal
    total: Decimal
    taxes: tuple[TaxShare, ...]
    sku: Code
    ean: Code
    fields: dict[str, str]
    options: dict[str, str]


_NOTHING = Decimal(0)
PaymentStanding = Literal["open", "authorized", "paid_in_part", "paid", "refunded_in_part", "refunded", "charged_back"]
"""What an order's payments come to: nothing yet; a promise of it all; less than the total; all of it; all of it, a
part of which, or the whole, went back to the buyer; all of it, which the buyer's bank took back."""


class Payment(Model):
    """How the order is paid: all attempts and parts taken together.

    Attributes:
        method: The shop's name of the payment method, for people; where there were several, of the one that counts.
        method_keys: What a map may call it, the most stable first (technical name, then name).
        status: The shop's own key of the payment's state.
        paid: True only when the whole amount has arrived. It stays so when some of it was given back since: that is
            another document, and the buyer owes nothing.
        standing: Finer than ``paid``; left out, it follows from it.
        captured: What came in, in the order's currency, with what went back since. None where the shop tells no figure.
        authorized: What is promised beyond ``captured``; None likewise.
        refunded: What went back; None likewise.
    """

    method: str
    method_keys: tuple[str, ...]
    status: str
    paid: bool
    standing: PaymentStanding = Field(default_factory=lambda known: "paid" if known["paid"] else "open")
    captured: Decimal | None = None
    authorized: Decimal | None = None
    refunded: Decimal | None = None

    @property
    def secured(self) -> Decimal:
        """What came in or is promised, as far as the shop tells figures, less what went back."""
        return (self.captured or _NOTHING) + (self.authorized or _NOTHING) - (self.refunded or _NOTHING)


class Shipping(Model):
    """How the order travels.

    Attributes:
        total: Sum of all shipping costs and shipping discounts, in the order's tax mode.
        taxes: The same by tax rate.
    """

    method: str
    method_keys: tuple[str, ...]
    total: Decimal
    taxes: tuple[TaxShare, ...]


Returned = Literal["no", "in_part", "all"]
"""Whether goods of an order came back."""


class Delivery(Model):
    """A part of an order that travels on its own."""

    method: str
    address: Address


class Totals(Model):
    """The order's own totals: the truth that every copy is held against.

    Attributes:
        gross: What the buyer pays.
        rounding: What rounding to cash (0.05, 1.00 …) added to the sum, negative where it took off; part of ``gross``
            and free of tax.
    """

    gross: Decimal
    net: Decimal
    taxes: tuple[TaxShare, ...]
    rounding: Decimal = Decimal(0)

    @property
    def tax(self) -> Decimal:
        """All tax."""
        return self.gross - self.rounding - self.net


class Order(Model):
    """One order of a shop.

    Attributes:
        id: The shop's id, never shown to people.
        number: What shop and buyer call the order.
        revision: Compares as text: a newer version of the order has the greater one. Where a shop does not tell when an
            order changed, it is the moment of reading, ``#`` and a digest of the content, see ``same_version``.
        status: The shop's own key of the order's state.
        status_name: What people call it; empty where the key says it.
        cancelled: What ``status`` means in the one case every flow must know: this order is off.
        status_at: Since when it has this status, by the shop's own clock; None where the shop does not tell.
        placed_at: In the shop's own time zone: its date is the day that the shop calls the order's.
        channel: Where it was bought, such as the sales channel's name.
        payment: None when the shop records no payment at all.
        shipping: None when nothing is shipped.
        customer: None when the shop gives no buyer.
        shipping_address: The billing address again when the shop gives no other.
        further_deliveries: Those beside the one that ``shipping`` names the method of and ``shipping_address`` is of;
            what they cost is part of ``shipping``.
        returned: What of it came back to the shop, whatever was given back for it.
        extras: Further facts of the shop for the merchant's own rules (custom fields and such).
    """

    id: OrderId
    number: str
    revision: str
    placed_at: AwareDatetime
    currency: CurrencyCode
    tax_mode: TaxMode
    status: str
    status_name: str = ""
    cancelled: bool
    channel: str
    language: str
    comment: str
    customer: Customer | None
    billing_address: Address
    shipping_address: Address
    payment: Payment | None
    shipping: Shipping | None
    lines: tuple[OrderLine, ...]
    totals: Totals
    further_deliveries: tuple[Delivery, ...] = ()
    status_at: AwareDatetime | None = None
    returned: Returned = "no"
    extras: dict[str, Any]

    @property
    def shown_status(self) -> str:
        """The status for people: its name, with the key that settings name it by."""
        return f"{self.status_name} ({self.status})" if self.status_name else self.status

    @property
    def is_untaxed(self) -> bool:
        """Whether no line and no shipping costs bear tax."""
        parts = (*self.lines, *((self.shipping,) if self.shipping else ()))
        return self.tax_mode == "tax_free" or not any(share.rate for part in parts for share in part.taxes)

    def is_intra_community(self, home: CountryCode) -> bool:
        """Tell whether it goes untaxed to somebody with a VAT number in another country of the EU than ``home``."""
        to, vat_id = self.shipping_address, self.customer.vat_id if self.customer else ""
        return self.is_untaxed and is_intra_community(home, to.country, to.postcode, vat_id)


def is_newer(revision: str, other: str) -> bool:
    """Tell whether a revision of an order names a later content than another."""
    return not same_version(revision, other) and revision > other


def same_version(revision: str, other: str) -> bool:
    """Tell whether two revisions of an order name the same content, though it may have been read at two moments."""
    return version_of(revision) == version_of(other)


def version_of(revision: str) -> str:
    """Return what a revision says of the content: all of it, or its digest behind the moment of reading."""
    return revision.rpartition("#")[2]
