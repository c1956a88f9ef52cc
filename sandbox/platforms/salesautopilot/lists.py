"""Reading lists: all of it, sorted, with conditions, or one record; and what lists, forms and fields there are."""

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sandbox.platforms.kit.fields import is_text
from sandbox.platforms.salesautopilot.errors import ApiError, failed, wrong
from sandbox.platforms.salesautopilot.fields import check, extended, kept, known_field, read_value
from sandbox.platforms.salesautopilot.records import FormKind, ListField, MailList, Record
from sandbox.platforms.salesautopilot.routing import Call, Routes
from sandbox.platforms.salesautopilot.shapes import LIST_FIELD
from sandbox.platforms.salesautopilot.state import Account, direction_of
from sandbox.platforms.salesautopilot.views import missing, record_row
from sandbox.platforms.salesautopilot.wire import Body, is_decimal

NUMBERS = frozenset({"smallint", "integer", "decimal"})


def read_all(account: Account, call: Call) -> list[Body]:
    """Every record, subscribed or not."""
    into = account.list_of(call.number("nl_id"))
    return [record_row(into, record) for record in into.records.values()]


def read_sorted(account: Account, call: Call) -> list[Body]:
    """Every record in an order, or as many as the address asks for."""
    into = account.list_of(call.number("nl_id"))
    rows = _sorted(into, call, list(into.records.values()))
    return [record_row(into, record) for record in rows[: call.number("limit") if "limit" in call.names else None]]


def read_matching(account: Account, call: Call) -> list[Body]:
    """The records that meet all conditions, perhaps with some fields only."""
    into = account.list_of(call.number("nl_id"))
    conditions, only = _conditions(account, into, call.body)
    found = [record for record in into.records.values() if all(_meets(into, record, each) for each in conditions)]
    return [record_row(into, record, only) for record in _sorted(into, call, found)]


def read_record(account: Account, call: Call) -> Body | list[Body]:
    """One record."""
    into = account.list_of(call.number("nl_id"))
    record = into.records.get(call.number("id"))
    return missing(account, "record") if record is None else record_row(into, record)


def read_by_field(account: Account, call: Call) -> list[Body]:
    """The records with this value."""
    into = account.list_of(call.number("nl_id"))
    found = into.having(known_field(into, call.names["field"]), call.names["value"])
    return [record_row(into, record) for record in found]


def count(account: Account, call: Call) -> int:
    """How many records a list has."""
    return len(account.list_of(call.number("nl_id")).records)


def _counted_by(method: str) -> Callable[[Account, Call], int]:
    def counted(account: Account, call: Call) -> int:
        if method not in account.assumed.count_methods:
            raise ApiError(f"{method} is not allowed here", 405)
        return count(account, call)

    return counted


def lists(account: Account, _: Call) -> list[Body]:
    """All lists."""
    return [_list_row(each) for each in account.lists.values()]


def lists_of_kind(account: Account, call: Call) -> list[Body]:
    """The lists of one type."""
    return [_list_row(each) for each in account.lists.values() if each.kind == call.number("type")]


def forms(account: Account, call: Call) -> list[Body]:
    """The forms of a list but for those that update."""
    into = account.list_of(call.number("nl_id"))
    return [_form_row(form.id, form.name) for form in into.forms.values() if form.kind is not FormKind.UPDATE]


def forms_of_kind(account: Account, call: Call) -> list[Body]:
    """The forms of a list of one type."""
    into = account.list_of(call.number("nl_id"))
    return [_form_row(form.id, form.name) for form in into.forms.values() if form.kind == call.number("kind")]


def field_names(account: Account, call: Call) -> list[str]:
    """The fields of a list."""
    return list(account.list_of(call.number("nl_id")).fields)


def field_types(account: Account, call: Call) -> Body:
    """The fields of a list with their types."""
    return extended(account.list_of(call.number("nl_id")))


def field_exists(account: Account, call: Call) -> int:
    """1 or 0."""
    return int(call.names["field"] in account.list_of(call.number("nl_id")).fields)


def add_field(account: Account, call: Call) -> int:
    """1: the list has a field more."""
    into = account.list_of(call.number("nl_id"))
    check(call.body, LIST_FIELD)
    name, kind = call.body["field_name"], call.body["field_type"]
    if ("options" in call.body) != (kind in {"radio", "select"}):
        raise wrong("options are for radio and select, and needed there")
    if name in into.fields:
        raise failed(f"list {into.id} has a field {name}")
    into.fields[name] = ListField(kind, tuple(call.body.get("options", ())))
    return 1


def _list_row(each: MailList) -> Body:
    return {"nl_id": str(each.id), "list_name": each.name}


def _form_row(number: int, name: str) -> Body:
    return {"ns_id": str(number), "form_name": name}


def _sorted(into: MailList, call: Call, records: list[Record]) -> list[Record]:
    name = known_field(into, call.names["field"])
    is_down = direction_of(call.names["direction"])
    return sorted(records, key=lambda record: _comparable(into, record, name), reverse=is_down)


def _comparable(into: MailList, record: Record, name: str) -> tuple[Decimal, str]:
    text = read_value(into, record.values, name)
    return (Decimal(text or 0), "") if into.fields[name].type in NUMBERS else (Decimal(0), text)


Condition = tuple[str, str, str]


def _conditions(account: Account, into: MailList, body: Any) -> tuple[list[Condition], Sequence[str] | None]:
    """What a POST asks for: conditions, and an element with ``listFields``."""
    if not isinstance(body, list) or not body or not all(isinstance(row, dict) for row in body):
        raise wrong("the body should be a list of conditions")
    chosen = [row["listFields"] for row in body if row.keys() == {"listFields"}]
    conditions = [_condition(account, into, row) for row in body if row.keys() != {"listFields"}]
    if len(chosen) > 1 or not all(isinstance(names, list) and all(map(is_text, names)) for names in chosen):
        raise wrong("listFields should be one list of names")
    return conditions, [known_field(into, name) for name in chosen[0]] if chosen else None


def _condition(account: Account, into: MailList, row: Body) -> Condition:
    if row.keys() != {"field", "operator", "value"} or not is_text(row["field"]):
        raise wrong("a condition has field, operator and value")
    if row["operator"] not in account.assumed.operators:
        raise wrong(f"{row['operator']} is no operator")
    name, value = known_field(into, row["field"]), row["value"]
    if not (is_text(value) or is_decimal(value)) or (into.fields[name].type in NUMBERS and not is_decimal(value)):
        raise wrong(f"{name} is not compared with {value!r}")
    return name, row["operator"], kept(value)


def _meets(into: MailList, record: Record, condition: Condition) -> bool:
    name, sign, value = condition
    wanted = (Decimal(value), "") if into.fields[name].type in NUMBERS else (Decimal(0), value)
    return _COMPARE[sign](_comparable(into, record, name), wanted)


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ROUTES: Routes = {
    "list/{nl_id}": {"GET": read_all},
    "list/{nl_id}/order/{field}/{direction}": {"GET": read_sorted, "POST": read_matching},
    "list/{nl_id}/order/{field}/{direction}/{limit}": {"GET": read_sorted},
    "list/{nl_id}/record/{id}": {"GET": read_record},
    "list/{nl_id}/field/{field}/value/{value}": {"GET": read_by_field},
    "listtotalcount/{nl_id}": {"GET": _counted_by("GET"), "POST": _counted_by("POST")},
    "getlists": {"GET": lists},
    "zapier/getlists/{type}": {"GET": lists_of_kind},
    "getforms/{nl_id}": {"GET": forms},
    "zapier/getforms/{nl_id}/{kind}": {"GET": forms_of_kind},
    "listfields/{nl_id}": {"GET": field_names},
    "listfields/{nl_id}/extended": {"GET": field_types},
    "checkfieldexists/{nl_id}/{field}": {"GET": field_exists},
    "addlistfield/{nl_id}": {"POST": add_field},
}
