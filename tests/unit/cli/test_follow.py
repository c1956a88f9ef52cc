"""Following a run until it is over, and what its end comes to."""

import json
from typing import Any

import pytest

from shopbridge_cli.exits import Exit
from tests.unit.cli.fake_lambda import RUN, FakeLambda, lambda_, run

__all__ = ["lambda_"]

NOTHING_LEFT = {"found": 900, "created": 3, "updated": 40, "unchanged": 857, "held": 0, "failed": 0}
OVER: dict[str, Any] = {**RUN, "state": "done", "percent": 100, "counts": NOTHING_LEFT, "problems": [], "more": 0}
STOCK: dict[str, Any] = {**RUN, "kind": "stock"}


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    return pauses


def test_a_run_is_followed_until_it_is_over_with_a_line_for_each_step(lambda_: FakeLambda, slept: list[float]) -> None:
    lambda_.answers["runs"] = [[STOCK, RUN], [STOCK, RUN], [STOCK, {**RUN, "percent": 90}], [STOCK, OVER]]
    told = run("runs", "watch", "my-shop", "products", "--every", "7")
    assert told.exit_code == Exit.DONE
    assert [line.split(",")[0] for line in told.stderr.splitlines()] == [
        "products: running 45 %",
        "products: running 90 %",
    ]
    assert "products  done, 100 %" in told.stdout
    assert slept == [7, 7, 7]


def test_a_script_waits_in_silence(lambda_: FakeLambda, slept: list[float]) -> None:
    lambda_.answers["runs"] = [[RUN], [{**RUN, "percent": 90}], [OVER]]
    told = run("runs", "wait", "my-shop", "products")
    assert (told.exit_code, told.stderr, len(slept)) == (Exit.DONE, "", 2)
    assert "products  done, 100 %" in told.stdout


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ({**OVER, "counts": {**NOTHING_LEFT, "held": 1}}, Exit.PARTLY),
        ({**OVER, "counts": {**NOTHING_LEFT, "failed": 1}}, Exit.PARTLY),
        ({**OVER, "state": "stopped"}, Exit.PARTLY),
        ({**OVER, "state": "failed", "reason": {"code": "c", "text": "T.", "fix": "F."}}, Exit.REFUSED),
    ],
)
def test_how_it_ended_is_the_exit_code(lambda_: FakeLambda, end: dict[str, Any], code: Exit) -> None:
    lambda_.results["runs"] = [end]
    assert run("runs", "watch", "products", "-c", "my-shop").exit_code == code
    as_json = run("runs", "watch", "products", "-c", "my-shop", "--json")
    assert (as_json.exit_code, json.loads(as_json.stdout)["state"], as_json.stderr) == (code, end["state"], "")


def test_who_waits_too_long_is_told_that_it_goes_on(lambda_: FakeLambda, slept: list[float]) -> None:
    lambda_.results["runs"] = [RUN]
    told = run("runs", "watch", "products", "--minutes", "0", "-c", "my-shop")
    assert told.exit_code == Exit.AGAIN
    assert "goes on by itself" in told.stderr
    assert len(slept) <= 1


def test_what_never_began_is_not_found(lambda_: FakeLambda) -> None:
    lambda_.results["runs"] = [STOCK]
    told = run("runs", "watch", "orders", "-c", "my-shop")
    assert told.exit_code == Exit.NOT_FOUND
    assert "`runs start orders` begins one" in told.stderr
