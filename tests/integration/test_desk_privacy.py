"""No widget and no log line tells who bought: only an order's own story, which the ledger masked before."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from sandbox.platforms.shopware import Address, Buyer, Payment
from shopbridge.desk.widgets import VIEWS
from shopbridge.flows.orders.privacy import hide_buyer
from shopbridge.model.order import Address as OrderAddress
from shopbridge.model.order import Customer
from tests.integration.desk_pages import Viewer
from tests.integration.stage import NewWorld, an_order
from tests.unit.flow_samples import an_order as sample_order

FIRST, LAST = ("Aaltje", "Bo", "Çelik", "D'Arcy"), ("Zwaanenburg", "Ó Súilleabháin", "Wu")
STREETS = ("Kerkstraat", "Ulica")
SEED = 20261129


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


def test_no_widget_and_no_line_tells_who_bought(new_world: NewWorld) -> None:
    world = new_world()
    people = [buyer(number) for number in range(24)]
    for number, (person, address, _) in enumerate(people):
        payment = {"payments": (Payment("iDEAL", "paid"),)} if number % 3 == 0 else {}
        world.place(replace(an_order(**payment), buyer=person, billing=address))
    world.settle()
    viewer, words = Viewer(world), [word for _, _, known in people for word in known]
    work = {"widget": "work", "connection": world.connection}
    pages = [viewer.look(widget, connection=world.connection) for widget in VIEWS]
    pages.append(viewer.look(**work, view="reason", code="unmapped_payment"))
    pages.append(viewer.look(**work, view="find"))
    found = world.ask("orders", connection=world.connection, limit=200)["orders"]
    assert len(found) == len(people)
    for each in found[:6]:
        pages += [viewer.look(**work, view=view, order=each["id"]) for view in ("preview", "why", "order")]
    payments = viewer.look("setup", view="map", name="payment", connection=world.connection)
    pages.append(viewer.press(payments, "Try it on the last 5 orders"))
    for page in pages:
        assert [word for word in words if word in page.text] == []
    lines = "\n".join(world.lines)
    assert [word for word in words if word in lines] == []


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
