"""What hangs on a form runs whenever somebody writes through it: letters, Actions, invoicing (S2, S6, S22).

Everything is put down as an event. Nothing is ever sent.
"""

import re
from collections.abc import Callable, Mapping

from sandbox.platforms.salesautopilot.errors import ALREADY_THERE, MALFORMED_ADDRESS, failed
from sandbox.platforms.salesautopilot.inferred import invoice_link, invoice_number, is_address
from sandbox.platforms.salesautopilot.records import Action, Consent, Form, MailList, Record
from sandbox.platforms.salesautopilot.state import Account


def submit(account: Account, into: MailList, form: Form, record: Record) -> None:
    """Run what hangs on a form, for a record that was written through it."""
    for letter in form.letters:
        account.note("email_sent", into, record, form.id, letter)
    if form.invoices:
        _invoice(account, into, form, record)
    for action in form.actions:
        _act(account, into, form, record, action)


def add_subscriber(account: Account, into: MailList, form: Form, values: dict[str, str]) -> Record:
    """Put a person on a list; a double opt-in form asks by letter first.

    Raises:
        ApiError: A number under 200: no address, a malformed one, or one that is there, however it is there.
    """
    if form.captcha:
        raise failed("the form's reCAPTCHA filter is on")
    address = values.get("email", "")
    if (into.unique_address or address) and not is_address(address):
        raise failed(f"{address!r} is no address", MALFORMED_ADDRESS)
    if into.unique_address and any(into.having("email", address)):
        raise failed(f"{address} is on list {into.id}", ALREADY_THERE)
    consent = Consent.WAITING if form.double_opt_in else Consent.GIVEN
    record = account.add_record(into, values, form.id, consent)
    account.note("double_optin" if form.double_opt_in else "subscribe", into, record, form.id)
    submit(account, into, form, record)
    return record


def withdraw(account: Account, into: MailList, record: Record) -> bool:
    """Unsubscribe a record, which stays; whether it was subscribed, or waited to be."""
    if record.consent is Consent.WITHDRAWN:
        return False
    account.give(record, Consent.WITHDRAWN)
    account.note("unsubscribe", into, record)
    return True


def _invoice(account: Account, into: MailList, form: Form, record: Record) -> None:
    if record.values.get("mssys_billing_number") and not account.assumed.invoices_again:
        return
    number = invoice_number(sum(event.kind == "invoice" for event in account.events) + 1)
    account.note("invoice", into, record, form.id, number)
    account.change(record, {"mssys_billing_number": number, "mssys_bill_pdf_link": invoice_link(number)})


def _act(account: Account, into: MailList, form: Form, record: Record, action: Action) -> None:
    target = account.lists[action.nl_id] if action.nl_id else into
    there = list(target.having("email", record.email)) if action.nl_id else [record]
    detail = _external(action, record) if action.kind == "external" else f"{action.kind} {target.id}"
    account.note("action", into, record, form.id, detail)
    if action.kind == "subscribe" and not there:
        added = account.add_record(target, {"email": record.email}, form.id, Consent.GIVEN)
        account.note("subscribe", target, added, form.id)
    for each in there:
        _EFFECTS.get(action.kind, _nothing)(account, target, each, action)


def _external(action: Action, record: Record) -> str:
    """The call that would be made, with the body its owner typed and the record's values in it."""
    body = re.sub(r"\[(\w+)\]", lambda found: record.values.get(found[1], ""), action.body)
    return f"external {action.url} {body}"


def _nothing(_: Account, __: MailList, ___: Record, ____: Action) -> None:
    """Who is subscribed already stays so; a call outside changes nothing here."""


def _unsubscribe(account: Account, target: MailList, record: Record, _: Action) -> None:
    withdraw(account, target, record)


def _update(account: Account, _: MailList, record: Record, action: Action) -> None:
    account.change(record, dict(action.values))


def _delete(_: Account, target: MailList, record: Record, __: Action) -> None:
    target.records.pop(record.id, None)


_EFFECTS: Mapping[str, Callable[[Account, MailList, Record, Action], None]] = {
    "unsubscribe": _unsubscribe,
    "update": _update,
    "delete": _delete,
}
