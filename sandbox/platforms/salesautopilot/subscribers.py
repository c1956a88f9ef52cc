"""Subscribing, changing, unsubscribing and deleting records of a list (S2, S4, S7, S9)."""

from collections.abc import Iterable
from typing import Any

from sandbox.platforms.salesautopilot.errors import failed, wrong
from sandbox.platforms.salesautopilot.fields import check, known_field, values_for
from sandbox.platforms.salesautopilot.inferred import READ_ONLY
from sandbox.platforms.salesautopilot.records import Form, ListKind, MailList, Record
from sandbox.platforms.salesautopilot.routing import Call, Routes
from sandbox.platforms.salesautopilot.shapes import CHANGE
from sandbox.platforms.salesautopilot.state import Account
from sandbox.platforms.salesautopilot.submissions import add_subscriber, submit, withdraw


def subscribe(account: Account, call: Call) -> int:
    """The new record's id."""
    into = account.list_of(call.number("nl_id"))
    form = account.form_of(into, call.number("ns_id"))
    values = values_for(into, call.body, read_only=READ_ONLY - {"subdate"})
    return add_subscriber(account, into, form, values).id


def update_record(account: Account, call: Call) -> int:
    """How many records were changed: one, or none."""
    into, form = _through(account, call)
    values = values_for(into, call.body)
    record = into.records.get(call.number("id"))
    return _changed(account, into, form, [record] if record else [], values)


def update_by_field(account: Account, call: Call) -> int:
    """How many records were changed: none unless exactly one has the value."""
    into, form = _through(account, call)
    values = values_for(into, call.body)
    found = into.having(known_field(into, call.names["field"]), call.names["value"])
    return _changed(account, into, form, found, values)


def update_many(account: Account, call: Call) -> int:
    """How many records were changed."""
    into, form = _through(account, call)
    return sum(_changed(account, into, form, *change) for change in _changes(into, call.body))


def batch_update(account: Account, call: Call) -> int:
    """How many records were changed; no form is named, so nothing runs."""
    into = account.list_of(call.number("nl_id"))
    return sum(_changed(account, into, None, *change) for change in _changes(into, call.body))


def unsubscribe_record(account: Account, call: Call) -> int:
    """1, or 0 when there was nothing to do."""
    into = account.list_of(call.number("nl_id"))
    record = into.records.get(call.number("id"))
    return _withdrawn(account, into, [record] if record else [])


def unsubscribe_address(account: Account, call: Call) -> int:
    """1, or 0 when there was nothing to do."""
    into = account.list_of(call.number("nl_id"))
    return _withdrawn(account, into, list(into.having("email", call.names["email"])))


def unsubscribe_by_field(account: Account, call: Call) -> int:
    """1, or 0 when there was nothing to do."""
    into = account.list_of(call.number("nl_id"))
    return _withdrawn(account, into, list(into.having(known_field(into, call.names["field"]), call.names["value"])))


def delete(account: Account, call: Call) -> int:
    """1: the record is gone."""
    into = account.list_of(call.number("nl_id"))
    if into.records.pop(call.number("id"), None) is None:
        raise failed("no such record")
    return 1


def _through(account: Account, call: Call) -> tuple[MailList, Form]:
    into = account.list_of(call.number("nl_id"))
    return into, account.form_of(into, call.number("ns_id"))


def _changed(
    account: Account, into: MailList, form: Form | None, found: Iterable[Record], values: dict[str, str]
) -> int:
    records = list(found)
    if len(records) != 1:
        return 0
    is_same = all(records[0].values.get(name, "") == value for name, value in values.items())
    if is_same and not account.assumed.unchanged_counts:
        return 0
    account.change(records[0], values)
    if into.kind is ListKind.ORDERS:
        account.sum_up(records[0])
    if form is not None:
        submit(account, into, form, records[0])
    return 1


def _changes(into: MailList, body: Any) -> list[tuple[list[Record], dict[str, str]]]:
    if not isinstance(body, list) or not body:
        raise wrong("the body should be a list of changes")
    for row in body:
        check(row, CHANGE)
    return [
        (list(into.having(known_field(into, row["id_field"]), str(row["id_value"]))), values_for(into, row["data"]))
        for row in body
    ]


def _withdrawn(account: Account, into: MailList, records: list[Record]) -> int:
    """Every record is tried; one is enough."""
    return int(sum(withdraw(account, into, record) for record in records) > 0)


ROUTES: Routes = {
    "subscribe/{nl_id}/form/{ns_id}": {"POST": subscribe},
    "update/{nl_id}/form/{ns_id}/record/{id}": {"PUT": update_record, "POST": update_record},
    "update/{nl_id}/form/{ns_id}/field/{field}/value/{value}": {"PUT": update_by_field, "POST": update_by_field},
    "update/{nl_id}/form/{ns_id}": {"PUT": update_many},
    "batchupdate/{nl_id}": {"POST": batch_update},
    "unsubscribe/{nl_id}/record/{id}": {"GET": unsubscribe_record},
    "unsubscribe/{nl_id}/email/{email}": {"GET": unsubscribe_address},
    "unsubscribe/{nl_id}/field/{field}/value/{value}": {"GET": unsubscribe_by_field},
    "delete/{nl_id}/record/{id}": {"DELETE": delete},
}
"""Unsubscribing is a GET that changes data."""
