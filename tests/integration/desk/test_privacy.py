"""No widget and no log line tells who bought: only an order's own story, which the ledger masked before."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner

from sandbox.platforms.salespos.errors import ApiError
from sandbox.platforms.salespos.orders import calls as till_orders
from sandbox.platforms.shopware import Address, Buyer, OrderSpec, Payment
from shopbridge.desk.widgets import VIEWS
from shopbridge.flows.orders.privacy import hide_buyer
from shopbridge.model.base import ConnectionId
from shopbridge.model.order import Address as OrderAddress
from shopbridge.model.order import Customer
from shopbridge.store.environment import Environment
from shopbridge_cli import client
from shopbridge_cli.app import app
from shopbridge_cli.exits import Exit
from tests.integration.stage import an_order, set_up
from tests.integration.world import World
from tests.integration.worlds.desk_pages import Viewer, WidgetPage
from tests.unit.flow_samples import an_order as sample_order

FIRST, LAST = ("Aaltje", "Bo", "Çelik", "D'Arcy"), ("Zwaanenburg", "Ó Súilleabháin", "Wu")
STREETS = ("Kerkstraat", "Ulica")
SEED = 20261129
BUYERS, BATCH = 500, 50
Person = tuple[Buyer, Address, tuple[str, ...]]


def buyer(number: int) -> tuple[Buyer, Address, tuple[str, ...]]:
    """A person nobody else is, with the words by which they would be known."""
    random = Random(SEED + number)  # noqa: S311 - makes people up
    first, last = f"{random.choice(FIRST)}x{number:03}", f"{random.choice(LAST)} q{number:03}"
    street = f"{random.choice(STREETS)}z{number:03} {random.randint(1, 99)}"
    phone = f"+31 6 {random.randint(10**7, 10**8 - 1)}"
    email, postcode = f"p{number:03}w@mail{number:03}.example", f"{1000 + number} QX"
    known = (first, last, street, email, postcode, "".join(filter(str.isdigit, phone))[-8:])
    person = Buyer(first, last, email)
    return person, Address(street, postcode, f"Stadx{number:03}", "NL", phone=phone), (*known, f"Stadx{number:03}")


@dataclass(frozen=True)
class Sold:
    """What five hundred people bought, the whole way: by webhook and by poll, some held, some refused, some changed.

    Attributes:
        words: By which each of them would be known.
    """

    world: World
    orders: list[str]
    words: list[str]

    def told_in(self, *texts: str) -> list[str]:
        """Words of buyers that are told somewhere."""
        folded = "\n".join(texts).casefold()
        return [word for word in self.words if word.casefold() in folded]


@pytest.fixture(scope="module")
def sold(environment: Environment) -> Sold:
    world = set_up(environment, ConnectionId("many-buyers"))
    people = [buyer(number) for number in range(BUYERS)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(till_orders, "create_order", refusing(till_orders.create_order))
        orders = [order for at in range(0, BUYERS, BATCH) for order in brought(world, people, at)]
    change_some(world, orders)
    # A town alone is nobody: what a back office says of one may be read.
    return Sold(world, orders, [word for _, _, (*known, _) in people for word in known])


def brought(world: World, people: Sequence[Person], at: int) -> list[str]:
    """So many orders at once, every fifth batch by webhook, which costs a call more for each of them."""
    is_polled = at // BATCH % 5
    if is_polled:
        world.shop.webhooks.hold()
    orders = [world.place(spec_of(number, people[number])) for number in range(at, at + BATCH)]
    if is_polled:
        world.shop.webhooks.drop()
        world.poll()
    drained(world)
    return orders


def spec_of(number: int, person: Person) -> OrderSpec:
    """Every fifth pays in a way that the map does not know; every sixth writes a note that says who it is."""
    bought, address, known = person
    payment = {"payments": (Payment("iDEAL", "paid"),)} if number % 5 == 0 else {}
    note = {"comment": f"Ring at {' '.join(known)}"} if number % 6 == 0 else {}
    return replace(an_order(**payment, **note), buyer=bought, billing=address)


def refusing(create: Callable[..., Any]) -> Callable[..., Any]:
    """A back office that refuses every eighth order, in words that quote all of it, and breaks down at some others."""
    numbers = count(1)

    def answer(shop: Any, body: Any) -> Any:
        number = next(numbers)
        if number % 8 == 0:
            raise ApiError("400.10", f"Not accepted: {body}")
        if number % 50 == 0:
            raise ApiError("500.1", f"Broken at {body}")
        return create(shop, body)

    return answer


def change_some(world: World, orders: Sequence[str]) -> None:
    """Afterwards some are cancelled, some sent again, some set aside."""
    for order in orders[1::25]:
        world.shop.cancel(order)
    drained(world)
    *again, set_aside = world.ask("held", connection=world.connection)[:4]
    for each in again:
        world.ask("resend", connection=world.connection, order=each["id"])
    world.ask("skip", connection=world.connection, order=set_aside["id"], remark="no")
    drained(world)


def drained(world: World) -> None:
    """Work until nothing is left; time passes only where something waits for it."""
    for _ in range(40):
        made = -1
        while made != len(world.calls.names):
            made = len(world.calls.names)
            if not world.work():
                return
        world.clock.advance(60)
    raise AssertionError("the queues never ran empty")


def test_five_hundred_orders_went_every_way(sold: Sold) -> None:
    counts = sold.world.ask("orders", connection=sold.world.connection, limit=1)["counts"]
    assert sum(counts.values()) == BUYERS
    assert counts["imported"] > 300
    assert counts["held"] > 90
    assert min(counts["refused"], counts["skipped"]) > 0
    seen = {json.loads(line)["event"] for line in sold.world.lines}
    assert {"order_imported", "order_held", "order_cancelled_after_import", "order_resent", "order_set_aside"} <= seen


def test_no_log_line_tells_who_bought(sold: Sold) -> None:
    assert sold.told_in(*sold.world.lines) == []


def test_no_widget_tells_who_bought(sold: Sold) -> None:
    world = sold.world
    viewer, work = Viewer(world), {"widget": "work", "connection": world.connection}
    pages = [viewer.look(widget, connection=world.connection) for widget in VIEWS]
    codes = {each["code"] for each in world.ask("held", connection=world.connection)}
    pages += [viewer.look(**work, view="reason", code=code) for code in sorted(codes)]
    pages += [*every_page(viewer, viewer.press(pages[1], "Find", find_days="0"))]
    for order in sold.orders[:24]:
        pages += [viewer.look(**work, view=view, order=order) for view in ("preview", "why", "order")]
    payments = viewer.look("setup", view="map", name="payment", connection=world.connection)
    pages.append(viewer.press(payments, "Try it on the last 5 orders"))
    assert len(pages) > BUYERS // 25 + 3 * 24
    assert sold.told_in(*{page.text for page in pages}) == []


def every_page(viewer: Viewer, page: WidgetPage) -> Iterator[WidgetPage]:
    yield page
    while any(each.words == "More" for each in page.pressables):
        page = viewer.press(page, "More")
        yield page


def test_no_answer_of_the_command_line_tells_who_bought(sold: Sold, monkeypatch: pytest.MonkeyPatch) -> None:
    """But `preview`, which shows what would be sent to whoever may send it."""
    monkeypatch.setenv("SHOPBRIDGE_OPERATIONS_FUNCTION", "operations")
    monkeypatch.setattr(client, "_client", lambda _: Function(sold.world))
    number = sold.world.record(sold.orders[1]).reference
    asked = [
        ["list"],
        ["show"],
        ["held"],
        ["skipped"],
        ["health"],
        ["runs", "show"],
        ["plan"],
        ["orders", "--limit", "200"],
    ]
    asked += [
        ["settings", "history"],
        ["order", number],
        ["why", number],
        ["why", sold.orders[0]],
        ["reconcile", "--since", "2026-01-30"],
    ]
    said = []
    for words in asked:
        for form in ([], ["--json"]):
            told = CliRunner().invoke(app, [*words, *form])
            assert told.exit_code in (Exit.DONE, Exit.REFUSED, Exit.AGAIN), (words, told.output)
            said.append(told.output)
    assert sold.told_in(*said) == []


@dataclass(frozen=True)
class Function:
    """Stands for Lambda's client."""

    world: World

    def invoke(self, **asked: str) -> dict[str, Any]:
        answer = self.world.invoke("operations", json.loads(asked["Payload"]))
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.mark.parametrize("block", range(10))
def test_nothing_of_five_hundred_buyers_stays_in_what_would_be_sent(block: int) -> None:
    for number in range(block * 50, block * 50 + 50):
        person, address, known = buyer(number)
        there = OrderAddress(
            first_name=person.first_name,
            last_name=person.last_name,
            company="",
            department="",
            street=address.street,
            extra=(),
            postcode=address.zipcode or "",
            city=address.city,
            state="",
            country="NL",
            phone=address.phone or "",
        )
        customer = Customer(
            id="1",
            number="1",
            email=person.email,
            first_name=person.first_name,
            vat_id="",
            guest=True,
            last_name=person.last_name,
            company="",
        )
        people = {"customer": customer, "billing_address": there, "shipping_address": there}
        order = sample_order().model_copy(update=people)
        digits = "".join(filter(str.isdigit, address.phone or ""))
        draft = {
            "name": f"{person.first_name} {person.last_name}",
            "short": person.last_name.upper(),
            "rows": [{"text": f"For {person.first_name}, {address.street}", "price": Decimal("1.00")}],
            "to": [f"{address.zipcode} {address.city}", (address.zipcode or ""), person.email.upper()],
            "phones": [digits, f"0{digits[2:]}", f"00{digits}", address.phone],
        }
        shown = str(hide_buyer(order, draft)).casefold()
        assert [word for word in (*known, digits) if word.casefold() in shown] == []
        assert "1.00" in shown
