"""Revisions grow with every change; searches ask for all of them; releases and settings are read carefully."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shopbridge.connectors.shopware.facts import features, parse_version, percentage, version_notes
from shopbridge.connectors.shopware.orders import changes
from shopbridge.connectors.shopware.orders.changes import TABLES, Place, changed_children
from shopbridge.connectors.shopware.orders.map import mark_of, revision
from shopbridge.connectors.shopware.settings import ShopwareSecrets, ShopwareSettings

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def order(**changes: Any) -> dict[str, Any]:
    row = {"createdAt": "2026-03-01T10:00:00.000+00:00", "updatedAt": None}
    return {
        **row,
        "id": "a",
        "stateId": "open",
        "orderCustomer": dict(row),
        "billingAddress": dict(row),
        "lineItems": [dict(row)],
        "transactions": [dict(row, stateId="open")],
        "deliveries": [dict(row, shippingOrderAddress=dict(row))],
        **changes,
    }


@pytest.mark.parametrize(
    "place",
    [
        "",
        "orderCustomer",
        "billingAddress",
        "lineItems",
        "transactions",
        "deliveries",
        "deliveries.shippingOrderAddress",
    ],
)
def test_a_change_of_any_own_row_makes_the_revision_greater(place: str) -> None:
    row = order()
    before = revision(row)
    target: Any = row
    for step in filter(None, place.split(".")):
        target = target[step][0] if isinstance(target[step], list) else target[step]
    target["updatedAt"] = "2026-03-01T10:00:00.001+00:00"
    assert revision(row) > before


@pytest.mark.parametrize("place", ["", "orderCustomer", "billingAddress", "lineItems", "transactions", "deliveries"])
@pytest.mark.parametrize("field", ["updatedAt", "stateId"])
def test_a_change_of_any_own_row_makes_another_mark(place: str, field: str) -> None:
    row = order()
    target: Any = row[place] if place else row
    (target[0] if isinstance(target, list) else target)[field] = "2026-03-01T10:00:00.001+00:00"
    assert mark_of(row) != mark_of(order())


def test_rows_in_another_order_have_the_same_mark() -> None:
    lines = [{"id": "1"}, {"id": "2"}]
    assert mark_of(order(lineItems=lines)) == mark_of(order(lineItems=lines[::-1])) != mark_of(order())


def test_what_the_order_shares_with_others_does_not_count() -> None:
    later = {"createdAt": "2026-04-01T10:00:00.000+00:00", "name": "Renamed"}
    row = order(salesChannel=later)
    row["transactions"][0]["paymentMethod"] = later
    assert revision(row) == revision(order())


def test_two_changes_of_the_same_millisecond_differ() -> None:
    assert revision(order(stateId="in_progress")) != revision(order())


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=2, unique=True))
def test_revisions_compare_as_text_by_time(steps: list[int]) -> None:
    early, late = sorted(START + timedelta(milliseconds=step) for step in steps)
    texts = [moment.isoformat(timespec="milliseconds") for moment in (early, late)]
    first, second = (revision(order(updatedAt=text)) for text in texts)
    assert first < second
    assert len(first) == len(second)


KEYS = st.sampled_from(["createdAt", "updatedAt", "transactions", "deliveries", "lineItems", "orderCustomer", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("0001-01-01T00:00:00+23:59"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, JSON))
def test_any_shape_has_a_revision(row: dict[str, Any]) -> None:
    text = revision(row)
    assert len(text) == len("2026-03-01T10:00:00.000Z-12345678")


def test_rows_of_an_order_are_asked_for_by_their_own_times_and_their_orders_key() -> None:
    search = changed_children(Place("order-transaction", "42"), START, ("c" * 32,), limit=50)
    own, *of_order = search["filter"]
    assert [query["field"] for query in own["queries"]] == ["updatedAt", "createdAt"]
    assert {query["parameters"]["gte"] for query in own["queries"]} == {"2026-03-01T10:00:00.000+00:00"}
    assert of_order[2:] == [
        {"type": "equalsAny", "field": "order.salesChannelId", "value": ["c" * 32]},
        {"type": "range", "field": "order.autoIncrement", "parameters": {"gt": 42}},
    ]
    assert (search["page"], search["sort"]) == (1, [{"field": "order.autoIncrement", "order": "ASC"}])


@pytest.mark.parametrize("place", [Place(), Place("order", "7"), Place("order-address"), Place("order-delivery", "9")])
def test_a_place_reads_what_it_writes(place: Place) -> None:
    if place.behind:
        assert Place.parse(place.following(place.behind)) == place
    else:
        assert Place.parse(f"{place.table}:") == place


@pytest.mark.parametrize(
    ("text", "place"), [(None, Place()), ("42", Place("order", "42")), ("shelf:9", Place("order", "9")), ("x", Place())]
)
def test_a_place_of_another_release_counts_among_the_orders(text: str | None, place: Place) -> None:
    assert Place.parse(text) == place


def test_after_the_last_table_there_is_nothing() -> None:
    assert Place(TABLES[-1]).following(None) is None
    assert Place(TABLES[0]).following(None) == f"{TABLES[1]}:"


def test_no_filter_is_empty() -> None:
    assert changes.of_channels(()) == []


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("6.6.10.0", (6, 6, 10, 0)),
        ("6.7.9", (6, 7, 9)),
        ("v6.4.20.2", (6, 4, 20, 2)),
        ("6.7.9999999.9999999-dev", (6, 7, 9999999, 9999999)),
        ("6.5.8.0-RC1", (6, 5, 8, 0)),
        ("trunk", None),
        ("", None),
    ],
)
def test_releases_are_read(text: str, version: tuple[int, ...] | None) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("text", "strict", "twice"),
    [
        ("6.4.20.2", False, False),
        ("6.6.10.13", False, False),
        ("6.7.0.0", True, False),
        ("6.7.8.0", True, False),
        ("6.7.8.1", True, True),
        ("6.7.9.1", True, True),
        ("6.8.0.0", True, True),
        ("unknown", False, False),
    ],
)
def test_features_follow_the_release(text: str, strict: bool, twice: bool) -> None:
    found = features(parse_version(text))
    assert (found.strict_cancel, found.signs_twice) == (strict, twice)


@pytest.mark.parametrize(
    ("text", "word"), [("6.4.0.0", ""), ("6.7.12", ""), ("6.3.5.4", "older"), ("6.8.0", "newer"), ("?", "names no")]
)
def test_an_unusual_release_is_warned_about(text: str, word: str) -> None:
    notes = version_notes(text)
    assert bool(notes) == bool(word)
    assert word in "".join(notes)


@pytest.mark.parametrize(("rate", "text"), [("19", "19"), ("5.50", "5.5"), ("0", "0"), ("20.0", "20"), ("1E+1", "10")])
def test_percentages_have_no_trailing_zeros(rate: str, text: str) -> None:
    assert percentage(Decimal(rate)) == text


def test_credentials_are_an_integration_or_an_app() -> None:
    ShopwareSecrets.model_validate({"client_id": "SWIADEMO", "client_secret": "s"})
    ShopwareSecrets.model_validate({"app_name": "DemoPosApp", "app_secret": "s"})
    with pytest.raises(ValidationError, match="client_id and client_secret"):
        ShopwareSecrets.model_validate({"client_id": "SWIADEMO"})


def test_a_sales_channel_is_named_by_its_id() -> None:
    with pytest.raises(ValidationError):
        ShopwareSettings.model_validate({"url": "https://shop.example.test", "sales_channels": ["Storefront"]})
