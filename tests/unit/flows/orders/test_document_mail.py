"""A document is mailed to its buyer once, or a person hears why not; nothing that is nobody's yet ever leaves."""

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shopbridge.errors import BridgeError, Held, OutcomeUnknown, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import LedgerRecord
from shopbridge.model.messages import Origin
from shopbridge.model.office import DocumentKind, OfficeDocument
from shopbridge.model.order import Order, Payment
from shopbridge.model.settings import DocumentMail
from tests.unit.flows.orders.memory_platforms import MemoryChanges, MemoryDocuments
from tests.unit.flows.orders.order_world import OrderWorld, placed

MAIL: dict[str, Any] = {
    "active": True,
    "sender": "bills@minta.example",
    "sender_name": "Minta Bolt",
    "subject": "Invoice {number} for {order}",
    "text": "Dear {first_name} {last_name},\nhere is {number}.\n",
}
BUYERS = "anna@buyers.example"
LETTER_LOST = OutcomeUnknown("The answer was lost")


def mailing_world(kind: DocumentKind = "invoice", **mail: Any) -> OrderWorld:
    world = OrderWorld(payment_statuses=[], document_mail={**MAIL, **mail})
    world.office.documents = MemoryDocuments(kind)
    return world


def ordered(world: OrderWorld, email: str = BUYERS, **changes: Any) -> Order:
    order = placed(world, **changes)
    assert order.customer
    return order.model_copy(update={"customer": order.customer.model_copy(update={"email": email})})


def later(order: Order, number: int, **changes: Any) -> Order:
    return order.model_copy(update={"revision": f"2026-03-05T10:{number:02}:00.000Z", **changes})


def waits(world: OrderWorld, order: Order) -> str:
    """The code of what the order waits for."""
    record: LedgerRecord = world.record(order)
    assert (record.state, record.follow_ups) == ("DONE", ())
    return record.reason.code if record.reason else ""


def test_a_document_is_mailed_once_with_the_merchants_words_and_its_address_is_forgotten() -> None:
    world = mailing_world()
    order = ordered(world)
    for version in (order, order, later(order, 1), later(order, 2, status="shipped")):
        world.bring(version)
    (letter,) = world.mail.letters
    buyer = order.customer
    assert buyer
    assert (letter.sender, letter.sender_name, letter.recipient) == ("bills@minta.example", "Minta Bolt", BUYERS)
    assert letter.subject == f"Invoice EX/900 for {order.number}"
    assert letter.text == f"Dear {buyer.first_name} {buyer.last_name},\nhere is EX/900.\n"
    assert (letter.file_name, letter.file) == ("EX-900.pdf", b"%PDF-1.4 of 900")
    record = world.record(order)
    assert (record.document, record.mailed, waits(world, order)) == (None, ("900",), "")
    assert "The invoice EX/900 was mailed to the buyer." in world.told(order)


def test_nothing_is_mailed_unless_it_is_switched_on() -> None:
    world = OrderWorld(payment_statuses=[])
    world.office.documents = MemoryDocuments()
    order = ordered(world)
    world.bring(order)
    assert (world.mail.letters, world.office.documents.asked, world.record(order).document) == ([], [], None)


@pytest.mark.parametrize("origin", ["first_import", "backfill"])
def test_what_a_run_brings_is_not_mailed(origin: Origin) -> None:
    world = mailing_world()
    order = ordered(world)
    world.bring(order, origin)
    assert (world.mail.letters, world.record(order).document, waits(world, order)) == ([], None, "")


@pytest.mark.parametrize(
    ("kind", "proformas", "letters"), [("draft", True, 0), ("proforma", False, 0), ("proforma", True, 1)]
)
def test_what_is_set_aside_never_leaves_and_a_pro_forma_where_it_is_wanted(
    kind: DocumentKind, letters: int, *, proformas: bool
) -> None:
    world = mailing_world(kind, proformas=proformas, proforma_subject="Pay {order}")
    order = ordered(world)
    world.bring(order)
    assert [letter.subject for letter in world.mail.letters] == [f"Pay {order.number}"] * letters
    assert waits(world, order) == ""
    assert any("mailed" in line for line in world.told(order))


def paying_world(**mail: Any) -> tuple[OrderWorld, Order]:
    """Orders become pro formas, and invoices when they are paid."""
    world = mailing_world("proforma", proformas=True, **mail)
    invoice = OfficeDocument(id=ExternalId("950"), kind="invoice", number="EX/950")
    world.office.changes = MemoryChanges(frozenset({"paid"}), number="EX/950", document=invoice)
    return world, paid(ordered(world), paid=False)


def paid(order: Order, *, paid: bool = True) -> Order:
    payment = Payment(method="Transfer", method_keys=("transfer",), status="open", paid=paid)
    return order.model_copy(update={"payment": payment})


def test_the_invoice_that_a_pro_forma_becomes_is_another_document_and_mailed_once_as_well() -> None:
    world, order = paying_world()
    world.bring(order)
    for number in (1, 2):
        world.bring(later(paid(order), number))
    assert [letter.file for letter in world.mail.letters] == [b"%PDF-1.4 of 900", b"%PDF-1.4 of 950"]
    assert world.record(order).mailed == ("900", "950")


def test_a_pro_forma_that_could_not_be_mailed_yet_gives_way_to_the_invoice() -> None:
    world, order = paying_world()
    world.mail.refusal = RetryLater("Busy", after=60)
    with pytest.raises(RetryLater):
        world.bring(order)
    world.mail.refusal = None
    world.bring(later(paid(order), 1))
    assert [letter.file for letter in world.mail.letters] == [b"%PDF-1.4 of 950"]
    assert waits(world, order) == ""


def test_a_pro_forma_in_doubt_keeps_nobody_from_the_invoice_and_is_itself_mailed_no_more() -> None:
    world, order = paying_world()
    world.mail.refusal, world.mail.took_it = LETTER_LOST, True
    world.bring(order)
    assert waits(world, order) == "mail_in_doubt"
    world.mail.refusal = None
    world.bring(later(paid(order), 1))
    assert waits(world, order) == "mail_in_doubt"
    world.bring(later(paid(order), 1), "resend")
    assert [letter.file for letter in world.mail.letters] == [b"%PDF-1.4 of 900", b"%PDF-1.4 of 950"]
    assert waits(world, order) == ""


@pytest.mark.parametrize("died", [False, True])
@pytest.mark.parametrize("took_it", [False, True])
def test_a_letter_that_may_have_left_is_sent_again_by_nobody_but_a_person(*, took_it: bool, died: bool) -> None:
    world = mailing_world()
    order = ordered(world)
    world.mail.took_it, world.mail.refusal = took_it, KeyboardInterrupt() if died else LETTER_LOST
    try:
        world.bring(order, owner="first")
    except KeyboardInterrupt:
        world.clock.advance(seconds=3600)
    world.mail.refusal = None
    for version in (order, later(order, 1), later(order, 2, status="shipped")):
        world.bring(version)
    assert (waits(world, order), len(world.mail.letters)) == ("mail_in_doubt", int(took_it))
    reason = world.record(order).reason
    assert reason
    assert "may have been mailed to the buyer already" in reason.text
    assert reason.fix
    world.bring(later(order, 2), "resend")
    assert (waits(world, order), len(world.mail.letters)) == ("", 1 + took_it)


def test_a_resend_for_another_reason_mails_nothing_that_is_in_doubt() -> None:
    world = mailing_world(sender="bills@minta.example")
    world.office.changes = MemoryChanges(frozenset({"status"}))
    order = ordered(world)
    world.mail.refusal, world.mail.took_it = LETTER_LOST, True
    world.bring(order)
    world.mail.refusal = None
    world.office.changes.refusal = Held("No words for it", code="x", fix="Look.")
    moved = later(order, 1, status="shipped")
    world.bring(moved)
    assert waits(world, order) == "follow_up_refused"
    world.office.changes.refusal = None
    world.bring(moved, "resend")
    assert (waits(world, order), len(world.mail.letters)) == ("mail_in_doubt", 1)


def test_a_resend_for_what_went_wrong_before_a_worker_died_over_its_letter_mails_no_second_one() -> None:
    world = mailing_world()
    order = ordered(world)
    world.mail.refusal, world.mail.took_it = KeyboardInterrupt(), True
    off_by = {"total": order.totals.gross + 1}
    with patch.object(world.office, "read", lambda at: world.office.orders[0].model_copy(update={"id": at, **off_by})):
        with pytest.raises(KeyboardInterrupt):
            world.bring(order, owner="died")
        assert (world.record(order).trying, world.record(order).reason is None) == ("mail", False)
        world.mail.refusal = None
        world.clock.advance(seconds=3600)
        world.bring(order, "resend")
    assert len(world.mail.letters) == 1
    document = world.record(order).document
    assert document
    assert document.doubtful


def test_a_letter_that_surely_did_not_leave_is_sent_later() -> None:
    world = mailing_world()
    order = ordered(world)
    world.mail.refusal = RetryLater("SES asks us to slow down", after=60)
    for _ in range(2):
        with pytest.raises(RetryLater) as caught:
            world.bring(order)
        assert (caught.value.after, world.record(order).trying) == (60, "")
    world.mail.refusal = None
    world.bring(order)
    assert (waits(world, order), len(world.mail.letters)) == ("", 1)


def test_a_letter_that_the_end_of_the_invocation_could_cut_off_waits_for_the_next_one() -> None:
    world = mailing_world()
    order = ordered(world)
    world.deadline.looks = 0
    with pytest.raises(RetryLater, match="time of this invocation"):
        world.bring(order)
    assert (world.mail.letters, world.record(order).trying) == ([], "")
    world.deadline.looks = None
    world.bring(order)
    assert (waits(world, order), len(world.mail.letters)) == ("", 1)


@pytest.mark.parametrize("of_the_file", [True, False])
def test_what_cannot_be_mailed_waits_with_what_to_do_and_a_resend_mails_it(*, of_the_file: bool) -> None:
    world = mailing_world()
    refusal = Held("SES has not verified the sender's address", code="not_mailed", fix="Verify it.")
    order = ordered(world)
    assert world.office.documents
    world.mail.refusal, world.office.documents.refusal = (None, refusal) if of_the_file else (refusal, None)
    world.bring(order)
    assert waits(world, order) == "follow_up_refused"
    reason = world.record(order).reason
    assert reason
    assert "Verify it." in reason.fix
    world.mail.refusal = world.office.documents.refusal = None
    world.bring(order, "resend")
    assert (waits(world, order), len(world.mail.letters)) == ("", 1)


def test_an_order_without_an_address_is_told_and_waits_for_nobody() -> None:
    world = mailing_world()
    order = ordered(world, email=" ")
    world.bring(order)
    assert (world.mail.letters, waits(world, order)) == ([], "")
    assert len(world.log.of("document_not_mailed", "order")) == 1
    assert any("has no e-mail address" in line for line in world.told(order))


@pytest.mark.parametrize(
    "address",
    ["anna", "anna@", "a b@x.example", "a@x.example, b@x.example", "a@x.example\nBcc: b@x.example", "ő@x.example"],
)
def test_an_address_that_cannot_be_written_to_is_a_person_s_and_is_told_nowhere(address: str) -> None:
    world = mailing_world()
    order = ordered(world, email=address)
    world.bring(order)
    assert (world.mail.letters, waits(world, order)) == ([], "follow_up_refused")
    assert address not in f"{world.log.lines} {world.record(order).reason} {world.told(order)}"


def test_no_address_stands_in_log_and_ledger() -> None:
    for refusal in (None, LETTER_LOST, Held("Refused", code="not_mailed", fix="Look.")):
        world = mailing_world()
        order = ordered(world)
        world.mail.refusal = refusal
        world.bring(order)
        assert BUYERS not in f"{world.log.lines} {world.record(order)!r}"
        assert "print.example" not in f"{world.log.lines} {world.record(order)!r}"


def test_a_number_fills_no_second_line_of_the_subject() -> None:
    world = mailing_world()
    order = ordered(world).model_copy(update={"number": "1\r\nBcc: x@y.example"})
    world.bring(order)
    assert world.mail.letters[0].subject == "Invoice EX/900 for 1 Bcc: x@y.example"


STEPS = st.lists(
    st.tuples(st.sampled_from(["poll", "resend"]), st.sampled_from(["", "busy", "lost", "gone", "died"])), max_size=8
)


@given(STEPS)
def test_whatever_happens_no_letter_leaves_twice_without_a_person_who_was_told_of_the_doubt(
    story: list[tuple[Origin, str]],
) -> None:
    world = mailing_world()
    world.mail.took_it = True
    order, allowed = ordered(world), 1
    for number, (origin, trouble) in enumerate(story, 1):
        known = world.record(order) if world.ledger.records else None
        allowed += (
            origin == "resend"
            and known is not None
            and known.reason is not None
            and known.reason.code == "mail_in_doubt"
        )
        refusals: dict[str, BaseException] = {"lost": LETTER_LOST, "gone": LETTER_LOST, "died": KeyboardInterrupt()}
        world.mail.refusal = refusals.get(trouble)
        world.office.documents = MemoryDocuments(refusal=RetryLater("Busy", after=1) if trouble == "busy" else None)
        try:
            world.bring(later(order, number), origin, owner=f"worker {number}")
        except (BridgeError, KeyboardInterrupt):
            world.clock.advance(seconds=3600)
    assert len(world.mail.letters) <= allowed


# --- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"sender": ""},
        {"text": "  "},
        {"sender": "bills"},
        {"reply_to": "a@b.example, c@d.example"},
        {"subject": "{total}"},
        {"text": "an open { bracket"},
        {"subject": "two\nlines"},
        {"sender_name": "Bolt\r\nBcc: x@y.example"},
    ],
)
def test_a_letter_that_could_not_be_written_is_refused_with_the_settings(wrong: dict[str, str]) -> None:
    DocumentMail.model_validate(MAIL)
    with pytest.raises(ValidationError):
        DocumentMail.model_validate({**MAIL, **wrong})
