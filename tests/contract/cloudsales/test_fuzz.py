"""Whatever BOCP answers: what it means is understood, or told by an error of ours."""

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.platforms.kit import ManualClock
from shopbridge.connectors.cloudsales.connector import SPEC
from shopbridge.connectors.cloudsales.outcomes import envelope_of
from shopbridge.connectors.cloudsales.product_index import CloudSalesProductIndex, read_row
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.spec import World
from shopbridge.errors import AlreadyDone, BridgeError, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.client import Wiring
from shopbridge.model.office import OrderDraft
from shopbridge.model.stock import StockChange
from tests.contract.benches.cloudsales import CODES, GOLDEN, bought, golden, planned
from tests.contract.world import Deadline, Limiter, NoTokens, Secrets, parts_of
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
    "changed_products": lambda office: office.order_products.changed(None, "ean"),
    "create_order": lambda office: office.order_target.create(talk().draft),
    "write_stock": lambda office: office.stock_target.write(
        [StockChange(sku="DEMO-X", quantity=D(1))], manage="untouched", warehouse=""
    ),
    "find_by_sku": lambda office: office.catalogue_target.find(["DEMO-1-R"]),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
QUICK = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def only_typed_errors(call: str, office: RequiredParts) -> object:
    try:
        return CALLS[call](office)
    except BridgeError as error:
        return error


# --- golden payloads, as they are ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_every_documented_page_of_products_is_read_to_its_last_row(name: str) -> None:
    page = golden(name)
    found = talk().answers(page).order_products.changed(None, "sku")
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


# --- golden payloads, bent ----------------------------------------------------------------------------------


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at] * bool(at) + [place for key, each in inner for place in places(each, (*at, key))]


ODD: list[Any] = [
    None,
    True,
    "",
    " ",
    "x",
    0,
    -1,
    2,
    10**30,
    1.5,
    float("nan"),
    "1e999999",
    "NaN",
    "Infinity",
    [],
    {},
    [[]],
    "1,5",
    "٣",
]


FITTING = {"ping": "connectors", "create_order": "answer_created", "write_stock": "stand_in_answer"}
STATUSES = (*[200] * 8, 400, 409, 500, 503)


def bent(payload: Any, random: Random) -> Any:
    """The payload with some of its nodes taken out or replaced."""
    payload = deepcopy(payload)
    for _ in range(random.randint(1, 3)):
        known = places(payload)
        if not known:
            break
        *way, last = random.choice(known)
        holder = payload
        for key in way:
            holder = holder[key]
        if random.random() < 0.3:
            del holder[last]
        else:
            holder[last] = deepcopy(random.choice(ODD))
    return payload


@pytest.mark.parametrize("call", CALLS)
def test_bent_golden_payloads_raise_only_errors_of_ours(call: str) -> None:
    random = Random(call)  # noqa: S311 - chooses test cases
    fitting = [name for name in NAMES if name.startswith(FITTING.get(call, "products"))]
    payloads = [golden(name) for name in (*NAMES, *fitting * (len(NAMES) // len(fitting)))]
    for _ in range(350):
        payload = bent(random.choice(payloads), random)
        given = only_typed_errors(call, talk().answers(payload, status=random.choice(STATUSES)))
        assert not isinstance(given, AlreadyDone)


@pytest.mark.parametrize("name", NAMES)
def test_broken_bytes_raise_only_errors_of_ours(name: str) -> None:
    random = Random(name)  # noqa: S311 - chooses test cases
    text = (GOLDEN / f"{name}.json").read_bytes()
    for _ in range(12):
        cut = bytearray(text[: random.randint(0, len(text))])
        for _ in range(random.randint(0, 4) if cut else 0):
            cut[random.randrange(len(cut))] = random.randrange(256)
        for call in ("stock_page", "create_order"):
            only_typed_errors(call, talk().answers(bytes(cut), kind=random.choice(("application/json", "text/html"))))


@QUICK
@given(row=JSON | st.fixed_dictionaries({"cod_produs": JSON, "stoc_global": JSON, "is_deleted": JSON, "images": JSON}))
def test_any_row_is_read_or_found_odd(row: Any) -> None:
    found = read_row(row)
    assert (found.row is None) == bool(found.problem)


@QUICK
@given(
    body=JSON | st.fixed_dictionaries({"is_error": st.sampled_from([0, 1, "1", True]), "messages": JSON, "data": JSON})
)
def test_any_body_has_an_envelope_or_none(body: Any) -> None:
    envelope = envelope_of(body)
    assert envelope is None or len(envelope.said) <= 300


@QUICK
@given(
    body=st.fixed_dictionaries({"is_error": JSON, "messages": JSON, "data": JSON}) | JSON,
    status=st.sampled_from([200, 200, 201, 204, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503]),
    call=st.sampled_from(sorted(CALLS)),
)
def test_any_answer_raises_only_errors_of_ours(body: Any, status: int, call: str) -> None:
    given = only_typed_errors(call, talk().answers(body, status=status))
    assert not isinstance(given, AlreadyDone)
