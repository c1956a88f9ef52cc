"""The function of operations as the command line meets it: what it answers, and what it was asked."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from shopbridge.model.operations import OPERATION
from shopbridge_cli.app import app

LISTED = {
    "id": "my-shop",
    "name": "My shop",
    "shop": "shopware",
    "office": "salespos",
    "status": "active",
    "reason": "",
    "version": 1,
}


RUN = {
    "kind": "products",
    "state": "running",
    "started_by": "anna",
    "started_at": "2026-03-01T10:05:07.123Z",
    "stop_asked": False,
    "since": None,
    "after_products": False,
    "percent": 45,
    "counts": {"found": 900, "created": 3, "updated": 40, "unchanged": 851, "held": 4, "failed": 2},
    "problems": [{"item": "MUG-01", "reason": {"code": "duplicate_sku", "text": "Two [have] it.", "fix": "Keep one."}}],
    "more": 5,
    "reason": None,
}


AS_NOW: dict[str, Any] = {"orders": [], "differ": 0, "complete": True}
"""A preview of settings that make nothing otherwise."""


class FakeLambda:
    """Answers by operation, and keeps what it was asked."""

    def __init__(self) -> None:
        self.results: dict[str, Any] = {"list": [LISTED], "preview": AS_NOW}
        self.answers: dict[str, list[Any]] = {}
        self.problems: list[str] = []
        self.kind = "refused"
        self.crash: Mapping[str, str] | None = None
        self.date = ""
        self.events: list[dict[str, Any]] = []

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        event = json.loads(Payload)
        self.events.append({"function": FunctionName, **event})
        OPERATION.validate_python(event)
        if self.crash is not None:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(self.crash).encode())}
        name = event["operation"]
        result = self.answers[name].pop(0) if self.answers.get(name) else self.results.get(name)
        answer = {"ok": not self.problems, "kind": self.kind, "problems": self.problems, "result": result}
        told = {"ResponseMetadata": {"HTTPHeaders": {"date": self.date} if self.date else {}}}
        return {**told, "Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def lambda_(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> FakeLambda:
    fake = FakeLambda()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(boto3, "client", lambda *_args, **_options: fake)
    monkeypatch.setenv("SHOPBRIDGE_OPERATIONS_FUNCTION", "operations")
    monkeypatch.delenv("SHOPBRIDGE_CONNECTION", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return fake


def run(*arguments: str, answers: str = "") -> Result:
    return CliRunner().invoke(app, list(arguments), input=answers)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "shop.yaml"
    written.write_text("version: 4\nsettings: {id: my-shop, name: M, shop: {platform: a}, office: {platform: b}}\n")
    return written


@pytest.fixture
def anna(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "anna")
