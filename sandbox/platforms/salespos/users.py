"""Users and their groups (platform file, "Customers/debtors and contacts")."""

from functools import partial

from sandbox.platforms.salespos.errors import (
    ALREADY_EXISTS,
    NO_SUCH_REFERENCE,
    SAME_VALUE,
    ApiError,
    invalid,
)
from sandbox.platforms.salespos.paging import ordered, page
from sandbox.platforms.salespos.people import check_person, override, shown
from sandbox.platforms.salespos.routing import (
    DONE,
    PAGING,
    Answer,
    Call,
    Endpoint,
    Routes,
    created,
    existing,
    found,
)
from sandbox.platforms.salespos.shapes import USER_PATCH, USER_POST, USERGROUP
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record

_WRITE_ONLY = ("password", "encryption", "gender")


def username_key(username: str) -> str:
    """[inferred] Usernames are compared without regard to case."""
    return username.casefold()


def list_users(shop: Shop, call: Call) -> Answer:
    """All users, at most narrowed by their approval: there is no search by e-mail."""
    wanted = call.query.get("approval_status")
    if wanted not in (None, "pending", "accepted"):
        raise invalid("approval_status should be pending or accepted")
    users = [user for user in shop.users.values() if wanted in (None, user["approval_status"])]
    return page(call, "/users/", ordered(call, users, _ORDER_BY), partial(user_view, call.root))


def show_user(shop: Shop, call: Call) -> Answer:
    """One user."""
    return found(user_view(call.root, existing(shop.users, call, "user")))


def post_user(shop: Shop, call: Call) -> Answer:
    """A new user."""
    return created(user_view(call.root, create_user(shop, call.body)))


def create_user(shop: Shop, body: Record) -> Record:
    """Make a user; without a group it joins the default one.

    Raises:
        ApiError: 500.40 when the username is taken, or the contract is broken.
    """
    check_person(body.get("userinfo", {}), "body.userinfo")
    _check_group(shop, body)
    _check_free(shop, body["username"])
    user = {
        "id": shop.new_id("users"),
        "group_id": _default_group(shop),
        "status": True,
        "approval_status": "accepted",
        "product_in_category_discount": "highest",
        "userinfo": {},
        **{name: value for name, value in body.items() if name not in _WRITE_ONLY},
    }
    shop.users[user["id"]] = user
    shop.user_ids[username_key(user["username"])] = user["id"]
    return user


def patch_user(shop: Shop, call: Call) -> Answer:
    """Change the sent fields only."""
    user = existing(shop.users, call, "user")
    changes = {name: value for name, value in call.body.items() if name not in _WRITE_ONLY}
    _check_changes(shop, user, changes)
    if "userinfo" in changes:
        changes["userinfo"] = override(user["userinfo"], changes["userinfo"])
    if call.body and shop.is_same(user, changes):
        raise ApiError(SAME_VALUE, "nothing changes")
    if changes.get("approval_status") == "rejected":
        return delete_user(shop, call)
    _rename(shop, user, changes)
    user.update(changes)
    return DONE


def delete_user(shop: Shop, call: Call) -> Answer:
    """The user goes; its orders keep the customer's data."""
    user = existing(shop.users, call, "user")
    del shop.users[user["id"]]
    del shop.user_ids[username_key(user["username"])]
    return DONE


def list_groups(shop: Shop, call: Call) -> Answer:
    """All user groups."""
    groups = ordered(call, shop.usergroups.values(), {"id": lambda group: group["id"]})
    return page(call, "/usergroups/", groups, partial(_group_view, call.root))


def show_group(shop: Shop, call: Call) -> Answer:
    """One user group."""
    return found(_group_view(call.root, existing(shop.usergroups, call, "usergroup")))


def post_group(shop: Shop, call: Call) -> Answer:
    """A new user group."""
    return created(_group_view(call.root, create_group(shop, call.body)))


def create_group(shop: Shop, body: Record) -> Record:
    """Make a user group; the first is the default one."""
    group = {
        "id": shop.new_id("usergroups"),
        "groupname": "",
        "discount": 0,
        "product_in_category_discount": "highest",
        **body,
    }
    group["default"] = body.get("default", not shop.usergroups)
    shop.usergroups[group["id"]] = group
    return group


def patch_group(shop: Shop, call: Call) -> Answer:
    """Change a group."""
    existing(shop.usergroups, call, "usergroup").update(call.body)
    return DONE


def delete_group(shop: Shop, call: Call) -> Answer:
    """Remove a group; its users fall back to none."""
    existing(shop.usergroups, call, "usergroup")
    del shop.usergroups[call.id]
    for user in shop.users.values():
        if user["group_id"] == call.id:
            user["group_id"] = None
    return DONE


def user_view(root: str, user: Record) -> Record:
    """A user as a read shows it; never the password."""
    return {
        "href": f"{root}/users/{user['id']}/",
        **user,
        "userinfo": shown(user["userinfo"]),
        "parent": {"href": f"{root}/users/"},
    }


def _group_view(root: str, group: Record) -> Record:
    href = f"{root}/usergroups/{group['id']}/"
    return {"href": href, **group, "users": {"href": f"{href}users/"}}


def _check_changes(shop: Shop, user: Record, changes: Record) -> None:
    check_person(changes.get("userinfo", {}), "body.userinfo")
    _check_group(shop, changes)
    if "approval_status" in changes and user["approval_status"] != "pending":
        raise invalid("body.approval_status can only change from pending")
    renamed = username_key(changes["username"] if "username" in changes else user["username"])
    if renamed != username_key(user["username"]):
        _check_free(shop, changes["username"])


def _check_free(shop: Shop, username: str) -> None:
    if not username:
        raise invalid("body.username should not be empty")
    if username_key(username) in shop.user_ids:
        raise ApiError(ALREADY_EXISTS, f"username {username} already exists")


def _check_group(shop: Shop, body: Record) -> None:
    if "group_id" in body and body["group_id"] not in shop.usergroups:
        raise ApiError(NO_SUCH_REFERENCE, f"usergroup {body['group_id']} does not exist")


def _default_group(shop: Shop) -> int | None:
    return next((group["id"] for group in shop.usergroups.values() if group["default"]), None)


def _rename(shop: Shop, user: Record, changes: Record) -> None:
    if "username" in changes:
        del shop.user_ids[username_key(user["username"])]
        shop.user_ids[username_key(changes["username"])] = user["id"]


def _billing(user: Record, name: str) -> str:
    return str(user["userinfo"].get("billingaddress", {}).get(name, ""))


_ORDER_BY = {
    "id": lambda user: user["id"],
    "first_name": lambda user: _billing(user, "first_name"),
    "last_name": lambda user: _billing(user, "last_name"),
}

ROUTES: Routes = {
    "/users": {
        "GET": Endpoint(list_users, PAGING | {"orderby", "approval_status"}),
        "POST": Endpoint(post_user, shape=USER_POST),
    },
    "/users/{id}": {
        "GET": Endpoint(show_user),
        "PATCH": Endpoint(patch_user, shape=USER_PATCH),
        "DELETE": Endpoint(delete_user),
    },
    "/usergroups": {
        "GET": Endpoint(list_groups, PAGING | {"orderby"}),
        "POST": Endpoint(post_group, shape=USERGROUP),
    },
    "/usergroups/{id}": {
        "GET": Endpoint(show_group),
        "PATCH": Endpoint(patch_group, shape=USERGROUP),
        "DELETE": Endpoint(delete_group),
    },
}
