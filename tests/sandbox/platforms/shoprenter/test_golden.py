"""Every example payload of ``docs/platforms/shoprenter.md``, against what the emulated Shoprenter takes and sends."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandbox.platforms.shoprenter import Address, Line, OrderSpec, Payment, ProductSpec, Shipping
from tests.sandbox.platforms.shoprenter.calls import API, OAUTH, Bolt, form_field

D = Decimal
PAGE = (Path(__file__).parents[4] / "docs" / "platforms" / "shoprenter.md").read_text()
EXAMPLES = PAGE.partition("## Example payloads")[2].partition("**Emulator switches")[0]


def _below(title: str) -> list[Any]:
    """The JSON of the blocks below a title."""
    part = EXAMPLES.partition(f"**{title}")[2].partition("\n**")[0]
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", part, re.DOTALL)]


def _sent(title: str) -> tuple[str, Any]:
    """The first line and the JSON body of a request below a title."""
    block = re.findall(r"```http\n(.*?)```", EXAMPLES.partition(f"**{title}")[2], re.DOTALL)[0]
    return block.splitlines()[0], json.loads(block[block.index("\n{") :].partition("\n------")[0])


def _minta(comment: str) -> OrderSpec:
    return OrderSpec(
        lines=(Line("MUG-BLUE", quantity=2),),
        billing=_address("Minta Kft."),
        shipping_address=_address(""),
        tax_number="11111111-2-06",
        comment=comment,
        shipping=Shipping(gross=D(1524), point="Szeged, Teszt tér 1."),
        payment=Payment(gross=D(381)),
    )


def _address(company: str) -> Address:
    return Address(company=company)


def _bolt(comment: str = "Kérem délután.") -> Bolt:
    """The shop of the examples at the time of its order."""
    bolt = Bolt()
    bolt.later(days=1, minutes=-45)
    konyha, bogrek = (bolt.shop.add_category(name) for name in ("Konyha", "Bögrék"))
    bolt.shop.add_product(ProductSpec("MUG-BLUE", D(2000), 12, "Bögre, kék", categories=(konyha, bogrek)))
    bolt.shop.place_order(_minta(comment))
    return bolt


def test_token() -> None:
    line, body = _sent("Token")
    bolt = Bolt()
    answer = bolt.http.post(f"{OAUTH}{line.split()[1]}", json=body).json()
    (golden,) = _below("Token")
    assert {**answer, "access_token": golden["access_token"]} == golden
    assert len(answer["access_token"].split(".")) == 3


def test_order_page() -> None:
    bolt = _bolt()
    bolt.shop.order(1042).updated += timedelta(minutes=5, seconds=31)
    query = re.findall(r"/api/orderExtend\?(\S+)`", EXAMPLES)[0]
    page = bolt.http.get(f"{API}/orderExtend?{query}").json()
    (golden,) = _below("Order page")
    (order,), (expected,) = page.pop("items"), golden.pop("items")
    assert page == golden
    (line,), (expected_line,) = order.pop("orderProducts"), expected.pop("orderProducts")
    assert {name: line[name] for name in expected_line} == expected_line
    rows, expected_rows = order.pop("orderTotals"), expected.pop("orderTotals")
    assert order == expected
    # The example leaves the ids of most rows out.
    assert [_without_id(row) for row in rows] == [_without_id(row) for row in expected_rows]
    assert rows[0]["id"] == expected_rows[0]["id"]


def _without_id(row: Any) -> Any:
    return {name: value for name, value in row.items() if name != "id"}


def test_status_change() -> None:
    bolt = _bolt()
    (body,) = _below("Status change")
    address = re.findall(r"PUT https://\S+/api/(orders/\S+)`", EXAMPLES)[0]
    answer = bolt.done("PUT", address, body)
    assert body["orderStatus"]["id"] in answer["orderStatus"]["href"]
    assert bolt.shop.status_of(1042) == "Teljesítve"


def test_invoice_write_back() -> None:
    bolt = _bolt()
    (body,) = _below("Invoice write-back")
    bolt.done("POST", "orderInvoices", body)
    (invoice,) = bolt.shop.invoices_of(1042)
    assert {name: invoice[name] for name in ("invoiceId", "invoicePath", "invoiceType")} == {
        name: body[name] for name in ("invoiceId", "invoicePath", "invoiceType")
    }


def test_webhook_as_received() -> None:
    bolt = _bolt(comment="")
    bolt.shop.add_automation("https://bridge.example.test/hooks/shoprenter/9f2c-demo-secret/status")
    bolt.clock.advance(minutes=45)
    bolt.shop.set_status(1042, 5)
    line, golden = _sent("Webhook as received")
    (request,) = bolt.received
    assert f"{request.method} {request.url.raw_path.decode()} HTTP/1.1" == line
    assert request.headers["user-agent"] == "ShopRenter"
    assert request.headers["expect"] == "100-continue"
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert "signature" not in " ".join(request.headers).lower()
    text = form_field(request)
    assert json.loads(text) == golden
    assert list(json.loads(text)["orders"]["order"][0]) == list(golden["orders"]["order"][0])
    assert '"city"' not in text
    assert "B\\u00f6gre" in text
    assert "orders\\/b3JkZXI" in text


def test_errors() -> None:
    bolt = _bolt()
    out_of_range, there = _below("Errors") or [json.loads(each) for each in _errors()]
    assert bolt.refused("GET", "orders", page=9) == (400, out_of_range["error"])
    answer = bolt.send("POST", "productExtend", {"sku": "MUG-BLUE"})
    assert (answer.status_code, answer.json()["error"], answer.json()["id"]) == (409, there["error"], there["id"])


def _errors() -> list[str]:
    return re.findall(r"```json\n(.*?)```", EXAMPLES.partition("**Errors**")[2], re.DOTALL)


def test_product_upsert() -> None:
    (body,) = _below("Product upsert")
    bolt = Bolt()
    bolt.shop.add_category("Konyha")
    bolt.done("POST", "productExtend", body)
    product = bolt.items("productExtend", sku="MUG-BLUE")[0]
    assert {name: product[name] for name in ("sku", "status", "orderable", "price", "stock1", "subtractStock")} == {
        name: body[name] for name in ("sku", "status", "orderable", "price", "stock1", "subtractStock")
    }
    assert body["taxClass"]["id"] in product["taxClass"]["href"]
    assert product["productDescriptions"][0]["description"] == "Kerámia bögre."
    for path in (f"productExtend/{product['id']}", "productExtend?sku=MUG-BLUE"):
        assert bolt.http.put(f"{API}/{path}", json=body).status_code == 200
    assert len(bolt.items("productExtend")[0]["productCategoryRelations"]) == 1


def test_batch() -> None:
    bolt = _bolt()
    body, golden = _below("Batch")
    answer = bolt.done("POST", "batch", body)
    changed, missing = answer["requests"]["request"]
    expected_changed, expected_missing = golden["requests"]["request"]
    own = changed["response"].pop("body")
    assert own == {**own, **expected_changed["response"].pop("body")}
    assert changed == expected_changed
    missing["response"]["body"]["message"] = expected_missing["response"]["body"]["message"]
    assert missing == expected_missing
    assert bolt.shop.calls.by_route["POST batch"] == 1
    assert bolt.shop.items.by_route == {"PUT productExtend": 2}
