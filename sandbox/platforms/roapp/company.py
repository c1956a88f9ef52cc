"""The company, and all that orders refer to: locations, employees, types, statuses, fields of its own, taxes."""

from typing import Any

from sandbox.platforms.roapp.query import sorted_by, whole
from sandbox.platforms.roapp.routing import Call, Routes, get
from sandbox.platforms.roapp.state import Account, Branch, Employee
from sandbox.platforms.roapp.wire import Record, stamp


def company(account: Account, call: Call) -> Record:
    """The account itself (M1)."""
    del call
    return {
        "name": account.name,
        "country": "RO",
        "currency": account.currency,
        "currency_symbol": account.currency,
        "timezone": "Europe/Bucharest",
        "address": "",
        "email": "office@example.com",
        "logo": None,
        "created_at": stamp(account.opened),
    }


def locations(account: Account, call: Call) -> Record:
    """All locations, also those that are not used any more (M1)."""
    del call
    return {"data": [_branch(account, each) for each in account.branches.values()]}


def branches(account: Account, call: Call) -> Record:
    """The same in the unversioned API (L1)."""
    del call
    return whole({"id": each.id, "name": each.name} for each in account.branches.values())


def _branch(account: Account, branch: Branch) -> Record:
    return {
        "id": branch.id,
        "name": branch.name,
        "address": "",
        "timezone": branch.timezone,
        "is_archived": branch.archived,
        "legal_entity_id": 1,
        "created_at": stamp(account.opened),
    }


def employees(account: Account, call: Call) -> Any:
    """Everybody; neither roles nor locations are told (M1)."""
    keys = {"id": lambda each: each.id, "first_name": lambda each: each.first_name}
    rows = [_employee(account, each) for each in sorted_by(list(account.employees.values()), call.query, keys)]
    return rows if account.assumed.bare_employees else {"data": rows}


def _employee(account: Account, employee: Employee) -> Record:
    return {
        "id": employee.id,
        "first_name": employee.first_name,
        "last_name": employee.last_name,
        "email": employee.email,
        "login": employee.login,
        "phone": "",
        "position": employee.position,
        "is_active": employee.active,
        "hire_date": None,
        "notes": "",
        "avatar": None,
        "created_at": stamp(account.opened),
    }


def taxes(account: Account, call: Call) -> Record:
    """All taxes (M1)."""
    del call
    return {
        "data": [
            {"id": number, "name": name, "rate": rate, "type": 0, "is_enabled": True, "branch_ids": []}
            for number, (name, rate) in account.taxes.items()
        ]
    }


def order_types(account: Account, call: Call) -> list[Record]:
    """A bare array, where a type is called by ``title`` and in an order by ``name`` (M1, L4)."""
    del call
    return [{"id": each.id, "title": each.name} for each in account.order_types.values()]


def statuses(account: Account, call: Call) -> list[Record]:
    """A bare array with the stage of each (L9)."""
    del call
    return [
        {
            "id": each.id,
            "name": each.name,
            "color": each.color,
            "group": {"type": each.group, "name": f"Stage {each.group}"},
        }
        for each in account.statuses.values()
    ]


def statuses_before(account: Account, call: Call) -> Record:
    """The same in the unversioned API (L1, M3)."""
    del call
    return whole({"id": each.id, "name": each.name} for each in account.statuses.values())


def custom_fields(account: Account, call: Call) -> list[Record]:
    """A bare array; one may be called by ``name`` or ``title`` (L11)."""
    del call
    return [
        {"id": each.id, "name" if each.id % 2 else "title": each.name, "type": each.type}
        for each in account.custom_fields.values()
    ]


def margins(account: Account, call: Call) -> Record:
    """Price types (L1, M3)."""
    del call
    return whole({"id": number, "title": title} for number, title in account.price_types.items())


def uoms(account: Account, call: Call) -> Record:
    """Units (L1)."""
    del account, call
    return whole([{"id": 1, "title": "pcs", "description": "Pieces"}])


def campaigns(account: Account, call: Call) -> Record:
    """Advertising sources (M3, L4)."""
    del call
    return whole({"id": number, "name": name} for number, name in account.campaigns.items())


ROUTES: Routes = {
    "GET /v2/company": get(company),
    "GET /v2/company/locations": get(locations),
    "GET /v2/company/employees": get(employees, "sort"),
    "GET /v2/company/taxes": get(taxes),
    "GET /v2/orders/types": get(order_types),
    "GET /v2/orders/statuses": get(statuses),
    "GET /v2/orders/custom-fields": get(custom_fields),
    "GET /branches/": get(branches),
    "GET /statuses/orders/": get(statuses_before),
    "GET /margins/": get(margins),
    "GET /catalogs/uoms": get(uoms),
    "GET /marketing/campaigns/": get(campaigns),
}
