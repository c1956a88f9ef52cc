from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from shopbridge.connectors.salespos.account import NEEDED, SalesPosAccount
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.errors import Held, NeedsAttention
from shopbridge.http.answer import Call
from shopbridge.http.client import PlatformClient

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
SHOP = {"id": 1, "name": "Voorbeeld", "is_salespos": False, "product_limit_left": -1}


@dataclass
class Answers:
    """Stands for the client: a body for each path."""

    bodies: dict[str, Any]

    def read(self, call: Call, shape: Any) -> Any:
        return shape.validate_python(self.bodies[call.path])


def account(**bodies: Any) -> SalesPosAccount:
    usual = {
        "/": {"items": [{"uri": f"/api/rest/v1/{name}/", "href": ""} for name in NEEDED]},
        "/webshops/": {"items": [SHOP]},
        "/webshops/1/settings/": {"currency": "EUR", "order_status": [{"id": 2, "status_name": "Bezig"}]},
        "/packages/": {"items": [{"id": 11, "name": "Standard"}]},
        "/paymethods/": {"items": [{"id": 1, "combined_name": "ccv_pin", "label": None}, {"id": 2, "label": "iDEAL"}]},
    }
    answers = Answers(usual | {f"/{path}": body for path, body in bodies.items()})
    return SalesPosAccount(SalesPosSettings(url="https://shop.example"), cast("PlatformClient", answers), lambda: NOW)


def test_a_key_without_all_rights_is_told_which_are_missing() -> None:
    allowed = {"items": [{"href": f"https://shop.example/api/rest/v1/{name}"} for name in NEEDED if name != "users"]}
    with pytest.raises(NeedsAttention, match="may not call: users") as caught:
        account(**{"": allowed}).ping()
    assert "API settings" in caught.value.fix


def test_a_key_of_no_shop_is_a_clear_sentence() -> None:
    with pytest.raises(NeedsAttention, match="no shop"):
        account(**{"webshops/": {"items": []}}).ping()


def test_an_account_without_packages_is_told_to_make_one() -> None:
    with pytest.raises(NeedsAttention, match="no package") as caught:
        account(**{"packages/": {"items": []}}).ping()
    assert "create a package" in caught.value.fix


def test_a_web_shop_without_salespos_is_a_remark_only() -> None:
    identity = account().ping()
    assert identity.name == "Voorbeeld"
    assert any("without SalesPOS" in note for note in identity.notes)


def test_statuses_bear_the_merchants_names_and_payment_methods_their_labels() -> None:
    words = account().vocabulary()
    assert [choice.title for choice in words["status"][:2]] == ["New", "Bezig"]
    assert [choice.key for choice in words["payment"]] == ["ccv_pin", "iDEAL"]


def test_a_package_that_is_made_after_an_order_was_held_for_it_is_seen_by_the_same_container() -> None:
    packages: list[dict[str, Any]] = []
    of = account(**{"packages/": {"items": packages}})
    with pytest.raises(Held, match="no package"):
        _ = of.package_id
    packages.append({"id": 11, "name": "Standard"})
    assert of.package_id == 11
