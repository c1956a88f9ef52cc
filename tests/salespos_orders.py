"""Canonical orders for the tests of SalesPOS: one plain order to change, and a strategy for all kinds of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import strategies as st

from shopbridge.mapping.rounding import cents, split_by_rate
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.office import OrderParts
from shopbridge.model.order import (
    Address,
    Customer,
    LineKind,
    Order,
    OrderLine,
    Payment,
    Shipping,
    TaxMode,
    TaxShare,
    Totals,
    sum_by_rate,
)

D = Decimal
NOTHING, ONE, STANDARD, PRICE = D(0), D(1), D(21), D("24.95")

ADDRESS = Address(
    first_name="Sanne",
    last_name="Visser",
    company="",
    department="",
    street="Dorpsstraat 12-b",
    extra=(),
    postcode="1234 AB",
    city="Utrecht",
    state="",
    country="NL",
    phone="+31 30 123456",
)
CUSTOMER = Customer(
    id="c1",
    number="K-77",
    email="Sanne.Visser@Voorbeeld.example",
    first_name="Sanne",
    last_name="Visser",
    company="",
    vat_id="",
    guest=False,
)
PAYMENT = Payment(method="PayPal", method_keys=("paypal", "PayPal"), status="paid", paid=True)


def share(rate: Decimal, amount: Decimal, mode: TaxMode) -> TaxShare:
    """What an amount in the order's tax mode is made of at a rate."""
    if mode == "gross":
        tax = cents(amount * rate / (100 + rate))
        return TaxShare(rate=rate, net=amount - tax, tax=tax)
    tax = cents(amount * rate / 100) if mode == "net" else NOTHING
    return TaxShare(rate=rate, net=amount, tax=tax)


def line(
    number: int = 1,
    *,
    price: Decimal = PRICE,
    quantity: Decimal = ONE,
    rate: Decimal = STANDARD,
    mode: TaxMode = "gross",
    **other: Any,
) -> OrderLine:
    """A product line at one tax rate."""
    total = other.pop("total", cents(price * quantity))
    values: dict[str, Any] = {
        "id": f"l{number}",
        "kind": "product",
        "name": f"Product {number}",
        "quantity": quantity,
        "unit_price": price,
        "total": total,
        "taxes": (share(rate, total, mode),),
        "sku": f"SKU-{number}",
        "ean": "",
        "fields": {},
        "options": {},
    }
    return OrderLine.model_validate(values | other)


def split_line(number: int, name: str, amounts: Mapping[Decimal, Decimal], mode: TaxMode, kind: LineKind) -> OrderLine:
    """A line whose amount spans several tax rates, such as a discount."""
    total = sum(amounts.values(), NOTHING)
    taxes = tuple(share(rate, amount, mode) for rate, amount in amounts.items())
    return line(number, price=total, total=total, taxes=taxes, name=name, kind=kind, sku="")


def shipping(amounts: Mapping[Decimal, Decimal], mode: TaxMode = "gross") -> Shipping:
    """Shipping costs by tax rate."""
    return Shipping(
        method="DHL",
        method_keys=("dhl",),
        total=sum(amounts.values(), NOTHING),
        taxes=tuple(share(rate, amount, mode) for rate, amount in amounts.items()),
    )


def order(
    lines: Sequence[OrderLine] = (), costs: Shipping | None = None, *, mode: TaxMode = "gross", **other: Any
) -> Order:
    """An order whose totals are the sum of its lines and shipping costs, tax rounded line by line."""
    lines = tuple(lines) or (line(mode=mode),)
    values: dict[str, Any] = {
        "id": OrderId("o1"),
        "number": "10042",
        "revision": "2026-03-01T10:00:00Z",
        "placed_at": datetime(2026, 3, 1, 9, 58, tzinfo=UTC),
        "currency": "EUR",
        "tax_mode": mode,
        "status": "open",
        "cancelled": False,
        "channel": "Storefront",
        "language": "nl-NL",
        "comment": "",
        "customer": CUSTOMER,
        "billing_address": ADDRESS,
        "shipping_address": ADDRESS,
        "payment": PAYMENT,
        "shipping": costs,
        "lines": lines,
        "totals": totals(lines, costs, mode),
        "extras": {},
    }
    return Order.model_validate(values | other)


def all_shares(lines: Sequence[OrderLine], costs: Shipping | None) -> list[TaxShare]:
    """The tax shares of lines and shipping costs."""
    return [*(tax for one in lines for tax in one.taxes), *(costs.taxes if costs else ())]


def totals(lines: Sequence[OrderLine], costs: Shipping | None, mode: TaxMode, *, by_rate: bool = False) -> Totals:
    """The shop's totals; ``by_rate`` rounds tax on the sum of a rate, as shops may be set to."""
    shares = sum_by_rate(all_shares(lines, costs))
    amount = sum((one.total for one in lines), costs.total if costs else NOTHING)
    if by_rate:
        shares = tuple(share(one.rate, one.gross if mode == "gross" else one.net, mode) for one in shares)
    tax = sum((one.tax for one in shares), NOTHING)
    gross = amount if mode == "gross" else amount + tax
    return Totals(gross=gross, net=gross - tax, taxes=shares)


def parts(of: Order, **other: Any) -> OrderParts:
    """Every product found under the number of its line, every tax kept."""
    values: dict[str, Any] = {
        "customer_id": None,
        "product_ids": {one.id: ExternalId("4001") for one in of.lines if one.kind == "product"},
        "status": "2",
        "payment": None,
        "shipping": None,
        "taxes": {tax.rate: f"{tax.rate.normalize():f}" for tax in all_shares(of.lines, of.shipping)},
    }
    return OrderParts.model_validate(values | other)


RATES = (D(21), D(9), D(0))
money = st.integers(0, 50_000).map(lambda amount: D(amount) / 100)
prices = st.one_of(money, st.integers(0, 50_000).map(lambda amount: D(amount) / 10_000))
quantities = st.one_of(
    st.integers(1, 12).map(D),
    st.integers(1, 5000).map(lambda number: D(number) / 1000),
    st.integers(100, 5000).map(D),
)


@st.composite
def product_lines(draw: st.DrawFn, number: int, mode: TaxMode) -> OrderLine:
    """A line whose total may be off from price times quantity, as shops round."""
    price, quantity = draw(prices), draw(quantities)
    off = draw(st.sampled_from((D("-0.01"), NOTHING, D("0.01"))))
    total = max(NOTHING, cents(price * quantity) + off)
    return line(number, price=price, quantity=quantity, rate=draw(st.sampled_from(RATES)), mode=mode, total=total)


def weights(lines: Iterable[OrderLine]) -> dict[Decimal, Decimal]:
    """How much of the lines each rate has."""
    sums: dict[Decimal, Decimal] = {}
    for one in lines:
        sums[one.taxes[0].rate] = sums.get(one.taxes[0].rate, NOTHING) + one.total
    return sums


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Gross, net and tax-free orders with odd totals, fine prices, discounts over several rates, shipping, rounding."""
    mode: TaxMode = draw(st.sampled_from(("gross", "net", "tax_free")))
    lines = [draw(product_lines(number, mode)) for number in range(1, draw(st.integers(1, 6)) + 1)]
    by_rate = weights(lines)
    goods = sum(by_rate.values(), NOTHING)
    discount = cents(goods * draw(st.integers(0, 90)) / 100)
    if discount:
        lines.append(split_line(90, "Voucher", split_by_rate(-discount, by_rate), mode, "discount"))
    costs = draw(money.filter(lambda amount: amount < 50))
    spread = by_rate if goods and draw(st.booleans()) else {D(21): D(1)}
    travels = shipping(split_by_rate(costs, spread), mode) if draw(st.booleans()) else None
    sums = totals(lines, travels, mode, by_rate=draw(st.booleans()))
    return order(lines, travels, mode=mode, totals=to_cash(sums, draw(st.sampled_from(INTERVALS))))


INTERVALS = (D("0.01"), D("0.05"), D("0.50"), ONE)


def to_cash(sums: Totals, interval: Decimal) -> Totals:
    """The totals of an order that a shop rounds to multiples of an interval."""
    gross = (sums.gross / interval).quantize(ONE, rounding=ROUND_HALF_UP) * interval
    return sums.model_copy(update={"gross": gross, "rounding": gross - sums.gross})
