"""Products, their variants and stock."""

from collections.abc import Mapping
from decimal import Decimal

from sandbox.platforms.vendure.errors import Record
from sandbox.platforms.vendure.filters import listed
from sandbox.platforms.vendure.orders import options_view
from sandbox.platforms.vendure.pricing import Amount
from sandbox.platforms.vendure.specs import ProductSpec
from sandbox.platforms.vendure.state import Collection, Level, OptionGroup, Product, Shop, Variant


def add_product(shop: Shop, spec: ProductSpec) -> Product:
    """Put a product in the shop."""
    options: Mapping[str, Mapping[str, str]] = spec.options or {spec.sku: {}}
    first = next(iter(shop.locations))
    name = spec.name or spec.sku
    product = Product(
        id=shop.new_id("product"),
        name=name,
        slug=name.lower().replace(" ", "-"),
        description=spec.description,
        enabled=spec.enabled,
        variants=[],
        groups=_groups(shop, spec),
        facets=dict(spec.facets),
        collections=[made_collection(shop, each).id for each in spec.collections],
        images=spec.images,
    )
    for sku, values in options.items():
        level = Level(spec.stocks.get(sku, spec.stock))
        title = " ".join([name, *values.values()])
        variant = Variant(
            shop.new_id("variant"), sku, title, spec.price, spec.tax, dict(values), {first: level}, track=spec.track
        )
        product.variants.append(variant)
    shop.products[product.id] = product
    return product


def _groups(shop: Shop, spec: ProductSpec) -> list[OptionGroup]:
    """What the variants differ in."""
    values: dict[str, dict[str, None]] = {}
    for options in spec.options.values():
        for name, value in options.items():
            values.setdefault(name, {})[value] = None
    made = [
        OptionGroup(shop.new_id("group"), name, {shop.new_id("option"): value for value in some})
        for name, some in values.items()
    ]
    shop.groups |= {each.id: each for each in made}
    return made


def made_collection(shop: Shop, name: str) -> Collection:
    """A collection by its name, made where it does not exist."""
    for each in shop.collections.values():
        if each.name == name:
            return each
    made = Collection(shop.new_id("collection"), name)
    shop.collections[made.id] = made
    return made


def list_variants(shop: Shop, options: Record | None) -> Record:
    """The variants every filter leaves."""
    found, count = listed(shop.variants, options, lambda each: {"id": shop.shown(each.id), "sku": each.sku})
    owners = {variant.id: product for product in shop.products.values() for variant in product.variants}
    rows = [
        {**variant_view(shop, each), "product": lambda _, at=each.id: product_view(shop, owners[at])} for each in found
    ]
    return {"items": rows, "totalItems": count}


def list_products(shop: Shop, options: Record | None) -> Record:
    """The products every filter leaves, each with all its variants."""
    found, count = listed(
        list(shop.products.values()), options, lambda each: {"id": shop.shown(each.id), "slug": each.slug}
    )
    return {"items": [product_view(shop, each) for each in found], "totalItems": count}


def list_collections(shop: Shop, options: Record | None) -> Record:
    """All collections but the one above them."""
    found, count = listed(list(shop.collections.values()), options, lambda each: {"id": shop.shown(each.id)})
    rows = [
        {
            "id": shop.shown(each.id),
            "name": each.name,
            "parentId": shop.shown(each.parent),
            "isPrivate": each.private,
        }
        for each in found
    ]
    return {"items": rows, "totalItems": count}


def change_variant(shop: Shop, variant: Variant, row: Record) -> None:
    """Change what is sent; a figure for a location that the shop does not have is taken without a word (V7)."""
    variant.track = row.get("trackInventory") or variant.track
    for name in ("enabled", "price"):
        if row.get(name) is not None:
            setattr(variant, name, row[name])
    if row.get("taxCategoryId"):
        variant.tax = list(shop.taxes)[shop.number(row["taxCategoryId"]) - 1]
    for text in row.get("translations") or ():
        variant.name = text.get("name") or variant.name
    for level in row.get("stockLevels") or ():
        location = shop.number(level["stockLocationId"])
        if location in shop.locations:
            variant.levels.setdefault(location, Level()).on_hand = level["stockOnHand"]


def variant_view(shop: Shop, variant: Variant) -> Record:
    """A variant as the default channel prices it."""
    price = Amount.of(variant.price, variant.tax, gross=shop.gross)
    return {
        "id": shop.shown(variant.id),
        "sku": variant.sku,
        "name": variant.name,
        "enabled": variant.enabled,
        "price": price.net,
        "priceWithTax": price.gross,
        "currencyCode": shop.currency,
        "trackInventory": variant.track,
        "taxRateApplied": {"value": variant.tax},
        "options": options_view(variant.options),
        "stockLevels": [
            {
                "stockLocationId": shop.shown(location),
                "stockOnHand": level.on_hand,
                "stockAllocated": level.allocated,
            }
            for location, level in variant.levels.items()
        ],
    }


def product_view(shop: Shop, product: Product) -> Record:
    """A product whole."""
    return {
        "id": shop.shown(product.id),
        "name": product.name,
        "slug": product.slug,
        "description": product.description,
        "enabled": product.enabled,
        "assets": [{"id": shop.shown(number + 1)} for number in range(product.images)],
        "collections": [{"id": shop.shown(each)} for each in product.collections],
        "facetValues": [
            {"code": value.lower(), "name": value, "facet": {"code": facet.lower(), "name": facet}}
            for facet, value in product.facets.items()
        ],
        "optionGroups": [group_view(shop, each) for each in product.groups],
        "variants": [variant_view(shop, each) for each in product.variants],
    }


def group_view(shop: Shop, group: OptionGroup) -> Record:
    """A group with its options."""
    options = [{"id": shop.shown(number), "name": name} for number, name in group.options.items()]
    return {"id": shop.shown(group.id), "name": group.name, "options": options}


def price_with_tax(shop: Shop, variant: Variant) -> Decimal:
    """What one piece costs, in the currency's units."""
    return Decimal(Amount.of(variant.price, variant.tax, gross=shop.gross).gross) / 100
