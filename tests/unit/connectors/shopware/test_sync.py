"""What a refused sync says, in every shape a shop has for it, and how the rest gets through."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.shopware.sync import BLANK, Problem, Refusal, Refused, blame, read_refusal, settle
from shopbridge.errors import Unfinished
from shopbridge.http.answer import Answer, Call

WHOLE = Problem("x", "no")


def answer(status: int, body: Any) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer("Shopware", Call("POST", "/_action/sync"), status, {"content-type": "application/json"}, content)


def envelope(*errors: dict[str, Any]) -> dict[str, Any]:
    return {"errors": list(errors)}


def error(code: str = BLANK, detail: str = "This value should not be blank.", pointer: str = "") -> dict[str, Any]:
    source = {"source": {"pointer": pointer}} if pointer else {}
    return {"code": code, "status": "400", "detail": detail, "meta": {"parameters": []}, **source}


def test_pointers_name_the_records() -> None:
    body = envelope(
        error(pointer="/stock/3/productNumber"),
        error(pointer="/stock/3/translations/2fbb5fe2e29a4d70aa5854ce7ce3e20b/name"),
        error(pointer="/other/0/price/0/net"),
        error(pointer="nowhere"),
    )
    refusal = read_refusal(answer(400, body))
    assert refusal is not None
    assert set(refusal.at) == {("stock", 3), ("other", 0)}
    blank = "This value should not be blank"
    assert refusal.at["stock", 3].text == f"productNumber: {blank}; name: {blank}"


def test_6_4_answers_record_by_record_where_the_headers_are_ignored() -> None:
    entries = [{"entities": {"product": ["a"]}, "errors": []}, {"entities": [], "errors": [error(pointer="/0/name")]}]
    body: dict[str, Any] = {"success": False, "data": {"stock": {"result": entries}}}
    for status in (200, 400):
        refusal = read_refusal(answer(status, body))
        assert refusal is not None
        assert set(refusal.at) == {("stock", 1)}
    body = {"success": True, "data": {"stock": {"result": entries[:1]}}}
    assert read_refusal(answer(200, body)) is None


@pytest.mark.parametrize(
    ("status", "detail", "refused"),
    [
        (400, "anything", True),
        (409, "in use", True),
        (403, "no right", False),
        (500, "Malformed UTF-8 characters, possibly incorrectly encoded", True),
        (500, "SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry", True),
        (500, "SQLSTATE[22003]: Numeric value out of range", True),
        (500, "A plugin stumbled", True),
        (500, "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found", False),
        (500, "SQLSTATE[HY000] [2002] Connection refused", False),
        (503, "away", False),
    ],
)
def test_only_what_is_about_the_records_is_a_refusal(status: int, detail: str, refused: bool) -> None:
    assert (read_refusal(answer(status, envelope(error("0", detail)))) is not None) is refused


@pytest.mark.parametrize(
    "body", [b"<html>", [], {}, {"errors": []}, {"errors": ["?"]}, {"data": {"k": {"result": [0]}}}]
)
def test_what_is_no_refusal_is_none(body: Any) -> None:
    assert read_refusal(answer(400, body)) is None


def test_records_are_led_back_to_the_items_they_were_made_of() -> None:
    refusal = Refusal(WHOLE, {("a", 0): WHOLE, ("a", 9): WHOLE, ("b", 1): Problem("y", "b"), ("c", 0): WHOLE})
    assert blame(refusal, {"a": [(2,)], "b": [(0,), (1, 3)]}).at == {
        2: WHOLE,
        1: Problem("y", "b"),
        3: Problem("y", "b"),
    }


@given(st.lists(st.booleans(), max_size=40), st.booleans(), st.sampled_from([1, 7, 99]))
def test_all_get_through_but_those_that_cannot(good: list[bool], names: bool, most: int) -> None:
    """Whether the shop names the bad ones or not, and whether it takes all at once or only a few."""
    sent: list[int] = []
    calls = 0

    def send(batch: Sequence[int]) -> Refused | None:
        nonlocal calls
        calls += 1
        if len(batch) > most:
            raise Unfinished("too much", after=1)
        bad = {place: WHOLE for place, item in enumerate(batch) if not good[item]}
        if bad:
            return Refused(WHOLE, bad if names else {})
        sent.extend(batch)
        return None

    refused = settle(range(len(good)), send)
    assert set(refused) == {place for place, fine in enumerate(good) if not fine}
    assert sorted(sent) == [place for place, fine in enumerate(good) if fine]
    assert calls <= max(2 * len(good) - 1, 0) + len(good)


def test_a_single_item_that_does_not_go_through_in_time_is_not_refused() -> None:
    def send(_: Sequence[int]) -> Refused | None:
        raise Unfinished("slow", after=1)

    with pytest.raises(Unfinished):
        settle([1, 2, 3], send)
