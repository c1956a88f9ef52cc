"""The account at SalesAutopilot: its list and its forms are looked up, and what is not there is named."""

from typing import Any

import httpx
import pytest

from shopbridge.errors import NeedsAttention
from tests.salesautopilot_orders import chosen, golden, talk

# --- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"paid_at_import": True}, "paid_form"),
        ({"paid_form": 70002}, "form of its own"),
        ({"status_form": 70003, "paid_form": 70003}, "form of its own"),
        ({"currency": "RON"}, "currency"),
        ({"order_form": 0}, "order_form"),
    ],
)
def test_settings_that_could_do_harm_are_refused(given: dict[str, Any], missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        chosen(**given)


# --- the account --------------------------------------------------------------------------------------------------


def pinged(**given: Any) -> Any:
    names = {"getlists/11": "lists", "/4": "forms_order", "/2": "forms_update", "value/0": "orders_none"}
    office, transport = talk(
        lambda call: golden(next(name for end, name in names.items() if call.url.path.endswith(end))), **given
    )
    return office.account.ping(), transport


def test_the_list_and_all_forms_are_looked_up() -> None:
    identity, transport = pinged(consent_form=70006, paid_form=70003)
    assert (identity.name, identity.accounts) == ("SalesAutopilot, list Webshop orders", ("list 90001",))
    assert [call.removeprefix("GET ") for call in transport.calls] == [
        "/zapier/getlists/11",
        "/zapier/getforms/90001/4",
        "/zapier/getforms/90001/2",
        "/list/90001/field/mssys_shoprenter_id/value/0",
    ]
    assert any("status changes" in note for note in identity.notes)
    assert any("paid_at_import is off" in note for note in identity.notes)
    assert len(pinged()[1].asked) == 3


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"order_list": 90009}, "order_list"),
        ({"order_form": 70003}, "order_form"),
        ({"consent_form": 70009}, "consent_form"),
        ({"paid_form": 70009}, "paid_form"),
        ({"status_form": 70006}, "status_form"),
    ],
)
def test_a_list_or_a_form_that_is_not_there_is_named(given: dict[str, Any], where: str) -> None:
    with pytest.raises(NeedsAttention) as caught:
        pinged(**given)
    assert where in caught.value.where
    assert caught.value.fix
    assert "(" in caught.value.what


def test_a_list_that_takes_no_orders_is_told() -> None:
    def answer(call: httpx.Request) -> Any:
        if "/field/" in call.url.path:
            return httpx.Response(406)
        return golden("lists" if "getlists" in call.url.path else "forms_order")

    with pytest.raises(NeedsAttention, match="cannot be searched"):
        talk(answer)[0].account.ping()
