"""Searching the emulated Shopware: which records a criteria finds, on which pages, in which order."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.kit import ManualClock
from sandbox.platforms.shopware import Address, Buyer, Line, OrderSpec, Payment, Shipping
from tests.sandbox.platforms.shopware.client import Caller, emulate, error


@pytest.fixture(scope="module")
def caller() -> Caller:
    """Three orders: A is paid by Anna from Bonn, B is open, C is a company's from the Netherlands."""
    clock = ManualClock()
    made = emulate(clock=clock)
    made.shop.place_order(
        OrderSpec(
            number="A",
            buyer=Buyer("Anna", "Ahlers", "anna@example.test"),
            billing=Address("Weg 1", "53111", "Bonn"),
            payments=(Payment("PayPal", "failed"), Payment("Invoice", "paid")),
            custom_fields={"exported": True},
        )
    )
    clock.advance(minutes=1)
    made.shop.place_order(OrderSpec(number="B", lines=(Line("X", Decimal(10)),), affiliate_code="partner"))
    clock.advance(minutes=1)
    made.shop.place_order(
        OrderSpec(
            number="C",
            buyer=Buyer("Cor", "Claes", "c@example.test", company="Claes BV", vat_ids=("NL1",)),
            billing=Address("Straat 2", "1011 AB", "Amsterdam", "NL"),
            shipping=(Shipping(Decimal("4.99")), Shipping(Decimal("-4.99"))),
            tags=("vip",),
        )
    )
    return made


def numbers(caller: Caller, *filters: Any, **criteria: Any) -> str:
    found = caller.found("order", filter=list(filters), sort="orderNumber", **criteria)
    return "".join(order["orderNumber"] for order in found)


def leaf(kind: str, field: str, value: Any = None, **parameters: Any) -> dict[str, Any]:
    if kind == "range":
        return {"type": kind, "field": field, "parameters": parameters}
    body = {"type": kind, "field": field, "value": value}
    return body | ({"parameters": parameters} if parameters else {})


def joined(kind: str, *queries: Any, operator: str | None = None) -> dict[str, Any]:
    body = {"type": kind, "queries": list(queries)}
    return body if operator is None else body | {"operator": operator}


A, B = leaf("equals", "orderNumber", "A"), leaf("equals", "orderNumber", "B")


@pytest.mark.parametrize(
    ("given_filter", "expected"),
    [
        (leaf("equals", "orderNumber", "B"), "B"),
        (leaf("equals", "affiliateCode", None), "AC"),
        (leaf("equalsAny", "orderNumber", ["A", "C"]), "AC"),
        (leaf("equalsAny", "orderNumber", "A|B"), "AB"),
        (leaf("equalsAll", "transactions.stateMachineState.technicalName", ["failed", "paid"]), "A"),
        (leaf("contains", "billingAddress.city", "ster"), "C"),
        (leaf("prefix", "orderCustomer.email", "ANNA"), "A"),
        (leaf("suffix", "orderCustomer.email", "example.test"), "ABC"),
        (leaf("range", "amountTotal", gt=10), "AC"),
        (leaf("range", "amountTotal", gte="10", lt=59.5), "B"),
        (leaf("range", "createdAt", gte="2026-03-01T10:01:00.000+00:00"), "BC"),
        (leaf("range", "createdAt", lte="2026-03-01 10:01:00"), "AB"),
        (leaf("range", "createdAt", gt="2026-03-01T11:01:00.000+01:00"), "C"),
        (leaf("range", "updatedAt", gte="2026-03-01T00:00:00Z"), ""),
        (leaf("since", "createdAt", "P1D", operator="gt"), ""),
        (leaf("since", "createdAt", "P1W", operator="lt"), "ABC"),
        (leaf("until", "deliveries.shippingDateEarliest", "P1D", operator="eq"), "ABC"),
        (joined("multi", A, B, operator="or"), "AB"),
        (joined("multi", A, B, operator="and"), ""),
        (joined("or", A, B), "AB"),
        (joined("and", A, B), ""),
        (joined("not", A, B, operator="or"), "C"),
        (joined("nor", A, B), "C"),
        (joined("nand", A, B), "ABC"),
        (joined("not", leaf("equals", "affiliateCode", "other")), "B"),
        (leaf("equals", "transactions.stateMachineState.technicalName", "paid"), "A"),
        (leaf("equals", "deliveries.shippingCosts.unitPrice", 4.99), "C"),
        (leaf("equals", "tags.name", "VIP"), "C"),
        (leaf("equals", "tags.id", None), "AB"),
        (leaf("equals", "customFields.exported", True), "A"),
        (leaf("equals", "customFields.exported", None), "BC"),
        (leaf("equals", "billingAddress.country.iso", "NL"), "C"),
        (leaf("equals", "orderCustomer.customer.vatIds", "NL1"), "C"),
        (leaf("equals", "lineItems.payload.productNumber", "X"), "B"),
    ],
)
def test_every_documented_filter_finds_its_orders(caller: Caller, given_filter: dict[str, Any], expected: str) -> None:
    assert numbers(caller, given_filter) == expected


def test_the_short_form_means_equals_for_each_pair(caller: Caller) -> None:
    found = caller.found("order", filter={"billingAddress.city": "Bonn", "orderNumber": "A"})
    assert [order["orderNumber"] for order in found] == ["A"]


def test_a_post_filter_narrows_too(caller: Caller) -> None:
    found = caller.found("order", post_filter=[A])
    assert [order["orderNumber"] for order in found] == ["A"]


def test_an_order_with_several_matching_parts_is_found_once(caller: Caller) -> None:
    assert numbers(caller, leaf("range", "transactions.createdAt", gte="2026-03-01T00:00:00Z")) == "ABC"


@pytest.mark.parametrize(
    "given_filter",
    [
        leaf("equals", "orderNumber", ""),
        leaf("equals", "orderNumber", ["A"]),
        {"type": "equals", "field": "orderNumber"},
        {"type": "equals", "value": "A"},
        leaf("equalsAny", "orderNumber", []),
        leaf("equalsAny", "orderNumber", ""),
        leaf("contains", "orderNumber", ""),
        {"type": "range", "field": "amountTotal"},
        leaf("range", "amountTotal", above=3),
        leaf("range", "createdAt", gte="yesterday"),
        leaf("range", "amountTotal", gte="much"),
        leaf("since", "createdAt", "P1D"),
        {"type": "near", "field": "amountTotal", "value": 1},
        {"field": "orderNumber", "value": "A"},
        {"type": "multi", "operator": "or", "queries": []},
        {"type": "multi", "operator": "xor", "queries": [A]},
        A | {"extra": 1},
        "orderNumber",
    ],
)
def test_a_malformed_filter_is_a_400_with_a_pointer(caller: Caller, given_filter: Any) -> None:
    answer = caller.search("order", filter=[given_filter])
    assert (answer.status_code, error(answer)["code"]) == (400, "FRAMEWORK__INVALID_FILTER_QUERY")
    assert error(answer)["source"]["pointer"].startswith("/filter/0")


def test_all_filter_problems_of_a_request_are_answered_together(caller: Caller) -> None:
    nested = joined("multi", leaf("equals", "orderNumber", ""), operator="or")
    answer = caller.search("order", filter=[leaf("equals", "orderNumber", ""), nested])
    pointers = [each["source"]["pointer"] for each in answer.json()["errors"]]
    assert pointers == ["/filter/0/value", "/filter/1/queries/0/value"]


def test_an_id_that_is_none_is_refused(caller: Caller) -> None:
    for criteria in ({"filter": [leaf("equals", "stateId", "OPEN")]}, {"ids": ["42"]}):
        assert error(caller.search("order", **criteria))["code"] == "FRAMEWORK__INVALID_UUID"


@pytest.mark.parametrize("name", ["nonsense", "billingAddress", "currency.nonsense", "orderNumber.x"])
def test_an_unknown_field_in_filter_or_sort_is_named(caller: Caller, name: str) -> None:
    for criteria in ({"filter": [leaf("equals", name, "1")]}, {"sort": name}):
        found = error(caller.search("order", **criteria))
        assert found["code"] == "FRAMEWORK__UNMAPPED_FIELD"
        assert found["meta"]["parameters"] == {"field": name, "entity": "order"}


def test_an_unknown_association_is_a_500(caller: Caller) -> None:
    answer = caller.search("order", associations={"lineItems": {"associations": {"colour": {}}}})
    assert (answer.status_code, error(answer)["code"]) == (500, "FRAMEWORK__ASSOCIATION_NOT_FOUND")
    assert error(answer)["meta"]["parameters"] == {"association": "colour"}


def test_an_association_whose_value_is_no_criteria_is_skipped(caller: Caller) -> None:
    found = caller.found("order", associations={"lineItems": True, "tags": []})
    assert found[0]["lineItems"] is None
    assert found[0]["tags"] == []


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        ({"limit": 0}, "FRAMEWORK__INVALID_LIMIT_QUERY"),
        ({"limit": "many"}, "FRAMEWORK__INVALID_LIMIT_QUERY"),
        ({"page": -1}, "FRAMEWORK__INVALID_PAGE_QUERY"),
        ({"sort": [{"order": "ASC"}]}, "FRAMEWORK__INVALID_SORT_QUERY"),
        ({"sort": 5}, "FRAMEWORK__INVALID_SORT_QUERY"),
        ({"lmit": 5}, "SANDBOX__UNKNOWN_KEY"),
        ({"sort": [{"field": "id", "direction": "ASC"}]}, "SANDBOX__UNKNOWN_KEY"),
        ({"term": "shirt"}, "SANDBOX__NOT_SIMULATED"),
        ({"aggregations": [{"type": "count"}]}, "SANDBOX__NOT_SIMULATED"),
    ],
)
def test_malformed_unknown_and_unsimulated_criteria_are_refused(
    caller: Caller, criteria: dict[str, Any], code: str
) -> None:
    assert error(caller.search("order", **criteria))["code"] == code


@pytest.mark.parametrize(
    ("version", "allowed"), [("6.4.4.0", 500), ("6.4.5.0", None), ("6.5.8.0", None), ("6.6.0.0", 500)]
)
def test_the_largest_page_depends_on_the_release(version: str, allowed: int | None) -> None:
    other = emulate(version)
    assert other.search("country", limit=500).status_code == 200
    answer = other.search("country", limit=501)
    if allowed is None:
        assert answer.status_code == 200
        return
    assert error(answer)["code"] == "FRAMEWORK__QUERY_LIMIT_EXCEEDED"
    assert error(answer)["meta"]["parameters"] == {"maxLimit": 500, "limit": 501}
    assert error(answer)["source"] == {"pointer": "/limit"}


def test_nested_criteria_have_no_largest_page(caller: Caller) -> None:
    assert caller.search("order", associations={"lineItems": {"limit": 5000}}).status_code == 200


def test_ids_switch_paging_off(caller: Caller) -> None:
    ids = [order["id"] for order in caller.found("order")]
    found = caller.search("order", ids=ids, limit=1, page=2, total_count_mode=1).json()
    assert (found["total"], [order["id"] for order in found["data"]]) == (3, ids)


@pytest.mark.parametrize(("version", "page"), [("6.5.8.0", "1"), ("6.6.0.0", "2")])
def test_a_page_without_a_limit_was_the_first_page_before_6_6(version: str, page: str) -> None:
    other = emulate(version)
    first = other.found("country", page=1)
    assert (other.found("country", page=2) == first) is (page == "1")


def test_the_total_counts_the_page_unless_told_otherwise(caller: Caller) -> None:
    totals = {
        mode: caller.search("country", limit=3, page=2, total_count_mode=mode).json()["total"]
        for mode in ("none", "exact", "next-pages", 0, 1, 2, 7)
    }
    every = totals["exact"]
    assert every > 40
    assert totals == {"none": 3, "exact": every, "next-pages": 19, 0: 3, 1: every, 2: 19, 7: 3}


def test_search_ids_answers_ids_only(caller: Caller) -> None:
    body = {"filter": [A], "total-count-mode": 1}
    answer = caller.http.post("/api/search-ids/order", json=body).json()
    assert answer == {"total": 1, "data": [caller.found("order", filter=[A])[0]["id"]]}


def test_sorting_is_by_list_or_text_with_nulls_first(caller: Caller) -> None:
    def order_of(sort: Any) -> str:
        return "".join(order["orderNumber"] for order in caller.found("order", sort=sort))

    assert order_of("-orderNumber") == "CBA"
    assert order_of([{"field": "affiliateCode", "order": "desc"}, {"field": "orderNumber"}]) == "BAC"
    assert order_of("affiliateCode,-orderNumber") == "CAB"
    assert order_of([{"field": "deliveries.shippingCosts.unitPrice", "order": "DESC"}])[0] == "C"
    assert order_of([{"field": "orderNumber", "order": "DESC", "naturalSorting": True}]) == "CBA"


def test_an_unstable_sort_loses_rows_between_pages_and_a_unique_one_does_not() -> None:
    other = emulate()
    for _ in range(10):
        other.shop.place_order()

    def paged(sort: str) -> set[str]:
        pages = [other.found("order", sort=sort, limit=4, page=page) for page in (1, 2, 3)]
        return {order["orderNumber"] for page in pages for order in page}

    assert len(paged("createdAt")) < 10
    assert len(paged("createdAt,id")) == 10


MOMENT = datetime(2026, 3, 1, 10, tzinfo=UTC)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 5), max_size=12), st.integers(1, 7))
def test_pages_sorted_by_time_and_id_are_complete_and_in_order(delays: list[int], limit: int) -> None:
    clock = ManualClock(MOMENT)
    other = emulate(clock=clock)
    placed = []
    for delay in delays:
        clock.advance(seconds=delay)
        placed.append(other.shop.place_order())
    read: list[dict[str, Any]] = []
    while page := other.found("order", sort="createdAt,id", limit=limit, page=len(read) // limit + 1):
        read += page
        if len(page) < limit:
            break
    keys = [(order["createdAt"], order["id"]) for order in read]
    assert keys == sorted(keys)
    assert sorted(order["id"] for order in read) == sorted(placed)


@settings(max_examples=25)
@given(st.sets(st.integers(0, 30), min_size=1, max_size=8), st.integers(0, 30), st.integers(0, 30))
def test_a_range_over_time_finds_exactly_what_lies_in_it(moments: set[int], low: int, high: int) -> None:
    other = emulate()
    for second in sorted(moments):
        other.shop.place_order(OrderSpec(number=str(second), placed_at=MOMENT + timedelta(seconds=second)))
    bounds = {
        "gte": (MOMENT + timedelta(seconds=low)).isoformat(),
        "lt": (MOMENT + timedelta(seconds=high)).isoformat(),
    }
    found = other.found("order", filter=[leaf("range", "orderDateTime", **bounds)])
    assert {int(order["orderNumber"]) for order in found} == {m for m in moments if low <= m < high}
