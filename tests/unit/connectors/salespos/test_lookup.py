from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.salespos.api import MOST_IDLE, PAGE, Sweep, sweep_step
from shopbridge.connectors.salespos.customers import customer_entries
from shopbridge.connectors.salespos.lookup import (
    ProductPlace,
    changes_step,
    filter_name,
    is_due,
    new_sweep,
    product_entries,
)
from shopbridge.connectors.salespos.wire import ORDERS, PRODUCTS, USERS, CombinationRead, Page, ProductRead, UserRead
from shopbridge.errors import NeedsAttention, RetryLater

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def keys(product: ProductRead, field: str = "sku") -> list[tuple[str, str]]:
    inline = product.attributecombinations
    variants: Sequence[CombinationRead] = (inline.items or ()) if inline else ()
    return [(entry.key, entry.id) for entry in product_entries(product, variants, field)]


PRODUCT = {
    "id": 4001,
    "productnumber": " TEE-RED ",
    "eannumber": "8712345000011",
    "mpnnumber": None,
    "stocktype": "Attribute",
    "modifydate": "2026-03-01T09:30:00Z",
    "attributecombinations": {
        "href": "https://shop.example/",
        "items": [
            {"id": 9102, "product_number": "TEE-RED-M", "sku_number": "TEE-RED-M", "ean_number": "8712345000028"},
            {"id": 9103, "product_number": "TEE-RED", "sku_number": "TEE-RED-L", "ean_number": ""},
            {"id": 9104, "product_number": "TEE-RED-XS", "active": False},
        ],
    },
}


def test_a_product_whose_stock_lies_on_its_variants_is_offered_as_these_only() -> None:
    assert keys(ProductRead.model_validate(PRODUCT)) == [("TEE-RED-M", "4001/9102"), ("TEE-RED-L", "4001/9103")]


def test_a_product_that_keeps_its_own_stock_is_offered_beside_its_variants() -> None:
    product = ProductRead.model_validate(PRODUCT | {"stocktype": "Product"})
    assert keys(product)[0] == ("TEE-RED", "4001")


def test_a_product_without_variants_is_offered_whatever_its_stock_type() -> None:
    assert keys(ProductRead.model_validate(PRODUCT | {"attributecombinations": None})) == [("TEE-RED", "4001")]


def test_eans_and_manufacturer_numbers_are_other_keys() -> None:
    product = ProductRead.model_validate(PRODUCT | {"stocktype": "Product", "mpnnumber": "M-1"})
    assert keys(product, "ean") == [("8712345000011", "4001"), ("8712345000028", "4001/9102")]
    assert keys(product, "mpn") == [("M-1", "4001")]


@pytest.mark.parametrize("layout", ["items", "collection", "list"])
def test_variants_are_read_in_every_layout_seen(layout: str) -> None:
    rows = [{"id": 9102, "sku_number": "TEE-RED-M"}]
    inline = rows if layout == "list" else {"href": "x", layout: rows}
    assert ("TEE-RED-M", "4001/9102") in keys(ProductRead.model_validate(PRODUCT | {"attributecombinations": inline}))


def test_variants_that_are_only_linked_are_told_from_none() -> None:
    product = ProductRead.model_validate(PRODUCT | {"attributecombinations": {"href": "x"}})
    assert product.attributecombinations is not None
    assert product.attributecombinations.items is None


def test_a_field_that_salespos_has_no_filter_for_is_refused() -> None:
    with pytest.raises(NeedsAttention, match="colour"):
        filter_name("colour")


def test_customers_are_known_by_e_mail_and_by_a_user_name_that_is_one() -> None:
    users = [
        UserRead.model_validate({"id": 1, "username": "Anna@x.example", "userinfo": {"email": "anna@X.example "}}),
        UserRead.model_validate({"id": 2, "username": "bert", "userinfo": {"email": "b@x.example"}}),
        UserRead.model_validate({"id": 3, "username": "c@x.example", "userinfo": {"email": "carl@x.example"}}),
        UserRead.model_validate({"id": 4, "username": "till", "userinfo": None}),
    ]
    found = [(entry.key, entry.id) for entry in customer_entries(users)]
    assert found == [("anna@x.example", "1"), ("b@x.example", "2"), ("carl@x.example", "3"), ("c@x.example", "3")]


def test_marks_survive_as_text_and_foreign_ones_start_over() -> None:
    place = ProductPlace(start=249, last=7, swept_at=NOW, floor=NOW)
    assert ProductPlace.parse(place.text()) == place
    assert Sweep.parse(None) == Sweep.parse("garbage") == Sweep()


def test_the_end_of_a_list_may_be_read_as_often_as_customers_are_looked_for() -> None:
    place = sweep_step(Sweep(), [1, 2, 3], more=False)
    for _ in range(100):
        place = sweep_step(place, [3], more=False)
    assert (place.start, place.last) == (2, 3)


def test_a_list_that_names_a_next_page_without_news_for_ever_is_told() -> None:
    place = Sweep()
    for _ in range(MOST_IDLE + 1):
        place = sweep_step(place, [1, 2, 3], more=True)
    with pytest.raises(RetryLater, match="gives the same page"):
        sweep_step(place, [1, 2, 3], more=True)


def _read_all(ids: list[int], place: Sweep, meanwhile: list[set[int]]) -> tuple[set[int], Sweep]:
    """Sweep a list of ids from which rows vanish between pages; what was seen, and where it ended."""
    seen: set[int] = set()
    for _ in range(1000):
        page = ids[place.start : place.start + PAGE]
        last_page = place.start + PAGE >= len(ids)
        after = sweep_step(place, page, more=not last_page)
        if after.start >= place.start:
            seen |= {number for number in page if number > place.last}
            if last_page:
                return seen, after
        place = after
        gone = meanwhile.pop() if meanwhile else set()
        ids[:] = [number for number in ids if number not in gone]
    raise AssertionError("the sweep does not end")


@given(
    size=st.integers(0, 1200),
    gone=st.lists(st.sets(st.integers(1, 1200), max_size=400), max_size=8),
    later=st.integers(0, 300),
    gone_later=st.sets(st.integers(1, 1200), max_size=900),
)
def test_a_sweep_misses_no_row_that_stays_though_others_vanish_and_new_ones_come(
    size: int, gone: list[set[int]], later: int, gone_later: set[int]
) -> None:
    ids = list(range(1, size + 1))
    seen, place = _read_all(ids, Sweep(), gone)
    assert set(ids) <= seen
    ids[:] = [number for number in ids if number not in gone_later] + list(range(2001, 2001 + later))
    new, _ = _read_all(ids, place, [])
    assert new == set(range(2001, 2001 + later))


def page(*ages: int, more: bool = False) -> Page[ProductRead]:
    items = tuple(
        ProductRead.model_validate({"id": age + 1, "modifydate": NOW - timedelta(minutes=age)}) for age in ages
    )
    return Page[ProductRead](items=items, next="x" if more else None)


def minutes(age: int) -> datetime:
    return NOW - timedelta(minutes=age)


def test_a_read_by_change_ends_at_the_floor_and_remembers_the_newest_change() -> None:
    place = ProductPlace(swept=True, swept_at=NOW, floor=minutes(60))
    place, done = changes_step(place, page(20, 40, more=True), NOW)
    assert (done, place.start, place.floor) == (False, 2, minutes(60))
    place, done = changes_step(place, page(45, 60, more=True), NOW)
    assert (done, place.start, place.floor) == (True, 0, minutes(20))


def test_changes_of_the_last_minutes_are_read_again_since_others_may_still_come_in_before_them() -> None:
    place = ProductPlace(swept=True, swept_at=NOW, floor=minutes(60))
    place, _ = changes_step(place, page(1, 60, more=True), NOW)
    assert place.floor == minutes(11)


def test_a_catalogue_that_was_changed_in_one_stroke_is_not_read_over_and_over() -> None:
    place = new_sweep(minutes(30), NOW).model_copy(update={"swept": True})
    for _ in range(3):
        place, done = changes_step(place, page(30, 30, 30, more=True), NOW)
        assert done
        assert place.floor == minutes(30)


def test_a_read_that_finds_nothing_new_leaves_the_mark_as_it_was() -> None:
    place = ProductPlace(swept=True, swept_at=NOW, floor=minutes(60))
    assert changes_step(place, page(60, 70), NOW)[0].text() == place.text()


def test_a_read_by_change_with_no_floor_reads_everything() -> None:
    place = ProductPlace(swept=True, swept_at=NOW)
    assert changes_step(place, page(1, 999, more=True), NOW)[1] is False
    assert changes_step(place, page(), NOW) == (place, True)


def test_products_are_swept_first_and_again_after_a_day() -> None:
    assert is_due(ProductPlace(), NOW)
    fresh = ProductPlace(swept=True, swept_at=NOW)
    assert not is_due(fresh, NOW + timedelta(hours=23))
    assert is_due(fresh, NOW + timedelta(hours=24))
    assert not is_due(ProductPlace(swept_at=NOW), NOW + timedelta(days=2))


def test_one_odd_record_does_not_make_its_page_unreadable() -> None:
    users = USERS.validate_json(b'{"items": [{"id": 1, "username": null}, {"id": 2, "username": 77}]}')
    assert [user.username for user in users.items] == ["", "77"]
    products = PRODUCTS.validate_json(
        b'{"items": [{"id": 1, "eannumber": 8712345000011, "modifydate": "2026-01-15T09:30:00"}]}'
    )
    (product,) = products.items
    assert product.eannumber == "8712345000011"
    assert product.modifydate == datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
    orders = ORDERS.validate_json(b'{"items": [{"id": 1, "reservationnumber": 10042, "total_price": null}]}')
    assert orders.items[0].reservationnumber == "10042"
