"""Some of the calls that the long crash matrix walks, of every flow and pair; and that its judge sees what is wrong."""

from collections import Counter
from dataclasses import replace

import pytest

from chaos.crashes.attack import WALKED, Aim, Aimed, Call, kind_of, positions, walk
from chaos.crashes.flows import FLOWS, Play
from sandbox.pairs import catalogue
from sandbox.pairs.all_pairs import UNATTENDED
from sandbox.quick.scenery import scenery
from sandbox.quick.weather import Killed

TRIED = (
    ("shopware-salespos", "a later version"),
    ("shopware-salespos", "stock sweep"),
    ("gomag-salespos", "poll"),
    ("gomag-salespos", "products"),
    ("shoprenter-salespos", "webhook"),
    ("shoprenter-salespos", "products"),
    ("gomag-cloudsales", "run of orders"),
    ("gomag-cloudsales", "stock comparison"),
    ("shopware-cloudsales", "webhook"),
    ("shopware-cloudsales", "stock push"),
    ("unas-salespos", "poll"),
    ("cartum-salespos", "poll"),
    ("cartum-salespos", "products"),
    ("unas-cloudsales", "webhook"),
    ("cartum-cloudsales", "run of orders"),
    ("shoprenter-cloudsales", "poll"),
    ("shopware-tryton", "webhook"),
    ("gomag-tryton", "poll"),
    ("shoprenter-tryton", "a later version"),
    ("unas-tryton", "stock push"),
    ("cartum-tryton", "products"),
    ("vendure-salespos", "products"),
    ("vendure-cloudsales", "stock push"),
    ("vendure-tryton", "webhook"),
)
ONE_IN = 20


@pytest.mark.parametrize(("pair", "flow"), TRIED)
def test_a_container_that_dies_at_a_call_leaves_everything_right(pair: str, flow: str) -> None:
    found = walk(11, [pair], [flow], ONE_IN)
    assert found.wrong == []
    assert found.deaths >= 2


def test_every_flow_and_every_pair_has_its_turn() -> None:
    assert {flow for _, flow in TRIED} == set(FLOWS)
    assert {pair for pair, _ in TRIED} == set(UNATTENDED)
    assert not WALKED & set(TRIED)


def test_calls_are_named_by_kind_and_walked_first_last_and_in_between() -> None:
    order = "shop.one.example POST /api/_action/order/0123456789abcdef0123456789abcdef/state/process"
    assert kind_of(order) == "shop POST /api/_action/order/{id}/state/process"
    assert kind_of("dynamodb PutItem") == "dynamodb PutItem"
    assert [call.nth for call in positions({"a": 1, "b": 2, "c": 9})] == [1, 1, 2, 1, 5, 9]


def test_a_container_dies_at_the_call_that_is_aimed_at_and_at_no_other() -> None:
    aim = Aim(Call("sqs Send", 2), "after")
    for where in ("sqs Send", "dynamodb Get", "sqs Send"):
        aim.before(where)
        if where != "sqs Send" or aim.seen["sqs Send"] == 1:
            aim.after(where)
    with pytest.raises(Killed):
        aim.after("sqs Send")
    aim.after("sqs Send")
    assert aim.seen == Counter({"sqs Send": 2, "dynamodb Get": 1})


def test_what_is_wrong_is_seen() -> None:
    """Stock and prices that nobody carried, an order that is on its way, and one that is there twice."""
    with scenery("judge", Aimed) as stage:
        play = Play(stage, "gomag-salespos")
        assert play.wrong() == []
        play.link.shop.miscount(catalogue.BOOK.sku, 12_000)
        play.link.office.change(play.link.pair.market.product(replace(catalogue.TEE, price=catalogue.TEE.price + 1)))
        play.buy(announced=False)
        text = "\n".join(play.wrong())
    for told in ("oversold: BOOK-7", "another price: TEE-M", "lost: 10000", "10000 is None", "the shop was told"):
        assert told in text, told
