"""Every platform's forms: labels an admin of that platform recognises, and where each value is found."""

import json
import re
from typing import Any

import pytest
from pydantic import BaseModel, Field, SecretStr

from shopbridge.connectors.registry import KEYS, connector_spec
from shopbridge.model.connection import ConnectionSettings
from shopbridge.model.form import OURS, FormField, asked, form_of, one_way
from shopbridge.model.set_up_operations import FLOWS
from shopbridge.wiring import ConnectorFactory

FORMS = {key: connector_spec(key).form() for key in KEYS}
EVERY_FIELD = [(key, field) for key, form in FORMS.items() for field in (*form.settings, *form.secrets)]
WHERE_FROM = re.compile(r"Settings|Beállítások|support|Support|in BOCP|manifest|admin")
"""A menu's path, or who gives it out."""
MERCHANT_SETS = {
    "cartum": ("Shop name", "Shop URL", "Login (user name)", "Password", "Language of names and descriptions"),
    "roapp": ("Location", "Order type", "Managers", "Currency", "Shop name", "API key"),
}
"""As in RO App's own guide for shops."""


class Below(BaseModel):
    on: bool = Field(default=False, title="On", description="Or off.")


class Sample(BaseModel):
    name: SecretStr = Field(title="Name", json_schema_extra=one_way("a door", shown=True))
    kept: SecretStr = Field(default=SecretStr(""), json_schema_extra=OURS)
    size: int | None = Field(default=None, gt=0, title="Size", json_schema_extra=asked("sizes"))
    below: Below = Field(default_factory=Below)


def test_a_model_becomes_fields_with_their_places_and_hints() -> None:
    name, size, switch = form_of(Sample)
    assert name == FormField(
        key="name", title="Name", help="", kind="secret", required=True, asked=True, way="a door", shown=True
    )
    assert (size.kind, size.default, size.words, size.asked, size.required) == (
        "whole_number",
        None,
        "sizes",
        True,
        False,
    )
    assert (switch.key, switch.kind, switch.default, switch.asked) == ("below.on", "bool", False, False)


@pytest.mark.parametrize(("key", "field"), EVERY_FIELD, ids=lambda each: getattr(each, "key", each))
def test_every_field_has_a_label_and_says_what_to_write(key: str, field: FormField) -> None:
    assert len(field.title) >= 3, key
    assert field.title[0].isupper() or not field.title[0].isalpha()
    assert not field.title.startswith(("Its ", "Their ")), "a label stands alone"
    assert len(field.help) >= 10
    assert field.help.endswith((".", "`")), field.help
    assert field.kind != "choice" or field.choices


@pytest.mark.parametrize("key", KEYS)
def test_no_two_fields_of_a_platform_are_called_alike(key: str) -> None:
    titles = [field.title for field in (*FORMS[key].settings, *FORMS[key].secrets)]
    assert len({*titles}) == len(titles)


@pytest.mark.parametrize("key", KEYS)
def test_every_credential_says_where_it_is_found(key: str) -> None:
    silent = [field.key for field in FORMS[key].secrets if not WHERE_FROM.search(field.help)]
    assert silent == []


@pytest.mark.parametrize("key", KEYS)
def test_the_address_is_the_platform_s_own_matter(key: str) -> None:
    address = FORMS[key].settings[0]
    assert address.key == "url"
    assert "the platform is reached" not in address.help


@pytest.mark.parametrize("key", KEYS)
def test_credentials_are_hidden_but_for_names_and_tell_nothing_of_their_values(key: str) -> None:
    for field in FORMS[key].secrets:
        assert field.kind == "secret"
        assert field.default is None
        if re.search(r"password|secret|api_key|webhook_key", field.key):
            assert not field.shown, field.key


@pytest.mark.parametrize(("key", "titles"), MERCHANT_SETS.items())
def test_what_a_merchant_sets_is_asked(key: str, titles: tuple[str, ...]) -> None:
    form = FORMS[key]
    known = {field.title for field in (*form.settings, *form.secrets) if field.asked or field.kind == "secret"}
    assert {*titles} <= known


def test_the_login_of_cartum_says_at_the_field_that_it_is_no_mail_address() -> None:
    login = next(field for field in FORMS["cartum"].secrets if field.key == "login")
    assert "not the e-mail address" in login.help
    assert (login.title, login.shown) == ("Login (user name)", True)


def test_what_the_bridge_fills_in_is_asked_of_nobody() -> None:
    keys = [field.key for field in FORMS["shopware"].secrets]
    assert keys == ["client_id", "client_secret", "app_name", "app_secret"]
    assert len({field.way for field in FORMS["shopware"].secrets}) == 2


def test_every_platform_stands_on_the_side_that_it_can() -> None:
    shops = {key for key, form in FORMS.items() if "shop" in form.sides}
    assert shops == {"shopware", "gomag", "shoprenter", "unas", "cartum", "vendure"}
    assert {key for key, form in FORMS.items() if "office" in form.sides} == {*KEYS} - shops
    assert "product_writes" in FORMS["roapp"].withheld["catalogue_target"]


def test_forms_are_plain_data() -> None:
    for form in FORMS.values():
        assert json.loads(json.dumps(form.model_dump(mode="json")))["key"] == form.key


def test_every_setting_of_a_connection_has_a_label() -> None:
    assert [field.key for field in form_of(ConnectionSettings) if not field.title] == []
    assert {field.key for field in form_of(ConnectionSettings)} >= {"orders.poll_minutes", "stock.active", "name"}


MINIMAL: dict[str, dict[str, Any]] = {
    "shopware": {"url": "https://shop.example"},
    "gomag": {"shop": "https://shop.example"},
    "shoprenter": {"shop": "demo"},
    "unas": {"shop": "https://shop.example"},
    "cartum": {"url": "https://shop.example", "vat": 21, "country": "RO"},
    "vendure": {"url": "https://shop.example"},
    "salespos": {"url": "https://pos.example"},
    "cloudsales": {"url": "https://secure.bocp.eu", "account_number": "1", "connector_id": 1},
    "innvoice": {"url": "https://api.innvoice.hu", "company": "acme", "invoice_book": "1", "postcode_unknown": "-"},
    "salesautopilot": {"url": "https://api.salesautopilot.com", "order_list": 1, "order_form": 2},
    "roapp": {},
    "tryton": {"url": "https://tryton.example", "database": "acme"},
}
SWITCHED_ON: dict[tuple[str, str], dict[str, Any]] = {
    ("stock", "office_to_shop"): {"stock": {"active": True, "direction": "office_to_shop"}},
    ("stock", "shop_to_office"): {
        "stock": {"active": True, "direction": "shop_to_office"},
        "products": {"direction": "shop_to_office"},
    },
    ("products", "office_to_shop"): {"products": {"active": True, "direction": "office_to_shop"}},
    ("products", "shop_to_office"): {
        "products": {"active": True, "direction": "shop_to_office"},
        "stock": {"direction": "shop_to_office"},
    },
    ("orders", ""): {},
    ("write_back", ""): {"orders": {"write_back": {"status": "x"}}},
    ("order_statuses", ""): {"orders": {"changes": {"cancelled": "x"}}},
    ("shipments", ""): {"orders": {"changes": {"shipments": True}}},
}


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: f"{flow.key}-{flow.direction}")
def test_a_flow_is_offered_to_the_pairs_that_verifying_lets_have_it(flow: Any, factory: ConnectorFactory) -> None:
    for shop in (form for form in FORMS.values() if "shop" in form.sides):
        for office in (form for form in FORMS.values() if "office" in form.sides):
            settings = ConnectionSettings.model_validate(
                {
                    "id": "some-pair",
                    "name": "Some pair",
                    "shop": {"platform": shop.key, "settings": MINIMAL[shop.key]},
                    "office": {"platform": office.key, "settings": MINIMAL[office.key]},
                    **SWITCHED_ON[flow.key, flow.direction],
                }
            )
            can = {*flow.shop} <= {*factory.offers(settings, "shop")}
            can = can and {*flow.office} <= {*factory.offers(settings, "office")}
            assert can == (not factory.check_capabilities(settings)), (shop.key, office.key)


@pytest.fixture
def factory() -> ConnectorFactory:
    """Neither of these asks a store or a platform."""
    nothing: Any = None
    return ConnectorFactory(nothing, nothing, nothing, nothing)
