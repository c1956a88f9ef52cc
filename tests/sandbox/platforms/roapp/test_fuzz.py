"""Whatever is sent to the emulated RO App: its answer is one of its own, and whatever it took can be read."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.roapp.service import ROUTES
from tests.sandbox.platforms.roapp.calls import LINE, Client

CLIENT = Client()
MUG = CLIENT.app.add_product("MUG", stock=9).id
ORDER = CLIENT.order()["id"]
PERSON = CLIENT.app.contacts[0].id
FIRM = CLIENT.app.add_organization("Pop SRL").id
ITEM = CLIENT.line(ORDER, MUG)["id"]
CLIENT.app.sell({"MUG": 1})
SALE = next(iter(CLIENT.app.account.sales))
IDS = {"orders": ORDER, "people": PERSON, "organizations": FIRM, "products": MUG, "goods": 61, "sales": SALE}
GOOD: dict[str, dict[str, Any]] = {
    "POST /v2/orders": {"branch_id": 11, "order_type_id": 21, "client_id": PERSON},
    "POST /v2/orders/{id}/items": {**LINE, "entity_id": MUG},
    "POST /v2/orders/{id}/status": {"status_id": 52},
    "POST /v2/contacts/people": {"first_name": "Ana"},
    "POST /v2/contacts/organizations": {"name": "Pop SRL"},
    "POST /products/": {"category_id": 91, "title": "Cup"},
    "POST /warehouse/postings/": {"branch_id": 11, "warehouse_id": 61, "supplier_id": 1, "products": []},
    "POST /warehouse/outcome-transactions/": {"warehouse": 61, "entities": []},
}
ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.sampled_from(["1e999999", "1e-999999", "1e11", "NaN", "-1", "0001-01-01T00:00:00+14:00", "f123", 10**11, 0.1])
)
KNOWN = [11, 21, 31, 51, 61, 81, 91, 101, MUG, PERSON, "2026-03-01T10:00:00Z", "days", "value", "percentage", "staff"]
NAMES = ["f123", "f9", "81", "entity_id", "quantity", "cost", "phone", "title", "type", "percentage", "amount"]
VALUES = st.recursive(
    ODD | st.sampled_from(KNOWN),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*NAMES, "sponsor", "period", "periodUnits", "day", "month"]), inner, max_size=4
        )
    ),
    max_leaves=6,
)
READS = ["/v2/orders", "/v2/catalog/products", "/products/", "/warehouse/goods/61", f"/v2/orders/{ORDER}/items"]


def _address(pattern: str) -> str:
    kind = pattern.partition("/{")[0].rpartition("/")[2]
    return pattern.replace("{id}", str(IDS.get(kind, MUG))).replace("{item}", str(ITEM))


def _answered(method: str, path: str, body: Any = None, params: Any = None) -> None:
    answer = CLIENT.send(method, path, body, params=params)
    assert answer.status_code < 500, answer.text
    told = answer.json()
    assert answer.status_code == 200 or (told["success"], told["code"]) == (False, answer.status_code)


@settings(max_examples=80)
@given(st.sampled_from(sorted(name for name, route in ROUTES.items() if route.shape is not None)), st.data())
def test_any_body_gets_an_answer_of_the_platform(name: str, data: st.DataObject) -> None:
    fields = sorted(ROUTES[name].shape or {})
    odd = data.draw(st.dictionaries(st.sampled_from(fields), VALUES, max_size=3))
    method, _, pattern = name.partition(" ")
    _answered(method, _address(pattern), {**GOOD.get(name, {}), **odd})
    for path in READS:
        assert CLIENT.send("GET", path).status_code == 200


@settings(max_examples=80)
@given(st.sampled_from(sorted(name for name, route in ROUTES.items() if route.shape is None)), st.data())
def test_any_parameters_get_an_answer_of_the_platform(name: str, data: st.DataObject) -> None:
    known = sorted(ROUTES[name].params) or ["page"]
    texts = st.text(max_size=8) | st.sampled_from(["1", "0", "1,2", "2026-03-01T10:00:00Z", "-id", "9" * 30, "²"])
    params = data.draw(st.dictionaries(st.sampled_from([*known, "x"]), st.lists(texts, max_size=3), max_size=3))
    _answered("GET", _address(name.partition(" ")[2]), params={f"{key}[]": value for key, value in params.items()})
