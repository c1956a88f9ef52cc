"""Why an order is where it is, as people read it at 80 columns."""

import json
from typing import Any

import pytest

from tests.unit.cli.fake_lambda import FakeLambda, lambda_, run

__all__ = ["lambda_"]

ORDER: dict[str, Any] = {
    "order": "10042",
    "id": "0189d3f1a2b34c5d8e9f0a1b2c3d4e5f",
    "channel": "Storefront",
    "group": "imported",
    "code": "",
    "since": "2026-03-01T10:05:07Z",
    "answer": "It is imported: the back office has it as SO-7.",
    "fix": "",
    "shop": {
        "placed_at": "2026-03-01T10:00:00+01:00",
        "status": "In progress (in_progress)",
        "payment": "paid",
        "paid_by": "Invoice",
        "total": "28.7",
        "currency": "EUR",
        "lines": [
            {"sku": "MUG", "name": "Mug " * 25, "quantity": "2", "total": "23.80"},
            {"sku": "", "name": "Gift wrap", "quantity": "1.000", "total": "4.9"},
        ],
    },
    "shop_says": "",
    "document": {"id": "7", "number": "SO-7", "total": "28.7", "tax": None, "url": "https://pos.example/7.pdf"},
    "office_says": "",
    "links": {"shop": "https://shop.example/admin#/sw/order/detail/0189d3f1a2b34c5d8e9f0a1b2c3d4e5f"},
}
MISSED = {
    **ORDER,
    "id": "b2",
    "group": "missed",
    "code": "missed",
    "answer": "It was placed on 2026-03-01 and would be taken, but nothing is known of it.",
    "fix": "`reconcile --since 2026-03-01 --until 2026-03-01` finds it.",
    "document": None,
    "links": {},
}


def answered(lambda_: FakeLambda, *orders: dict[str, Any], answer: str = "", fix: str = "") -> None:
    only = orders[0] if orders else {"answer": answer, "fix": fix}
    whole = {"answer": answer or only["answer"], "fix": fix or only["fix"]}
    lambda_.results["why"] = {"id": "my-shop", "order": "10042", **whole, "orders": [*orders]}


def told(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "80")
    text = run("why", "10042", "-c", "my-shop").stdout
    assert max(len(line) for line in text.splitlines() if "://" not in line) <= 80
    return text


def test_an_order_is_told_with_its_lines_its_document_and_where_it_is(
    lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(lambda_, ORDER)
    text = told(monkeypatch)
    assert text.startswith("Order 10042: imported\n  It is imported: the back office has it as SO-7.\n")
    assert "  Storefront, placed 2026-03-01, In progress (in_progress), paid by Invoice\n" in text
    assert "    1 x Gift wrap  4.90\n    Total 28.70 EUR\n  Back office: SO-7, total 28.70\n" in text
    assert text.splitlines()[-2:] == [
        "  In the shop: https://shop.example/admin#/sw/order/detail/0189d3f1a2b34c5d8e9f0a1b2c3d4e5f",
        "  Its document: https://pos.example/7.pdf",
    ]


def test_an_order_that_never_came_in_says_what_to_do(lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(lambda_, MISSED)
    text = told(monkeypatch)
    assert text.startswith("Order 10042: missed (missed)\n")
    assert "  What to do: `reconcile --since 2026-03-01 --until 2026-03-01` finds it.\n" in text


def test_orders_of_one_number_are_told_apart_by_their_ids(lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(lambda_, ORDER, MISSED, answer="2 orders have the number 10042.", fix="Name one by its id.")
    text = told(monkeypatch)
    assert text.startswith("2 orders have the number 10042.\n  What to do: Name one by its id.\n")
    assert "Order 10042 (id b2): missed" in text


def test_a_number_that_nobody_knows(lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(lambda_, answer="The shop (Shopware) has no order 10042, and none has come in.", fix="Compare it.")
    assert told(monkeypatch).splitlines()[-1] == "  What to do: Compare it."


def test_a_silent_shop_and_a_silent_office_are_told(lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    says = {"shop": None, "shop_says": "The shop cannot be asked.", "office_says": "The back office cannot be asked."}
    answered(lambda_, {**ORDER, **says})
    text = told(monkeypatch)
    assert "  The shop cannot be asked.\n" in text
    assert "  The back office cannot be asked.\n" in text


def test_json_is_the_answer_as_it_came(lambda_: FakeLambda) -> None:
    answered(lambda_, ORDER)
    assert json.loads(run("why", "10042", "-c", "my-shop", "--json").stdout) == lambda_.results["why"]
    assert lambda_.events[-1]["order"] == "10042"
