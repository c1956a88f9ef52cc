"""The lines of an order: goods, and fees and discounts under their fixed ids."""

from decimal import Decimal

from sandbox.platforms.unas.fields import listed
from sandbox.platforms.unas.orders.shapes import FIXED
from sandbox.platforms.unas.pricing import gross_sum, net_of, price_now
from sandbox.platforms.unas.specs import Line
from sandbox.platforms.unas.state import Product, Shop
from sandbox.platforms.unas.wire import Record, amount

CENT = Decimal("0.01")
NAMES = {
    "shipping-cost": "Szállítási költség",
    "handel-cost": "Kezelési költség",
    "discount-percent": "Kedvezmény",
    "discount-amount": "Kedvezmény",
}


def is_goods(item: Record) -> bool:
    """A line that is no fee and no discount."""
    return item.get("Id") not in FIXED


def goods(shop: Shop, line: Line) -> Record:
    """A line of goods.

    Raises:
        ValueError: It names neither a product of the shop nor a price.
    """
    product = shop.product_of(line.sku)
    price = price_now(shop, product, line.variants) if line.price is None and product else line.price
    if price is None:
        raise ValueError(f"The line {line.sku or line.name!r} needs a price")
    vat = line.vat if line.vat is not None else product.vat if product else Decimal(27)
    item = {
        "Id": str(product.id) if product else "",
        "Sku": line.sku,
        "Name": line.name or (product.nodes["Name"] if product else line.sku),
        "Unit": product.nodes["Unit"] if product else line.unit,
        "Quantity": Decimal(line.quantity),
        **_prices(price, vat),
    }
    return {**item, "Variants": {"Variant": _chosen(product, line.variants)}} if line.variants else item


def _chosen(product: Product | None, values: tuple[str, ...]) -> list[Record]:
    properties = listed(product.nodes, "Variants", "Variant") if product else []
    names = [each["Name"] for each in properties] + [""] * len(values)
    return [{"Id": str(at), "Name": name, "Value": value} for at, (name, value) in enumerate(zip(names, values), 1)]  # noqa: B905 - names may be more


def fee(line_id: str, gross: Decimal, vat: Decimal, percent: Decimal | None = None) -> Record:
    """A line with a fixed id; a discount is negative."""
    name = NAMES[line_id] + (f" ({percent.normalize():f}%)" if percent else "")
    item = {"Id": line_id, "Sku": line_id, "Name": name, "Unit": "db", "Quantity": Decimal(1), **_prices(gross, vat)}
    return {**item, "Percent": percent} if percent else item


def percent_off(items: list[Record], percent: Decimal, vat: Decimal) -> Record:
    """A discount in percent of the goods: one line, with the VAT of the first of them."""
    bought = [item for item in items if is_goods(item)]
    off = (gross_sum(bought) * percent / 100).quantize(CENT)
    return fee("discount-percent", -off, Decimal(bought[0]["Vat"]) if bought else vat, percent)


def with_line(items: list[Record], line: Record) -> list[Record]:
    """The lines with this one in the place of the one with its fixed id; a line of 0 goes."""
    others = [item for item in items if item.get("Id") != line["Id"]]
    return [*others, line] if amount(line["PriceGross"]) else others


def _prices(gross: Decimal, vat: Decimal) -> Record:
    return {"PriceNet": net_of(gross, vat), "PriceGross": gross, "Vat": vat}
