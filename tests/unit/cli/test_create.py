"""A connection is made and changed from a file: it starts only when told to, and what would come of it is shown."""

import json
from pathlib import Path

import pytest

from shopbridge_cli.connection_file import read_connection
from shopbridge_cli.exits import Exit
from tests.unit.cli.fake_lambda import LISTED, FakeLambda, anna, file, lambda_, run

__all__ = ["anna", "file", "lambda_"]


def test_create_sends_the_file_and_tells_the_hooks(lambda_: FakeLambda, tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(
        "settings: {id: my-shop, name: M, shop: {platform: shopware}, office: {platform: salespos}}\n"
        "secrets: {shop: {client_id: a, client_secret: b}}\n"
    )
    hooks = {"signed": "/hooks/my-shop"}
    lambda_.results["create"] = {**LISTED, "remarks": ["Shopware 6.6 answers."], "hooks": hooks}
    result = run("create", str(file))
    assert "Connection my-shop is active." in result.stdout
    assert "/hooks/my-shop" in result.stdout
    (sent,) = (event for event in lambda_.events if event["operation"] == "create")
    assert sent["secrets"] == {"shop": {"client_id": "a", "client_secret": "b"}}


PLAN = {
    "read": 12,
    "to_import": 5,
    "imported_already": 0,
    "skipped": [],
    "held": [
        {
            "code": "unmapped_payment",
            "count": 7,
            "reason": "The payment 'paypal' has no entry in the map.",
            "fix": "Add the key 'paypal' to orders.maps.payment.",
            "examples": ["10001", "10002", "10003", "10004", "10005"],
        }
    ],
    "stopped": "",
}


PAUSED = {**LISTED, "status": "paused", "reason": "Not started yet.", "remarks": [], "hooks": {}}


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(("options", "start"), [([], False), (["--start"], True)])
def test_create_starts_only_when_it_is_told_to(
    lambda_: FakeLambda, file: Path, options: list[str], start: bool
) -> None:
    lambda_.results["create"] = PAUSED
    assert run("create", str(file), *options).exit_code == 0
    (event,) = (each for each in lambda_.events if each["operation"] == "create")
    assert (event["start"], event["by"], "version" in event) == (start, "anna", False)


def test_create_ends_with_the_plan_and_what_comes_next(lambda_: FakeLambda, file: Path) -> None:
    lambda_.results["create"] = {**PAUSED, "plan": PLAN}
    shown = run("create", str(file)).stdout
    assert shown.index("is paused") < shown.index("Of all 12 orders: 5 would be imported, 7 held.")
    for part in (
        "Nothing was written.",
        "Held: 7  unmapped_payment",
        "10001, 10002, 10003, 10004, 10005, …",
        "`resume`",
    ):
        assert part in shown


def test_create_shows_the_newest_orders_as_they_would_be_sent(lambda_: FakeLambda, file: Path) -> None:
    told = {"order": "10042", "becomes": "sent", "code": "", "reason": "", "fix": "", "note": "", "there": None}
    lambda_.results["create"] = {**PAUSED, "plan": PLAN}
    lambda_.results["preview"] = {"complete": True, "differ": 0, "orders": [{**told, "draft": {"paid": True}}]}
    shown = run("create", str(file)).stdout
    assert shown.index("`resume`") < shown.index("Order 10042: would be sent")
    assert lambda_.events[-1] | {"function": ""} == {
        "function": "",
        "operation": "preview",
        "connection": PAUSED["id"],
        "last": 2,
    }


def test_a_plan_that_stopped_says_of_how_many_it_speaks(lambda_: FakeLambda) -> None:
    lambda_.results["plan"] = {**PLAN, "id": "my-shop", "stopped": "The time for a plan is up."}
    shown = run("plan", "-c", "my-shop").stdout
    assert "Of the first 12 orders that were read: 5 would be imported" in shown
    assert "Not all orders were read. The time for a plan is up." in shown


def test_a_plan_of_no_orders_says_so(lambda_: FakeLambda) -> None:
    lambda_.results["plan"] = {**PLAN, "read": 0, "to_import": 0, "held": []}
    assert "There is nothing to import. Nothing was written." in run("plan", "-c", "my-shop").stdout


@pytest.mark.usefixtures("anna")
def test_a_change_carries_the_files_version_and_tells_what_is_different(lambda_: FakeLambda, file: Path) -> None:
    lambda_.results["change"] = {**LISTED, "version": 5, "remarks": [], "changes": ["orders.poll_minutes: 5 → 10"]}
    shown = run("change", str(file)).stdout
    assert (lambda_.events[-1]["version"], lambda_.events[-1]["by"]) == (4, "anna")
    assert "It is version 5 now. Changed:\n  orders.poll_minutes: 5 → 10\n" in shown
    assert "Before you change it again, put `version: 5` into the file." in shown


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file"),
        (b"settings: [", "is not well-formed at line 1"),
        (b"\xff: 1", "is not text in UTF-8"),
    ],
    ids=["missing", "broken", "binary"],
)
@pytest.mark.parametrize("command", [("create",), ("change",), ("words",), ("connect", "--file")], ids=" ".join)
def test_a_file_that_cannot_be_read_is_told_and_nothing_is_done(
    lambda_: FakeLambda, tmp_path: Path, command: tuple[str, ...], content: bytes | None, said: str
) -> None:
    file = tmp_path / "shop.yaml"
    if content is not None:
        file.write_bytes(content)
    refused = run(*command, str(file))
    assert (refused.exit_code, f"The file {file} {said}" in refused.stderr) == (Exit.USAGE, True)
    assert {event["operation"] for event in lambda_.events} <= {"list"}


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    "command", [["pause", "-c", "my-shop"], ["resume", "-c", "my-shop"], ["delete", "my-shop", "--yes"]]
)
def test_who_asks_is_told(lambda_: FakeLambda, command: list[str]) -> None:
    lambda_.results[command[0]] = LISTED
    assert run(*command).exit_code == 0
    assert lambda_.events[-1]["by"] == "anna"


def test_what_export_writes_is_what_change_reads(lambda_: FakeLambda, tmp_path: Path) -> None:
    stored = {"version": 4, "settings": {"id": "my-shop", "name": "M"}}
    lambda_.results["show"] = {**LISTED, **stored}
    written = tmp_path / "kept.yaml"
    assert f"Written to {written}" in " ".join(run("export", str(written), "-c", "my-shop").stdout.split())
    assert read_connection(written, None) == {**stored, "secrets": {}}
    assert run("export", "-c", "my-shop").stdout == written.read_text()
    assert json.loads(run("export", "-c", "my-shop", "--json").stdout) == stored
    again = run("export", str(written), "-c", "my-shop")
    assert (again.exit_code, "is there already" in again.stderr) == (Exit.USAGE, True)


def test_words_of_a_file_are_told_before_there_is_a_connection(lambda_: FakeLambda, file: Path) -> None:
    lambda_.results["words_of"] = {"shop": {"payment": {"ideal": "iDEAL"}}, "office": {}, "remarks": ["Later more."]}
    shown = run("words", str(file)).stdout
    assert "iDEAL" in shown
    assert "Later more." in shown
    event = lambda_.events[-1]
    assert (event["operation"], event["settings"]["id"], "version" in event) == ("words_of", "my-shop", False)
