"""Requests that make no sense are answered with what is wrong with them."""

from typing import Any

import pytest

from tests.integration.operations.asking import one_world, problems, world
from tests.integration.stage import depths, items
from tests.integration.world import World

__all__ = ["one_world", "world"]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({}, "The request: Unable to extract tag"),
        ({"operation": "explode"}, "The request: Input tag 'explode'"),
        ({"operation": "verify"}, "connection: This is needed and is not there."),
        ({"operation": "verify", "connection": 7}, "connection: This should be a text."),
        (
            {"operation": "skip", "connection": "operations", "order": "1", "remark": ""},
            "remark: This may not be empty.",
        ),
        (
            {"operation": "start_run", "connection": "operations", "job": "orders", "since": "last week"},
            "since: This should be a time with its zone",
        ),
        ({"operation": "pause", "connection": "operations", "force": True}, "force: There is no such setting here."),
        (None, "The request: "),
        ([], "The request: "),
        ("pause", "The request: "),
    ],
)
def test_a_request_that_makes_no_sense_is_answered_with_the_field(world: World, request_: Any, words: str) -> None:
    answer = world.invoke("operations", request_)
    assert answer["ok"] is False
    assert words in answer["problems"][0]


@pytest.mark.parametrize(
    "operation",
    [
        *("verify", "pause", "resume", "delete", "show", "poll_now", "initial_sync", "words", "plan", "change"),
        *("held", "story", "resend", "skip", "runs", "start_run", "stop_run", "resume_run"),
    ],
)
def test_an_unknown_connection_is_named(world: World, operation: str) -> None:
    fields: dict[str, Any] = {"connection": "nobody"}
    if operation.endswith("_run"):
        fields["job"] = "orders"
    if operation in ("story", "resend", "skip"):
        fields["order"] = "10001"
    if operation == "skip":
        fields["remark"] = "gone"
    if operation == "change":
        fields = {"settings": {**world.settings(), "id": "nobody"}}
    before = items(world)
    assert "There is no connection 'nobody'" in problems(world, operation, **fields)
    assert (items(world), depths(world)) == (before, (0, 0, 0))


@pytest.mark.parametrize("operation", ["held", "show", "runs"])
@pytest.mark.parametrize(("typed", "meant"), [("operatoins", "operations"), ("", ""), ("x" * 3000, "")])
def test_a_mistyped_connection_is_an_error_that_names_the_one_meant(
    world: World, operation: str, typed: str, meant: str
) -> None:
    found = problems(world, operation, connection=typed)
    assert "There is no connection" in found
    assert "operations" in found.rpartition("There are: ")[2]
    assert (f"Did you mean {meant!r}?" in found) == bool(meant)


def test_resending_for_a_reason_in_an_unknown_connection_is_an_error(world: World) -> None:
    assert "There is no connection 'nobody'" in problems(world, "resend", connection="nobody", code="gave_up")
