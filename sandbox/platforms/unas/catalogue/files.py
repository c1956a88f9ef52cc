"""The whole catalogue as a file that can be fetched for an hour (platform file, "Whole-file exchange").

Only text formats are written; of the titles only ``Cikkszám`` has been seen, the others are ours [inferred].
"""

import csv
import io
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.platforms.unas.catalogue.categories import full_name
from sandbox.platforms.unas.catalogue.products import main_stock
from sandbox.platforms.unas.errors import invalid
from sandbox.platforms.unas.fields import listed
from sandbox.platforms.unas.inferred import FILE_LIFE
from sandbox.platforms.unas.orders.calls import within
from sandbox.platforms.unas.pricing import price_row
from sandbox.platforms.unas.routing import Functions, Page, reading, whole
from sandbox.platforms.unas.state import Product, Shop
from sandbox.platforms.unas.wire import Record, plain

DELIMITERS = {"csv2": ";", "csv": ",", "txt": "\t"}
ORDERS: Mapping[str, Callable[[Product], Any]] = {
    "id": lambda product: product.id,
    "sku": lambda product: product.sku,
    "name": lambda product: product.nodes["Name"],
}
Cells = Callable[[Shop, Product], tuple[str, ...]]
COLUMNS: Mapping[str, tuple[tuple[str, ...], Cells]] = {
    "GetName": (("Termék Név",), lambda _, product: (product.nodes["Name"],)),
    "GetPrice": (("Nettó Ár", "Bruttó Ár"), lambda _, product: _price(product, "normal")),
    "GetPriceSale": (("Akciós Nettó Ár", "Akciós Bruttó Ár"), lambda _, product: _price(product, "sale")),
    "GetCategory": (("Kategória",), lambda shop, product: (_category(shop, product),)),
    "GetStock": (("Raktárkészlet",), lambda _, product: (plain(main_stock(product)),)),
    "GetUnit": (("Egység",), lambda _, product: (product.nodes["Unit"],)),
}
_OTHER_SWITCHES = """
GetStatus GetPriceSpecial GetDescriptionShort GetDescriptionLong GetLink GetMinQty GetAlterUnit GetWeight GetPoint
GetParam GetData GetAttach GetPack GetVariant GetAlterCategory GetImage GetURL GetExport GetOrder GetExplicit
GetOnlineContent GetSeo GetType GetImageConnect GetDiscount GetUnitStep GetShipping GetPayment GetCustomerGroup GetLang
GetAddModDate GetService
"""
"""They are taken, and their columns are not written."""


def write_file(shop: Shop, params: Record) -> Any:
    """A file of the products, and where it is."""
    form, order = params.get("Format", "csv2"), params.get("Order", "id")
    if form not in DELIMITERS or params.get("Compress", "no") != "no" or order not in ORDERS:
        raise invalid(f"Format {form}, compression and the order {order} are real but not emulated")
    found = [product for product in shop.living() if _in_time(shop, product, params)]
    chosen = [COLUMNS[name] for name in COLUMNS if params.get(name) == "1"]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=DELIMITERS[form])
    writer.writerow(["Cikkszám", *(title for titles, _ in chosen for title in titles)])
    for product in Page.of(params).cut(sorted(found, key=ORDERS[order])):
        writer.writerow([product.sku, *(cell for _, cells in chosen for cell in cells(shop, product))])
    name = f"{secrets.token_hex(8)}.csv"
    shop.files[name] = shop.now() + FILE_LIFE, text.getvalue().encode("utf-8-sig")
    return {"Url": f"{shop.url}/shop/temp/{name}"}


def _in_time(shop: Shop, product: Product, params: Record) -> bool:
    return within(shop.assumed, product.modified, whole(params, "TimeStart"), whole(params, "TimeEnd"))


def _price(product: Product, kind: str) -> tuple[str, ...]:
    row = price_row(product, kind) or {}
    return plain(row.get("Net", "")), plain(row.get("Gross", ""))


def _category(shop: Shop, product: Product) -> str:
    rows = listed(product.nodes, "Categories", "Category")
    known = [shop.categories[int(row["Id"])] for row in rows if row.get("Type") == "base"]
    return full_name(shop, known[0]) if known else ""


_SWITCHES = f"{' '.join(COLUMNS)} {_OTHER_SWITCHES}"
FUNCTIONS: Functions = {
    "getProductDB": reading(
        write_file,
        "getProductDB",
        f"Format Compress LimitNum LimitStart Order Category Lang TimeStart TimeEnd {_SWITCHES}",
        flat=True,
    )
}
