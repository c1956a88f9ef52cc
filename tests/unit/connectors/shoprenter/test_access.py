"""Getting into a Shoprenter shop: addresses, credentials, scopes, limits, and what its answers mean."""

import json
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from shopbridge.connectors.shoprenter.api import limits_of
from shopbridge.connectors.shoprenter.auth import missing_scopes, scopes_of
from shopbridge.connectors.shoprenter.outcomes import judge
from shopbridge.connectors.shoprenter.settings import ShoprenterSecrets, ShoprenterSettings
from shopbridge.errors import (
    AlreadyDone,
    BridgeError,
    NeedsAttention,
    Obstructed,
    OutcomeUnknown,
    Rejected,
    RetryLater,
    Throttled,
    Unfinished,
)
from shopbridge.http.answer import Answer, Call
from tests.recorded import SHOPRENTER
from tests.salespos_orders import D
from tests.shoprenter_shapes import SECRETS, listed, refused, row, shop, token


@pytest.mark.parametrize(
    "written",
    [
        "demobolt",
        " DemoBolt ",
        "demobolt.shoprenter.hu",
        "https://demobolt.myshoprenter.hu/admin/",
        "https://demobolt.api.myshoprenter.hu",
        "http://demobolt.api2.myshoprenter.hu/api/products",
    ],
)
def test_the_shops_name_is_taken_from_whatever_address_was_pasted(written: str) -> None:
    settings = ShoprenterSettings.model_validate({"shop": written})
    assert settings.shop == "demobolt"
    assert settings.api_address == "https://demobolt.api2.myshoprenter.hu/api"
    assert settings.place == "demobolt.shoprenter.hu"


@pytest.mark.parametrize("wrong", ["", "two words", "www.shop.example", "-x", 7, None])
def test_what_is_no_shop_name_is_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        ShoprenterSettings.model_validate({"shop": wrong})


@pytest.mark.parametrize("host", ["demobolt.api.shoprenter.hu", "demobolt.api.myshoprenter.hu"])
def test_the_old_api_is_refused_by_its_address(host: str) -> None:
    with pytest.raises(ValidationError, match="old API"):
        ShoprenterSettings.model_validate({"shop": "demobolt", "url": f"https://{host}"})


@pytest.mark.parametrize("old", [{"username": "x", "apikey": "y"}, {"user": "x", "api_key": "y"}])
def test_old_basic_keys_are_told_as_what_they_are(old: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="old way in"):
        ShoprenterSecrets.model_validate(old)


@pytest.mark.parametrize("wrong", [{"invoice_url": "https://x/y.pdf"}, {"time_zone": "Mars"}, {"batch": 201}])
def test_settings_that_cannot_be_right_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ShoprenterSettings.model_validate({"shop": "demobolt", **wrong})


# --- logging in ---------------------------------------------------------------------------------------------------


def test_a_login_names_the_shop_in_its_path_and_its_token_serves_an_hour_less_a_minute() -> None:
    at = shop()
    connector = at.connector()
    connector.account.vocabulary()
    (login,) = at.logins
    assert str(login.url) == "https://oauth.app.shoprenter.net/demobolt/app/token"
    assert json.loads(login.content) == {"grant_type": "client_credentials", **SECRETS}
    at.clock.advance(seconds=3539)
    connector.account.vocabulary()
    assert len(at.logins) == 1
    at.clock.advance(seconds=1)
    connector.account.vocabulary()
    assert len(at.logins) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {"error": "invalid_client", "error_description": "Client authentication failed", "message": "x"}),
        (400, {"error": "invalid_request", "error_description": "x", "hint": "Check the `client_id`", "message": "x"}),
    ],
)
def test_a_login_that_is_refused_says_where_to_look_and_that_old_keys_do_not_serve(status: int, body: Any) -> None:
    with pytest.raises(NeedsAttention) as caught:
        shop(login=httpx.Response(status, json=body)).connector().account.ping()
    assert body["error"] in caught.value.what
    assert "Settings, API settings" in caught.value.fix
    assert "old way in" in caught.value.fix
    assert not any(secret in str(caught.value) for secret in SECRETS.values())


@pytest.mark.parametrize(
    "odd", [{}, [], {"access_token": "", "expires_in": 1}, {"access_token": "a b", "expires_in": 1}]
)
def test_a_login_that_answers_with_no_token_is_tried_later(odd: Any) -> None:
    with pytest.raises(RetryLater):
        shop(login=odd).connector().account.ping()


def test_a_login_that_is_a_page_or_too_many_passes_by_itself() -> None:
    page = httpx.Response(403, text="<html>", headers={"content-type": "text/html"})
    with pytest.raises(Obstructed):
        shop(login=page).connector().account.ping()
    with pytest.raises(Throttled):
        shop(login=refused(429)).connector().account.ping()


def test_a_token_that_is_refused_is_fetched_once_more() -> None:
    at = shop()
    first = iter([httpx.Response(401, json={"error": 40101, "message": "no"})])
    at.answers["GET orderStatuses"] = lambda _: next(first, json.loads(SHOPRENTER["statuses"]))
    assert at.connector().account.vocabulary()["status"]
    assert len(at.logins) == 2


# --- scopes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_scope_to_read_orders_is_named(status: int) -> None:
    with pytest.raises(NeedsAttention) as caught:
        shop(orderExtend=refused(status, 40101)).connector().account.ping()
    assert "order.order:read" in caught.value.what
    assert "order.order:read" in caught.value.fix


def test_all_scopes_that_orders_need_are_named_together() -> None:
    with pytest.raises(NeedsAttention) as caught:
        shop(orderExtend=refused(403), orderStatuses=refused(403)).connector().account.ping()
    assert "order.order:read" in caught.value.what
    assert "order.status:read" in caught.value.what


def test_scopes_that_orders_do_not_need_are_remarks() -> None:
    at = shop(
        productExtend=refused(403), categoryExtend=refused(401), productClasses=refused(403), orderExtend=listed()
    )
    notes = at.connector(paid_methods=["COD"]).account.ping().notes
    assert [scope for note in notes for scope in note.split() if ":read" in scope] == [
        "product.product:read,",
        "product.category:read,",
        "product.attribute:read,",
    ]


def test_rights_to_write_are_told_by_the_token() -> None:
    at = shop(orderExtend=listed())
    at.token = token("order.order:read", "order.order:write", "product.category:write")
    notes = at.connector(paid_methods=["COD"]).account.ping().notes
    assert notes == (
        "The API client has no scope product.product:write: stock, prices and products cannot be written.",
    )


@pytest.mark.parametrize("odd", [None, "", "aaa.bbb.ccc", "a.b", "a.!!!!.c", "e30.e30.x", "e30.W10.x"])
def test_a_token_that_says_nothing_is_no_missing_scope(odd: str | None) -> None:
    assert scopes_of(odd) is None
    assert missing_scopes(odd) == ()


def test_a_filter_that_is_not_looked_at_stops_the_connection() -> None:
    with pytest.raises(NeedsAttention, match="updatedAtMin"):
        shop(orderExtend=listed(row())).connector().account.ping()


def test_the_account_says_what_decides_payment_and_cancellation() -> None:
    at = shop(orderExtend=listed(), settings=listed())
    notes = at.connector().account.ping().notes
    assert any("paid_statuses" in note for note in notes)
    assert any("cancelled_statuses" in note for note in notes)


def test_the_vocabulary_is_the_shops() -> None:
    words = shop().connector().account.vocabulary()
    assert {name: [choice.key for choice in choices] for name, choices in words.items()} == {
        "status": ["1", "2", "5", "9"],
        "payment_status": ["paid", "open"],
        "payment": ["cod", "bank_transfer"],
        "shipping": ["GLS csomagpont"],
        "tax": ["27", "5"],
        "warehouse": ["stock1", "stock2"],
        "price_group": ["regular", "sale", "6", "8"],
        "currency": ["HUF"],
        "language": ["hu", "en"],
    }
    assert [choice.key for choice in words["status"] if choice.off] == ["9"]
    assert (words["status"][0].title, words["status"][0].also) == ("Függőben lévő", ("Pending",))
    assert words["payment"][0].also == ("Cash on delivery",)


def test_words_that_the_client_may_not_read_are_left_out() -> None:
    denied = {name: refused(403) for name in ("paymentModes", "shippingModeExtend", "taxClassExtend", "customerGroups")}
    words = shop(**denied).connector().account.vocabulary()
    assert words["payment"] == ()
    assert "shipping" not in words
    assert [choice.key for choice in words["price_group"]] == ["regular", "sale"]


# --- answers ------------------------------------------------------------------------------------------------------


def verdict(status: int, body: Any, *, method: str = "GET", repeatable: bool = True) -> BridgeError | None:
    call = Call(method, "/productExtend/x", repeatable=repeatable)
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "application/json" if not text.startswith("<") else "text/html"
    try:
        judge(Answer("Shoprenter", call, status, {"content-type": kind}, text.encode()))
    except BridgeError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        *((400, code, Rejected) for code in (*range(40001, 40019), *range(40021, 40026), 40032)),
        (401, 40101, NeedsAttention),
        (403, None, NeedsAttention),
        (404, 40033, Rejected),
        (404, 40401, Rejected),
        (409, 40901, AlreadyDone),
        (429, None, Throttled),
        (429, 429, Throttled),
        (500, None, Unfinished),
        (503, None, RetryLater),
        (504, None, Unfinished),
    ],
)
def test_every_documented_code_has_its_consequence(status: int, code: int | None, kind: type[BridgeError]) -> None:
    body = {"error": code, "message": "made up"} if code else {"message": "made up"}
    error = verdict(status, body)
    assert type(error) is kind
    if isinstance(error, Rejected):
        assert error.code in (str(code), "gone")
        assert "made up" in error.what


@pytest.mark.parametrize(("code", "word"), [(40015, "plan"), (40018, "300")])
def test_a_limit_of_the_plan_says_what_to_do(code: int, word: str) -> None:
    error = verdict(400, {"error": code, "message": "x"})
    assert isinstance(error, Rejected)
    assert word in error.fix


def test_the_id_of_what_is_there_already_is_told() -> None:
    error = verdict(409, {"error": 40901, "message": "exists", "id": "cHJv"})
    assert isinstance(error, AlreadyDone)
    assert error.external_id == "cHJv"


@pytest.mark.parametrize("body", ["", " ", "null", "7", '"x"', "{cut"])
def test_an_empty_answer_is_asked_for_again_and_leaves_a_write_open(body: str) -> None:
    assert type(verdict(200, body)) is RetryLater
    assert type(verdict(200, body, method="POST", repeatable=False)) is OutcomeUnknown


@pytest.mark.parametrize(("status", "body"), [(200, {}), (201, {"id": "x"}), (204, ""), (200, [])])
def test_good_answers_are_good(status: int, body: Any) -> None:
    assert verdict(status, body) is None


@pytest.mark.parametrize("status", [200, 401, 403, 404])
def test_a_page_in_the_apis_place_is_no_answer_of_it(status: int) -> None:
    assert isinstance(verdict(status, "<html>"), Obstructed | Rejected)
    assert not isinstance(verdict(status, "<html>"), NeedsAttention)


def test_a_redirect_to_https_is_told() -> None:
    assert isinstance(verdict(308, ""), Obstructed)


def test_a_throttled_call_pauses_the_one_bucket() -> None:
    at = shop(orderStatuses=refused(429))
    with pytest.raises(RetryLater):
        at.connector().account.vocabulary()
    assert at.limiter.paused == {"calls": 2.0}


@pytest.mark.parametrize(("share", "limit"), [(1, (3, 1)), ("0.5", (1, 1)), ("0.1", (1, 4)), (2, (6, 1))])
def test_calls_are_three_a_second_less_what_others_have(share: Any, limit: tuple[int, int]) -> None:
    (found,) = limits_of(D(share))(Call("GET", "/x"))
    assert (found.bucket, found.calls, found.seconds) == ("calls", *limit)
