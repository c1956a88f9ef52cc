"""Whatever InnVoice may answer ends in what can be kept or in an error of ours."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.connectors.innvoice.api import create
from shopbridge.connectors.innvoice.outcomes import judge
from shopbridge.connectors.innvoice.product_index import read_row
from shopbridge.connectors.parts import RequiredParts
from shopbridge.errors import BridgeError, Rejected
from shopbridge.http.answer import Answer
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft
from shopbridge.model.stock import StockChange
from tests.examples import examples
from tests.innvoice_orders import SHAPES, Canned, bits, bought, fixture, talk
from tests.salespos_orders import D

WRITING: dict[str, Any] = {"stand_in_writes": True, "regular_price_group": "Retail", "stand_in_warehouse": "1"}
TECHID, PROFORMA = ExternalId("880001"), ExternalId("880002/5002")


@cache
def draft() -> OrderDraft:
    of = bought()
    return talk(b"")[0].order_target.plan(of, bits(of))


PARSERS: dict[str, Callable[[RequiredParts], object]] = {
    "a document made": lambda office: office.order_target.create(draft()),
    "a document read": lambda office: office.order_target.read(TECHID),
    "invoice books": lambda office: office.account.ping(),
    "products": lambda office: (office.stock_source.page(None), office.catalogue_source.page(None)),
    "rows written": lambda office: office.stock_target.write(
        [StockChange(sku="SKU-1", quantity=D(1))], manage="untouched", warehouse=""
    ),
}
STATUSES = (200,) * 12 + (201, 204, 301, 400, 401, 403, 404, 405, 422, 429, 500, 503)
KINDS = ("text/xml", "text/xml", "text/html", "application/json")
PIECES = (b"", b"<", b"/>", b"<techid>", b"</techid>", b"<error>", b"<message/>", b"]]>", b"<![CDATA[", b"\x00", b"&x;")
ODD = (b"-1", b"1e999", b"NaN", b"9" * 400, b"<a/>", b"0,5", "١٢".encode(), b"a" * 3_000, b"&#0;", b" \n ", b"\xff")
CHILDREN = ("CikkSzam", "Nev", "Arak", "Keszletek", "Keszlet", "Raktar_Keszlet", "Arcsoport_Ar", "Arcsoport_Brutto")
TEXTS = (None, "", " ", "SKU-1", "1", "0", "12.5", "1e999999999", "NaN", "9" * 400, "\ud800", "a" * 3_000, "x\x00")
CASES = settings(max_examples=examples(300), database=None)
"""Of ten cases each: what is drawn costs more than what is tried."""
SEEDS = given(seed=st.integers(0, 2**48))


@cache
def shapes() -> tuple[bytes, ...]:
    return tuple(fixture(name) for name in SHAPES)


def bent(chance: Random) -> bytes:
    """A documented answer, with up to three pieces of it lost, put twice, or replaced."""
    body = chance.choice(shapes())
    for _ in range(chance.randint(0, 3)):
        start = chance.randrange(len(body) + 1)
        end = min(len(body), start + chance.choice((0, 1, 2, 9, 40)))
        body = body[:start] + chance.choice((*PIECES, *ODD, body[start:end] * 2)) + body[end:]
    return body


def grown(chance: Random, depth: int = 4) -> Any:
    """What an element may hold."""
    match chance.randrange(4 if depth else 1):
        case 0:
            return chance.choice(TEXTS)
        case 1:
            return [grown(chance, depth - 1) for _ in range(chance.randrange(4))]
        case _:
            return {name: grown(chance, depth - 1) for name in chance.sample(CHILDREN, chance.randrange(6))}


@cache
def speaker() -> tuple[RequiredParts, Canned]:
    return talk(b"", **WRITING)


@pytest.mark.parametrize("parser", PARSERS)
@CASES
@SEEDS
def test_whatever_is_answered_ends_in_what_can_be_kept_or_an_error_of_ours(parser: str, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - hypothesis chooses
    office, transport = speaker()
    for _ in range(10):
        transport.body, transport.status, transport.kind = bent(chance), chance.choice(STATUSES), chance.choice(KINDS)
        transport.asked.clear()
        with suppress(BridgeError):
            PARSERS[parser](office)


@CASES
@SEEDS
def test_a_product_of_any_form_is_read_or_told_with_a_problem(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - hypothesis chooses
    for _ in range(10):
        found = read_row(grown(chance))
        assert (found.row is None) == bool(found.problem)
        assert found.row is None or found.row.sku == found.code


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refused_creation_is_rejected_though_it_is_no_xml(status: int) -> None:
    for body in (b"", b"<response><note>No</note></response>"):
        with pytest.raises(Rejected):
            judge(Answer("InnVoice", create({}), status, {"content-type": "text/xml"}, body))
