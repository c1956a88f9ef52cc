"""The catalogue: rows are made and changed by people, listed by the API (platform file, "Products and variants")."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from functools import partial
from typing import Any, Final

from sandbox.platforms.cartum.catalogue.view import product_view
from sandbox.platforms.cartum.errors import invalid
from sandbox.platforms.cartum.fields import ANYTHING, FLAG, NAMES, NUMBERS, PAGING, listed, whole
from sandbox.platforms.cartum.paging import cut
from sandbox.platforms.cartum.reference import made_section, section_at
from sandbox.platforms.cartum.routing import Answer, Function, Functions, listing
from sandbox.platforms.cartum.specs import ProductSpec
from sandbox.platforms.cartum.state import OFFICE, Product, Section, Shop
from sandbox.platforms.cartum.wire import Record
from sandbox.platforms.kit.fields import Field, Shape, first_fault

PAGE = 500
"""Rows of an export, by itself and at most (C7, K1)."""
SEPARATOR: Final = "\\"
"""Between the names of a section's path."""
_BY_ID: Shape = {"id": NUMBERS}


def _is_parent(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, dict) and first_fault(value, _BY_ID) is None)


def _is_id(value: Any) -> bool:
    return NUMBERS.accepts(value) or (isinstance(value, dict) and first_fault(value, _BY_ID) is None)


_EXPR: Shape = {
    "parent": Field("a path, or an object with id", _is_parent),
    "parent.id": Field("a section's id, or a list of them", _is_id),
    "display_in_showcase": FLAG,
    "article": NAMES,
}
PARAMS: Shape = {
    "expr": ANYTHING,
    "includedParams": Field("a list of names", lambda value: isinstance(value, list) and NAMES.accepts(value)),
    "excludedParams": Field("a list of names", lambda value: isinstance(value, list) and NAMES.accepts(value)),
    **PAGING,
}


def add_product(shop: Shop, spec: ProductSpec) -> Product:
    """Make a row.

    Raises:
        ValueError: The article is taken.
    """
    if spec.article in shop.products:
        raise ValueError(f"The article {spec.article!r} is taken")
    product = new_product(shop, spec.article, made_section(shop, spec.category).id)
    product.parent_article = spec.parent_article or spec.article
    product.titles = shop.all_languages(spec.title or spec.article, **spec.titles)
    product.mod_titles = shop.all_languages(spec.mod_title, **spec.mod_titles)
    product.price, product.price_old = spec.price, spec.price_old or Decimal(0)
    product.currency = spec.currency or shop.currency
    product.shown = not spec.hidden
    _describe(shop, product, spec)
    _stock(shop, product, spec)
    return product


def _describe(shop: Shop, product: Product, spec: ProductSpec) -> None:
    product.texts = {"description": shop.all_languages(spec.description)}
    product.pictures["images"] = list(spec.images)
    product.plain = {"gtin": spec.gtin, "mpn": spec.mpn, "article_for_display": spec.shown_article}
    product.texts["brand"] = shop.all_languages(spec.brand) if spec.brand else {}
    for name, text in spec.characteristics.items():
        shop.template.add(name)
        product.characteristics[name] = shop.all_languages(text)


def _stock(shop: Shop, product: Product, spec: ProductSpec) -> None:
    product.stock[OFFICE] = Decimal(spec.stock)
    usual = shop.words[0] if spec.stock > 0 else shop.words[1]
    product.presence = usual if spec.presence is None else spec.presence


def new_product(shop: Shop, article: str, section: int) -> Product:
    """An empty row, hidden as new ones are."""
    product = Product(shop.new_id("product"), article, article, shop.now(), section, {}, shop.currency)
    shop.products[article] = product
    return product


def export(shop: Shop, body: Record) -> Answer:
    """The rows every condition leaves, with the fields that are asked for."""
    expr = body.get("expr", {})
    if fault := first_fault(expr, _EXPR, "expr"):
        raise invalid(fault)
    tests, names = _tests(shop, expr), _names(body)
    found = [product for product in shop.products.values() if all(test(product) for test in tests)]
    return listing("products", [_chosen(product_view(shop, each), names) for each in cut(found, body, PAGE, PAGE)])


def _tests(shop: Shop, expr: Record) -> list[Callable[[Product], bool]]:
    """What a row has to be; each condition is looked at once, for a catalogue may be large."""
    tests: list[Callable[[Product], bool]] = []
    if "article" in expr:
        articles = set(listed(expr["article"]))
        tests.append(lambda product: product.article in articles)
    if "display_in_showcase" in expr:
        shown = whole(expr["display_in_showcase"]) == 1
        tests.append(lambda product: product.shown == shown)
    sections = (_sections(shop, expr[name]) for name in ("parent", "parent.id") if name in expr)
    return [*tests, *(partial(_lies_in, each) for each in sections)]


def _lies_in(sections: set[int | None], product: Product) -> bool:
    return product.section in sections


def _sections(shop: Shop, parent: Any) -> set[int | None]:
    if isinstance(parent, str):
        found = section_by_path(shop, parent)
        return {found.id} if found else set()
    return {whole(each) for each in listed(parent["id"] if isinstance(parent, dict) else parent)}


def section_by_path(shop: Shop, path: str) -> Section | None:
    """The section of a path of names joined by backslashes."""
    return section_at(shop, tuple(path.split(SEPARATOR)))


ALWAYS: Final = frozenset({"article", "parent_article", "parent"})
"""Fields that come in any case (K1, K2)."""


def _names(body: Record) -> tuple[frozenset[str] | None, frozenset[str]]:
    included = body.get("includedParams")
    return (None if included is None else frozenset(included), frozenset(body.get("excludedParams", ())))


def _chosen(view: Record, names: tuple[frozenset[str] | None, frozenset[str]]) -> Record:
    """Unknown names are passed over without a word; what is excluded wins."""
    included, excluded = names
    return {
        name: value
        for name, value in view.items()
        if name in ALWAYS or ((included is None or name in included) and name not in excluded)
    }


def change(shop: Shop, product: Product, changes: Mapping[str, Any]) -> None:
    """A person changes a row: fields of ``state.Product``, and texts by ``title``, ``mod_title``, ``description``.

    Raises:
        ValueError: A product has no such field.
    """
    texts = {"title": product.titles, "mod_title": product.mod_titles}
    texts["description"] = product.texts.setdefault("description", {})
    for name, value in changes.items():
        if name in texts:
            texts[name].update(value if isinstance(value, dict) else shop.all_languages(value))
        elif name in {field.name for field in fields(product)}:
            setattr(product, name, value)
        else:
            raise ValueError(f"A product has no {name}")
    if shop.products.get(product.article) is not product:
        shop.products = {each.article: each for each in shop.products.values()}


FUNCTIONS: Functions = {"catalog/export": Function(export, PARAMS, collection="products")}
