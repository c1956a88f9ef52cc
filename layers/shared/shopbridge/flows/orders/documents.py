"""The document that an order became is mailed to its buyer, where the merchant wants it and the back office does not.

Each document at most once: a letter cannot be looked up afterwards, and a buyer who gets an invoice twice may pay it
twice. So the try is noted on the order's record right before the letter leaves, and where nobody knows whether it left,
a person decides. What is read before that, the file, is read again as often as it takes.
"""

from typing import Any

from shopbridge.errors import Held, OutcomeUnknown, RetryLater
from shopbridge.flows.bridge import Job
from shopbridge.mapping.identity import is_mail_address
from shopbridge.model.ledger import LedgerRecord, Reason
from shopbridge.model.messages import OLD_ORDERS
from shopbridge.model.office import OfficeDocument
from shopbridge.model.order import Order
from shopbridge.model.settings import PLACE, DocumentMail
from shopbridge.ports import DocumentSource, Letter

MAIL, MAIL_AGAIN = "mail", "mail_again"
"""Steps after the import: the letter with the document that was made first, and with the one that it became."""
STEPS = (MAIL, MAIL_AGAIN)
SENDING = 25.0
"""Seconds that handing a letter over may take: one that is cut off by the end of the invocation would be in doubt."""
MAIL_IN_DOUBT = "mail_in_doubt"
"""Code of what a resend takes for a person's word that the letter did not come."""
_KINDS = {"invoice": "invoice", "proforma": "pro forma"}
Done = tuple[str, dict[str, Any]]
"""A line for the story, and what changes on the record."""


def wants_mail(job: Job, origin: str = "") -> bool:
    """Tell whether documents of orders of this origin are mailed.

    A run brings orders of months: their buyers have long had a document, or expect none.
    """
    wanted = job.settings.document_mail.active and origin not in OLD_ORDERS
    return wanted and job.office.document_source is not None


def noted(job: Job, record: LedgerRecord, document: OfficeDocument | None) -> dict[str, Any]:
    """Return what the record keeps of a document that was made just now; nothing where it is not to be mailed."""
    is_new = document is not None and document.id not in record.mailed
    return {"document": document} if is_new and wants_mail(job) else {}


def mail(job: Job, order: Order, record: LedgerRecord, step: str) -> Done:
    """Mail the record's document, if it is one that goes to the buyer; one in doubt is left to a person.

    Raises:
        Held: It cannot be mailed as it is.
        RetryLater: Surely not mailed.
    """
    document, source = record.document, job.office.document_source
    if document is None:
        return "", {}
    reason = _stays_here(job.settings.document_mail, document, source)
    if reason or source is None:
        return reason, {"document": None}
    if record.trying == step or document.doubtful:
        return _in_doubt(job, order, document, step)
    recipient = order.customer.email.strip() if order.customer else ""
    if not recipient:
        return _nobody(job, order, document), {"document": None}
    letter = _letter(job.settings.document_mail, order, document, _checked(recipient, order), source.read(document))
    if job.bridge.deadline.remaining() < SENDING:
        raise RetryLater("The time of this invocation is used up", after=1, where=f"order {order.number}")
    job.bridge.ledger.save(record.model_copy(update={"trying": step}), owner=job.owner)
    try:
        job.bridge.mail.send(letter)
    except OutcomeUnknown:
        return _in_doubt(job, order, document, step)
    mailed = (*record.mailed, document.id)
    return f"The {_named(document)} was mailed to the buyer.", {"document": None, "mailed": mailed}


def sent_again(record: LedgerRecord) -> OfficeDocument | None:
    """Return the record's document as a person's resend leaves it: what was in doubt, and told as that, is no more."""
    told = record.reason is not None and record.reason.code == MAIL_IN_DOUBT
    return record.document.model_copy(update={"doubtful": False}) if told and record.document else record.document


def _stays_here(chosen: DocumentMail, document: OfficeDocument, source: DocumentSource | None) -> str:
    """Why a document is no letter; empty for one that is. A pro forma that is not to be mailed needs no word."""
    if not chosen.active or source is None:
        return "Not mailed: mailing documents is switched off by now."
    if document.kind == "draft":
        return f"Not mailed: the document {document.id} is set aside; send it from the back office once it is closed."
    return f"The {_named(document)} is not mailed." if document.kind == "proforma" and not chosen.proformas else ""


def _letter(chosen: DocumentMail, order: Order, document: OfficeDocument, recipient: str, file: bytes) -> Letter:
    of_proforma = document.kind == "proforma"
    subject = (chosen.proforma_subject if of_proforma else "") or chosen.subject
    text = (chosen.proforma_text if of_proforma else "") or chosen.text
    words = _words(order, document)
    return Letter(
        sender=chosen.sender,
        sender_name=chosen.sender_name,
        reply_to=chosen.reply_to,
        recipient=recipient,
        subject=" ".join(_filled(subject, words).split()),
        text=_filled(text, words),
        file_name=_file_name(document, order),
        file=file,
    )


def _words(order: Order, document: OfficeDocument) -> dict[str, str]:
    buyer, billed = order.customer, order.billing_address
    return {
        "number": document.number or order.number,
        "order": order.number,
        "first_name": (buyer.first_name if buyer else "") or billed.first_name,
        "last_name": (buyer.last_name if buyer else "") or billed.last_name,
    }


def _filled(text: str, words: dict[str, str]) -> str:
    return PLACE.sub(lambda place: words[place[1]], text)


def _file_name(document: OfficeDocument, order: Order) -> str:
    """Numbers hold slashes (InnVoice's "Known quirks" 8), which no file can have in its name."""
    name = document.number or f"{document.kind}-{order.number}"
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)[:80] + ".pdf"


def _named(document: OfficeDocument) -> str:
    return f"{_KINDS.get(document.kind, document.kind)} {document.number or document.id}"


def _checked(recipient: str, order: Order) -> str:
    if not is_mail_address(recipient):
        raise Held(
            "The buyer's e-mail address is none that can be written to",
            code="bad_mail_address",
            where=f"order {order.number}",
            fix="Correct it in the shop, or send the document from the back office.",
        )
    return recipient


def _nobody(job: Job, order: Order, document: OfficeDocument) -> str:
    fix = "Send it from the back office, if the buyer is to have it."
    job.bridge.activity.warning("document_not_mailed", job.connection.id, fix=fix, order=order.number)
    return f"The {_named(document)} was not mailed: the order has no e-mail address. {fix}"


def _in_doubt(job: Job, order: Order, document: OfficeDocument, step: str) -> Done:
    what = f"The {_named(document)} may have been mailed to the buyer already, and nobody can tell"
    fix = "Skip the order unless the letter is known not to have come: a resend mails it, maybe for a second time."
    job.bridge.activity.warning(
        "follow_up_refused", job.connection.id, fix=fix, order=order.number, step=step, reason=what
    )
    reason = Reason(code=MAIL_IN_DOUBT, text=f"{what}.", fix=fix)
    return reason.text, {"document": document.model_copy(update={"doubtful": True}), "reason": reason}
