"""Whatever is sent to the emulated Cartum: its answer is one of its own, and no row of a write loses its log."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.cartum import ProductSpec
from sandbox.platforms.cartum.service import FUNCTIONS
from tests.sandbox.platforms.cartum.calls import Store

ODD = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from(["1e999999", "NaN", "0x1", "-1"])
)
VALUES = st.recursive(
    ODD | st.sampled_from(["MUG", 1041, "office", "order_created", "https://x.example.test"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "links", "warehouse", "quantity", "en", "value", "article", "override"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
NAMES = sorted({name for function in FUNCTIONS.values() for name in function.params})
ROWS = {
    "orders/update": ("orders", ["order_id", "status", "paid", "payed", "tracking_code", "x"]),
    "catalog/import": (
        "products",
        ["article", "title", "parent", "price", "residues", "images", "slug", "characteristics", "brand", "x"],
    ),
    "catalog/importResidues": ("products", ["article", "warehouse", "quantity", "x"]),
    "users/import": ("users", ["email", "title", "discount_card", "phone", "x"]),
}
STORE = Store(per_hour=10**9)
STORE.shop.add_product(ProductSpec("MUG"))
STORE.shop.place_order()


def _status(function: str, **body: Any) -> Any:
    response = STORE.send(function, **body)
    assert response.status_code < 500, response.text
    return response.json()


@settings(max_examples=400)
@given(st.sampled_from(sorted(FUNCTIONS)), st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3))
def test_any_parameters_get_an_answer_of_the_platform(function: str, body: dict[str, Any]) -> None:
    answer = _status(function, **body)
    assert function.startswith("hooks/") or answer["status"] in ("OK", "WARNING", "EMPTY", "ERROR")


@settings(max_examples=400)
@given(st.data())
def test_every_row_of_a_write_has_its_row_in_the_log(data: st.DataObject) -> None:
    function = data.draw(st.sampled_from(sorted(ROWS)))
    name, fields = ROWS[function]
    row = st.dictionaries(st.sampled_from(fields), VALUES, max_size=4)
    rows = data.draw(st.lists(row | ODD, min_size=1, max_size=4))
    answer = _status(function, **{name: rows})
    assert answer["status"] in ("OK", "WARNING")
    assert len(answer["response"]["log"]) == len(rows)
