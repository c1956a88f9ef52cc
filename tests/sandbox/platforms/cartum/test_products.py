"""The catalogue of the emulated Cartum: exports, and imports with a log for each row."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.cartum import ProductSpec
from tests.sandbox.platforms.cartum.calls import Store

D = Decimal
PICTURE = "https://pictures.example.test/mug.jpg"
NEW = {"article": "CUP", "title": "Cup", "parent": "Catalog"}


def _mug(**settings: Any) -> Store:
    store = Store(**settings)
    store.shop.add_product(ProductSpec("MUG", D(100), 7, "Mug", images=(PICTURE,)))
    return store


def _full(store: Store, count: int) -> Store:
    for at in range(count):
        store.shop.add_product(ProductSpec(f"P{at}"))
    return store


def test_an_export_gives_500_rows_whatever_is_asked_for() -> None:
    store = _full(Store(), 501)
    fields = {"includedParams": ["article"]}
    assert [len(store.articles(**page, **fields)) for page in ({}, {"limit": 600}, {"limit": 0})] == [500, 500, 0]
    assert store.articles(limit=500, offset=500, **fields) == ["P500"]
    assert len(store.articles(offset=500, **fields)) == 500
    assert store.envelope("catalog/export", limit=1, offset=501) == {"status": "EMPTY", "response": {"products": []}}


def test_conditions_are_about_section_showcase_and_article() -> None:
    store = _mug()
    store.shop.add_product(ProductSpec("CUP", category=("Catalog", "Cups"), hidden=True))
    cups, catalog = store.shop.add_category("Catalog", "Cups"), store.shop.add_category("Catalog")
    for expr, found in [
        ({}, ["MUG", "CUP"]),
        ({"article": "CUP"}, ["CUP"]),
        ({"article": ["CUP", "MUG", "NONE"]}, ["MUG", "CUP"]),
        ({"display_in_showcase": 1}, ["MUG"]),
        ({"display_in_showcase": 0}, ["CUP"]),
        ({"parent": "Catalog\\Cups"}, ["CUP"]),
        ({"parent": "Nowhere"}, []),
        ({"parent": {"id": [cups, catalog]}}, ["MUG", "CUP"]),
        ({"parent.id": cups}, ["CUP"]),
        ({"parent.id": {"id": [catalog]}}, ["MUG"]),
    ]:
        assert store.articles(expr=expr) == found, expr


def test_fields_are_chosen_by_name_and_three_come_in_any_case() -> None:
    store = _mug()
    (row,) = store.products(includedParams=["price", "nonsense", "title"], excludedParams=["title", "article"])
    assert set(row) == {"article", "parent_article", "parent", "price"}
    (row,) = store.products(excludedParams=["description"])
    assert "description" not in row
    assert {"residues", "presence", "images", "characteristics"} <= set(row)


def test_a_language_that_is_off_is_told_empty() -> None:
    store = _mug(languages=("ro",), switched_off=("en",))
    assert store.products()[0]["title"] == {"ro": "Mug", "en": ""}
    assert store.write({"article": "MUG", "title": {"ro": "Cana", "en": "Mug"}}) == ("OK", [[0]])
    assert store.products()[0]["title"] == {"ro": "Cana", "en": ""}


def test_every_second_product_writes_its_numbers_as_texts() -> None:
    store = _mug(varied=True)
    store.shop.add_product(ProductSpec("CUP", D("9.5"), 3))
    first, second = store.products()
    assert (first["price"], first["residues"]) == (100, [{"warehouse": "office", "quantity": 7}])
    assert (second["price"], second["residues"]) == ("9.5", [{"warehouse": "office", "quantity": "3"}])


def test_characteristics_come_in_four_shapes() -> None:
    store = Store(varied=True)
    store.shop.add_product(ProductSpec("MUG", characteristics=dict.fromkeys("abcd", "red")))
    told, texts = store.products()[0]["characteristics"], {"en": "red", "ro": "red"}
    assert told == {"a": {"id": 1, "value": texts}, "b": texts, "c": [{"id": 3, "value": texts}], "d": "red"}


def test_a_field_that_is_not_sent_is_as_it_was() -> None:
    store = _mug()
    before = store.products()[0]
    assert store.write({"article": "MUG", "price": D("89.99"), "price_old": 100}) == ("OK", [[0]])
    after = store.products()[0]
    assert {name for name in after if after[name] != before[name]} == {"price", "price_old"}
    assert (after["price"], after["price_old"]) == (D("89.99"), 100)


def test_the_log_has_a_row_for_each_article() -> None:
    store = _mug()
    rows = [{"article": "MUG", "price": 5}, {"article": "NEW"}, {**NEW, "nonsense": 1}]
    answer = store.envelope("catalog/import", products=rows)
    assert answer["status"] == "WARNING"
    log = answer["response"]["log"]
    assert [row["article"] for row in log] == ["MUG", "NEW", "CUP"]
    assert [[entry["code"] for entry in row["info"]] for row in log] == [[0], [6], [0, 11]]
    assert store.articles() == ["MUG", "CUP"]


def test_the_log_may_be_flat() -> None:
    store = _mug(flat_import_log=True)
    answer = store.envelope("catalog/import", products=[{"article": "MUG", "price": 5}, {"article": "NEW"}])
    assert answer["response"]["log"] == [
        {"article": "MUG", "code": 0, "message": "OK"},
        {"article": "NEW", "code": 6, "message": "title is required"},
    ]


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ({"title": "Cup", "parent": "Catalog"}, [1]),
        ({"article": "CUP", "parent": "Catalog"}, [6]),
        ({"article": "CUP", "title": {"fr": "Tasse"}, "parent": "Catalog"}, [6]),
        ({"article": "CUP", "title": "Cup"}, [1]),
        ({"article": "CUP", "title": "Cup", "parent": "Nowhere"}, [1]),
        ({"article": "CUP", "title": "Cup", "parent": {"id": 999}}, [1]),
        ({"article": "MUG", "price": "5"}, [1]),
        ({"article": "MUG", "price": -1}, [1]),
        ({"article": "MUG", "images": [PICTURE]}, [1]),
        ({"article": "MUG", "residues": [{"warehouse": "cellar", "quantity": 1}]}, [1]),
        ({"article": "MUG", "residues": [{"quantity": 1}]}, [1]),
    ],
)
def test_rows_that_break_the_contract_write_nothing(row: dict[str, Any], codes: list[int]) -> None:
    store = _mug()
    before = store.products()
    assert store.write(row) == ("WARNING", [codes])
    assert store.products() == before


def test_a_new_product_is_hidden_and_its_own_group_unless_it_says_otherwise() -> None:
    store = _mug()
    assert store.write(NEW, {**NEW, "article": "CUP-2", "parent_article": "CUP", "display_in_showcase": 1})[0] == "OK"
    _, first, second = store.products()
    assert [first[name] for name in ("parent_article", "display_in_showcase")] == ["CUP", 0]
    assert [second[name] for name in ("parent_article", "display_in_showcase")] == ["CUP", 1]
    store.write({"article": "CUP-2", "mod_title": "Second"})
    assert store.products()[2]["parent_article"] == "CUP"


def test_a_section_is_named_by_its_path_or_id_and_may_be_made() -> None:
    store = _mug()
    cups = store.shop.add_category("Catalog", "Cups")
    assert store.write({**NEW, "parent": "Catalog\\Cups"}, {**NEW, "article": "C2", "parent": {"id": cups}})[0] == "OK"
    assert [row["parent"]["id"] for row in store.products()[1:]] == [cups, cups]
    assert _mug(unknown_path_is_made=True).write({**NEW, "parent": "New\\Deeper"}) == ("OK", [[0]])


def test_a_page_with_content_is_no_section() -> None:
    store = _mug()
    page = store.shop.add_page("About us")
    assert store.write({**NEW, "parent": {"id": page}}, {**NEW, "parent": "About us"}) == ("WARNING", [[1], [1]])
    assert store.shop.add_category("About us") != page


def test_writing_pictures_deletes_the_gallery_unless_it_says_otherwise() -> None:
    store = _mug()
    more = "https://pictures.example.test/more.png"
    assert store.write({"article": "MUG", "images": {"links": [more], "override": False}}) == ("OK", [[0, 22]])
    assert store.products()[0]["images"] == [PICTURE, more]
    assert store.write({"article": "MUG", "images": {"links": [more]}}) == ("OK", [[0, 22]])
    assert store.products()[0]["images"] == [more]
    faulty = {"links": ["file:///mug.jpg", "https://pictures.example.test/mug.webp"]}
    assert store.write({"article": "MUG", "images": faulty}) == ("WARNING", [[0, 26, 26]])


def test_success_proves_no_write() -> None:
    store = _mug()
    store.shop.add_characteristic("Colour")
    sent = {"quantity": 99, "characteristics": {"Size": "XL", "Colour": {"value": {"ro": "rosu"}}}}
    assert store.write({"article": "MUG", **sent}) == ("OK", [[0]])
    (row,) = store.products()
    assert (row["quantity"], list(row["characteristics"])) == (7, ["Colour"])


def test_characteristics_belong_to_the_whole_group() -> None:
    store = _mug()
    store.shop.add_product(ProductSpec("MUG-2", parent_article="MUG"))
    store.shop.add_characteristic("Colour")
    store.write({"article": "MUG-2", "characteristics": {"Colour": "red"}})
    assert [list(row["characteristics"]) for row in store.products()] == [["Colour"], ["Colour"]]


def test_a_currency_and_the_showcase_are_written() -> None:
    store = _mug()
    assert store.write({"article": "MUG", "currency": "EUR", "display_in_showcase": 0}) == ("OK", [[0]])
    assert store.shop.product_as_read("MUG")["currency"] == "EUR"
    assert not store.shop.is_for_sale("MUG")
    assert [product.article for product in store.shop.products] == ["MUG"]
    with pytest.raises(ValueError, match="path"):
        store.shop.add_category()


def test_a_link_is_used_once() -> None:
    store = _mug()
    assert store.write({"article": "MUG", "slug": "mug"}, {**NEW, "slug": "mug"}) == ("WARNING", [[0], [13]])
    assert store.write({"article": "MUG", "slug": "mug"}) == ("OK", [[0]])


def test_a_brand_is_told_inside_value() -> None:
    store = _mug()
    store.write({"article": "MUG", "brand": "Exemplu"})
    assert store.products()[0]["brand"] == {"value": {"en": "Exemplu", "ro": "Exemplu"}}


@pytest.mark.parametrize("function", ["catalog/import", "catalog/importResidues"])
def test_too_large_a_body_never_gets_through(function: str) -> None:
    store = _mug()
    rows = [{"article": "MUG", "warehouse": "office", "quantity": 1} for _ in range(2_600)]
    response = store.send(function, products=rows)
    assert len(response.request.content) > 130_000
    assert (response.status_code, store.shop.stock("MUG")) == (524, D(7))
    assert store.send("orders/get", ids=list(range(40_000))).status_code == 200


def test_the_merchant_changes_products_too() -> None:
    store = _mug()
    store.shop.change_product("MUG", title="Big mug", description={"ro": "Mare"})
    store.shop.set_price("MUG", D(80), D(100))
    (row,) = store.products()
    assert (row["title"]["en"], row["description"], row["price"], row["price_old"]) == (
        "Big mug",
        {"en": "", "ro": "Mare"},
        80,
        100,
    )
    store.shop.change_product("MUG", article="MUG-9")
    assert store.articles() == ["MUG-9"]
    with pytest.raises(ValueError, match="colour"):
        store.shop.change_product("MUG-9", colour="red")
    with pytest.raises(ValueError, match="taken"):
        store.shop.add_product(ProductSpec("MUG-9"))
    store.shop.delete_product("MUG-9")
    assert store.articles() == []
    with pytest.raises(LookupError, match="MUG-9"):
        store.shop.price("MUG-9")
