"""Products are made and changed by the API, row by row (platform file, "Import").

[inferred]: the shape of the log, its codes beside those that have been seen, and that a field which the catalogue's
template lacks is passed over with code 11 while the rest of its row is written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.platforms.cartum import inferred, stock
from sandbox.platforms.cartum.catalogue.products import SEPARATOR, new_product, section_by_path
from sandbox.platforms.cartum.catalogue.view import GALLERIES, PLAIN
from sandbox.platforms.cartum.catalogue.view import TEXTS as DESCRIBED
from sandbox.platforms.cartum.errors import RowError
from sandbox.platforms.cartum.fields import AMOUNT, ANYTHING, FLAG, ROWS, TEXT, TEXTS, rows, texts, whole
from sandbox.platforms.cartum.reference import made_section
from sandbox.platforms.cartum.routing import Answer, Function, Functions, logged
from sandbox.platforms.cartum.state import Product, Shop
from sandbox.platforms.cartum.wire import Record
from sandbox.platforms.kit.fields import Field, Shape, first_fault, required

DONE, NO_TITLE, NOT_IN_TEMPLATE, LINK_TAKEN, PICTURE_LOADED, PICTURE_FAILED = 0, 6, 11, 13, 22, 26
"""Codes of the log that have been seen (K7, K9)."""
FINE: Final = frozenset({DONE, PICTURE_LOADED})
_ID: Shape = {"id": required(Field("a section's id", lambda value: whole(value) is not None))}
_GALLERY: Shape = {
    "links": required(Field("a list of addresses", lambda value: isinstance(value, list))),
    "override": Field("true or false", lambda value: isinstance(value, bool)),
}
_OBJECT = Field("an object", lambda value: isinstance(value, dict))


def _is_parent(value: Any) -> bool:
    return isinstance(value, str) or first_fault(value, _ID) is None


FIELDS: Shape = {
    "article": required(Field("text", lambda value: isinstance(value, str) and bool(value.strip()))),
    "parent_article": TEXT,
    "parent": Field("a path, or an object with id", _is_parent),
    **dict.fromkeys(("title", "mod_title", "brand", *DESCRIBED), TEXTS),
    **dict.fromkeys(("price", "price_old", "discount"), AMOUNT),
    "currency": TEXT,
    "display_in_showcase": FLAG,
    "presence": TEXT,
    "residues": ROWS,
    "quantity": ANYTHING,
    "characteristics": _OBJECT,
    **dict.fromkeys(GALLERIES, Field("an object with links", lambda value: first_fault(value, _GALLERY) is None)),
    **dict.fromkeys(PLAIN, TEXT),
}
"""What is known; any other name is not in the template."""


@dataclass
class Writing:
    """A row on its way into a product, and what the log will say of it."""

    shop: Shop
    product: Product
    info: list[Record] = field(default_factory=list)

    def note(self, code: int, message: str) -> None:
        """One more entry of the log."""
        self.info.append({"code": code, "message": message})


def import_products(shop: Shop, body: Record) -> Answer:
    """Write row by row; the log has one for each."""
    log = [(row.get("article"), _imported(shop, row)) for row in rows(body["products"])]
    failed = any(entry["code"] not in FINE for _, info in log for entry in info)
    return logged([_log_row(shop, article, info) for article, info in log], failed)


def _log_row(shop: Shop, article: Any, info: list[Record]) -> Record:
    if shop.assumed.flat_import_log:
        return {"article": article, **next((entry for entry in info if entry["code"] not in FINE), info[0])}
    return {"article": article, "info": info}


def _refused_row(shop: Shop, row: Record, message: str) -> Record:
    return _log_row(shop, row.get("article"), [{"code": inferred.REFUSED_ROW, "message": message}])


def _imported(shop: Shop, row: Record) -> list[Record]:
    known = {name: value for name, value in row.items() if name in FIELDS}
    try:
        _refuse_odd(shop, known)
        product = shop.products.get(known["article"]) or _created(shop, known)
        writing = Writing(shop, product)
        _write(writing, known)
    except RowError as refusal:
        return [{"code": refusal.code, "message": str(refusal)}]
    for name in row.keys() - known.keys():
        writing.note(NOT_IN_TEMPLATE, f"field {name} is not in the template")
    return [{"code": DONE, "message": "OK"}, *writing.info]


def _refuse_odd(shop: Shop, row: Record) -> None:
    """Check everything before anything of the row is written."""
    if fault := first_fault(row, FIELDS, "product"):
        raise RowError(fault)
    slug = row.get("slug")
    own = row["article"]
    if slug and any(each.plain.get("slug") == slug and each.article != own for each in shop.products.values()):
        raise RowError(f"link {slug} is used already", LINK_TAKEN)
    if "presence" in row and shop.stock_accounting and shop.assumed.useless_stock == "refused":
        raise RowError("stock accounting is on")
    for residue in row.get("residues", ()):
        stock.check(shop, residue)


def _created(shop: Shop, row: Record) -> Product:
    """A new row needs a title and a section that is there."""
    if not any(texts(row.get("title", ""), shop.languages).values()):
        raise RowError("title is required", NO_TITLE)
    if "parent" not in row:
        raise RowError("parent is required")
    section = _section(shop, row["parent"])
    return new_product(shop, row["article"], section)


def _section(shop: Shop, parent: Any) -> int:
    """[inferred] Sections are only read, so a path that does not exist is refused, or made as ``Assumed`` has it."""
    if isinstance(parent, dict):
        found = shop.sections.get(whole(parent["id"]) or 0)
    elif shop.assumed.unknown_path_is_made and parent:
        found = made_section(shop, tuple(parent.split(SEPARATOR)))
    else:
        found = section_by_path(shop, parent)
    if found is None or found.content:
        raise RowError("parent is not found")
    return found.id


def _write(writing: Writing, row: Record) -> None:
    """Fields that are not sent stay as they are."""
    product = writing.product
    if "parent" in row:
        product.section = _section(writing.shop, row["parent"])
    product.parent_article = row.get("parent_article", product.parent_article)
    for name, value in row.items():
        if write := _WRITES.get(name):
            write(writing, name, value)


def _write_titles(writing: Writing, name: str, value: Any) -> None:
    kept = writing.product.titles if name == "title" else writing.product.mod_titles
    kept.update(texts(value, writing.shop.languages))


def _write_text(writing: Writing, name: str, value: Any) -> None:
    writing.product.texts.setdefault(name, {}).update(texts(value, writing.shop.languages))


def _write_amount(writing: Writing, name: str, value: Any) -> None:
    setattr(writing.product, name, Decimal(value))


def _write_plain(writing: Writing, name: str, value: Any) -> None:
    writing.product.plain[name] = value


def _write_shown(writing: Writing, _: str, value: Any) -> None:
    writing.product.shown = whole(value) == 1


def _write_currency(writing: Writing, _: str, value: Any) -> None:
    writing.product.currency = value


def _write_presence(writing: Writing, _: str, value: Any) -> None:
    """Only where the shop keeps no account of its stock (K1, K2)."""
    if not writing.shop.stock_accounting:
        writing.product.presence = value


def _write_residues(writing: Writing, _: str, value: Any) -> None:
    for residue in value:
        stock.put(writing.shop, writing.product, residue)


def _write_characteristics(writing: Writing, _: str, value: Any) -> None:
    """They belong to the whole group; one that the section does not have is dropped without a word (K1)."""
    shop, group = writing.shop, writing.product.parent_article
    for each in shop.products.values():
        for name, told in value.items() if each.parent_article == group else ():
            if name in shop.template:
                each.characteristics[name] = texts(_plain_texts(told), shop.languages)


def _plain_texts(told: Any) -> Any:
    inner = told.get("value", told) if isinstance(told, dict) else told
    return inner if isinstance(inner, dict) else str(inner)


def _write_gallery(writing: Writing, name: str, value: Any) -> None:
    """A gallery that is written replaces the old one, unless ``override`` is false (K1, K2)."""
    kept = writing.product.pictures.get(name, []) if value.get("override", True) is False else []
    loaded = [link for link in value["links"] if _is_picture(link)]
    for link in value["links"]:
        writing.note(PICTURE_LOADED if link in loaded else PICTURE_FAILED, str(link))
    writing.product.pictures[name] = [*kept, *loaded]


def _is_picture(link: Any) -> bool:
    """[inferred] What a shop can fetch: a web address of one of the kinds it takes."""
    if not isinstance(link, str) or urlsplit(link).scheme not in ("http", "https"):
        return False
    return urlsplit(link).path.lower().endswith((".jpg", ".jpeg", ".gif", ".png"))


_WRITES: Mapping[str, Callable[[Writing, str, Any], None]] = {
    **dict.fromkeys(("title", "mod_title"), _write_titles),
    **dict.fromkeys(("brand", *DESCRIBED), _write_text),
    **dict.fromkeys(("price", "price_old", "discount"), _write_amount),
    **dict.fromkeys(PLAIN, _write_plain),
    **dict.fromkeys(GALLERIES, _write_gallery),
    "currency": _write_currency,
    "display_in_showcase": _write_shown,
    "presence": _write_presence,
    "residues": _write_residues,
    "characteristics": _write_characteristics,
}

FUNCTIONS: Functions = {
    "catalog/import": Function(
        import_products, {"products": required(ROWS)}, rows="products", refused=_refused_row, is_import=True
    )
}
