"""Order rows: from what a caller sends and what the product knows, to what the order holds."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.platforms.salespos.errors import NO_SUCH_REFERENCE, ApiError, invalid
from sandbox.platforms.salespos.orders.record import Row
from sandbox.platforms.salespos.orders.totals import row_total
from sandbox.platforms.salespos.shapes import CONTAINER_DEPOSIT, PRODUCT, SAFETY_DEPOSIT
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record

_NEEDED_WITHOUT_PRODUCT = ("product_name", "price", "tax", "package_id")
_BLANK: Record = {
    "product_type": PRODUCT,
    "discount": 0,
    "product_purchase_price": 0,
    "unit": "",
    "weight": 0,
    "memo": "",
}
_DEPOSITS = (
    (CONTAINER_DEPOSIT, "container_deposit_price", "Statiegeld"),
    (SAFETY_DEPOSIT, "safety_deposit_price", "Borg"),
)


def make_rows(shop: Shop, sent: list[Record], *, untaxed: bool) -> list[Row]:
    """The rows of an order, deposit rows included.

    Args:
        untaxed: The order forces 0 % VAT.

    Raises:
        ApiError: A row is incomplete, or names what does not exist.
    """
    if not sent:
        raise invalid("body.orderrows should not be empty")
    return [row for at, body in enumerate(sent) for row in _rows_of(shop, body, f"orderrows[{at}]", untaxed)]


def _rows_of(shop: Shop, body: Record, where: str, untaxed: bool) -> Iterator[Row]:
    if "package_id" in body and body["package_id"] not in shop.table("packages"):
        raise ApiError(NO_SUCH_REFERENCE, f"{where}.package_id {body['package_id']} does not exist")
    if "product_id" not in body:
        yield _free_row(shop, body, where, untaxed)
        return
    product = shop.catalogue.get(body["product_id"])
    if product is None:
        raise ApiError(NO_SUCH_REFERENCE, f"{where}.product_id {body['product_id']} does not exist")
    yield _product_row(shop, body, product, _combination(shop, body, where), untaxed)
    if body.get("auto_create_deposit_rows", True):
        yield from _deposit_rows(shop, body, product)


def _free_row(shop: Shop, body: Record, where: str, untaxed: bool) -> Row:
    for name in _NEEDED_WITHOUT_PRODUCT:
        if name not in body:
            raise invalid(f"{where}.{name} is missing: it is needed without product_id")
    if "attribute_combination_id" in body:
        raise invalid(f"{where}.attribute_combination_id needs product_id")
    return Row(
        product_id=None,
        product_name=body["product_name"],
        product_number=body.get("product_number", ""),
        original_price=kept_price(shop, body["price"]),
        package_id=body["package_id"],
        **_shared(shop, {**_BLANK, **body}, untaxed),
    )


def _product_row(shop: Shop, body: Record, product: Record, combination: Record | None, untaxed: bool) -> Row:
    """Values sent override the product's; name and number are never taken from the caller (S4)."""
    values = {**_product_values(shop, product), **body}
    return Row(
        product_id=product["id"],
        product_name=product["name"],
        product_number=product["productnumber"],
        original_price=Decimal(product["price"]),
        surcharge=_surcharge(shop, body, combination),
        package_id=values["package_id"],
        combination=dict(combination) if combination else None,
        **_shared(shop, values, untaxed),
    )


def _product_values(shop: Shop, product: Record) -> Record:
    """What a product says where the caller says nothing: its discount, for one, even beside a sent price."""
    return {
        **_BLANK,
        **{name: product[name] for name in ("price", "discount", "unit", "weight", "package_id")},
        "product_purchase_price": product["purchaseprice"],
        "tax": shop.tax_of(product),
    }


def _shared(shop: Shop, values: Record, untaxed: bool) -> dict[str, Any]:
    """What every row has; a deposit never bears VAT (S4)."""
    taxed = not untaxed and values["product_type"] == PRODUCT
    return {
        "id": shop.new_id("orderrows"),
        "product_type": values["product_type"],
        "count": Decimal(values["count"]),
        "price": kept_price(shop, values["price"]),
        "discount": Decimal(values["discount"]),
        "tax": Decimal(values["tax"]) if taxed else Decimal(0),
        "purchase_price": Decimal(values["product_purchase_price"]),
        "unit": values["unit"],
        "weight": Decimal(values["weight"]),
        "memo": values["memo"],
    }


def kept_price(shop: Shop, price: Decimal | int) -> Decimal:
    """A row's price as the account keeps it."""
    decimals = shop.settings.row_price_decimals
    if decimals is None:
        return Decimal(price)
    return Decimal(price).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _surcharge(shop: Shop, body: Record, combination: Record | None) -> Decimal:
    if combination is None or ("price" in body and not shop.settings.surcharge_on_sent_price):
        return Decimal(0)
    return Decimal(combination["netto_extra_price"])


def _combination(shop: Shop, body: Record, where: str) -> Record | None:
    if "attribute_combination_id" not in body:
        return None
    combination = shop.combinations.get(body["attribute_combination_id"])
    if combination is None or combination["product_id"] != body["product_id"]:
        wanted = body["attribute_combination_id"]
        raise ApiError(NO_SUCH_REFERENCE, f"{where}.attribute_combination_id {wanted} is none of the product's")
    return combination


def _deposit_rows(shop: Shop, body: Record, product: Record) -> Iterator[Row]:
    for kind, price_name, label in _DEPOSITS:
        price = Decimal(product[price_name])
        if price:
            yield Row(
                id=shop.new_id("orderrows"),
                product_type=kind,
                product_id=product["id"],
                product_name=f"{label} {product['name']}",
                product_number=product["productnumber"],
                count=Decimal(body["count"]),
                price=price,
                original_price=price,
                discount=Decimal(0),
                tax=Decimal(0),
            )


def row_view(shop: Shop, root: str, order_id: int, row: Row) -> Record:
    """A row as a read shows it."""
    combination = row.combination or {}
    return {
        "href": f"{root}/orderrows/{row.id}/",
        "id": row.id,
        "order_id": order_id,
        "product_type": row.product_type,
        "product_name": row.product_name,
        "product_number": row.product_number,
        "sub_product_number": combination.get("product_number"),
        "sub_sku_number": combination.get("sku_number"),
        "sub_ean_number": combination.get("ean_number"),
        "product_id": row.product_id,
        "product_href": f"{root}/products/{row.product_id}/" if row.product_id else None,
        "count": row.count,
        "product_purchase_price": row.purchase_price,
        "tax": row.tax,
        "unit": row.unit,
        "weight": row.weight,
        "memo": row.memo,
        "package_id": row.package_id,
        "package_name": shop.table("packages").get(row.package_id or 0, {}).get("name"),
        **_prices(row),
        "attributes": [_attribute_view(root, row, part) for part in combination.get("combination", ())],
        "parent": {"href": f"{root}/orders/{order_id}/"},
    }


def _attribute_view(root: str, row: Row, part: Record) -> Record:
    """A chosen value; neither its id nor the combination's is told (generated client S4)."""
    return {
        "href": f"{root}/orderrows/{row.id}/orderrowattributevalues/",
        "id": None,
        "option_name": part["attribute"]["name"],
        "value_name": part["attribute_value"]["name"],
        "price": part["extra_price"],
        "parent": {"href": f"{root}/orderrows/{row.id}/"},
    }


def _prices(row: Row) -> Record:
    return {
        "price": row.price,
        "discount": row.discount,
        "custom_price": row.price != row.original_price,
        "original_price": row.original_price,
        "selling_price": row.selling_price,
        "price_without_discount": row.price,
        "total_price": row_total(row),
        "total_extra_option_price": row.count * row.surcharge,
        "price_with_attributes": row.selling_price + row.surcharge,
        "total_price_with_attributes": row_total(row),
    }


def move_stock(shop: Shop, rows: list[Row], direction: int) -> list[Record]:
    """Take the rows from stock (-1) or put them back (1).

    Returns:
        The products whose stock moved; stock may fall below zero, as nothing documented forbids it.
    """
    moved = []
    for row in rows if shop.settings.stock else ():
        product = shop.catalogue.get(row.product_id)
        if product is None or row.product_type != PRODUCT or not product["stockenabled"]:
            continue
        holder = product
        if product["stocktype"] == "Attribute" and row.combination is not None:
            holder = shop.combinations.get(row.combination["id"], {"stock": 0})
        holder["stock"] += direction * row.count
        moved.append(product)
    return moved
