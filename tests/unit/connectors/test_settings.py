"""What every connector's settings refuse."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from shopbridge.connectors.cloudsales.settings import CloudSalesSecrets, CloudSalesSettings
from shopbridge.connectors.salespos.settings import SalesPosSecrets
from shopbridge.connectors.spec import ConnectorSettings


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "https://shop.example:8443/de/",
        "https://bücher.example",
        "https://[2606:4700::1111]:443/x",
        "http://127.0.0.1:8000",
    ],
)
def test_an_address_may_have_a_port_and_a_path(url: str) -> None:
    assert ConnectorSettings(url=url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "shop.example",
        "https://:443",
        "https://name:password@shop.example",
        "https://shop.example@inside.example",
        "https://shop.example:port",
        "https://shop\\.example",
        "https://%31%32%37.0.0.1",
        "https://[fe80::1%25eth0]",
        "https://shop.example/?page=1",
    ],
)
def test_an_address_with_credentials_or_anything_odd_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="url"):
        ConnectorSettings(url=url)


def settings_of(**given: Any) -> CloudSalesSettings:
    basis = {"url": "https://secure.bocp.eu", "account_number": "100200", "connector_id": 12}
    return CloudSalesSettings.model_validate({**basis, **given})


@pytest.mark.parametrize(
    "given",
    [
        {"documents": "receipt"},
        {"receipts_from": date(2026, 4, 1)},
        {"work_point": 7},
        {"work_point": 0, "stand_in_work_points": True},
        {"account_number": "100-200"},
        {"connector_id": 0},
        {"refuse_if_bocp_pulls": "perhaps"},
    ],
)
def test_settings_that_do_not_fit_together_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings_of(**given)


def test_the_stand_ins_are_off_unless_switched_on() -> None:
    chosen = settings_of()
    assert not any((chosen.stand_in_writes, chosen.stand_in_work_points, chosen.stock_from_changes))
    assert settings_of(work_point=1, stand_in_work_points=True).work_point == 1


def test_a_user_name_has_no_colon() -> None:
    given = {"user": "a:b", "password": "x", "connector_user": "c", "connector_password": "y z"}
    with pytest.raises(ValidationError, match="colon"):
        CloudSalesSecrets.model_validate(given)
    assert CloudSalesSecrets.model_validate({**given, "user": "ab"}).connector_password.get_secret_value() == "y z"


def test_a_key_with_something_pasted_along_is_told_to_be_copied_once_more() -> None:
    with pytest.raises(ValidationError, match="holds a space, a line break or a letter that no key has; copy it once"):
        SalesPosSecrets.model_validate({"public_key": "pub_emul_01\n", "secret_key": "sec_emul_01"})


@pytest.mark.parametrize("pasted", ["pub_emul_01\n", " pub_emul_01", "pub\u00a0emul", "\u201cpub_emul_01\u201d", ""])
def test_a_key_that_was_not_copied_well_is_refused_before_it_is_used(pasted: str) -> None:
    with pytest.raises(ValidationError):
        SalesPosSecrets.model_validate({"public_key": pasted, "secret_key": "sec_emul_01"})
