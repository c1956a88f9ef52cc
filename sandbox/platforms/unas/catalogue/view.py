"""Products as ``getProduct`` lists and shows them."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.platforms.unas.catalogue.categories import full_name
from sandbox.platforms.unas.catalogue.products import is_told
from sandbox.platforms.unas.catalogue.shapes import BASE, LANGUAGE_NODES, PRODUCT
from sandbox.platforms.unas.errors import invalid
from sandbox.platforms.unas.fields import FULL, LEVELS, MINIMAL, listed, shown
from sandbox.platforms.unas.inferred import KEPT_AFTER_DELETION
from sandbox.platforms.unas.orders.calls import within
from sandbox.platforms.unas.routing import Functions, Page, reading, whole
from sandbox.platforms.unas.state import LANGUAGE, Product, Shop
from sandbox.platforms.unas.stock_calls import stock_rows
from sandbox.platforms.unas.wire import Record, below, day_text, plain, unix

FILTERS = """
Id Sku Parent CategoryId StatusBase State TimeStart TimeEnd DateStart DateEnd ContentType ContentParam LimitNum
LimitStart Lang
"""


Families = Mapping[str, list[str]]


def product_view(
    shop: Shop, product: Product, level: int = FULL, lang: str = LANGUAGE, families: Families | None = None
) -> Record:
    """A product as the API shows it; of a deleted one the least [inferred].

    Args:
        families: The children of every parent, by SKU, where many products are shown.
    """
    told = {
        **product.nodes,
        **_texts(product, lang),
        "State": "deleted" if product.deleted else "live",
        "Id": str(product.id),
        "Sku": product.sku,
        "CreateTime": unix(product.created),
        "LastModTime": unix(product.modified),
        "History": {"Event": _history(shop, product)},
        "Prices": {**product.nodes.get("Prices", {}), "Vat": f"{plain(product.vat)}%"},
        "Categories": {"Category": [_category(shop, row) for row in _categories(product)]},
        "Url": f"https://shop.example.test/{product.nodes.get('SefUrl', '')}",
        "Stocks": {**product.nodes.get("Stocks", {}), "Stock": stock_rows(shop, product)},
        "Types": _types(product, families_of(shop) if families is None else families),
    }
    if product.deleted:
        return {**shown(told, PRODUCT, MINIMAL), "History": told["History"]}
    return shown(told, PRODUCT, level)


def _texts(product: Product, lang: str) -> Record:
    return {} if lang == LANGUAGE else product.texts.get(lang, dict.fromkeys(LANGUAGE_NODES, ""))


def _history(shop: Shop, product: Product) -> list[Record]:
    since = int(unix(shop.now() - KEPT_AFTER_DELETION))
    return [event for event in product.history if int(event["Time"]) >= since]


def _categories(product: Product) -> list[Record]:
    return listed(product.nodes, "Categories", "Category")


def _category(shop: Shop, row: Record) -> Record:
    known = shop.categories.get(int(row["Id"]))
    return {**row, "Name": full_name(shop, known) if known else ""}


def families_of(shop: Shop) -> Families:
    """The children of every product that others are merged under, by SKU."""
    found: dict[str, list[str]] = {}
    for product in shop.living():
        if parent := below(product.nodes, "Types", "Parent"):
            found.setdefault(parent, []).append(product.sku)
    return found


def _types(product: Product, families: Families) -> Record:
    """A parent lists its children by their SKUs."""
    own: Record = product.nodes.get("Types", {})
    children = [] if own.get("Parent") else families.get(product.sku, [])
    return {**own, "Type": "parent", "Children": {"Child": children}} if children else own


def list_products(shop: Shop, params: Record) -> Any:
    """The products every filter leaves, by id."""
    level = LEVELS.get(params.get("ContentType", "normal"))
    if level is None:
        raise invalid(f"ContentType should be one of {', '.join(LEVELS)}")
    deleted = params.get("State", "live") == "deleted"
    tests = [test for name, test in _TESTS.items() if name in params and not (name == "Sku" and "Id" in params)]
    found = [
        product
        for product in shop.products.values()
        if bool(product.deleted) == deleted and is_told(shop, product) and all(t(shop, product, params) for t in tests)
    ]
    lang, families = params.get("Lang", LANGUAGE), families_of(shop)
    views = [product_view(shop, product, level, lang, families) for product in Page.of(params).cut(found)]
    return {"Product": [_with_params(view, params) for view in views]}


def _with_params(view: Record, params: Record) -> Record:
    """Only the parameters that were asked for, when some were."""
    wanted = params.get("ContentParam", "").split(",")
    if wanted == [""] or "Params" not in view:
        return view
    return {**view, "Params": {"Param": [row for row in view["Params"]["Param"] if row["Id"] in wanted]}}


def _base_category(product: Product) -> str:
    return next((str(row["Id"]) for row in _categories(product) if row.get("Type") == BASE), "")


def _base_status(product: Product) -> str:
    rows = listed(product.nodes, "Statuses", "Status")
    return next((str(row["Value"]) for row in rows if row.get("Type") == BASE), "")


def _in_time(shop: Shop, product: Product, params: Record) -> bool:
    return within(shop.assumed, product.modified, whole(params, "TimeStart"), whole(params, "TimeEnd"))


def _in_days(_: Shop, product: Product, params: Record) -> bool:
    day = day_text(product.modified)
    return bool(params.get("DateStart", day) <= day <= params.get("DateEnd", day))


_TESTS: Mapping[str, Callable[[Shop, Product, Record], bool]] = {
    "Id": lambda _, product, params: str(product.id) in params["Id"].split(","),
    "Sku": lambda _, product, params: product.sku in params["Sku"].split(","),
    "Parent": lambda _, product, params: below(product.nodes, "Types", "Parent") == params["Parent"],
    "CategoryId": lambda _, product, params: _base_category(product) in params["CategoryId"].split(","),
    "StatusBase": lambda _, product, params: _base_status(product) in params["StatusBase"].split(","),
    "TimeStart": _in_time,
    "TimeEnd": _in_time,
    "DateStart": _in_days,
    "DateEnd": _in_days,
}

FUNCTIONS: Functions = {
    "getProduct": reading(
        list_products,
        "Products",
        FILTERS,
        "Id Sku",
        beside="Lang ContentType ContentParam LimitNum LimitStart State",
    )
}
