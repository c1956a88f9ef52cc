"""A product as a read shows it (platform file, "Products and variants").

[inferred]: where ``special_price`` stands, that ``stock`` of a parent is the sum of its versions, and that
``addVersions`` changes nothing but ``versions``.
"""

from decimal import Decimal
from typing import Any

from sandbox.platforms.gomag import inferred
from sandbox.platforms.gomag.routing import Call
from sandbox.platforms.gomag.state import LANGUAGE, Product, Shop, Version
from sandbox.platforms.gomag.wire import Record, Turn, keyed, short

_TRUE = frozenset({"1", "true"})


def product_view(shop: Shop, call: Call, product: Product) -> Record:
    """One product, in the language of ``view``, with its versions when asked."""
    turn = shop.nth_turn(product.nth)
    language = call.query.get("view", LANGUAGE)
    versions = [_version(version, turn) for version in product.versions]
    return {
        "id": turn.scalar(product.id),
        "sku": product.sku,
        "name": text_in(product.names, language),
        "description": text_in(product.descriptions, language),
        "brand": product.brand,
        "price": turn.money(product.price),
        "base_price": turn.money(product.base_price or product.price),
        **_special(product.special_price, turn),
        "vat": turn.scalar(short(product.vat)),
        **_own_terms(shop, product, turn),
        "stock": turn.scalar(short(product.stock)),
        "stock_status": "instock" if product.stock > 0 else inferred.SOLD_OUT,
        "ean": product.ean,
        "enabled": turn.scalar(int(product.enabled)),
        "updated": turn.date(product.updated),
        "categories": _categories(shop, product, turn),
        "images": [turn.pick(url, {"url": url}, {"src": url}) for url in product.images],
        "attributes": Turn(turn.at + 1).rows(product.attributes),
        **(_versions(versions, turn) if call.query.get("addVersions", "").lower() in _TRUE else {}),
    }


def text_in(texts: dict[str, str], language: str) -> str:
    """A text in a language, else in the shop's own."""
    return texts.get(language) or texts.get(LANGUAGE, "")


def _version(version: Version, turn: Turn) -> Record:
    """A version; what it lacks comes from the parent, so it is left out."""
    return {
        "id": turn.scalar(version.id),
        "sku": version.sku,
        **({} if version.price is None else {"price": turn.money(version.price)}),
        **_special(version.special_price, turn),
        "stock": turn.scalar(short(version.stock)),
        "ean": version.ean,
    }


def _versions(versions: list[Record], turn: Turn) -> Record:
    """A list or an object, under either name; nothing at all for a simple product."""
    if not versions:
        return {}
    by_id = keyed({version["id"]: version for version in versions})
    return turn.pick({"versions": versions}, {"versions": by_id}, {"variations": versions})


def _own_terms(shop: Shop, product: Product, turn: Turn) -> Record:
    if shop.assumed.own_terms is None:
        return {}
    currency, with_vat = shop.assumed.own_terms
    return {currency: product.currency, with_vat: turn.scalar(int(product.with_vat))}


def _special(price: Decimal | None, turn: Turn) -> Record:
    if price is None:
        return {}
    return {turn.pick("special_price", "specialPrice"): turn.money(price)}


def _categories(shop: Shop, product: Product, turn: Turn) -> Any:
    """Paths of names, an object of them, or records with ``id``; nothing is an array."""
    paths = [[_name(shop, each) for each in path] for path in product.categories]
    last = [{"id": turn.scalar(path[-1]), "name": _name(shop, path[-1])} for path in product.categories]
    by_id = keyed({path[-1]: names for path, names in zip(product.categories, paths, strict=True)})
    return turn.pick(paths, by_id, last)


def _name(shop: Shop, category: int) -> str:
    return text_in(shop.categories[category].names, LANGUAGE)
