"""Who may call Gomag, and what its answers mean."""

import pytest

from sandbox.platforms.gomag import ProductSpec
from shopbridge.errors import NeedsAttention
from shopbridge.http.answer import Answer, Call
from tests.contract.benches.gomag import D, bench, swift


def answer(body: str, *, status: int = 200, write: bool = False, repeatable: bool = True) -> Answer:
    call = Call("POST" if write else "GET", "/order/status/json", repeatable=repeatable)
    return Answer("Gomag", call, status, {"content-type": "text/html"}, body.encode())


@pytest.mark.parametrize("as_http", [True, False])
def test_a_wrong_key_is_looked_up_once_more_and_then_told(as_http: bool) -> None:
    at = bench(wrong_key_is_401=as_http)
    at.secrets.values = {"api_key": "old"}
    with pytest.raises(NeedsAttention, match="refuses our key or shop"):
        swift(at).account.ping()
    at.secrets.fresh = {"api_key": "gomag-key-01"}
    assert swift(at).account.ping().name == "Gomag https://www.shop.example.test"


def test_a_wrong_shop_is_told() -> None:
    with pytest.raises(NeedsAttention, match="refuses our key or shop"):
        swift(bench(), shop="another.example").account.ping()


@pytest.mark.parametrize(
    ("area", "name"), [("product", "products"), ("category", "categories"), ("customer", "customers")]
)
def test_ping_names_areas_that_orders_do_not_need_as_remarks(area: str, name: str) -> None:
    at = bench()
    at.shop.forbid(area)
    notes = swift(at, paid_statuses=["9"]).account.ping().notes
    assert [note for note in notes if f"no permission to read {name}" in note] == list(notes)
    assert len(notes) == 1


def test_ping_warns_that_bocp_may_fetch_the_orders_too_where_its_apps_token_is_used() -> None:
    warned = [note for note in swift(bench(), use_cloudsales_app=True).account.ping().notes if "BOCP" in note]
    assert len(warned) == 1
    assert "twice" in warned[0]
    assert not [note for note in swift(bench()).account.ping().notes if "BOCP" in note]


def test_ping_names_every_missing_permission_when_orders_cannot_be_read() -> None:
    at = bench()
    at.shop.forbid("order", "status", "product")
    with pytest.raises(NeedsAttention, match="read orders, order statuses, products") as caught:
        swift(at).account.ping()
    assert "API settings" in caught.value.fix


def test_ping_finds_that_the_filter_for_changes_is_ignored() -> None:
    at = bench()
    at.clock.moment = at.clock.moment.replace(year=2999)
    at.shop.place_order()
    with pytest.raises(NeedsAttention, match="does not look at the filter"):
        swift(at).account.ping()


def test_ping_names_fields_of_products_that_nobody_knows() -> None:
    at = bench(own_terms=("moneda", "cu_tva"))
    assert swift(at, paid_statuses=["9"]).account.ping().notes == ()
    at.shop.add_product(ProductSpec("A", D(1)))
    (note,) = swift(at, paid_statuses=["9"]).account.ping().notes
    assert "does not know: cu_tva, moneda." in note
    at.shop.forbid("product")
    assert not [note for note in swift(at).account.ping().notes if "does not know" in note]


def test_ping_names_a_product_that_is_kept_in_terms_of_its_own() -> None:
    at = bench(own_terms=("currency", "vat_included"))
    at.shop.add_product(ProductSpec("A", D(1)))
    assert swift(at, paid_statuses=["9"]).account.ping().notes == ()
    at.shop.add_product(ProductSpec("B", D(1), with_vat=False))
    at.shop.add_product(ProductSpec("C", D(1), currency="EUR"))
    (note,) = swift(at, paid_statuses=["9"]).account.ping().notes
    assert "without VAT, the shop's prices are with VAT (B, for one)" in note


def test_ping_says_when_no_order_can_count_as_paid() -> None:
    assert any("No order counts as paid" in note for note in swift(bench()).account.ping().notes)
    assert swift(bench(), paid_methods=["Card online"]).account.ping().notes == ()


def test_the_vocabulary_has_statuses_by_id_and_payments_by_name() -> None:
    at = bench()
    nameless = at.shop.add_status("")
    words = swift(at).account.vocabulary()
    statuses = {choice.key: choice for choice in words["status"]}
    assert statuses[str(at.shop.status_id("Anulata"))].off
    assert not statuses["1"].off
    assert statuses[str(nameless)].title == f"Status {nameless}"
    assert [choice.key for choice in words["payment"]] == [
        "Plata ramburs",
        "Ordin de Plata",
        "Plata cu cardul",
        "Card online",
    ]
    assert [choice.key for choice in words["payment_status"]] == ["paid", "open"]


def test_a_key_without_payment_methods_still_has_its_statuses() -> None:
    at = bench()
    at.shop.forbid("payment/read/json")
    assert "payment" not in swift(at).account.vocabulary()
