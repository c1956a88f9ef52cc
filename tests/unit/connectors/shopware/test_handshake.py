"""The app handshake: who may register, what is handed over, and how a secret is replaced."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.shopware.app_registration import ShopwareHandshake
from shopbridge.connectors.shopware.connector import SPEC
from shopbridge.connectors.shopware.settings import ShopwareSecrets
from shopbridge.connectors.shopware.webhook import ShopwareWebhook, previous_secret, sign
from shopbridge.errors import Forged, Malformed

CONFIRMATION = (Path(__file__).parents[3] / "fixtures" / "shopware" / "confirmation.json").read_bytes()
NOW = datetime.fromtimestamp(1772359200, UTC)
QUERY = "shop-id=DemoShop0001&shop-url=https://shop.example.test&timestamp=1772359200"
SIGNATURE = "4c1b4c43f1b5a1122ceb709e3afd1244ef647945cb110c24fd97a5cca5fb174a"
PROOF = "a5752b51fba401ed0f2d941cba77c1e0b6f2a6f491ec17df66606e79bf9ef235"
FIRST_SECRET = "demo-shop-secret-0123456789-0123456789-0123456789-0123456789-0123"
CONFIRMED = "8fd6a24c53cc3dcca3a35d594fbcc3a21368801bed65b12ff04b3937123775eb"
FRESH = {"app_name": "DemoPosApp", "app_secret": "demo-app-secret", "shop_url": "https://shop.example.test"}
KNOWN = {
    **FRESH,
    "shop_id": "DemoShop0001",
    "shop_secret": FIRST_SECRET,
    "client_id": "SWIADEMOACCESSKEY000000001",
    "client_secret": "demo-secret-key",
}
URL = "https://bridge.example.test/confirm"
SHAKE = ShopwareHandshake()

Values = dict[str, str]


def register(secrets: Values, query: str = QUERY, now: datetime = NOW, **headers: str) -> tuple[dict[str, Any], Values]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    signature = {"shopware-app-signature": sign("demo-app-secret", query.encode())}
    made = SHAKE.register(query, {**signature, **named}, secrets, now, URL)
    answer, stored = made.body, made.secrets
    return dict(answer), dict(stored)


def confirm(secrets: Values, raw: bytes = CONFIRMATION, now: datetime = NOW, **headers: str) -> Values:
    secret = secrets.get("pending_shop_secret") or secrets.get("shop_secret", "")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return dict(SHAKE.confirm(raw, {"shopware-shop-signature": sign(secret, raw), **named}, secrets, now))


def test_the_published_registration_vector_passes() -> None:
    made = SHAKE.register(QUERY, {"Shopware-App-Signature": SIGNATURE}, FRESH, NOW, URL)
    answer, stored = made.body, made.secrets
    assert (made.redirect, made.complete) == ("", False)
    assert (answer["proof"], answer["confirmation_url"]) == (PROOF, URL)
    assert stored["pending_shop_secret"] == answer["secret"]
    assert 64 <= len(answer["secret"]) <= 255
    assert "client_id" not in stored


def test_the_published_confirmation_vector_passes() -> None:
    waiting = {**FRESH, "pending_shop_id": "DemoShop0001", "pending_shop_secret": FIRST_SECRET}
    stored = SHAKE.confirm(CONFIRMATION, {"shopware-shop-signature": CONFIRMED}, waiting, NOW)
    assert (stored["client_id"], stored["client_secret"]) == ("SWIADEMOACCESSKEY000000001", "demo-secret-key")
    assert (stored["shop_id"], stored["shop_secret"]) == ("DemoShop0001", FIRST_SECRET)
    assert stored["pending_shop_secret"] == ""
    ShopwareSecrets.model_validate(dict(stored))


def test_secrets_are_never_the_same_twice() -> None:
    assert register(FRESH)[0]["secret"] != register(FRESH)[0]["secret"]


def test_a_signature_over_the_decoded_parameters_counts_too() -> None:
    query = f"timestamp=1772359200&shop-id=DemoShop0001&shop-url={quote('https://shop.example.test', safe='')}"
    made = SHAKE.register(query, {"shopware-app-signature": SIGNATURE}, FRESH, NOW, URL)
    assert made.body["proof"] == PROOF


@pytest.mark.parametrize(
    "secrets", [FRESH | {"app_secret": "another"}, FRESH | {"app_secret": ""}, {"shop_url": FRESH["shop_url"]}]
)
def test_a_registration_with_another_app_secret_is_refused(secrets: Values) -> None:
    with pytest.raises(Forged, match="app's secret"):
        register(secrets)


@pytest.mark.parametrize("seconds", [301, -301])
def test_an_old_or_early_registration_is_refused(seconds: int) -> None:
    with pytest.raises(Forged):
        register(FRESH, now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("url", ["https://other.example.test", "", "https://[broken", "shop.example.test"])
def test_a_shop_at_another_address_is_refused(url: str) -> None:
    with pytest.raises(Forged, match="address"):
        register(FRESH | {"shop_url": url})


def test_only_the_host_of_the_address_counts() -> None:
    answer, stored = register(FRESH | {"shop_url": "http://SHOP.example.test:8000/de"})
    assert (answer["proof"], stored["pending_shop_secret"]) == (PROOF, answer["secret"])


@pytest.mark.parametrize(
    "query",
    [
        "",
        "shop-id=x",
        "shop-id=&shop-url=u&timestamp=1",
        "shop-id=x&shop-url=u",
        f"shop-id={'x' * 5_000}&shop-url=u&timestamp=1",
    ],
)
def test_a_registration_that_lacks_something_is_malformed(query: str) -> None:
    with pytest.raises(Malformed):
        register(FRESH, query)


@pytest.mark.parametrize("query", ["", "shop-id=x", "\x00", "shop-id=\ud800", "&&&=%ff", QUERY])
def test_a_registration_without_a_signature_is_not_told_what_it_lacks(query: str) -> None:
    for headers in ({}, {"shopware-app-signature": "0" * 64}):
        with pytest.raises(Forged, match="not signed with the app's secret"):
            SHAKE.register(query, headers, FRESH, NOW, URL)


def test_a_timestamp_that_is_no_number_is_malformed() -> None:
    with pytest.raises(Malformed):
        register(FRESH, "shop-id=DemoShop0001&shop-url=https://shop.example.test&timestamp=soon")


# --- a known shop registers again ----------------------------------------------------------------------


def test_a_known_shop_of_an_old_release_may_register_again() -> None:
    _, stored = register(KNOWN, sw_version="6.6.10.0")
    assert stored["shop_secret"] == FIRST_SECRET
    assert stored["pending_shop_secret"] != FIRST_SECRET


def test_a_known_shop_of_a_new_release_has_to_prove_its_secret() -> None:
    with pytest.raises(Forged, match="current secret"):
        register(KNOWN, sw_version="6.7.9.1")
    with pytest.raises(Forged, match="current secret"):
        register(KNOWN, sw_version="6.7.9.1", shopware_shop_signature=sign("wrong", QUERY.encode()))
    _, stored = register(KNOWN, sw_version="6.7.9.1", shopware_shop_signature=sign(FIRST_SECRET, QUERY.encode()))
    assert stored["signs_twice"] == "yes"


def test_a_wrong_proof_is_refused_whatever_the_release() -> None:
    with pytest.raises(Forged, match="current secret"):
        register(KNOWN, shopware_shop_signature="0" * 64)


def test_a_shop_that_proved_its_secret_once_has_to_do_so_ever_after() -> None:
    with pytest.raises(Forged, match="current secret"):
        register(KNOWN | {"signs_twice": "yes"}, sw_version="6.4.0.0")


def test_another_shop_cannot_take_the_connection_over() -> None:
    with pytest.raises(Forged, match="another shop"):
        register(KNOWN, QUERY.replace("DemoShop0001", "DemoShop0002"))


def test_a_new_secret_replaces_the_old_one_after_the_confirmation_and_both_count_for_a_minute() -> None:
    answer, waiting = register(KNOWN, shopware_shop_signature=sign(FIRST_SECRET, QUERY.encode()))
    stored = confirm(waiting, shopware_shop_signature_previous=sign(FIRST_SECRET, CONFIRMATION))
    assert stored["shop_secret"] == answer["secret"]
    assert previous_secret(stored, NOW + timedelta(seconds=60)) == FIRST_SECRET
    assert previous_secret(stored, NOW + timedelta(seconds=61)) == ""
    ShopwareSecrets.model_validate(stored)


def test_until_the_confirmation_the_old_secret_signs_webhooks() -> None:
    _, waiting = register(KNOWN, sw_version="6.6.0.0")
    raw = json.dumps({"source": {"shopId": "DemoShop0001"}, "timestamp": 1772359200}).encode()
    hook = ShopwareWebhook()
    hook.verify(raw, {"shopware-shop-signature": sign(FIRST_SECRET, raw)}, waiting, NOW)
    with pytest.raises(Forged):
        hook.verify(raw, {"shopware-shop-signature": sign(waiting["pending_shop_secret"], raw)}, waiting, NOW)


def test_a_confirmation_without_the_proof_of_the_previous_secret_is_refused() -> None:
    _, waiting = register(KNOWN, shopware_shop_signature=sign(FIRST_SECRET, QUERY.encode()))
    with pytest.raises(Forged, match="previous secret"):
        confirm(waiting)
    with pytest.raises(Forged, match="previous secret"):
        confirm(waiting, shopware_shop_signature_previous="0" * 64)


def test_an_old_release_confirms_without_that_proof() -> None:
    _, waiting = register(KNOWN, sw_version="6.6.0.0")
    assert confirm(waiting)["previous_shop_secret"] == FIRST_SECRET


# --- confirmations that are not what they seem ---------------------------------------------------------


def test_a_confirmation_signed_with_another_secret_is_refused() -> None:
    _, waiting = register(FRESH)
    for secret in (FIRST_SECRET, "demo-app-secret", ""):
        headers = {"shopware-shop-signature": sign(secret, CONFIRMATION)}
        with pytest.raises(Forged, match="secret we gave"):
            SHAKE.confirm(CONFIRMATION, headers, waiting, NOW)


def test_nothing_is_confirmed_before_a_registration() -> None:
    with pytest.raises(Forged):
        confirm(FRESH)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"shopId": "Other"}, Forged),
        ({"shopId": "\ud800"}, Malformed),
        ({"shopUrl": "https://evil.example.test"}, Forged),
        ({"timestamp": "1772350000"}, Forged),
        ({"timestamp": None}, Malformed),
        ({"apiKey": ""}, Malformed),
        ({"secretKey": 7}, Malformed),
        ({"secretKey": "x" * 5_000}, Malformed),
        ({"timestamp": "9" * 4_000}, Forged),
    ],
)
def test_a_confirmation_that_does_not_fit_is_refused(change: dict[str, Any], error: type[Exception]) -> None:
    _, waiting = register(FRESH)
    raw = json.dumps({**json.loads(CONFIRMATION), **change}).encode()
    with pytest.raises(error):
        confirm(waiting, raw)


def test_the_same_confirmation_again_changes_nothing() -> None:
    _, waiting = register(FRESH)
    stored = confirm(waiting)
    assert confirm(stored) == stored


def test_other_credentials_without_a_registration_are_refused() -> None:
    _, waiting = register(FRESH)
    stored = confirm(waiting)
    raw = json.dumps({**json.loads(CONFIRMATION), "apiKey": "SWIAOTHER"}).encode()
    with pytest.raises(Forged, match="No registration"):
        confirm(stored, raw)


@given(st.text(max_size=80), st.text(max_size=70), st.booleans())
def test_any_query_is_a_registration_or_refused(query: str, signature: str, known: bool) -> None:
    with pytest.raises((Forged, Malformed)):
        SHAKE.register(query, {"shopware-app-signature": signature}, KNOWN if known else FRESH, NOW, URL)


@given(st.binary(max_size=120))
def test_any_signed_bytes_are_a_confirmation_or_refused(raw: bytes) -> None:
    with pytest.raises((Forged, Malformed)):
        confirm({**FRESH, "pending_shop_id": "x", "pending_shop_secret": "y" * 64}, raw)


def test_the_connector_offers_webhook_and_handshake() -> None:
    assert isinstance(SPEC.webhook, ShopwareWebhook)
    assert isinstance(SPEC.handshake, ShopwareHandshake)


def test_a_known_shop_may_prove_its_secret_over_the_decoded_parameters_too() -> None:
    query = f"shop-id=DemoShop0001&shop-url={quote('https://shop.example.test', safe='')}&timestamp=1772359200"
    _, stored = register(KNOWN, query, sw_version="6.7.9.1", shopware_shop_signature=sign(FIRST_SECRET, QUERY.encode()))
    assert stored["signs_twice"] == "yes"
