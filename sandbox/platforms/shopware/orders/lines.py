"""Line items of an order: priced, then written as rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.platforms.shopware.orders.pricing import (
    HUNDRED,
    Price,
    Shares,
    Taxing,
    calculate,
    contained,
    shares_of,
)
from sandbox.platforms.shopware.specs import REDUCTIONS, Line
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.stock import inherited
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import make_id, number

FLAGS = {"product": (True, True), "container": (True, False), "custom": (True, True)}
"""``good`` and ``stackable`` by type; all others are neither."""


@dataclass(frozen=True)
class Priced:
    """A line with its price and the product it is about."""

    line: Line
    price: Price
    product: Row | None
    children: tuple["Priced", ...] = ()


def price_lines(shop: Shop, lines: Sequence[Line], taxing: Taxing) -> list[Priced]:
    """Price the goods first, then the reductions, which spread over the goods' rates.

    Raises:
        ValueError: A line has no price and no product to take it from.
    """
    goods = {n: _good(shop, line, taxing) for n, line in enumerate(lines) if line.type not in REDUCTIONS}
    basis = [priced.price for priced in goods.values()]
    return [goods.get(n) or _reduction(line, basis, taxing) for n, line in enumerate(lines)]


def add_lines(shop: Shop, order_id: str, lines: Iterable[Priced], parent_id: str | None = None) -> list[Row]:
    """Write the rows, children after their parent, and return those of this level."""
    rows = []
    for position, priced in enumerate(lines, 1):
        values = _values(shop, priced, priced.line.position or position)
        row = shop.insert("order_line_item", {"orderId": order_id, "parentId": parent_id, **values})
        add_lines(shop, order_id, priced.children, row.id)
        rows.append(row)
    return rows


def _good(shop: Shop, line: Line, taxing: Taxing) -> Priced:
    children = tuple(_good(shop, child, taxing) for child in line.children)
    product = _product(shop, line.sku)
    if line.price is None and children:
        return Priced(line, contained([child.price for child in children]), product, children)
    shares = {_rate(shop, line, product): HUNDRED}
    price = calculate(_unit(shop, line, product, taxing), line.quantity, shares, taxing)
    return Priced(line, price, product, children)


def _reduction(line: Line, basis: Sequence[Price], taxing: Taxing) -> Priced:
    shares: Shares = {line.tax: HUNDRED} if line.tax is not None else shares_of(basis)
    unit = line.price
    if line.percent is not None:
        unit = -sum((price.total for price in basis), Decimal(0)) * line.percent / HUNDRED
    if unit is None:
        raise ValueError(f"The {line.type} {line.label!r} needs a price or a percentage")
    return Priced(line, calculate(unit, line.quantity, shares, taxing), None)


def _product(shop: Shop, sku: str) -> Row | None:
    return next(iter(shop.store.children("product", "productNumber", sku)), None) if sku else None


def _rate(shop: Shop, line: Line, product: Row | None) -> Decimal:
    if line.tax is not None or product is None:
        return Decimal(19) if line.tax is None else line.tax
    found = shop.store.tables["tax"][inherited(shop, product, "taxId")]
    return Decimal(str(found.values["taxRate"]))


def _unit(shop: Shop, line: Line, product: Row | None, taxing: Taxing) -> Decimal:
    if line.price is not None:
        return line.price
    if product is None:
        raise ValueError(f"The line {line.sku or line.label!r} needs a price, as no product has its number")
    price = inherited(shop, product, "price")[0]
    return Decimal(str(price["gross" if taxing.status == "gross" else "net"]))


def _values(shop: Shop, priced: Priced, position: int) -> dict[str, Any]:
    line, price, product = priced.line, priced.price, priced.product
    good, stackable = FLAGS.get(line.type, (line.type not in REDUCTIONS, False))
    own_key = make_id(shop.key, "identifier", shop.count("identifier"))
    referenced = product.id if product else line.code or None
    return {
        "identifier": product.id if product else own_key,
        "referencedId": referenced or (own_key if line.type == "product" else None),
        "productId": product.id if product else None,
        "promotionId": make_id(shop.key, "promotion", line.code) if _is_promotion(line) else None,
        "type": line.type,
        "label": line.label or _name(shop, product) or line.sku or line.type.capitalize(),
        "quantity": price.quantity,
        "position": position,
        "good": good,
        "stackable": stackable,
        "removable": True,
        "unitPrice": number(price.unit),
        "totalPrice": number(price.total),
        "price": price.to_json(),
        "priceDefinition": _definition(line, price),
        "payload": _payload(shop, line, product),
        "states": ["is-physical"] if line.type == "product" else [],
    }


def _is_promotion(line: Line) -> bool:
    return line.type == "promotion" and line.code is not None


def _name(shop: Shop, product: Row | None) -> str | None:
    return inherited(shop, product, "name") if product else None


def _definition(line: Line, price: Price) -> dict[str, Any]:
    if line.percent is not None:
        return {"type": "percentage", "percentage": number(-line.percent)}
    kind = "absolute" if line.type in REDUCTIONS else "quantity"
    return {"type": kind, "price": number(price.unit), "quantity": price.quantity}


def _payload(shop: Shop, line: Line, product: Row | None) -> Mapping[str, Any]:
    if line.type == "promotion":
        return {**_promotion_payload(shop, line), **line.payload}
    if line.type == "product":
        return {**_product_payload(shop, line, product), **line.payload}
    return dict(line.payload)


def _promotion_payload(shop: Shop, line: Line) -> dict[str, Any]:
    value = abs(line.price or Decimal(0)) if line.percent is None else line.percent
    return {
        "promotionId": make_id(shop.key, "promotion", line.code),
        "discountId": make_id(shop.key, "discount", line.code),
        "discountType": "absolute" if line.percent is None else "percentage",
        "code": line.code,
        "value": str(number(value)),
        "maxValue": "",
        "discountScope": "cart",
        "promotionCodeType": "fixed" if line.code else "global",
        "groupId": "",
        "setGroups": [],
        "exclusions": [],
        "preventCombination": False,
    }


def _product_payload(shop: Shop, line: Line, product: Row | None) -> dict[str, Any]:
    """The snapshot of a product at order time. There is no EAN in it."""
    snapshot: dict[str, Any] = {
        "optionIds": [],
        "propertyIds": [],
        "categoryIds": [],
        "tagIds": [],
        "streamIds": [],
        **dict.fromkeys(("manufacturerId", "taxId", "parentId", "stock", "releaseDate")),
        "isCloseout": False,
        "markAsTopseller": False,
        "createdAt": shop.now(),
        "customFields": {},
    }
    if product is not None:
        values = {name: inherited(shop, product, name) for name in snapshot}
        snapshot |= {name: value for name, value in values.items() if value is not None}
    extra = {"options": _options(shop, product), "isNew": False, "purchasePrices": "", "features": []}
    return {"productNumber": line.sku, **snapshot, **extra}


def _options(shop: Shop, product: Row | None) -> list[dict[str, str]]:
    rows = [
        shop.store.tables["property_group_option"][i] for i in (product.values["optionIds"] if product else None) or []
    ]
    groups = [shop.store.tables["property_group"][row.values["groupId"]] for row in rows]
    return [
        {"group": group.values["name"], "option": row.values["name"]} for group, row in zip(groups, rows, strict=True)
    ]
