"""What reasons and events mean: the same as the page says, and a word for each that a person may meet."""

import pytest
from typer.testing import CliRunner

from shopbridge_cli.app import app
from shopbridge_cli.exits import Exit
from shopbridge_cli.explain import FILE, explained, reasons
from tests.docs.test_explanations import events, reason_codes
from tools.reasons import text


def test_the_command_line_tells_what_the_page_says() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "run `make docs`"


def test_every_reason_and_event_stands_alone() -> None:
    assert reason_codes() | events() >= {"unmapped_payment", "order_held"}
    assert {"unmapped_payment", "order_held", "gave_up_again", "missing_tax"} <= reasons().keys()
    vague = [
        code for code, told in reasons().items() if told["means"].startswith("likewise") or told["do"] == "as above"
    ]
    assert vague == []


def test_a_code_is_told_with_what_to_do_at_eighty_columns() -> None:
    told = explained("unmapped_payment")
    assert told.splitlines()[0] == "unmapped_payment (Held: waiting for a person)"
    assert "What to do: Add the key to `orders.maps.payment`, or set a fallback." in told
    assert all(len(line) <= 80 for code in reasons() for line in explained(code).splitlines()[1:])


@pytest.mark.parametrize(("code", "said"), [("unmaped_payment", "Did you mean unmapped_payment"), ("x", "`held` and")])
def test_a_code_that_is_none_names_the_one_that_was_meant(code: str, said: str) -> None:
    result = CliRunner().invoke(app, ["explain", code])
    assert result.exit_code == Exit.NOT_FOUND
    assert said in result.stderr
