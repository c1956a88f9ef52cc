from dataclasses import replace
from typing import Any

import httpx
import pytest

from sandbox.platforms.cloudsales import Spelling
from shopbridge.connectors.cloudsales.connector import SPEC
from shopbridge.errors import NeedsAttention, Obstructed, Rejected, RetryLater, Throttled
from tests.contract.benches.cloudsales import CREATE, Bench, bench, bought, planned

PRODUCTS = "GET product/list"


# --- who answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", Spelling)
def test_verifying_takes_three_calls_and_names_account_and_connector(spelling: Spelling) -> None:
    at = bench(spellings=[spelling])
    who = at.connector().account.ping()
    assert at.account.calls.total == 3
    assert at.account.account.number in who.name
    assert at.account.connector.name in who.name
    assert at.account.orders == []


def test_a_connector_on_a_later_page_is_found() -> None:
    at = bench(page_size=1)
    theirs = at.account.add_connector("Shopify")
    at.account.access.users[at.account.connector_user].connector = None
    ours = at.account.add_connector(user="second", password="second-secret")
    at.secrets.values = {**at.secrets.values, "connector_user": "second", "connector_password": "second-secret"}
    assert ours.name in at.connector(connector_id=ours.id).account.ping().name
    with pytest.raises(NeedsAttention, match=f"{theirs.id} \\(Shopify\\)"):
        at.connector(connector_id=99).account.ping()


def test_a_connector_that_fetches_its_own_orders_is_refused() -> None:
    at = bench()
    gomag = at.account.add_connector("Gomag")
    with pytest.raises(NeedsAttention, match="fetches its orders itself"):
        at.connector(connector_id=gomag.id).account.ping()


def test_a_connector_of_an_unusual_type_is_told() -> None:
    at = bench()
    at.account.connector.type = "EasySales"
    assert any("EasySales" in note for note in at.connector().account.ping().notes)


def test_what_only_bocp_can_set_is_told_as_it_was_declared() -> None:
    at = bench()
    plain = " ".join(at.connector().account.ping().notes)
    assert "neither set nor read" in plain
    assert "no receipts" in plain
    declared = {"order_work_point": "Depozit", "documents": "receipt", "receipts_from": "2026-04-01"}
    notes = " ".join(at.connector(**declared).account.ping().notes)
    assert "'Depozit'" in notes
    assert "2026-04-01" in notes


def test_a_switched_on_stand_in_is_told() -> None:
    at = bench()
    assert any("our own invention" in note for note in at.connector(stand_in_writes=True).account.ping().notes)
    assert not any("our own invention" in note for note in at.connector().account.ping().notes)


# --- both sides would fetch the same orders -----------------------------------------------------------------


def with_gomag(at: Bench) -> Bench:
    at.account.add_connector("Gomag", name="magazin.example.test")
    return at


def test_a_connector_that_fetches_the_shops_orders_is_warned_about() -> None:
    (warning, *_) = with_gomag(bench()).connector().account.ping().notes
    assert "magazin.example.test (Gomag)" in warning
    assert "twice" in warning


def test_the_settings_can_refuse_it() -> None:
    with pytest.raises(NeedsAttention, match=r"magazin\.example\.test") as caught:
        with_gomag(bench()).connector(refuse_if_bocp_pulls="refuse").account.ping()
    assert "switch the connector off" in caught.value.fix


@pytest.mark.parametrize("chosen", [{"refuse_if_bocp_pulls": "off"}, {"pulling_types": ["Shopify"]}])
def test_another_shops_connector_can_be_left_alone(chosen: dict[str, Any]) -> None:
    assert not any("Gomag" in note for note in with_gomag(bench()).connector(**chosen).account.ping().notes)


# --- not let in ---------------------------------------------------------------------------------------------


def test_a_401_stops_at_once_names_both_causes_and_is_never_repeated() -> None:
    at = bench()
    at.account.access.addresses.clear()
    office = at.connector()
    attempts = (
        lambda: office.stock_source.page(None),
        lambda: office.catalogue_source.page(None),
        office.account.ping,
        office.catalogue_source.categories,
    )
    for number, attempt in enumerate(attempts, 1):
        with pytest.raises(NeedsAttention, match="password is wrong, or our address is not on the list"):
            attempt()
        assert at.account.access.refusals == number
    assert at.waits == []


def test_a_401_at_a_creation_is_no_open_outcome() -> None:
    at = bench()
    at.fault("unauthorised", CREATE)
    with pytest.raises(NeedsAttention, match="order connector's user"):
        at.connector().order_target.create(planned(at.connector(), bought()))
    assert at.calls(CREATE) == 1


def test_a_wrong_password_of_the_connectors_user_is_found_when_verifying() -> None:
    at = bench()
    at.secrets.values = {**at.secrets.values, "connector_password": "wrong"}
    with pytest.raises(NeedsAttention, match="order connector's user"):
        at.connector().account.ping()
    assert at.account.access.refusals == 1


@pytest.mark.parametrize("status", [403, 200])
def test_a_missing_right_is_named(status: int) -> None:
    at = bench(missing_right_status=status)
    at.account.add_user("reader", "reader-secret", frozenset({"marketplace[GET]"}))
    at.secrets.values = {**at.secrets.values, "user": "reader", "password": "reader-secret"}
    with pytest.raises((NeedsAttention, Rejected), match=r"product\[GET\]|No right"):
        at.connector().account.ping()


@pytest.mark.parametrize(
    ("status", "body", "error", "told"),
    [
        (403, "<html>Forbidden</html>", Obstructed, None),
        (403, "", NeedsAttention, r"product\[GET\]"),
        (429, "", Throttled, "BOCP asks us to slow down"),
    ],
)
def test_a_page_of_something_in_front_is_not_taken_for_a_word_of_bocp(
    status: int, body: str, error: type[Exception], told: str | None
) -> None:
    at = replace(bench(), around=lambda _: httpx.MockTransport(lambda _: httpx.Response(status, text=body)))
    with pytest.raises(error, match=told):
        at.connector().stock_source.page(None)


def test_a_redirect_and_a_page_that_is_no_answer_are_told_apart_from_a_fault() -> None:
    at = bench()
    at.fault("redirect", PRODUCTS)
    with pytest.raises(Obstructed, match="redirects"):
        at.connector().stock_source.page(None)
    at.fault("server_error", PRODUCTS)
    with pytest.raises(RetryLater):
        at.connector().stock_source.page(None)


def test_another_accounts_number_is_refused_like_wrong_credentials() -> None:
    with pytest.raises(NeedsAttention, match="password"):
        bench().connector(account_number="9").account.ping()


# --- limits -------------------------------------------------------------------------------------------------


def test_each_user_has_a_bucket_and_the_share_is_the_settings() -> None:
    at = bench()
    at.connector(limit_factor="0.5").account.ping()
    assert at.limiter.taken == ["account 30", "account 30", "connector 30"]


def test_a_429_pauses_the_account_for_as_long_as_it_says() -> None:
    at = bench(retry_after=17)
    at.fault("throttled", PRODUCTS)
    with pytest.raises(Throttled):
        at.connector().stock_source.page(None)
    assert at.limiter.paused == {"account": 17.0}


# --- settings -----------------------------------------------------------------------------------------------


def test_the_spec_says_what_is_only_our_invention() -> None:
    assert "customers" not in SPEC.provides
    assert "our own stand-in" in SPEC.notes[0]
