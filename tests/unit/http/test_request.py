"""A call as a request: what goes over the wire is what the library itself would have made of it."""

import httpx
import pytest

from shopbridge.http.answer import Call
from shopbridge.http.exchange import HEADERS
from shopbridge.http.request import request_of

URL = httpx.URL("https://shop.example:8443/api/orders")
CALLS = [
    Call("GET", "/orders"),
    Call("GET", "/orders", params={"page": "2", "name": ["Sanne", "ø & ß"]}, headers={"Accept": "application/xml"}),
    Call("DELETE", "/orders"),
    Call("POST", "/orders"),
    Call("POST", "/orders", json={"name": "Zoë", "price": 9.95, "rows": [], "paid": None}),
    Call("POST", "/orders", json=[]),
    Call("PATCH", "/orders", json={"a": 1}, headers={"Content-Type": "application/vnd.shop+json", "If-Match": "7"}),
    Call("POST", "/orders", form={"data": '{"a": "ø & ß"}', "page": "1"}),
    Call("PUT", "/orders", content=b"<Order/>", headers={"Content-Type": "text/xml"}),
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method}-{CALLS.index(call)}")
def test_a_request_is_what_the_library_would_make_of_the_call(call: Call) -> None:
    made = request_of(call, URL, {"largest": 1})
    plain = httpx.Request(
        call.method,
        URL,
        params=dict(call.params) or None,
        json=call.json,
        data=dict(call.form) or None,
        content=call.content or None,
        headers={**HEADERS, **call.headers},
    )
    assert (made.method, made.url, made.content) == (plain.method, plain.url, plain.content)
    assert sorted(made.headers.multi_items()) == sorted(plain.headers.multi_items())
    assert b"".join(made.stream) == plain.content  # type: ignore[arg-type]
    assert made.extensions == {"largest": 1}


def test_a_number_that_no_json_has_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        request_of(Call("POST", "/orders", json={"price": float("nan")}), URL, {})
