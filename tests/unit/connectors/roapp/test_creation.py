"""However a creation breaks off between two of its calls, there is one order with each line once in the end."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import httpx
import pytest

from sandbox.platforms.kit import ManualClock
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.roapp.connector import SPEC
from shopbridge.connectors.roapp.outcomes import PAUSE
from shopbridge.connectors.spec import World
from shopbridge.errors import Held, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.client import Wiring
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderReceipt
from tests.containers import Deadline, Limiter, NoTokens, Secrets, parts_of
from tests.roapp_orders import ANA, BASIS, NOW, bits, bought, courier, mugs
from tests.salespos_orders import D

Break = Literal["lost", "unsent", "away", "throttled"]
"""The answer never came though all was done; nothing arrived; nothing was done; the limit was used up."""
Reply = tuple[int, Any]


@dataclass
class Office(httpx.BaseTransport):
    """As much of RO App as a creation meets, with one call that breaks off.

    Attributes:
        at: Which of the calls that write; None for none.
        refused: Products that a line is refused with.
    """

    at: int | None = None
    how: Break = "lost"
    refused: set[int] = field(default_factory=set)
    orders: dict[int, dict[str, Any]] = field(default_factory=dict)
    items: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    writes: int = 0
    calls: list[str] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.calls.append(f"{request.method} {path}")
        if request.method == "GET":
            return self._answer(request, self._read(path, request.url.params))
        self.writes += 1
        breaks = self.writes - 1 == self.at
        if breaks and self.how == "throttled":
            return self._answer(request, (429, {"success": False, "code": 429, "message": "Too Many Requests"}))
        if breaks and self.how == "away":
            return self._answer(request, (503, {}))
        if breaks and self.how == "unsent":
            raise httpx.ReadTimeout("lost on its way", request=request)
        reply = self._write(path, json.loads(request.content))
        if breaks:
            raise httpx.ReadTimeout("lost on its way back", request=request)
        return self._answer(request, reply)

    def _answer(self, request: httpx.Request, reply: Reply) -> httpx.Response:
        return httpx.Response(reply[0], json=reply[1], request=request)

    def _read(self, path: str, params: httpx.QueryParams) -> Reply:
        parts = path.split("/")
        if path == "/v2/orders":
            wanted = params.get_list("clients_ids[]")
            found = [order for order in self.orders.values() if not wanted or str(order["client_id"]) in wanted]
            return 200, {"data": [self._shown(order) for order in found], "paging": {"page": 1, "total_pages": 1}}
        if path.startswith("/v2/contacts/"):
            return 200, {"data": self.contacts, "paging": {"page": 1, "total_pages": 1, "count": len(self.contacts)}}
        if parts[-1] == "items":
            return 200, self.items[int(parts[3])]
        order = self.orders.get(int(parts[3]))
        return (200, self._shown(order)) if order else (404, {"message": "no such order"})

    def _shown(self, order: Mapping[str, Any]) -> dict[str, Any]:
        total = sum((D(str(item["quantity"])) * D(str(item["price"])) for item in self.items[order["id"]]), D(0))
        return {**order, "total": str(total), "status": {"id": order["status"], "name": "Any"}}

    def _write(self, path: str, body: Any) -> Reply:
        parts = path.split("/")
        if path == "/v2/orders":
            key = 900 + len(self.orders)
            moment = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
            self.orders[key] = {**body, "id": key, "number": f"A{key}", "status": 51, "created_at": moment}
            self.orders[key]["modified_at"] = moment
            self.items[key] = []
            return 200, {"id": key, "number": f"A{key}"}
        if path.startswith("/v2/contacts/"):
            self.contacts.append({**body, "id": 700 + len(self.contacts)})
            return 200, {"data": {"id": self.contacts[-1]["id"]}}
        order = int(parts[3])
        if parts[-1] == "status":
            self.orders[order]["status"] = body["status_id"]
        elif parts[-1] == "items":
            if body["entity_id"] in self.refused:
                return 400, {"success": False, "code": 400, "message": {"validation": {"entity_id": ["unknown"]}}}
            entity = {"id": body["entity_id"], "sku": body["comment"]}
            self.items[order].append({**body, "id": 1 + len(self.items[order]), "entity": entity, "write_offs": None})
        elif parts[-2] == "items":
            self.items[order][int(parts[-1]) - 1] |= body
        elif parts[-1] == "comments":
            return 404, {"message": "no such call"}
        else:
            self.orders[order] |= body
        return 200, {"success": True}


def office_on(platform: Office, **given: Any) -> RequiredParts:
    """A new container's connector."""
    wiring = Wiring(httpx.Client(transport=platform), Limiter(), Deadline(), sleep=lambda _: None)
    world = World(wiring, NoTokens(), Secrets({"api_key": "key"}), ManualClock(NOW))
    return parts_of(SPEC, {**BASIS, **given}, world)


class Patient(Limiter):
    """A limit whose pause ends while we sleep."""

    def pause(self, bucket: str, seconds: float) -> None:
        """Keep none."""
        del bucket, seconds


ORDER = bought([mugs(2), mugs(1, "33.335", number=2, total=D("33.34"), sku="CUP")], courier("15"))


def draft(*, guest: bool = True) -> OrderDraft:
    """Three lines, and a status that is not the first."""
    parts = bits(ORDER, status="52").model_copy(update={"customer_id": None} if guest else {})
    planned: OrderDraft = office_on(Office()).order_target.plan(ORDER, parts)
    return planned


def settled(platform: Office, of: OrderDraft, tries: int = 4) -> OrderReceipt:
    """What becomes of an order as the flow settles it: each try in a new container."""
    in_doubt = False
    for _ in range(tries):
        target = office_on(platform).order_target
        try:
            if in_doubt:
                found = searched(target, of)
                if isinstance(found, OrderReceipt):
                    return found
                in_doubt = found
            return target.create(of, again=in_doubt)
        except OutcomeUnknown:
            in_doubt = True
        except RetryLater:
            continue
    raise AssertionError("it does not end")


def searched(target: Any, of: OrderDraft) -> OrderReceipt | bool:
    """What a look finds, or whether the outcome is still open."""
    try:
        found = target.find(of.reference, NOW - timedelta(minutes=30), afresh=True)
    except OutcomeUnknown:
        return True
    return next(iter(found), False)


def whole(platform: Office) -> list[tuple[int, int, str]]:
    """Each order: how many lines, its status, its reference."""
    return [
        (len(platform.items[key]), order["status"], order["custom_fields"]["f123"])
        for key, order in platform.orders.items()
    ]


WRITES = 6
"""A contact, the order, three lines, its status."""


def test_an_order_takes_a_call_for_each_thing_it_is_made_of() -> None:
    platform = Office()
    office_on(platform).order_target.create(draft())
    assert platform.calls == [
        "GET /v2/contacts/people",
        "POST /v2/contacts/people",
        "POST /v2/orders",
        *["POST /v2/orders/900/items"] * 3,
        "POST /v2/orders/900/status",
    ]
    known = Office()
    office_on(known).order_target.create(draft(guest=False))
    assert len(known.calls) == 5


@pytest.mark.parametrize("how", ["lost", "unsent", "away", "throttled"])
@pytest.mark.parametrize("at", range(WRITES))
def test_wherever_it_breaks_off_there_is_one_order_with_each_line_once(at: int, how: Break) -> None:
    platform, of = Office(at=at, how=how), draft()
    receipt = settled(platform, of)
    assert whole(platform) == [(3, 52, "1042")]
    assert len(platform.contacts) == 1
    assert platform.orders[int(receipt.id)]["client_id"] == 700
    assert office_on(platform).order_target.read(receipt.id).total == ORDER.totals.gross


@pytest.mark.parametrize("first", range(1, WRITES))
@pytest.mark.parametrize("then", range(1, WRITES))
def test_breaking_off_twice_makes_nothing_twice(first: int, then: int) -> None:
    platform, of = Office(at=first), draft()
    with pytest.raises(OutcomeUnknown):
        office_on(platform).order_target.create(of)
    platform.at = platform.writes + then - 1
    settled_again = settled_in_doubt(platform, of)
    assert whole(platform) == [(3, 52, "1042")]
    assert settled_again.id == ExternalId("900")


def settled_in_doubt(platform: Office, of: OrderDraft) -> OrderReceipt:
    """As ``settled``, from a try that is in doubt already."""
    for _ in range(4):
        target = office_on(platform).order_target
        try:
            found = searched(target, of)
            return found if isinstance(found, OrderReceipt) else target.create(of, again=found)
        except RetryLater:
            continue
        except OutcomeUnknown:
            continue
    raise AssertionError("it does not end")


def test_an_order_that_was_begun_waits_for_its_turn_instead_of_costing_its_calls_twice() -> None:
    for at in range(1, WRITES):
        platform, waits = Office(at=at, how="throttled"), list[float]()
        wiring = Wiring(httpx.Client(transport=platform), Patient(), Deadline(), sleep=waits.append)
        world = World(wiring, NoTokens(), Secrets({"api_key": "key"}), ManualClock(NOW))
        target: Any = parts_of(SPEC, BASIS, world).order_target
        target.create(draft())
        assert (whole(platform), waits) == ([(3, 52, "1042")], [PAUSE])
        assert len([call for call in platform.calls if call.startswith("GET")]) == 1


def test_a_whole_order_is_found_and_one_in_part_is_not_taken_for_it() -> None:
    platform, of = Office(), draft()
    made = office_on(platform).order_target.create(of)
    target = office_on(platform).order_target
    (found,) = target.find("1042", NOW - timedelta(minutes=30), afresh=True)
    assert (found.id, found.number, found.total) == (made.id, made.number, ORDER.totals.gross)
    assert list(target.find("104", NOW - timedelta(minutes=30), afresh=True)) == []
    assert list(target.find("1042", NOW + timedelta(days=2), afresh=False)) == []
    platform.items[900].pop()
    with pytest.raises(OutcomeUnknown, match="in part"):
        target.find("1042", NOW - timedelta(minutes=30), afresh=True)
    assert target.create(of, again=False).id == made.id
    assert whole(platform) == [(3, 52, "1042")]


def test_an_older_order_that_is_in_part_is_finished_though_older_ones_are_looked_for_again() -> None:
    platform, of = Office(at=2), draft()
    with pytest.raises(OutcomeUnknown):
        office_on(platform).order_target.create(of)
    target = office_on(platform).order_target
    for afresh in (True, False):  # what an import of older orders asks, one after the other
        with pytest.raises(OutcomeUnknown, match="in part"):
            target.find("1042", NOW - timedelta(days=9), afresh=afresh)
    target.create(of, again=True)
    assert whole(platform) == [(3, 52, "1042")]
    assert len(list(target.find("1042", NOW - timedelta(days=9), afresh=False))) == 1


def test_orders_of_before_are_read_once_in_an_hour_though_each_asked_for_is_older() -> None:
    platform = Office()
    target = office_on(platform).order_target
    for days in range(60):
        assert list(target.find(str(days), NOW - timedelta(days=days), afresh=False)) == []
    assert platform.calls == ["GET /v2/orders"]


def test_an_order_that_was_edited_in_the_shop_meanwhile_is_finished_as_it_is_now() -> None:
    platform, of = Office(at=3), draft()
    with pytest.raises(OutcomeUnknown):
        office_on(platform).order_target.create(of)
    target = office_on(platform).order_target
    with pytest.raises(OutcomeUnknown):
        target.find("1042", NOW - timedelta(minutes=30), afresh=True)
    edited = bought(
        [mugs(2), mugs(1, "33.335", number=2, total=D("33.34"), sku="CUP"), mugs(1, "7", number=3, sku="J")]
    )
    other = ANA.model_copy(update={"email": "new@example.com"})
    now = edited.model_copy(update={"customer": other})
    parts = bits(now, status="52").model_copy(update={"customer_id": None})
    target.create(target.plan(now, parts), again=True)
    assert whole(platform) == [(3, 52, "1042")]
    assert platform.orders[900]["manager_notes"].count("[") == 1
    (found,) = target.find("1042", NOW - timedelta(minutes=30), afresh=True)
    assert found.total == edited.totals.gross


def test_a_whole_order_of_the_same_number_and_contact_is_not_written_over() -> None:
    platform = Office()
    office_on(platform).order_target.create(draft(guest=False))
    before = [*platform.items[900]]
    twin = bought([mugs(9)])
    target = office_on(platform).order_target
    receipt = target.create(target.plan(twin, bits(twin, status="52")), again=True)
    assert receipt.id == "901"
    assert platform.items[900] == before


def test_a_line_that_is_refused_leaves_the_order_in_doubt_and_then_says_why() -> None:
    platform, of = Office(refused={6001}), draft()
    with pytest.raises(OutcomeUnknown, match="entity_id: unknown"):
        office_on(platform).order_target.create(of)
    with pytest.raises(Rejected, match="entity_id: unknown"):
        office_on(platform).order_target.create(of, again=True)
    assert whole(platform) == [(2, 51, "1042")]
    platform.refused.clear()
    office_on(platform).order_target.create(of, again=True)
    assert whole(platform) == [(3, 52, "1042")]


# --- what becomes of it -------------------------------------------------------------------------------------------


def made(platform: Office) -> ExternalId:
    """An order that is there."""
    receipt: OrderReceipt = office_on(platform).order_target.create(draft())
    return receipt.id


def told(platform: Office, to: ExternalId, change: Any, of: Any = ORDER, *, first: bool = True, **given: Any) -> str:
    """Tell a change in a new container."""
    target = office_on(platform, **given).order_changes
    assert target is not None
    return target.tell(to, of, bits(of, status="59"), change, first=first).text


@pytest.mark.parametrize("change", ["status", "cancelled"])
def test_a_status_is_told_by_its_own_call_and_not_twice(change: str) -> None:
    platform = Office()
    order = made(platform)
    told(platform, order, change)
    assert platform.orders[900]["status"] == 59
    writes = platform.writes
    assert told(platform, order, change, first=False).endswith("already.")
    assert platform.writes == writes


@pytest.mark.parametrize("change", ["status", "cancelled", "lines"])
def test_once_goods_are_written_off_nothing_is_forced(change: str) -> None:
    platform = Office()
    order = made(platform)
    platform.items[900][0]["write_offs"] = [{"quantity": "2"}]
    before = platform.writes
    with pytest.raises(Held) as caught:
        told(platform, order, change)
    assert (caught.value.code, platform.writes) == ("written_off", before)


def test_a_changed_delivery_becomes_a_note_where_comments_are_not_taken_and_stands_there_once() -> None:
    platform = Office()
    order = made(platform)
    moved = ORDER.model_copy(
        update={"shipping_address": ORDER.shipping_address.model_copy(update={"street": "Strada Noua 9"})}
    )
    for first in (True, False, False):
        told(platform, order, "address", moved, first=first)
    assert platform.orders[900]["manager_notes"].count("Strada Noua 9") == 1


def test_edited_lines_are_changed_and_added_and_the_total_is_read_back() -> None:
    platform = Office()
    order = made(platform)
    edited = bought([mugs(5), mugs(1, "33.34", number=2, sku="CUP"), mugs(1, "7", number=3, sku="JAR")], courier("15"))
    told(platform, order, "lines", edited)
    assert [(item["comment"], D(str(item["quantity"]))) for item in platform.items[900]] == [
        ("MUG-RED", D(5)),
        ("CUP", D(1)),
        ("DPD", D(1)),
        ("JAR", D(1)),
    ]
    told(platform, order, "lines", edited, first=False)
    assert len(platform.items[900]) == 4


def test_a_removed_line_waits_for_a_person_unless_zero_is_allowed() -> None:
    platform = Office()
    order = made(platform)
    less = bought([mugs(2)], courier("15"))
    with pytest.raises(Held, match="CUP"):
        told(platform, order, "lines", less)
    told(platform, order, "lines", less, zero_removed_lines=True)
    assert [D(str(item["quantity"])) for item in platform.items[900]] == [D(2), D(0), D(1)]
