"""What would be sent of orders, as people read it at 80 columns."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.cli.fake_lambda import FakeLambda, lambda_, run
from tests.unit.flow_samples import a_connection

__all__ = ["lambda_"]

SENT: dict[str, Any] = {
    "order": "10042",
    "id": "a1",
    "state": "DONE",
    "becomes": "sent",
    "code": "",
    "reason": "",
    "fix": "",
    "draft": {"reference": "SW-10042", "rows": [{"name": "Mug " * 30, "price": "4.95"}], "memo": ""},
    "note": "Call first",
    "there": {"id": "7", "number": "SO-7", "total": "28.79", "tax": "4.60"},
    "changes": [],
}
WHY = {"code": "unmapped_payment", "reason": "The payment 'paypal' has no entry.", "fix": "Add it."}
HELD = {**SENT, **WHY, "becomes": "held", "draft": None, "note": "", "there": None}


def tried(lambda_: FakeLambda, *orders: dict[str, Any], **more: Any) -> None:
    lambda_.results["preview"] = {"id": "my-shop", "orders": [*orders], "differ": 0, "complete": True, **more}


def test_a_draft_is_told_field_by_field_beside_what_is_there(
    lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    tried(lambda_, SENT, HELD)
    told = run("preview", "10042", "-c", "my-shop").stdout
    assert "Order 10042: would be sent\n  The back office has it as SO-7, total 28.79.\n" in told
    assert "  rows[1].price: 4.95\n" in told
    assert "memo" not in told
    assert "Call first" in told
    assert "would be held (unmapped_payment)\n  The payment 'paypal' has no entry.\n  What to do: Add it." in told
    assert max(map(len, told.splitlines())) <= 80


def test_other_settings_are_told_by_what_they_make_otherwise(lambda_: FakeLambda, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump({"version": 3, "settings": a_connection().settings.model_dump(mode="json")}))
    changed = {**HELD, "then": SENT, "changes": ["held (unmapped_payment) → sent"]}
    tried(lambda_, changed, {**SENT, "then": SENT}, differ=1, complete=False)
    told = run("preview", "--file", str(file), "--last", "2", "-c", "my-shop").stdout
    assert "The time ended before all were tried.\nOf 2 orders 1 would be otherwise.\n" in told
    assert "  held (unmapped_payment) → sent\n" in told
    assert "  as now\n" in told
    asked = lambda_.events[-1]
    assert (asked["last"], asked["order"], asked["settings"]["id"]) == (2, "", "my-shop")
