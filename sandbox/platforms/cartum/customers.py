"""Registered buyers, listed and imported by e-mail (platform file, "Customers/contacts"). Guests are not among them."""

import re
from datetime import UTC

from sandbox.platforms.cartum.errors import RowError
from sandbox.platforms.cartum.fields import ANYTHING, FLAG, MOMENT, PAGING, ROWS, TEXT, rows
from sandbox.platforms.cartum.hook_bodies import announce_user, user_view
from sandbox.platforms.cartum.paging import cut, is_within
from sandbox.platforms.cartum.routing import Answer, Function, Functions, listing, logged
from sandbox.platforms.cartum.specs import Buyer
from sandbox.platforms.cartum.state import Shop, User
from sandbox.platforms.cartum.wire import Record
from sandbox.platforms.kit.fields import PERCENT, Shape, faults, nested, one_of, required

MISSING, INVALID, OTHER = 1, 2, 3
"""Codes of the log; 0 is done (C10)."""
MANDATORY = ("title", "email")
_CARD: Shape = {"discount": PERCENT, "active": FLAG, "date_limit": TEXT, "status": one_of((1, 2, 3))}
_ROW: Shape = {
    **dict.fromkeys(("title", "email", "phone", "country", "city", "address", "note"), TEXT),
    "newsletter_subscription": FLAG,
    "discount_card": nested(_CARD),
    **dict.fromkeys(("customer_group_id", "company", "role"), ANYTHING),
}


def register(shop: Shop, buyer: Buyer) -> User:
    """Somebody registers, once for each e-mail."""
    known = _by_email(shop, buyer.email)
    return known or _added(shop, {"title": buyer.name, "email": buyer.email, "phone": buyer.phone})


def _by_email(shop: Shop, email: str) -> User | None:
    return next((user for user in shop.users.values() if user.email.lower() == email.lower()), None)


def _added(shop: Shop, row: Record) -> User:
    now = shop.clock().astimezone(UTC).replace(microsecond=0)
    user = User(shop.new_id("user"), row["title"], row["email"], row.get("phone", ""), now)
    shop.users[user.id] = user
    _take_over(user, row)
    announce_user(shop, "user_signup", user)
    return user


def _take_over(user: User, row: Record) -> None:
    user.title, user.phone = row["title"], row.get("phone", user.phone)
    user.more |= {name: value for name, value in row.items() if name not in ("title", "email", "phone")}


def export_users(shop: Shop, body: Record) -> Answer:
    """The users who registered within the bounds."""
    found = [user for user in shop.users.values() if is_within(shop, user.registered, body)]
    return listing("users", [user_view(user) for user in cut(found, body, len(found) or 1, None)])


def import_users(shop: Shop, body: Record) -> Answer:
    """New users, and changed ones by their e-mail."""
    log = [_imported(shop, row) for row in rows(body["users"])]
    return logged(log, any(row["code"] for row in log))


def _imported(shop: Shop, row: Record) -> Record:
    try:
        _write(shop, row)
    except RowError as refusal:
        return _refused_row(shop, row, str(refusal), refusal.code)
    return {"email": row["email"], "code": 0, "message": "OK"}


def _refused_row(_: Shop, row: Record, text: str, code: int = OTHER) -> Record:
    return {"email": row.get("email", ""), "code": code, "message": text}


def _write(shop: Shop, row: Record) -> None:
    if missing := [name for name in MANDATORY if not row.get(name)]:
        raise RowError(f"{missing[0]} is required", MISSING)
    if fault := next(faults(row, _ROW, "user"), None):
        raise RowError(fault, INVALID)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", row["email"]):
        raise RowError("email is not valid", INVALID)
    user = _by_email(shop, row["email"])
    if user is None:
        _added(shop, row)
    else:
        _take_over(user, row)
        announce_user(shop, "user_update", user)


FUNCTIONS: Functions = {
    "users/export": Function(export_users, {"from": MOMENT, "to": MOMENT, **PAGING}, collection="users"),
    "users/import": Function(import_users, {"users": required(ROWS)}, rows="users", refused=_refused_row),
}
