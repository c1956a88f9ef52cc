"""Writing back to Shopware: states move forward once, and nothing is written that is there already."""

from functools import partial
from typing import Any, cast

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.errors import RetryLater
from shopbridge.model.base import OrderId
from tests.contract.benches.shopware import ENDS, RELEASES, Bench, api_of, bench
from tests.contract.hostile import Changing, laid, rows_with

MOVES = {
    "open": ["process", "cancel"],
    "in_progress": ["complete", "cancel"],
    "completed": ["reopen"],
    "cancelled": ["reopen"],
}


def one_order(version: str = RELEASES[-1]) -> tuple[Bench, OrderId]:
    shop = bench(version)
    return shop, OrderId(shop.shop.place_order())


@pytest.mark.parametrize("version", ENDS)
def test_an_open_order_is_completed_in_two_steps(version: str) -> None:
    shop, order = one_order(version)
    assert shop.connector().order_status.set_status(order, "completed") == (
        "The shop's order status was set to in_progress, then completed."
    )
    assert shop.history(order) == ["process", "complete"]


@pytest.mark.parametrize("version", ENDS)
@pytest.mark.parametrize(
    ("reached", "wanted"),
    [
        ("completed", "in_progress"),
        ("completed", "cancelled"),
        ("in_progress", "open"),
        ("cancelled", "in_progress"),
        ("cancelled", "completed"),
    ],
)
def test_a_status_is_never_taken_back(version: str, reached: str, wanted: str) -> None:
    shop, order = one_order(version)
    connector = shop.connector()
    connector.order_status.set_status(order, reached)
    rows = len(shop.history(order))
    assert "was left as it is" in connector.order_status.set_status(order, wanted)
    assert (shop.state(order), len(shop.history(order))) == (reached, rows)


@settings(max_examples=20)
@given(
    st.sampled_from(ENDS),
    st.lists(st.tuples(st.booleans(), st.sampled_from(["open", "in_progress", "completed", "cancelled"])), max_size=6),
)
def test_whatever_the_merchant_does_meanwhile_we_only_go_forward(version: str, script: list[tuple[bool, str]]) -> None:
    shop, order = one_order(version)
    connector = shop.connector()
    rank = {"open": 0, "in_progress": 1, "completed": 2, "cancelled": 3}
    for by_us, name in script:
        before, rows = shop.state(order), len(shop.history(order))
        if not by_us:
            action = MOVES[before][len(name) % len(MOVES[before])]
            shop.shop.move(order, action)
            continue
        connector.order_status.set_status(order, name)
        after = shop.state(order)
        assert after in (before, name)
        assert rank[after] >= rank[before]
        steps = rank[after] - rank[before] if after != "cancelled" else int(before != after)
        assert len(shop.history(order)) - rows == steps


@pytest.mark.parametrize("send_mails", [True, False])
def test_the_shops_mails_are_the_merchants_choice(send_mails: bool) -> None:
    shop, order = one_order()
    connector = shop.connector(send_mails=send_mails)
    sent: list[object] = []
    http = api_of(connector).client.wiring.http
    assert isinstance(http, httpx.Client)
    http.event_hooks = {"request": [lambda request: sent.append(request.read())]}
    connector.order_status.set_status(order, "in_progress")
    assert (b'{"sendMail":%s}' % str(send_mails).lower().encode()) in sent


def test_other_custom_fields_stay_as_they_are() -> None:
    shop, order = one_order()
    connector = shop.connector()
    connector.order_status.set_document(order, "demo_number", "R-1")
    connector.order_status.set_document(order, "demo_other", "7")
    connector.order_status.set_document(order, "demo_number", "R-2")
    assert shop.shop.order(order)["customFields"] == {"demo_number": "R-2", "demo_other": "7"}


@pytest.mark.parametrize("odd", ["none", 7, ["R-1"]], ids=str)
def test_custom_fields_that_cannot_be_understood_are_not_written_over(odd: object) -> None:
    shop, order = one_order()

    def spoil(body: Any) -> None:
        for row in rows_with(body, "customFields"):
            row["customFields"] = odd

    with laid(cast("Any", shop), partial(Changing, change=spoil)):
        connector = shop.connector()
    with pytest.raises(RetryLater, match="unexpected form"):
        connector.order_status.set_document(order, "demo_number", "R-1")
    assert shop.calls("PATCH /api/order") == 0
