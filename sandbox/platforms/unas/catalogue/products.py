"""Products as people make them, and what every part of the shop asks of them."""

import itertools
from collections.abc import Iterable
from decimal import Decimal

from sandbox.platforms.unas.catalogue.categories import path_id
from sandbox.platforms.unas.catalogue.shapes import ALT, BASE
from sandbox.platforms.unas.fields import listed
from sandbox.platforms.unas.inferred import KEPT_AFTER_DELETION
from sandbox.platforms.unas.pricing import net_of
from sandbox.platforms.unas.specs import ProductSpec, Sale
from sandbox.platforms.unas.state import MAIN, Lot, Product, Shop, Spot
from sandbox.platforms.unas.wire import Record, unix

DAY = "%Y.%m.%d"


def add_product(shop: Shop, spec: ProductSpec, more: Record | None = None) -> Product:
    """Make a product as a person does.

    Args:
        more: Nodes beside those of the specification.

    Raises:
        ValueError: The SKU is there already.
    """
    if shop.product_of(spec.sku):
        raise ValueError(f"The SKU {spec.sku!r} is there already")
    now = shop.now()
    product = Product(shop.new_id("product"), spec.sku, now, now, {**_nodes(shop, spec), **(more or {})}, spec.vat)
    enter(shop, product)
    for spot in product.stock:
        product.stock[spot].qty = Decimal(spec.stocks.get(spot[1], spec.stock))
    return product


def enter(shop: Shop, product: Product) -> None:
    """Put a new product into the shop."""
    product.moved = shop.now()
    product.history.append({"Action": "add", "Time": unix(shop.now()), "Sku": product.sku})
    shop.products[product.id] = shop.skus[product.sku] = product
    lay_out(product)


def _nodes(shop: Shop, spec: ProductSpec) -> Record:
    paths = [path_id(shop, path) for path in spec.categories]
    kinds = itertools.chain((BASE,), itertools.repeat(ALT))
    by_variant = "1" if spec.variants and spec.stock_by_variant else "0"
    status = {"Active": str(int(spec.counted)), "Empty": str(int(spec.sold_at_zero)), "Variant": by_variant}
    return {
        "Statuses": {"Status": [{"Type": BASE, "Value": str(spec.base_status)}]},
        "Name": spec.name or spec.sku,
        "Unit": spec.unit,
        "MinimumQty": "1",
        "Weight": spec.weight if spec.weight is not None else "",
        "Description": {"Short": spec.short, "Long": spec.long},
        "Prices": {"Price": list(_prices(spec))},
        "Categories": {"Category": [{"Type": kind, "Id": str(at)} for kind, at in zip(kinds, paths, strict=False)]},
        "SefUrl": spec.sku.lower(),
        "Images": {"Image": [picture(at, url) for at, url in enumerate(spec.images)]},
        "Variants": {"Variant": [_property(name, values) for name, values in spec.variants.items()]},
        "Stocks": {"Status": status},
        "Types": {"Type": "child", "Parent": spec.parent, "Display": "0", "Order": "1"} if spec.parent else {},
        "PackageProduct": "no",
    }


def _property(name: str, values: Iterable[str]) -> Record:
    return {"Name": name, "Values": {"Value": [{"Name": value} for value in values]}}


def picture(at: int, url: str) -> Record:
    """The picture at a place: the first is the base, up to nine others follow."""
    place = {"Type": BASE} if at == 0 else {"Type": ALT, "Id": str(at)}
    return {**place, "SefUrl": url}


def _prices(spec: ProductSpec) -> Iterable[Record]:
    yield {"Type": "normal", **pair(spec.price, spec.vat)}
    if spec.sale:
        yield sale_row(spec.sale, spec.vat)


def sale_row(sale: Sale, vat: Decimal) -> Record:
    """A sale price; its days are days of the shop, and an open one is left out."""
    days = {"Start": sale.start, "End": sale.end}
    return {"Type": "sale", **{name: day.strftime(DAY) for name, day in days.items() if day}, **pair(sale.gross, vat)}


def pair(gross: Decimal, vat: Decimal) -> Record:
    """Net and gross."""
    return {"Net": net_of(gross, vat), "Gross": gross}


def combinations(product: Product) -> list[tuple[str, ...]]:
    """What can be chosen: one value of each property."""
    properties = listed(product.nodes, "Variants", "Variant")
    values = [[value["Name"] for value in listed(each, "Values", "Value")] for each in properties]
    return list(itertools.product(*values)) if properties else []


def lay_out(product: Product) -> None:
    """Keep stock where it can lie: of each combination, or of the product as a whole."""
    chosen = combinations(product) if product.by_variant else [()]
    spots: list[Spot] = [(MAIN, values) for values in chosen]
    further = {spot: lot for spot, lot in product.stock.items() if spot[0] != MAIN and spot[1] in chosen}
    product.stock = {**{spot: product.stock.get(spot, Lot()) for spot in spots}, **further}


def delete(shop: Shop, product: Product) -> None:
    """Delete a product; it is listed as deleted for a month, and its SKU is free."""
    product.deleted = product.modified = shop.now()
    product.history.append({"Action": "delete", "Time": unix(shop.now()), "Sku": product.sku})
    del shop.skus[product.sku]


def rename(shop: Shop, product: Product, sku: str) -> None:
    """Give a product another SKU."""
    event = {"Action": "modify", "Time": unix(shop.now()), "Sku": sku, "SkuOld": product.sku}
    product.history.append(event)
    shop.skus[sku] = shop.skus.pop(product.sku)
    product.sku = sku


def is_told(shop: Shop, product: Product) -> bool:
    """Deleted products are told of for a month."""
    return product.deleted is None or product.deleted + KEPT_AFTER_DELETION > shop.now()


def main_stock(product: Product) -> Decimal:
    """All that lies in the main warehouse."""
    return sum((lot.qty for (warehouse, _), lot in product.stock.items() if warehouse == MAIN), Decimal(0))
