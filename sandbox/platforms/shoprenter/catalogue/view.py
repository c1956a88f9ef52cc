"""A product as a read shows it (platform file, "Fields"): ``/products`` with links, ``/productExtend`` embedded."""

from html import escape
from typing import Any, Final

from sandbox.platforms.shoprenter.catalogue.prices import OPEN, product_prices
from sandbox.platforms.shoprenter.records import Product, Special
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Href, Key, Link, Nothing, Record, below, link, money, plain

HTML_TEXTS: Final = frozenset({"description", "shortDescription", "customContent", "parameters"})
DEFAULTS: Final[Record] = {
    "modelNumber": "",
    "gtin": "",
    "orderable": "1",
    "shipped": "1",
    "minimalOrderNumber": "1",
    "maximalOrderNumber": "0",
    "minimalOrderNumberMultiply": "0",
    "availableDate": OPEN,
    "sortOrder": "1",
    "freeShipping": "0",
    "durableMediaDevice": "0",
    "cost": "0.0000",
    "multiplier": "1.0000",
    "multiplierLock": "0",
    "loyaltyPoints": "0",
    "width": "0.00",
    "height": "0.00",
    "length": "0.00",
    "weight": "0.00",
    "mainPicture": "",
    "imageAlt": "",
}
"""Plain fields that nobody has written."""
STOCK_STATUSES: Final = ("noStockStatus", "inStockStatus", *(f"onlyStock{at}Status" for at in range(1, 5)))


def product_view(shop: Shop, product: Product) -> Record:
    """``/products``: what belongs to it is a link."""
    own = product.id
    maker = product.manufacturer
    parts = {
        name: below(name, "productId", "product", own)
        for name in (
            "productDescriptions",
            "productCategoryRelations",
            "productSpecials",
            "customerGroupProductPrices",
            "productListAttributeValueRelations",
        )
    }
    made_by = link("manufacturers", "manufacturer", maker) if maker else Nothing()
    return {**_plain(shop, product), "manufacturer": made_by, **parts}


def product_extend_view(shop: Shop, product: Product) -> Record:
    """``/productExtend``: with texts, prices, relations and attributes."""
    own = product.id
    return {
        **_plain(shop, product),
        "manufacturer": _manufacturer(shop, product),
        "productDescriptions": [description(shop, product, at) for at in product.texts],
        "productPrices": product_prices(shop, product),
        "productSpecials": [special_view(shop, row) for row in product.specials.values()],
        "customerGroupProductPrices": [group_price(product, group) for group in product.group_prices],
        "productCategoryRelations": [category_relation(product, each) for each in product.categories],
        "productAttributeExtend": [_attribute(shop, product, value) for value in product.values],
        "productListAttributeValueRelations": below("productListAttributeValueRelations", "productId", "product", own),
        "numberAttributeValues": below("numberAttributeValues", "productId", "product", own),
        "textAttributeValues": below("textAttributeValues", "productId", "product", own),
        "allImages": {"mainImage": _image(shop, product)} if product.fields.get("mainPicture") else Nothing({}),
        "urlAliases": Nothing([]),
        **{name: [] for name in ("productTags", "productProductBadgeRelations", "productRelatedProductRelations")},
        **{name: [] for name in ("productCollateralProductRelations", "productAddonProductRelations")},
    }


def _plain(shop: Shop, product: Product) -> Record:
    """Without a parent the link points to the product itself; ``quantity`` says nothing."""
    kind = link("productClasses", "productClass", product.product_class) if product.product_class else Nothing()
    fields = {name: product.fields.get(name, DEFAULTS[name]) for name in DEFAULTS}
    return {
        "innerId": str(product.id),
        "sku": product.sku,
        **{name: Nothing("") if value == "" else value for name, value in fields.items()},
        "dateCreated": shop.stamp(product.created),
        "dateUpdated": shop.stamp(product.updated),
        "status": str(product.status),
        "price": money(product.price),
        **{f"stock{at}": plain(stock) for at, stock in enumerate(product.stock, 1)},
        "subtractStock": str(int(product.subtracts)),
        "quantity": "0.0000",
        "taxClass": link("taxClasses", "taxClass", product.tax_class),
        **{name: product.fields.get(name, Nothing()) for name in STOCK_STATUSES},
        "volumeUnit": Nothing(),
        "weightUnit": Nothing(),
        "productClass": kind,
        "parentProduct": link("products", "product", product.parent or product.id),
    }


def description(shop: Shop, product: Product, language: int) -> Record:
    """A text in one language; HTML comes entity-encoded."""
    texts = product.texts[language]
    shown = {
        name: escape(value) if name in HTML_TEXTS and shop.assumed.encoded_texts else value
        for name, value in texts.items()
    }
    return {
        "id": Key("productDescription", (product.id, language)),
        **shown,
        "language": link("languages", "language", language),
    }


def special_view(_: Shop, row: Special) -> Record:
    """A special price; a day was written, a moment is read."""
    return {
        "id": Key("productSpecial", (row.id,)),
        "priority": str(row.priority),
        "price": money(row.price),
        "dateFrom": moment(row.begins),
        "dateTo": moment(row.ends),
        "minQuantity": str(row.least),
        "maxQuantity": str(row.most),
        "isLimitedDiscount": "0",
        "maxOrderableCount": "0",
        "type": "interval",
        "dayOfWeek": Nothing(),
        "product": link("products", "product", row.product),
        "customerGroup": link("customerGroups", "customerGroup", row.group) if row.group else None,
    }


def moment(date: str) -> str:
    """A date with its time."""
    return date if " " in date else f"{date} 00:00:00"


def group_price(product: Product, group: int) -> Record:
    """What a customer group pays."""
    return {
        "id": Key("customerGroupProductPrice", (group, product.id)),
        "price": money(product.group_prices[group]),
        "customerGroup": link("customerGroups", "customerGroup", group),
        "product": link("products", "product", product.id),
    }


def category_relation(product: Product, category: int) -> Record:
    """In which category it is."""
    return {
        "id": Key("productCategory", (product.id, category)),
        "product": link("products", "product", product.id),
        "category": link("categories", "category", category),
    }


def _manufacturer(shop: Shop, product: Product) -> Any:
    number = product.manufacturer
    if number is None:
        return Nothing()
    key = Key("manufacturer", (number,))
    href = Href(Link("manufacturers", key))
    return {"href": href, "id": key, "innerId": str(number), "name": shop.manufacturers[number]}


def _attribute(shop: Shop, product: Product, value: int) -> Record:
    """An attribute of the kind list; its value in one language may come as an object."""
    chosen = shop.list_values[value]
    rows = [
        {"value": name, "language": link("languages", "language", language)} for language, name in chosen.names.items()
    ]
    shown: Any = rows[0] if len(rows) == 1 and product.id % 2 else rows
    return {"type": "LIST", "name": shop.list_attributes[chosen.attribute].name, "value": shown}


def _image(shop: Shop, product: Product) -> str:
    return f"https://{shop.name}.cdn.example.test/custom/image/cache/{product.fields['mainPicture']}?lastmod=1"
