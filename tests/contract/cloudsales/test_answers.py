"""What BOCP is documented to answer is understood, or told by an error of ours."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from sandbox.platforms.kit import ManualClock
from shopbridge.connectors.cloudsales.connector import SPEC
from shopbridge.connectors.cloudsales.product_index import CloudSalesProductIndex, read_row
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.errors import BridgeError, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.client import Wiring
from shopbridge.model.office import OrderDraft
from shopbridge.model.stock import StockChange
from tests.containers import Deadline, Limiter, NoTokens, Secrets, parts_of, there
from tests.contract.benches.cloudsales import CODES, GOLDEN, bought, golden, planned
from tests.salespos_orders import D

NAMES = sorted(path.stem for path in GOLDEN.glob("*.json"))
LISTS = [name for name in NAMES if name.startswith("products")]
SECRETS = dict.fromkeys(("user", "password", "connector_user", "connector_password"), "x")
MOST = 4


class Canned(httpx.BaseTransport):
    """Gives one answer a few times, then nothing any more."""

    def __init__(self) -> None:
        self.status, self.body, self.kind, self.given = 200, b"", "application/json", 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.given += 1
        if self.given > MOST:
            raise httpx.ConnectError("enough", request=request)
        return httpx.Response(self.status, content=self.body, headers={"content-type": self.kind}, request=request)


class Talk:
    """A connector whose platform answers what it is told to; made once, since the cases are many."""

    def __init__(self) -> None:
        self.transport = Canned()
        self._http = httpx.Client(transport=self.transport)
        self._settings = {
            "url": "https://secure.bocp.eu",
            "account_number": "100200",
            "connector_id": 12,
            "stand_in_writes": True,
            **CODES,
        }
        self.draft: OrderDraft = planned(self.connector(), bought())

    def connector(self) -> RequiredParts:
        wiring = Wiring(self._http, Limiter(), Deadline(), sleep=lambda _: None)
        return parts_of(SPEC, self._settings, World(wiring, NoTokens(), Secrets(SECRETS), ManualClock()))

    def answers(self, body: Any, *, status: int = 200, kind: str = "application/json") -> RequiredParts:
        self.transport.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.transport.status, self.transport.kind, self.transport.given = status, kind, 0
        return self.connector()


@cache
def talk() -> Talk:
    return Talk()


CALLS: dict[str, Callable[[RequiredParts], object]] = {
    "ping": lambda office: office.account.ping(),
    "stock_page": lambda office: office.stock_source.page(None),
    "stock_of": lambda office: office.stock_source.of(["DEMO-1-R", "DEMO-2"]),
    "product_page": lambda office: office.catalogue_source.page(None),
    "categories": lambda office: office.catalogue_source.categories(),
    "changed_products": lambda office: there(office.order_products).changed(None, "ean"),
    "create_order": lambda office: office.order_target.create(talk().draft),
    "write_stock": lambda office: office.stock_target.write(
        [StockChange(sku="DEMO-X", quantity=D(1))], manage="untouched", warehouse=""
    ),
    "find_by_sku": lambda office: office.catalogue_target.find(["DEMO-1-R"]),
}


def only_typed_errors(call: str, office: RequiredParts) -> object:
    try:
        return CALLS[call](office)
    except BridgeError as error:
        return error


@pytest.mark.parametrize("name", LISTS)
def test_every_documented_page_of_products_is_read_to_its_last_row(name: str) -> None:
    page = golden(name)
    found = there(talk().answers(page).order_products).changed(None, "sku")
    inactive = ("is_deleted", "deleted", "is_archived", "delistat")
    active = [row for row in page["data"] if not any(str(row[flag]) in ("1", "True") for flag in inactive)]
    assert [entry.key for entry in found.entries] == [row["cod_produs"] for row in active]
    assert found.complete == (str(page["data_next_page_exists"]) in ("0", "False"))
    assert all(read_row(row).row for row in page["data"])


@pytest.mark.parametrize("name", ["answer_created", "answer_created_boolean", "answer_created_text"])
def test_every_documented_success_names_the_order(name: str) -> None:
    assert talk().answers(golden(name)).order_target.create(talk().draft).id == "44002"


@pytest.mark.parametrize("name", ["answer_no_id", "answer_no_data"])
def test_a_success_without_an_order_is_open(name: str) -> None:
    with pytest.raises(OutcomeUnknown):
        talk().answers(golden(name)).order_target.create(talk().draft)


REFUSED = [name for name in NAMES if name.startswith(("answer_refused", "answer_exists", "answer_no_such"))]


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("status", [200, 400])
def test_every_documented_refusal_is_told_in_its_own_words(name: str, status: int) -> None:
    said = "silently" if name.endswith("silently") else "DEMO-X|exist"
    with pytest.raises(Rejected, match=said.replace("silently", "without saying why")):
        talk().answers(golden(name), status=status).order_target.create(talk().draft, again=True)
    assert talk().transport.given == (2 if "exist" in json.dumps(golden(name)) else 1)


@pytest.mark.parametrize("name", ["answer_no_data", "answer_no_list", "answer_no_id", "answer_created"])
@pytest.mark.parametrize("call", ["stock_page", "product_page", "changed_products", "stock_of"])
def test_a_list_without_rows_or_flag_concludes_nothing(name: str, call: str) -> None:
    assert isinstance(only_typed_errors(call, talk().answers(golden(name))), RetryLater)


@pytest.mark.parametrize(("name", "codes"), [("stand_in_answer_written", {}), ("stand_in_answer_partly", {"DEMO-X"})])
def test_stand_in_answers_name_what_was_not_written(name: str, codes: set[str]) -> None:
    office = talk().answers(golden(name))
    with patch.object(CloudSalesProductIndex, "lately", return_value={}):
        refused = office.stock_target.write(
            [StockChange(sku="DEMO-X", quantity=D(1))], manage="untouched", warehouse=""
        )
    assert refused.keys() == set(codes)


def test_the_golden_connectors_are_warned_about() -> None:
    (warning, *_) = talk().answers(golden("connectors")).account.ping().notes
    assert "Gomag" in warning


def test_pages_that_stand_still_end() -> None:
    page = {**golden("products_same_code_twice"), "data_next_page_exists": "1"}
    with pytest.raises(RetryLater, match="same page"):
        talk().answers(page).stock_source.page(None)
    assert talk().transport.given == 2
