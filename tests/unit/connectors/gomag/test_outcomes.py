"""What Gomag's answers mean."""

import json

import pytest

from shopbridge.connectors.gomag.connector import SPEC
from shopbridge.connectors.gomag.outcomes import judge
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.errors import BridgeError, NeedsAttention, Obstructed, OutcomeUnknown, Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, Call
from tests.recorded import GOMAG as GOLDEN


def answer(body: str, *, status: int = 200, write: bool = False, repeatable: bool = True) -> Answer:
    call = Call("POST" if write else "GET", "/order/status/json", repeatable=repeatable)
    return Answer("Gomag", call, status, {"content-type": "text/html"}, body.encode())


def refusal(body: str, *, status: int = 200, write: bool = False, repeatable: bool = True) -> BridgeError:
    with pytest.raises(BridgeError) as caught:
        judge(answer(body, status=status, write=write, repeatable=repeatable))
    return caught.value


@pytest.mark.parametrize("name", ["success", "success_as_number", "success_zero"])
def test_a_write_that_was_done_carries_an_error_too(name: str) -> None:
    judge(answer(GOLDEN[name], write=True))


@pytest.mark.parametrize(
    "body", ["{}", "[]", '{"orders":[]}', '{"error":null}', '{"error":" 200 "}', '{"error":false}']
)
def test_what_is_no_refusal_is_good(body: str) -> None:
    judge(answer(body))


@pytest.mark.parametrize(
    "body", ['{"error":true}', '{"error":"no"}', '{"error":[1]}', '{"error":"404","message":["NO DATA"]}']
)
def test_any_other_error_inside_a_good_answer_is_a_refusal(body: str) -> None:
    assert isinstance(refusal(body), Rejected)


@pytest.mark.parametrize("name", ["error_permission", "error_permission_as_text"])
def test_a_missing_permission_is_named_by_its_area(name: str) -> None:
    read, write = refusal(GOLDEN[name]), refusal(GOLDEN[name], write=True)
    assert isinstance(read, NeedsAttention)
    assert "no permission to read order statuses" in read.what
    assert "no permission to write order statuses" in write.what
    assert "order/status/json" in write.fix


@pytest.mark.parametrize("name", ["error_missing_user", "error_wrong_key"])
def test_a_key_that_is_refused_inside_a_good_answer_names_the_forms_of_the_shop(name: str) -> None:
    error = refusal(GOLDEN[name])
    assert isinstance(error, NeedsAttention)
    assert "Api_shop_pagina" in error.fix


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, '{"error":"401","message":"x"}', NeedsAttention),
        (401, "<html>", Obstructed),
        (403, "<html>", Obstructed),
        (403, "{}", NeedsAttention),
        (404, "<html>", Obstructed),
        (302, "", Obstructed),
        (429, "<html>", Throttled),
        (502, "<html>", RetryLater),
        (200, "<html>", Obstructed),
        (200, '{"orders":{"1":', RetryLater),
        (200, "", RetryLater),
        (200, '"text"', RetryLater),
        (200, '{"error":429}', Throttled),
        (200, '{"error":"503","message":["later"]}', RetryLater),
        (400, "{}", Rejected),
    ],
)
def test_answers_become_errors_by_consequence(status: int, body: str, kind: type[BridgeError]) -> None:
    assert isinstance(refusal(body, status=status), kind)


@pytest.mark.parametrize(("status", "body"), [(502, "<html>"), (200, "<html>"), (200, ""), (200, '{"error":500}')])
def test_a_call_that_must_not_be_repeated_leaves_its_outcome_open(status: int, body: str) -> None:
    assert isinstance(refusal(body, status=status, write=True, repeatable=False), OutcomeUnknown)


@pytest.mark.parametrize("shop", ["", "  ", "two words", "line\nbreak", "șh.example"])
def test_a_shop_that_no_header_can_carry_is_refused(shop: str) -> None:
    with pytest.raises(ValueError, match="shop"):
        GomagSettings(shop=shop)


def test_the_shop_is_sent_as_written_but_for_a_slash() -> None:
    assert GomagSettings(shop=" https://www.x.example/ ").shop == "https://www.x.example"
    assert SPEC.settings.model_validate({"shop": "x"}).url == "https://api.gomag.ro"


def test_no_answer_is_too_odd_to_be_judged() -> None:
    for body in GOLDEN.values():
        parsed = json.loads(body)
        refused = isinstance(parsed, dict) and str(parsed.get("error", "0")) not in ("0", "200")
        if refused:
            assert isinstance(refusal(body), NeedsAttention | Rejected)
        else:
            judge(answer(body))
