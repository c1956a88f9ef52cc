"""Tokens, rights, faults and addresses: what the Shopware connector does when a shop does not simply answer."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
import pytest

from sandbox.platforms.shopware import ProductSpec
from shopbridge.connectors.shopware.connector import READ_RIGHTS
from shopbridge.connectors.shopware.orders import changes
from shopbridge.errors import BridgeError, NeedsAttention, Obstructed, RetryLater, Throttled
from shopbridge.model.base import OrderId
from tests.containers import Secrets
from tests.contract.benches.shopware import ENDS, LONG_AGO, Bench, all_changed, bench
from tests.contract.hostile import Instead, answering, laid

TOKEN, SEARCH, VERSION = "POST /api/oauth/token", "POST /api/search/order", "GET /api/_info/version"
RIGHTS = tuple(f"{entity}:read" for entity in (*READ_RIGHTS.split(", "), "product"))


def logins(shop: Bench) -> int:
    return shop.calls(TOKEN)


# --- tokens -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ENDS)
def test_all_containers_share_one_token(version: str) -> None:
    shop = bench(version)
    for _ in range(3):
        all_changed(shop.connector())
    assert logins(shop) == 1


def test_a_token_is_renewed_before_it_expires() -> None:
    shop = bench()
    connector = shop.connector()
    connector.order_source.server_time()
    shop.clock.advance(seconds=509)
    connector.order_source.server_time()
    assert logins(shop) == 1
    shop.clock.advance(seconds=1)
    connector.order_source.server_time()
    assert (logins(shop), shop.calls(VERSION)) == (2, 3)


@pytest.mark.parametrize("token", ["forged", "expired"])
def test_a_token_the_shop_refuses_is_renewed_once_and_the_call_repeated(token: str) -> None:
    shop = bench()
    connector = shop.connector()
    connector.order_source.server_time()
    if token == "expired":
        kept = shop.tokens.kept["Shopware"][0]
        shop.clock.advance(hours=1)
        shop.tokens.put("Shopware", kept, timedelta(hours=9))
    else:
        shop.tokens.put("Shopware", token, timedelta(hours=9))
    assert connector.order_source.server_time() == shop.clock()
    assert (logins(shop), shop.calls(VERSION)) == (2, 3)


def test_a_revoked_token_is_renewed() -> None:
    shop = bench()
    shop.shop.place_order()
    connector = shop.connector()
    shop.shop.faults.plan("token_revoked", SEARCH)
    assert len(all_changed(connector)) == 1
    assert logins(shop) == 2


def test_a_token_that_is_refused_twice_stops_the_connection() -> None:
    shop = bench()
    shop.shop.faults.plan("token_revoked", SEARCH, times=2)
    with pytest.raises(NeedsAttention, match="a fresh one too"):
        all_changed(shop.connector())
    assert (logins(shop), shop.calls(SEARCH)) == (2, 2)


def test_an_id_that_is_no_access_key_is_named() -> None:
    shop = bench()
    shop.secrets = Secrets({"client_id": "administrator", "client_secret": "x"})
    with pytest.raises(NeedsAttention, match="SWIA"):
        shop.connector().account.ping()


# --- limits and faults ---------------------------------------------------------------------------------------


def test_a_throttled_login_waits_as_long_as_asked_and_so_do_all_containers() -> None:
    shop = bench()
    shop.shop.faults.plan("auth_throttled", TOKEN, detail=30)
    with pytest.raises(Throttled) as caught:
        shop.connector().order_source.server_time()
    assert caught.value.after == 30
    with pytest.raises(RetryLater):
        shop.connector().order_source.server_time()
    assert logins(shop) == 1


def test_many_wrong_logins_end_in_the_shops_own_throttle() -> None:
    shop = bench()
    shop.secrets = Secrets({**shop.secrets.values, "client_secret": "wrong"})
    connector = shop.connector()
    for _ in range(10):
        with pytest.raises(NeedsAttention):
            connector.order_source.server_time()
    with pytest.raises(Throttled) as caught:
        connector.order_source.server_time()
    assert caught.value.after == 10


def test_a_lost_race_in_the_database_is_repeated_at_once() -> None:
    shop = bench()
    shop.shop.place_order()
    shop.shop.faults.plan("deadlock", SEARCH)
    assert len(all_changed(shop.connector())) == 1
    assert (shop.calls(SEARCH), shop.waits) == (2, [2.0])


def test_a_lost_answer_of_a_login_is_tried_again_later() -> None:
    shop = bench()
    shop.shop.faults.plan("lost_answer", TOKEN)
    with pytest.raises(RetryLater):
        shop.connector().order_source.server_time()


@pytest.mark.parametrize("route", [TOKEN, VERSION])
def test_a_redirect_says_which_address_to_enter(route: str) -> None:
    shop = bench()
    shop.shop.faults.plan("redirect", route, detail="https://www.shop.example.test/api")
    with pytest.raises(Obstructed, match=r"www\.shop\.example\.test") as caught:
        shop.connector().account.ping()
    assert "final address" in caught.value.fix


@pytest.mark.parametrize(
    ("answer", "words", "kind"),
    [
        (httpx.Response(200, html="<!DOCTYPE html><title>Shop</title>"), "no API answer", Obstructed),
        (httpx.Response(404, html="<!DOCTYPE html><title>Not found</title>"), "no API answer", Obstructed),
        (httpx.Response(404, json={"errors": [{"code": "0"}]}), "no Shopware Admin API", NeedsAttention),
    ],
)
def test_an_address_without_an_admin_api_is_named(answer: httpx.Response, words: str, kind: type[BridgeError]) -> None:
    shop: Any = bench()
    with laid(shop, partial(Instead, answer=lambda _: answer)), pytest.raises(kind, match=words):
        shop.connector().account.ping()


@pytest.mark.parametrize("hours", [-30, 2])
def test_windows_follow_the_shops_clock(hours: int) -> None:
    shop = bench()
    shop.shop.clock = lambda: shop.clock() + timedelta(hours=hours)
    connector = shop.connector()
    order_id = shop.shop.place_order()
    since = connector.order_source.server_time()
    assert since == shop.clock() + timedelta(hours=hours)
    assert [order.id for order in all_changed(connector, since)] == [order_id]
    assert all_changed(connector, since + timedelta(seconds=1)) == []


def test_a_search_tells_the_shops_clock_for_ten_minutes() -> None:
    shop = bench()
    shop.shop.clock = lambda: shop.clock() + timedelta(minutes=3)
    connector = shop.connector()
    all_changed(connector, shop.clock())
    shop.clock.advance(minutes=10)
    assert connector.order_source.server_time() == shop.clock() + timedelta(minutes=3)
    assert shop.calls(VERSION) == 0
    shop.clock.advance(seconds=1)
    assert connector.order_source.server_time() == shop.clock() + timedelta(minutes=3)
    assert shop.calls(VERSION) == 1


# --- rights and verification ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ENDS)
def test_the_listed_rights_are_enough_to_read(version: str) -> None:
    shop = bench(version, RIGHTS)
    connector = shop.connector()
    assert connector.account.ping().version == version
    of_orders = {"status", "payment_status", "payment", "shipping", "tax", "sales_channel"}
    assert set(connector.account.vocabulary()) == of_orders | {"price_group", "currency", "language"}


def test_categories_are_listed_for_those_who_may_read_them() -> None:
    shop = bench(privileges=(*RIGHTS, "category:read"))
    shop.shop.add_product(ProductSpec("A-1", "Shirt", Decimal(10), Decimal(19), categories=("Shirts",)))
    words = shop.connector().account.vocabulary()
    assert [choice.title for choice in words["category"]] == ["Shirts"]
    assert [choice.key for choice in words["language"]] == ["en-GB"]
    assert "EUR" in {choice.key for choice in words["currency"]}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"language": "de-DE"}, "no language de-DE"),
        ({"currency": "JPY"}, "no currency JPY"),
        ({"root_category": "f" * 32}, "no category ffff"),
        ({"visible_in": ["f" * 32]}, "no sales channel ffff"),
    ],
)
def test_what_the_settings_name_and_the_shop_lacks_is_told_when_verified(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(NeedsAttention, match=words):
        bench().connector(**wrong).account.ping()


@pytest.mark.parametrize("right", RIGHTS)
def test_each_listed_right_is_needed_and_named_when_missing(right: str) -> None:
    shop = bench(privileges=tuple(name for name in RIGHTS if name != right))
    connector = shop.connector()
    with pytest.raises(NeedsAttention, match=right) as caught:
        _ = (connector.account.ping(), connector.account.vocabulary())
    assert right in caught.value.fix


def test_all_missing_rights_are_named_in_one_sentence() -> None:
    shop = bench(privileges=("order:read", "sales_channel:read"))
    with pytest.raises(NeedsAttention) as caught:
        shop.connector().account.ping()
    assert all(f"{name}:read" in caught.value.what for name in ("order_line_item", "tag", "customer", "locale"))


def test_a_missing_right_to_write_is_named() -> None:
    shop = bench(privileges=RIGHTS)
    order_id = OrderId(shop.shop.place_order())
    with pytest.raises(NeedsAttention, match="state_machine_history:create"):
        shop.connector().order_status.set_status(order_id, "in_progress")
    with pytest.raises(NeedsAttention, match="order:update"):
        shop.connector().order_status.set_document(order_id, "demo_number", "R-1")


def test_products_need_not_be_readable_when_their_codes_are_not_wanted() -> None:
    shop = bench(privileges=tuple(name for name in RIGHTS if name != "product:read"))
    assert shop.connector(product_codes=False).account.ping().notes == ()


def test_an_unknown_sales_channel_is_named_with_the_known_ones() -> None:
    shop = bench()
    with pytest.raises(NeedsAttention, match="f" * 32) as caught:
        shop.connector(sales_channels=["f" * 32]).account.ping()
    assert "Storefront = " in caught.value.fix


def test_an_old_release_is_warned_about_when_verified() -> None:
    shop = bench()
    connector = shop.connector()
    assert connector.account.ping().notes == ()
    shop.shop.shop.version = type(shop.shop.version)("6.8.0.0")
    assert "newer" in connector.account.ping().notes[0]


@pytest.mark.parametrize("version", ENDS)
def test_the_vocabulary_holds_the_shops_own_values(version: str) -> None:
    shop = bench(version)
    method = shop.shop.add_payment_method("Gift card", "payment_demo_giftcard")
    listed = shop.connector().account.vocabulary()
    words = {name: {choice.key for choice in choices} for name, choices in listed.items()}
    assert words["status"] == {"open", "in_progress", "completed", "cancelled"}
    assert {"paid", "open", "refunded", "chargeback"} <= words["payment_status"]
    card = next(choice for choice in listed["payment"] if choice.title == "Gift card")
    technical = () if version.startswith("6.4") else ("payment_demo_giftcard",)
    assert (card.key, *card.also) == (*technical, "Gift card", method)
    assert {"19", "7", "0"} <= words["tax"]


def test_a_page_that_does_not_move_on_is_no_endless_loop() -> None:
    shop: Any = bench()
    shop.shop.place_order()
    with answering(shop, {"data": [{"id": "a" * 32, "autoIncrement": 7}] * 50}):
        connector = shop.connector()
    assert connector.order_source.changed(LONG_AGO, None).position == "order:7"
    with pytest.raises(RetryLater, match="same page"):
        connector.order_source.changed(LONG_AGO, "order:7")


def test_orders_that_are_too_much_for_one_answer_are_read_in_smaller_pages() -> None:
    shop = bench()
    placed = [shop.shop.place_order() for _ in range(changes.SMALL_PAGE + 2)]
    shop.shop.faults.plan("lost_answer", SEARCH)
    connector = shop.connector()
    first = connector.order_source.changed(LONG_AGO, None)
    assert len(first.orders) == changes.SMALL_PAGE
    rest = connector.order_source.changed(LONG_AGO, first.position)
    assert [order.id for order in (*first.orders, *rest.orders)] == placed
    assert rest.position == "order-transaction:"


@pytest.mark.parametrize("odd", [{"id": 7}, {"id": "a" * 32, "pattern": ["{n}"]}, None])
def test_number_ranges_of_an_unexpected_form_are_said_to_be_unseen_and_the_shop_is_verified(odd: Any) -> None:
    def ranges(request: httpx.Request) -> httpx.Response | None:
        is_asked = request.url.path == "/api/search/number-range"
        return httpx.Response(200, json={"data": [odd]}) if is_asked else None

    shop: Any = bench()
    shop.shop.add_number_range("Germany")
    with laid(shop, partial(Instead, answer=ranges)):
        verified = shop.connector().account.ping()
    assert "cannot be seen" in verified.shared_numbers
