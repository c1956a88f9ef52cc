"""What becomes of an order's record beside its import: grouped by reason, held, planned, read anew."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from shopbridge.errors import Conflict
from shopbridge.flows.bridge import Job, open_job
from shopbridge.flows.failures import by_reason
from shopbridge.flows.operations.connections.verify import plan
from shopbridge.flows.orders.news import brings_news
from shopbridge.flows.orders.office_ids import _moved
from shopbridge.flows.orders.records import hold_order
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import Reason
from shopbridge.model.office import DirectoryMark, DirectoryPage, OrderPage, UnreadableOrder
from shopbridge.store.ledger.former_names import DynamoFormerNames
from shopbridge.store.table import Table
from tests.unit.flows.orders.order_world import OrderWorld, placed

OLDER, NOW, NEWER = "2026-03-01T10:00:00.000Z", "2026-03-02T10:00:00.000Z", "2026-03-03T10:00:00.000Z"
ODD = Reason(code="odd", text="It is odd.", fix="Look at it.")


def test_a_group_tells_the_reason_of_its_first_and_may_have_only_one() -> None:
    alone = Reason(code="lone", text="It is alone.", fix="Leave it.")
    found = [(alone, "1"), (ODD, "2"), (ODD.model_copy(update={"text": "It is odd too."}), "3")]
    assert list(by_reason(found)) == [
        ({"code": "odd", "count": 2, "reason": "It is odd.", "fix": "Look at it."}, ["2", "3"]),
        ({"code": "lone", "count": 1, "reason": "It is alone.", "fix": "Leave it."}, ["1"]),
    ]


def test_an_imported_order_that_waits_for_nobody_is_held_over_a_newer_version() -> None:
    world = OrderWorld()
    order = placed(world, revision=NOW)
    imported = world.stands(order, state="DONE")
    hold_order(world.bridge, imported.model_copy(update={"revision": NEWER}), ODD)
    assert (world.record(order).state, world.record(order).reason) == ("DONE", ODD)


@pytest.mark.parametrize(
    ("revision", "reason", "news"),
    [(NEWER, None, True), (NOW, None, False), (OLDER, None, False), (NOW, ODD, True), (OLDER, ODD, False)],
)
def test_only_a_newer_version_or_the_one_that_waitsbrings_news(
    revision: str, reason: Reason | None, news: bool
) -> None:
    world = OrderWorld()
    order = placed(world, revision=revision)
    assert brings_news(order, world.stands(order, revision=NOW, reason=reason)) is news


def test_a_plan_names_an_unreadable_order_by_its_number_or_else_by_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    world = OrderWorld()
    broken = UnreadableOrder(id="a1", number="10042", revision=NOW, code="odd", text="It is odd.", fix="Look at it.")
    page = OrderPage(
        orders=(), position=None, unreadable=(broken, broken.model_copy(update={"id": "a2", "number": ""}))
    )
    monkeypatch.setattr(world.shop, "changed", lambda *_: page)
    monkeypatch.setattr(world.ledger, "orders", lambda *_: {}, raising=False)
    (held,) = plan(open_job(world.bridge, world.connections.connection))["held"]
    assert (held["count"], held["examples"]) == (2, ["10042", "a2"])


def test_a_list_that_others_read_on_is_not_at_its_end() -> None:
    theirs = DirectoryMark(value="5", before="1")

    def set_mark(*_: object) -> None:
        raise Conflict("Others read on")

    directory = SimpleNamespace(mark=lambda *_: theirs, set_mark=set_mark)
    job = SimpleNamespace(bridge=SimpleNamespace(directory=directory), connection=SimpleNamespace(id="c1"))
    last = DirectoryPage(entries=(), mark="2", complete=True)
    assert _moved(cast(Job, job), "product", DirectoryMark(value="1"), last) == (theirs, False)


def test_former_names_are_read_as_they_stand_after_every_write() -> None:
    asked: list[dict[str, Any]] = []

    def query(**request: Any) -> dict[str, Any]:
        asked.append(request)
        return {"Items": []}

    table = Table(cast(Any, SimpleNamespace(dynamodb=SimpleNamespace(query=query))), "state")
    assert list(DynamoFormerNames(table).entries(ConnectionId("c1"))) == []
    assert [request["ConsistentRead"] for request in asked] == [True]
