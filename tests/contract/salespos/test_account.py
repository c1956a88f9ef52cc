import pytest

from sandbox.platforms.salespos import plain
from shopbridge.errors import NeedsAttention
from tests.contract.benches.salespos import bench


def test_a_ping_names_the_shop_and_its_currency() -> None:
    identity = bench().connector().account.ping()
    assert identity.name
    assert any("EUR" in note for note in identity.notes)


def test_a_ping_warns_when_few_products_are_left() -> None:
    assert any("only 5 more products" in note for note in bench(product_limit=5).connector().account.ping().notes)


def test_several_packages_without_a_choice_keep_the_connection_from_being_verified() -> None:
    at = bench()
    large = plain.add(at.account.shop, "packages", {"name": "Large"})["id"]
    with pytest.raises(NeedsAttention) as caught:
        at.connector().account.ping()
    assert f"{large} (Large)" in caught.value.fix
    assert at.connector(package_id=large).account.ping().name


def test_a_package_that_does_not_exist_keeps_the_connection_from_being_verified() -> None:
    with pytest.raises(NeedsAttention, match="package"):
        bench().connector(package_id=1).account.ping()


def test_a_clock_that_is_off_is_told_apart_from_a_wrong_secret() -> None:
    at = bench()
    at.fault("clock_skew", "GET /", detail=540)
    with pytest.raises(NeedsAttention, match="clock"):
        at.connector().account.ping()


def test_the_vocabulary_lists_statuses_payment_methods_and_delivery_methods() -> None:
    at = bench()
    words = at.connector().account.vocabulary()
    assert [choice.key for choice in words["status"]] == [str(number) for number in range(1, 15)]
    assert [choice.key for choice in words["payment"]] == ["Cash", "Pin", "Ideal"]
    assert {choice.key for choice in words["shipping"]} == {"shipping", "delivery", "pickup"}
    assert words["tax"] == ()
