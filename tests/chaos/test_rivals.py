"""Some of the races that the long run plays of two workers for one order; and that a double one is seen."""

import httpx
import pytest

from chaos.crashes.rivals import rivals
from sandbox.quick.weather import named
from shopbridge.store.ledger import effects


@pytest.mark.parametrize("pair", ["shopware-salespos", "gomag-cloudsales", "gomag-tryton"])
def test_two_workers_make_an_order_in_doubt_once(pair: str) -> None:
    found = rivals(11, [pair], one_in=15)
    assert found.wrong == []
    assert found.races >= 2


def test_a_call_to_an_address_that_takes_them_all_is_named_by_its_body() -> None:
    told = {"id": 1, "method": "model.sale.sale.create", "params": [[{"method": "none of ours"}]]}
    sale = httpx.Request("POST", "https://office.one.example/shop/rpc/", json=told)
    assert named(sale) == "office.one.example POST /shop/rpc/ model.sale.sale.create"
    order = httpx.Request("POST", "https://office.one.example/orders/", json=told)
    assert named(order) == "office.one.example POST /orders/"


def test_a_claim_that_two_workers_can_win_makes_the_order_twice_and_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "FREE", effects.UNMOVED)
    (told,) = rivals(11, ["shopware-salespos"], one_in=1_000).wrong
    assert told.startswith(
        "shopware-salespos, one worker before call 1 of dynamodb UpdateItem, the other before office"
    )
    assert "doubled: 1000" in told
