"""Whatever SalesAutopilot answers ends in what can be kept, or in an error of ours."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.salesautopilot.api import (
    categories,
    create_category,
    create_order,
    create_product,
    credentials,
    forms,
    limits_of,
    modify_category,
    modify_product,
    order_lists,
    products,
    search,
    update_order,
)
from shopbridge.connectors.salesautopilot.outcomes import judge, number_of
from shopbridge.errors import BridgeError, NeedsAttention, Obstructed, OutcomeUnknown, Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, Call
from shopbridge.http.client import Limit
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category
from shopbridge.model.office import OrderDraft
from tests.examples import examples
from tests.salesautopilot_orders import GOLDEN, Canned, bits, bought, office_on, talk
from tests.salespos_orders import D

READS = (order_lists(), forms(1, 2), search(1, "7"), products(), categories())
REPEATED = (modify_product(1, {}), modify_category(1, "A"))
ONCE = (create_order(1, 2, {}), update_order(1, 2, "7", {}), create_product({}), create_category("A"))


def answer(call: Call, body: bytes, status: int = 200, kind: str = "application/json") -> Answer:
    return Answer("SalesAutopilot", call, status, {"content-type": kind}, body)


def judged(call: Call, body: bytes, status: int = 200, kind: str = "application/json") -> type[BridgeError] | None:
    try:
        judge(answer(call, body, status, kind))
    except BridgeError as error:
        return type(error)
    return None


# --- calls --------------------------------------------------------------------------------------------------------


def test_only_what_may_happen_twice_is_repeated_and_no_get_changes_anything() -> None:
    assert all(call.repeatable and call.method == "GET" for call in READS)
    assert all(call.repeatable and call.method == "POST" for call in REPEATED)
    assert not any(call.repeatable or call.method == "GET" for call in ONCE)
    changing = ("unsubscribe", "delprodcategory", "closeevent", "deleteproduct")
    assert not [call for call in (*READS, *REPEATED, *ONCE) for name in changing if name in call.path]


@pytest.mark.parametrize(
    ("number", "sent"),
    [("50123", "50123"), ("A 7/8é", "A%207%2F8%C3%A9"), ("a?b#c%d&e", "a%3Fb%23c%25d%26e"), ("1+1", "1%2B1")],
)
def test_values_in_addresses_are_encoded(number: str, sent: str) -> None:
    assert search(1, number).path == f"/list/1/field/mssys_shoprenter_id/value/{sent}"
    assert update_order(1, 2, number, {}).path.endswith(f"/form/2/field/mssys_shoprenter_id/value/{sent}")


def test_there_are_two_calls_a_second_of_which_one_writes() -> None:
    every, writes = Limit("calls", 2, 1), Limit("writes", 1, 1)
    assert [limits_of(D(1))(call) for call in (READS[0], ONCE[0], REPEATED[0])] == [
        (every,),
        (writes, every),
        (writes, every),
    ]
    assert limits_of(D("0.1"))(READS[0]) == (Limit("calls", 1, 1),)
    assert limits_of(D(5))(ONCE[0]) == (Limit("writes", 5, 1), Limit("calls", 10, 1))


def test_the_key_pair_is_sent_as_one_header() -> None:
    assert credentials({"user": "demo", "password": "ő:x"}) == {"Authorization": "Basic ZGVtbzrFkTp4"}


# --- what an answer means -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "number"),
    [(b"123", 123), (b'"123"', 123), (b'" -2 "', -2), (b"0", 0), (b"-1", -1), (b"1.0", None), (b"true", None)],
)
def test_a_bare_number_is_read_as_a_number_or_a_text(body: bytes, number: int | None) -> None:
    assert number_of(answer(ONCE[0], body)) == number


@pytest.mark.parametrize(
    "body", [b"null", b"[]", b"{}", b"", b"OK", b'"1e5"', b'"--1"', b'""', b"9" * 400, '"٣"'.encode()]
)
def test_anything_else_is_none(body: bytes) -> None:
    assert number_of(answer(ONCE[0], body)) is None


@pytest.mark.parametrize("body", [b"0", b"-1", b"-2", b'"0"', b'"-2"'])
@pytest.mark.parametrize("call", [*ONCE, *REPEATED], ids=lambda call: call.path)
def test_a_write_that_is_answered_with_zero_or_less_failed(call: Call, body: bytes) -> None:
    assert judged(call, body) is Rejected
    assert judged(call, body, kind="text/html") is Rejected


def test_a_read_may_answer_any_number() -> None:
    assert judged(READS[2], b"0") is None


@pytest.mark.parametrize(
    ("status", "read", "written"),
    [
        (401, NeedsAttention, NeedsAttention),
        (403, NeedsAttention, NeedsAttention),
        (400, Rejected, Rejected),
        (404, Rejected, Rejected),
        (405, Rejected, Rejected),
        (406, Rejected, Rejected),
        (422, Rejected, Rejected),
        (429, Throttled, Throttled),
        (408, RetryLater, OutcomeUnknown),
        (301, Obstructed, OutcomeUnknown),
    ],
)
def test_every_status_has_a_consequence(status: int, read: type[BridgeError], written: type[BridgeError]) -> None:
    assert judged(READS[0], b"", status) is read
    assert [judged(call, b"", status) for call in ONCE] == [written] * len(ONCE)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_breakdown_leaves_open_what_must_not_happen_twice(status: int) -> None:
    assert [judged(call, b"", status) for call in ONCE] == [OutcomeUnknown] * len(ONCE)
    for call in (*READS, *REPEATED):
        with pytest.raises(RetryLater):
            judge(answer(call, b"", status))


@pytest.mark.parametrize(("status", "read"), [(200, Obstructed), (403, Obstructed), (404, Obstructed)])
def test_a_page_is_none_of_its_answers(status: int, read: type[BridgeError]) -> None:
    assert judged(READS[0], b" <!doctype html>", status, "text/html") is read
    assert judged(ONCE[0], b"<html>", 200, "text/html") is OutcomeUnknown


def test_a_limit_says_how_long_to_wait() -> None:
    slow = Answer("SalesAutopilot", READS[0], 429, {"retry-after": "7"}, b"")
    with pytest.raises(Throttled) as caught:
        judge(slow)
    assert caught.value.after == 7


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"errorCode":12000,"errorMessage":"Form  not found"}', "(404: Form not found)"),
        (b'"No such form"', "(404: No such form)"),
        (b'{"errorMessage":["x"]}', "(404)"),
        (b"", "(404)"),
        (b'"\\u0000bad\\ud800"', "(404: bad)"),
    ],
)
def test_what_a_refusal_says_is_told(body: bytes, said: str) -> None:
    with pytest.raises(Rejected) as caught:
        judge(answer(ONCE[0], body, 404))
    assert said in caught.value.what
    assert caught.value.fix


def test_old_credentials_are_read_again_and_bad_ones_stop_the_connection() -> None:
    office, transport = talk(lambda _: b"", 401)
    with pytest.raises(NeedsAttention, match="API key"):
        office.account.ping()
    assert len(transport.asked) == 1


# --- any answer ---------------------------------------------------------------------------------------------------


@cache
def draft() -> OrderDraft:
    of = bought(number="50123")
    return talk(lambda _: [])[0].order_target.plan(of, bits(of))


MUGS = Category(id=ExternalId("s"), parent=None, name="Mugs", active=True)
PARSERS: Mapping[str, Callable[[RequiredParts], object]] = {
    "account": lambda office: office.account.ping(),
    "orders": lambda office: list(office.order_target.find("50123", bought().placed_at, afresh=True)),
    "creation": lambda office: office.order_target.create(draft()),
    "payment": lambda office: office.order_target.add_note(ExternalId("50123"), "paid", first=False),
    "products": lambda office: [office.catalogue_target.find(["SKU-1"]), office.catalogue_target.on_sale(["SKU-1"])],
    "leaving": lambda office: office.catalogue_target.deactivate([ExternalId("4711")]),
    "categories": lambda office: [
        office.catalogue_target.categories(),
        office.catalogue_target.write_category(MUGS, None),
    ],
}
TOLD: dict[str, Any] = {"paid_form": 70003, "status_form": 70004, "paid_at_import": True}
STATUSES = (200,) * 12 + (201, 204, 301, 400, 401, 403, 404, 405, 406, 429, 500, 503)
KINDS = ("application/json", "application/json", "text/html", "")
FIELDS = ("id", "prod_id", "prod_sku", "prodcats", "prodcat_id", "prodcat_name", "products", "oi_brutto_sum", "subdate")
ODD: tuple[Any, ...] = (
    *(None, "", " ", "0", "-1", 0, 1, -2, True, 1.5, "12.5", "65,75", "1e999999999", "NaN", "9" * 400, 10**30, 2**63),
    *("\ud800", "x\x00", "a" * 3_000, "١٢", "²", "0000-00-00 00:00:00", "2030-13-40 10:00:00", "50123", "SKU-1", []),
)
CASES = settings(max_examples=examples(90), database=None)
"""Of ten cases each: what is drawn costs more than what is tried."""
SEEDS = given(seed=st.integers(0, 2**48))


@cache
def shapes() -> tuple[Any, ...]:
    return tuple(json.loads(path.read_text()) for path in sorted(GOLDEN.glob("*.json")))


def bent(value: Any, chance: Random) -> Any:
    """A documented answer in which now and then something is another, missing or there twice."""
    if chance.random() < 0.04:
        return grown(chance)
    if isinstance(value, dict):
        return {name: bent(each, chance) for name, each in value.items() if chance.random() > 0.03}
    if isinstance(value, list):
        return [bent(each, chance) for each in value * chance.choice((1, 1, 1, 2))]
    return value


def grown(chance: Random, depth: int = 3) -> Any:
    """Anything that JSON can hold."""
    match chance.randrange(4 if depth else 1):
        case 0 | 1:
            return chance.choice(ODD)
        case 2:
            return [grown(chance, depth - 1) for _ in range(chance.randrange(4))]
        case _:
            return {name: grown(chance, depth - 1) for name in chance.sample(FIELDS, chance.randrange(5))}


def response(chance: Random) -> httpx.Response:
    body = json.dumps(bent(chance.choice(shapes()), chance)).encode()
    if chance.random() < 0.1:
        at = chance.randrange(len(body) + 1)
        body = body[:at] + bytes([chance.randrange(256)]) + body[at + chance.randrange(9) :]
    return httpx.Response(chance.choice(STATUSES), content=body, headers={"content-type": chance.choice(KINDS)})


@pytest.mark.parametrize("parser", PARSERS)
@CASES
@SEEDS
def test_whatever_is_answered_ends_in_what_can_be_kept_or_an_error_of_ours(parser: str, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - hypothesis chooses
    transport = Canned(lambda _: response(chance))
    client = httpx.Client(transport=transport)
    for _ in range(10):
        with suppress(BridgeError):
            kept = PARSERS[parser](office_on(client, **TOLD))
            assert parser == "account" or to_json(kept) is not None
