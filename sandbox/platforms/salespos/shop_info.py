"""What a caller learns about the account: root, status, webshops, settings."""

from sandbox.platforms.salespos.errors import NO_SUCH_RECORD, ApiError
from sandbox.platforms.salespos.paging import page
from sandbox.platforms.salespos.routing import PAGING, Answer, Call, Endpoint, Routes, found
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record

WEBSHOP_ID = 1

STATUS_NAMES = {
    1: "New",
    2: "In process",
    3: "Waiting for manufacturer",
    4: "Waiting for payment",
    5: "Sent",
    6: "Delivered",
    7: "Completed",
    8: "Cancelled",
    9: "Waiting for supplier",
    10: "Being packaged",
    11: "Ready for collection",
    12: "Being assembled",
    13: "Backorder",
    14: "Reserved",
}


def show_status(_: Shop, __: Call) -> Answer:
    """Health; its body is [inferred]."""
    return found({"status": "OK"})


def list_webshops(shop: Shop, call: Call) -> Answer:
    """The one webshop of the key."""
    return page(call, "/webshops/", [shop], lambda each: _webshop(each, call))


def show_webshop(shop: Shop, call: Call) -> Answer:
    """The webshop."""
    _known(call)
    return found(_webshop(shop, call))


def show_settings(shop: Shop, call: Call) -> Answer:
    """The shop's settings."""
    _known(call)
    settings = shop.settings
    return found(
        {
            "href": f"{call.root}/webshops/{WEBSHOP_ID}/settings/",
            "currency": settings.currency,
            "prices_include_vat": settings.prices_include_vat,
            "default_vat_rat": settings.tariffs["normal"],
            "stock": settings.stock,
            "ordering_without_stock": "allow",
            "languages": ["nl", "en"],
            "multishop_readonly_properties": [],
            "order_status": _statuses(STATUS_NAMES),
            "invoice_status": _statuses({1: "Paid", 2: "Unpaid", 3: "Reimbursed"}),
            "return_status": _statuses({number: f"Return {number}" for number in range(1, 8)} | {8: "Credited"}),
            "parent": {"href": f"{call.root}/webshops/{WEBSHOP_ID}/"},
        }
    )


def root_answer(routes: Routes, call: Call) -> Answer:
    """The resources this key may call."""
    names = sorted(pattern.strip("/") for pattern in routes if pattern.count("/") == 1 and pattern != "/")
    return found({"items": [_root_item(name, call.root) for name in names]})


def _root_item(name: str, root: str) -> Record:
    return {
        "href": f"{root}/{name}/",
        "title": name,
        "description": f"The {name} of this shop",
        "uri": f"/api/rest/v1/{name}/",
    }


def _webshop(shop: Shop, call: Call) -> Record:
    limit = shop.settings.product_limit
    active = sum(product["is_active"] for product in shop.catalogue) if limit >= 0 else 0
    return {
        "href": f"{call.root}/webshops/{WEBSHOP_ID}/",
        "id": WEBSHOP_ID,
        "name": "Emulated SalesPOS",
        "is_multishop_system": False,
        "is_salespos": True,
        "product_limit": limit,
        "product_limit_left": limit - active if limit >= 0 else -1,
        "api_root": f"{call.root}/",
    }


def _statuses(names: dict[int, str]) -> list[Record]:
    return [{"id": number, "status": name, "status_name": name} for number, name in names.items()]


def _known(call: Call) -> None:
    if call.id != WEBSHOP_ID:
        raise ApiError(NO_SUCH_RECORD, f"webshop {call.id} does not exist")


ROUTES: Routes = {
    "/status": {"GET": Endpoint(show_status)},
    "/webshops": {"GET": Endpoint(list_webshops, PAGING)},
    "/webshops/{id}": {"GET": Endpoint(show_webshop)},
    "/webshops/{id}/settings": {"GET": Endpoint(show_settings)},
}
