"""A product as an export shows it (platform file, "Export").

[inferred]: how ``presence`` and ``residues`` look (``Assumed`` has both spellings), and what a field holds that was
never written.
"""

from typing import Any

from sandbox.platforms.cartum.state import Product, Shop
from sandbox.platforms.cartum.wire import Record, Turn, time_text

TEXTS = ("short_description", "description", "marketplace_description", "seo_title", "seo_description", "h1_title")
GALLERIES = ("images", "gallery_common", "gallery_360")
PLAIN = ("article_for_display", "slug", "gtin", "mpn", "uktzed", "unit_of_measurement", "multiplicity", "minimal_order")


def product_view(shop: Shop, product: Product) -> Record:
    """One row, with every field."""
    turn = shop.turn(product.nth)
    return {
        "article": product.article,
        "parent_article": product.parent_article,
        "parent": {"id": product.section, "value": _titles(shop, product)},
        "creation_time": time_text(product.created),
        "title": shop.shown(product.titles),
        "mod_title": shop.shown(product.mod_titles),
        **{name: shop.shown(product.texts.get(name, {})) for name in TEXTS},
        "display_in_showcase": int(product.shown),
        **_money(product, turn),
        **_stock(shop, product, turn),
        "brand": {"value": shop.shown(product.texts.get("brand", {}))},
        **{name: list(product.pictures.get(name, ())) for name in GALLERIES},
        **{name: product.plain.get(name, "") for name in PLAIN},
        "link": f"https://shop.example.test/{product.plain.get('slug') or product.article}/",
        "icons": [],
        "characteristics": _characteristics(shop, product),
    }


def _titles(shop: Shop, product: Product) -> Record:
    section = shop.sections.get(product.section)
    return shop.shown(section.titles if section else {})


def _money(product: Product, turn: Turn) -> Record:
    return {
        "price": turn.number(product.price),
        "price_old": turn.number(product.price_old),
        "discount": turn.number(product.discount),
        "currency": product.currency,
    }


def _stock(shop: Shop, product: Product, turn: Turn) -> Record:
    """Without stock accounting only the availability tells anything, and every quantity is 0 (K1)."""
    kept = {code: product.stock.get(code, 0) for code in sorted(shop.warehouses)} if shop.stock_accounting else {}
    rows: Any = [{"warehouse": code, "quantity": turn.number(count)} for code, count in kept.items()]
    if shop.assumed.residues_as_map:
        rows = {code: turn.number(count) for code, count in kept.items()}
    return {
        "presence": _presence(shop, product),
        "quantity": turn.number(product.left) if shop.stock_accounting else 0,
        "residues": rows,
    }


def _presence(shop: Shop, product: Product) -> Any:
    text = product.presence
    if shop.stock_accounting:
        text = shop.words[0] if product.left > 0 else shop.words[1]
    return {"value": shop.shown(shop.all_languages(text))} if shop.assumed.presence_as_map else text


def _characteristics(shop: Shop, product: Product) -> Record:
    """Four shapes in one answer (K1): an object, bare texts, a list of either, one text."""
    found = {}
    for at, (name, texts) in enumerate(product.characteristics.items()):
        shown = shop.shown(texts)
        shapes: tuple[Any, ...] = ({"id": at + 1, "value": shown}, shown, [{"id": at + 1, "value": shown}], _any(shown))
        found[name] = shop.turn(at).pick(*shapes)
    return found


def _any(texts: dict[str, str]) -> str:
    return next(filter(None, texts.values()), "")
