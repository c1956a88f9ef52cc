"""What ``setProduct`` does (platform file, "Create, change, delete")."""

import re
from copy import deepcopy
from decimal import Decimal
from typing import Any

from sandbox.platforms.unas.batch import batch
from sandbox.platforms.unas.catalogue.categories import category_named
from sandbox.platforms.unas.catalogue.products import delete, enter, lay_out, rename
from sandbox.platforms.unas.catalogue.shapes import ALT, BASE, LANGUAGE_NODES, PRODUCT
from sandbox.platforms.unas.errors import no_data, refused
from sandbox.platforms.unas.fields import Merge, listed
from sandbox.platforms.unas.pricing import rate_of
from sandbox.platforms.unas.routing import Functions, writing
from sandbox.platforms.unas.state import LANGUAGE, Product, Shop
from sandbox.platforms.unas.stock_calls import check_stock, write_stock
from sandbox.platforms.unas.wire import Record, amount, below, number, rows

SKU = re.compile(r"[A-Za-z0-9\-_]+")
MOST_PROPERTIES = 3
_NEW_STOCK = {"Active": "1", "Empty": "0", "Variant": "0"}
_IDENTITY = ("Action", "Id", "Sku", "SkuNew", "Lang")


def write_product(shop: Shop, action: str, row: Record) -> Record:
    """One product of ``setProduct``."""
    known = shop.product_named(row)
    if action == "add":
        known = _added(shop, row)
    elif known is None:
        raise refused("product not found")
    elif action == "delete":
        delete(shop, known)
    else:
        _modified(shop, known, row)
    return {"Id": str(known.id), "Sku": known.sku}


def _added(shop: Shop, row: Record) -> Product:
    _check_sku(shop, row.get("Sku", ""))
    nodes = _merged(shop, Merge(True, shop.ignored), {}, row)
    missing = [name for name in ("Name", "Unit") if name not in nodes]
    if missing or not _price(nodes, "normal") or not _base(nodes):
        raise refused(f"a product needs {', '.join(missing) or 'a normal price and a base category'}")
    nodes.setdefault("Statuses", {"Status": [{"Type": BASE, "Value": "1"}]})
    nodes["Stocks"] = {"Status": {**_NEW_STOCK, **(below(nodes, "Stocks", "Status") or {})}}
    now = shop.now()
    product = Product(0, row["Sku"], now, now, nodes, _rate(nodes, Decimal(0)))
    lay_out(product)
    writes = check_stock(shop, product, rows(row.get("Stocks"), "Stock"))
    product.id = shop.new_id("product")
    enter(shop, product)
    write_stock(shop, product, "modify", writes)
    return product


def _modified(shop: Shop, product: Product, row: Record) -> None:
    lang, merge = row.get("Lang", LANGUAGE), Merge(False, shop.ignored)
    if row.get("SkuNew"):
        _check_sku(shop, row["SkuNew"])
    if lang != LANGUAGE:
        _translate(shop, product, row, merge)
        return
    draft = Product(product.id, product.sku, product.created, product.modified, {}, product.vat, dict(product.stock))
    draft.nodes = _merged(shop, merge, product.nodes, row)
    if not (merge.known or row.get("SkuNew")) or (shop.assumed.unchanged_is_refused and draft.nodes == product.nodes):
        raise no_data()
    lay_out(draft)
    writes = check_stock(shop, draft, rows(row.get("Stocks"), "Stock"))
    product.nodes, product.stock, product.vat = draft.nodes, draft.stock, _rate(draft.nodes, product.vat)
    product.modified = shop.now()
    write_stock(shop, product, "modify", writes)
    if row.get("SkuNew"):
        rename(shop, product, row["SkuNew"])


def _translate(shop: Shop, product: Product, row: Record, merge: Merge) -> None:
    """Texts of another language; the rest of such a write is passed over [inferred]."""
    texts = deepcopy(product.texts.get(row["Lang"], {}))
    merge.into(texts, {name: row[name] for name in LANGUAGE_NODES if name in row}, PRODUCT, "Product")
    if not merge.known:
        raise no_data()
    product.texts[row["Lang"]], product.modified = texts, shop.now()


def _check_sku(shop: Shop, sku: str) -> None:
    if not SKU.fullmatch(sku):
        raise refused("Sku may hold A-Z a-z 0-9 - _ and is needed")
    if shop.product_of(sku):
        raise refused(f"Sku {sku} exists")


def _merged(shop: Shop, merge: Merge, stored: Record, row: Record) -> Record:
    """The nodes after the write; nothing is changed when it is refused."""
    nodes = deepcopy(stored)
    sent = {name: value for name, value in row.items() if name not in _IDENTITY}
    pictures = sent.pop("Images", None)
    merge.into(nodes, sent, PRODUCT, "Product")
    if pictures is not None:
        _import_pictures(merge, nodes, pictures)
    nodes.get("Stocks", {}).pop("Stock", None)
    for price in listed(nodes, "Prices", "Price"):
        _check_price(price)
    if "Categories" in sent:
        _resolve_categories(shop, nodes)
    if len(listed(nodes, "Variants", "Variant")) > MOST_PROPERTIES:
        raise refused("a product has at most three variant properties")
    return nodes


def _check_price(price: Record) -> None:
    if "Type" not in price:
        raise refused("a price needs a Type")
    if "Percent" in price:
        return
    pair = number(price.get("Net")), number(price.get("Gross"))
    if None in pair or min(amount(each) for each in pair) < 0:
        raise refused("a price needs Net and Gross, neither below 0")


def _resolve_categories(shop: Shop, nodes: Record) -> None:
    """By id, or by the path of names; a category that is not there is refused [inferred]."""
    for category in listed(nodes, "Categories", "Category"):
        known = category_named(shop, category)
        if known is None or "Type" not in category:
            raise refused("a category needs a Type, and an Id or Name that is there")
        category["Id"] = str(known.id)
    if not _base(nodes):
        raise refused("a product needs a base category")


def _base(nodes: Record) -> Any:
    return next((each for each in listed(nodes, "Categories", "Category") if each.get("Type") == BASE), None)


def _price(nodes: Record, kind: str) -> Record | None:
    return next((row for row in listed(nodes, "Prices", "Price") if row.get("Type") == kind), None)


def _rate(nodes: Record, otherwise: Decimal) -> Decimal:
    """[inferred] The rate of VAT follows from the pair of the normal price."""
    normal = _price(nodes, "normal") or {}
    return rate_of(amount(normal["Net"]), amount(normal["Gross"])) if amount(normal.get("Net")) else otherwise


def _import_pictures(merge: Merge, nodes: Record, sent: Any) -> None:
    """Pictures only come to a product that has none, unless there is a new ``Version``."""
    kept = nodes.get("Images", {})
    fresh: Record = {}
    merge.into(fresh, sent, PRODUCT["Images"].inside or {}, "Product.Images")
    pictures = [row for row in fresh.pop("Image", []) if row.pop("Import", None)]
    if listed({"Images": kept}, "Images", "Image") and fresh.get("Version", "") in ("", kept.get("Version")):
        pictures = []
    for row in pictures:
        place = row.get("Id", "0") if row.get("Type") == ALT else "0"
        row["SefUrl"] = f"https://shop.example.test/img/{place}.jpg"
    nodes["Images"] = {**kept, **fresh, **({"Image": pictures} if pictures else {})}


FUNCTIONS: Functions = {
    "setProduct": writing(
        batch("Product", write_product, ("add", "modify", "delete"), ("Id", "Sku")), "Products", "Product"
    )
}
