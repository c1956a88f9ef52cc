"""What things cost: net and gross, the price of a product today, and the sum of an order's lines."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from sandbox.platforms.unas.fields import listed
from sandbox.platforms.unas.inferred import local
from sandbox.platforms.unas.state import Order, Product, Shop
from sandbox.platforms.unas.wire import Record, amount, moment_of

FOUR_PLACES = Decimal("0.0001")


def net_of(gross: Decimal, vat: Decimal) -> Decimal:
    """The net price of a gross one, with as many decimals as the examples have."""
    return (gross / (1 + vat / 100)).quantize(FOUR_PLACES)


def rate_of(net: Decimal, gross: Decimal) -> Decimal:
    """The VAT that lies between two prices, in percent: two prices that were rounded each by itself distort it."""
    return ((gross / net - 1) * 100).quantize(Decimal("0.1")) if net else Decimal(0)


def price_row(product: Product, kind: str) -> Record | None:
    """The normal price or the sale price of a product."""
    return next((row for row in listed(product.nodes, "Prices", "Price") if row.get("Type") == kind), None)


def on_sale(shop: Shop, product: Product) -> Record | None:
    """The sale price of today: its days count whole, by the shop's wall clock, and an open end has none."""
    sale, today = price_row(product, "sale"), local(shop.now()).date()
    if sale is None or "Gross" not in sale:
        return None
    return sale if _day(sale, "Start", today) <= today <= _day(sale, "End", today) else None


def _day(sale: Record, name: str, otherwise: date) -> date:
    return local(moment_of(sale[name])).date() if sale.get(name) else otherwise


def price_now(shop: Shop, product: Product, values: tuple[str, ...] = ()) -> Decimal:
    """What one piece costs today, gross; values may cost extra."""
    row = on_sale(shop, product) or price_row(product, "normal") or {}
    return amount(row.get("Gross")) + sum((_extra(product, at, value) for at, value in enumerate(values)), Decimal(0))


def _extra(product: Product, at: int, value: str) -> Decimal:
    properties = listed(product.nodes, "Variants", "Variant")
    found = listed(properties[at], "Values", "Value") if at < len(properties) else []
    return sum((amount(each.get("ExtraPrice")) for each in found if each["Name"] == value), Decimal(0))


def items_of(order: Order) -> list[Record]:
    """The lines of an order."""
    return listed(order.nodes, "Items", "Item")


def gross_sum(items: Iterable[Record]) -> Decimal:
    """Price times quantity of all lines, fees and discounts too; the calculation runs on exact values."""
    return sum((amount(item["PriceGross"]) * amount(item["Quantity"]) for item in items), Decimal(0))


def total(order: Order) -> Decimal:
    """The gross grand total."""
    return gross_sum(items_of(order))


def paid(order: Order) -> Decimal:
    """What arrived: finished transactions and those entered by hand, less refunds."""
    rows = [row for row in transactions(order) if row["Id"] == "manual" or row.get("Status") == "finish"]
    return sum((amount(row["Amount"]) - amount(row.get("AmountRefund")) for row in rows), Decimal(0))


def pending(order: Order) -> Decimal:
    """What is under way."""
    return sum((amount(row["Amount"]) for row in transactions(order) if row.get("Status") == "pending"), Decimal(0))


def transactions(order: Order) -> list[Record]:
    """The transactions of an order's payment."""
    return listed(order.nodes.get("Payment", {}), "Transactions", "Transaction")
