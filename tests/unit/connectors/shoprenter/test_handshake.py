"""Installing our app in a Shoprenter shop: one signed call, whose parameters may stand in either order."""

import hmac
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.shoprenter.app_registration import ShoprenterHandshake
from shopbridge.connectors.shoprenter.settings import ShoprenterSecrets
from shopbridge.errors import Forged, Malformed
from shopbridge.ports import AppRegistration

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
SECRETS = {"app_client_id": "app-1", "app_secret": "s3cr3t", "shop_url": "", "shop_place": "demobolt.shoprenter.hu"}
CODE = "0907a61c0c8d55e99db179b68161bc00"
APP = "https://demobolt.myshoprenter.hu/admin/app/55"
DOCUMENTED, EXAMPLE_APPS = ("code", "shopname", "timestamp"), ("shopname", "code", "timestamp")


def call(order: tuple[str, ...] = DOCUMENTED, *, secret: str = SECRETS["app_secret"], **changes: str) -> str:
    values = {"shopname": "demobolt", "code": CODE, "timestamp": str(int(NOW.timestamp())), **changes}
    app_url = values.pop("app_url", APP)
    signed = "&".join(f"{name}={values[name]}" for name in order)
    made = hmac.new(secret.encode(), signed.encode(), "sha256").hexdigest()
    return urlencode({**values, "hmac": changes.get("hmac", made), "app_url": app_url})


def register(query: str, **secrets: str) -> AppRegistration:
    return ShoprenterHandshake().register(query, {}, {**SECRETS, **secrets}, NOW, "https://unused.example")


@pytest.mark.parametrize("order", [DOCUMENTED, EXAMPLE_APPS])
def test_either_order_of_the_parameters_installs_the_app(order: tuple[str, ...]) -> None:
    made = register(call(order))
    assert (made.redirect, made.complete) == (APP, True)
    assert made.secrets == {
        "app_client_id": "app-1",
        "app_secret": "s3cr3t",
        "client_id": "app-1",
        "client_secret": "s3cr3t",
    }
    assert ShoprenterSecrets.model_validate(made.secrets).client_id.get_secret_value() == "app-1"


@pytest.mark.parametrize(
    "query",
    [
        call(secret="other"),
        call(hmac=""),
        call(("timestamp", "code", "shopname")),
        call(shopname="otherbolt"),
        call(timestamp=str(int(NOW.timestamp()) - 86_401)),
        call(timestamp=str(int(NOW.timestamp()) + 86_401)),
        call().replace(CODE, CODE[::-1]),
        "",
    ],
)
def test_what_proves_nothing_installs_nothing(query: str) -> None:
    with pytest.raises(Forged):
        register(query)


def test_an_app_without_a_secret_is_never_proven() -> None:
    with pytest.raises(Forged):
        register(call(secret=""), app_secret="")


def test_a_timestamp_that_is_none_is_malformed() -> None:
    with pytest.raises(Malformed):
        register(call(timestamp="soon"))


@pytest.mark.parametrize(
    ("app_url", "location"),
    [
        ("https://www.shop.example/admin/app/55?x=1", f"{APP}?x=1"),
        ("https://evil.example/phish", "https://demobolt.myshoprenter.hu/admin/"),
        ("//evil.example/admin/app/55", APP),
        ("", "https://demobolt.myshoprenter.hu/admin/"),
        ("https://[broken", "https://demobolt.myshoprenter.hu/admin/"),
    ],
)
def test_the_browser_is_sent_to_the_shops_own_admin_and_nowhere_else(app_url: str, location: str) -> None:
    assert register(call(app_url=app_url)).redirect == location


def test_there_is_no_second_call() -> None:
    with pytest.raises(Forged):
        ShoprenterHandshake().confirm(b"{}", {}, SECRETS, NOW)


@given(st.text(max_size=200))
def test_whatever_is_called_ends_in_a_typed_error(query: str) -> None:
    with pytest.raises((Forged, Malformed)):
        register(query)
