"""Shoprenter to InnVoice with documents by e-mail: the bridge is killed before and after every outside call.

A letter is handed to SES at most once. Whoever died between the note that it leaves and the note that it left leaves it
to a person; every other death ends with one letter.
"""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from typing import Any

import boto3
import pytest
from moto.ses.models import ses_backends

from sandbox.platforms.shoprenter.furnish import PENDING, PROCESSING
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import LedgerRecord
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.crashes.test_shoprenter_innvoice import APART, at_work, killed, recover, work_off
from tests.integration.stage import store_connection
from tests.integration.world import Calls
from tests.integration.worlds.hungarian import HungarianWorld, an_order, order_id

DOMAIN, SENDER = "minta.example", "szamla@minta.example"
REGION, ACCOUNT = "eu-central-1", "123456789012"
MOST_CALLS = 20
PRINT = "/print/"
FIRST_NUMBER = 80_001
ORDER = order_id(FIRST_NUMBER)
SENDING = "SendEmail"
MAIL: dict[str, Any] = {
    "active": True,
    "sender": SENDER,
    "subject": "{order}: számla {number}",
    "text": "Kedves {last_name} {first_name}!",
    "proformas": True,
    "proforma_subject": "{order}: díjbekérő",
}


@pytest.fixture
def ses(environment: Environment) -> Iterator[Any]:
    """SES with a verified domain, and every letter it took."""
    del environment
    backend = ses_backends[ACCOUNT][REGION]
    backend.reset()
    boto3.client("sesv2").create_email_identity(EmailIdentity=DOMAIN)
    yield backend
    backend.reset()


def mailing_world(environment: Environment, connection_id: ConnectionId, document: str = "invoice") -> HungarianWorld:
    may_mail = replace(environment, mail_identity=DOMAIN)
    return at_work(HungarianWorld(may_mail, ManualClock(), connection_id, document, MAIL))


@pytest.fixture
def world(environment: Environment, connection_id: ConnectionId, ses: Any) -> HungarianWorld:
    del ses
    return mailing_world(environment, connection_id)


def letters(ses: Any, number: int) -> list[EmailMessage]:
    """What the buyer of an order got."""
    read = [email.message_from_string(sent.raw_data, policy=email.policy.default) for sent in ses.sent_messages]
    return [letter for letter in read if str(letter["Subject"]).startswith(f"{number}:")]


def file_of(letter: EmailMessage) -> bytes:
    (file,) = letter.iter_attachments()
    content: bytes = file.get_content()
    return content


def waits_for(record: LedgerRecord) -> str:
    return record.reason.code if record.reason else ""


@dataclass
class FromTheFile(Calls):
    """Counts from the reading of the file on: what comes before has a matrix of its own."""

    def before(self, name: str) -> None:
        if self.names or PRINT in name:
            super().before(name)

    def after(self) -> None:
        if self.names:
            super().after()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_outside_call_leaves_one_letter_at_most_and_a_truthful_ledger(
    world: HungarianWorld, ses: Any, when: str
) -> None:
    deaths: list[str] = []
    doubts: list[str] = []
    for at in range(MOST_CALLS):
        world.new_container(FromTheFile(at=at, when=when))
        number = world.shop.place_order(an_order(FIRST_NUMBER + at)).id
        death = killed(world)
        recover(world)
        record, sent = world.record(order_id(number)), letters(ses, number)
        assert len(sent) <= 1, death
        if waits_for(record) == "mail_in_doubt":
            doubts.append(death)
        else:
            (document,) = world.documents(number)
            assert (record.mailed, record.document, waits_for(record)) == ((str(document.techid),), None, ""), death
            assert document.number.encode() in file_of(sent[0]), death
        if not death:
            break
        deaths.append(death)
        world.clock.advance(APART.total_seconds())
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls")
    assert [death for death in deaths if PRINT in death or SENDING in death][1:] == [f"{when} {SENDING}"]
    in_doubt = {"before": [SENDING, "PutItem"], "after": ["PutItem", SENDING]}[when]
    assert doubts == [f"{when} {call}" for call in in_doubt]


@pytest.mark.parametrize(("when", "left"), [("before", 0), ("after", 1)])
def test_a_letter_in_doubt_is_sent_by_nobody_but_a_person(
    world: HungarianWorld, ses: Any, when: str, left: int
) -> None:
    world.shop.place_order(an_order(FIRST_NUMBER))
    world.new_container(Calls(on=SENDING, when=when))
    assert SENDING in killed(world)
    for _ in range(2):
        recover(world)
        assert (waits_for(world.record(ORDER)), len(letters(ses, FIRST_NUMBER))) == ("mail_in_doubt", left)
        world.clock.advance(86_400)
        world.shop.set_status(FIRST_NUMBER, PROCESSING)
    world.ask("resend", connection=world.connection, order=ORDER)
    world.settle()
    assert (waits_for(world.record(ORDER)), len(letters(ses, FIRST_NUMBER))) == ("", left + 1)


def test_messages_that_come_twice_and_versions_in_a_row_mail_once(world: HungarianWorld, ses: Any) -> None:
    world.shop.place_order(an_order(FIRST_NUMBER))
    for status in (PROCESSING, PENDING, PROCESSING):
        world.shop.set_status(FIRST_NUMBER, status)
        world.poll()
        world.work(twice=True)
        world.work(twice=True)
        world.clock.advance(10)
    world.settle()
    assert len(letters(ses, FIRST_NUMBER)) == 1


def test_a_pro_forma_and_the_invoice_it_becomes_are_two_letters(
    environment: Environment, connection_id: ConnectionId, ses: Any
) -> None:
    world = mailing_world(environment, connection_id, "proforma")
    world.shop.place_order(an_order(FIRST_NUMBER, PENDING))
    work_off(world)
    recover(world)
    world.clock.advance(86_400)
    world.shop.set_status(FIRST_NUMBER, PROCESSING)
    for _ in range(2):
        recover(world)
    proforma, invoice = world.office.documents
    first, second = letters(ses, FIRST_NUMBER)
    assert [str(letter["Subject"]) for letter in (first, second)] == [
        f"{FIRST_NUMBER}: díjbekérő",
        f"{FIRST_NUMBER}: számla {invoice.number}",
    ]
    assert str(proforma.techid).encode() in file_of(first)
    assert invoice.number.encode() in file_of(second)
    assert world.record(ORDER).mailed == (str(proforma.techid), str(invoice.techid))


@pytest.mark.parametrize("fault", ["throttled", "server_error", "lost_answer", "html_page", "redirect"])
def test_a_file_that_cannot_be_read_is_read_later_or_told_and_the_order_is_safe(
    world: HungarianWorld, ses: Any, fault: str
) -> None:
    world.office.faults.plan(fault, "GET print/{token}")
    world.shop.place_order(an_order(FIRST_NUMBER))
    recover(world)
    told = fault in ("html_page", "redirect")
    record = world.record(ORDER)
    assert (record.state, waits_for(record)) == ("DONE", "follow_up_refused" if told else "")
    assert len(letters(ses, FIRST_NUMBER)) == int(not told)


def test_a_sender_that_is_not_verified_is_told_and_mails_after_a_resend(world: HungarianWorld, ses: Any) -> None:
    del ses.email_identities[DOMAIN]
    world.shop.place_order(an_order(FIRST_NUMBER))
    recover(world)
    record = world.record(ORDER)
    assert (record.state, waits_for(record)) == ("DONE", "follow_up_refused")
    assert record.reason
    assert "SES has not verified the sender's address" in record.reason.text
    boto3.client("sesv2").create_email_identity(EmailIdentity=DOMAIN)
    world.ask("resend", connection=world.connection, order=ORDER)
    world.settle()
    assert (waits_for(world.record(ORDER)), len(letters(ses, FIRST_NUMBER))) == ("", 1)


def test_neither_log_nor_ledger_nor_an_operator_sees_an_address_or_where_the_file_lies(
    world: HungarianWorld, ses: Any
) -> None:
    del ses.email_identities[DOMAIN]
    world.shop.place_order(an_order(FIRST_NUMBER))
    recover(world)
    (document,) = world.office.documents
    shown = f"{world.lines} {world.record(ORDER)!r} {world.ask('story', connection=world.connection, order=ORDER)}"
    assert document.token not in shown
    assert "@" not in shown


def test_switching_it_on_asks_ses_for_the_sender(
    environment: Environment, connection_id: ConnectionId, ses: Any
) -> None:
    world = HungarianWorld(replace(environment, mail_identity=DOMAIN), ManualClock(), connection_id, "invoice", MAIL)
    store_connection(world, world.secrets()["shop"])
    told = "SES has not verified the sender's address"
    for is_verified in (False, True):
        ses.email_identities[DOMAIN].verified_for_sending_status = is_verified
        problems = world.ask("verify", connection=world.connection)["problems"]
        assert [told in problem for problem in problems].count(True) == int(not is_verified)


def test_an_erasure_takes_the_file_s_address_too_and_nothing_is_mailed_after_it(
    world: HungarianWorld, ses: Any
) -> None:
    del ses.email_identities[DOMAIN]
    world.shop.place_order(an_order(FIRST_NUMBER))
    recover(world)
    assert world.record(ORDER).document
    buyer = world.shop.order(FIRST_NUMBER).spec.email
    world.ask("erase", connection=world.connection, email=buyer, confirm=True, by="tester")
    assert world.record(ORDER).document is None
    boto3.client("sesv2").create_email_identity(EmailIdentity=DOMAIN)
    world.ask("resend", connection=world.connection, order=ORDER)
    world.settle()
    assert letters(ses, FIRST_NUMBER) == []
