"""What orders and products name: statuses, ways to deliver and to pay, currencies, pages and sections."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.platforms.cartum.fields import BOOL, COUNT, TEXT, whole
from sandbox.platforms.cartum.routing import Answer, Function, Functions, listing
from sandbox.platforms.cartum.state import DELIVERED, Section, Shop, Status
from sandbox.platforms.cartum.wire import Record

STATUSES: Mapping[int, tuple[str, str]] = {
    1: ("New", "Nou"),
    2: ("Processing", "Procesare"),
    3: ("Delivered", "Livrat"),
    4: ("Canceled", "Anulat"),
    6: ("Shipping", "În curs de livrare"),
}
"""The built-in ones, in English and Romanian (C4, C5)."""
DELIVERIES = {"By courier": "Prin curier", "Pickup": "Ridicare personală"}
PAYMENTS = {"Cash": "Numerar", "Bank transfer": "Transfer bancar", "Card online": "Card online"}
"""What a new shop has, in English and Romanian: ids from 11 and from 13 on."""
ONLINE: Final = frozenset({"Card online"})
"""Ways to pay that lead to a gateway."""
COURIER = "courier"
DELIVERY_TYPES = {COURIER: ("Courier", "Curier"), "self_pickup": ("Pickup", "Ridicare personală")}


def furnish(shop: Shop) -> None:
    """Give a new shop what it has from the start."""
    for status, titles in STATUSES.items():
        shop.statuses[status] = Status(status, by_language(shop, titles), status == DELIVERED)
    for titles in DELIVERIES.items():
        add_delivery(shop, by_language(shop, titles), COURIER if titles[0] == "By courier" else "self_pickup")
    for titles in PAYMENTS.items():
        add_payment(shop, by_language(shop, titles), simple=titles[0] not in ONLINE)
    for iso in dict.fromkeys((shop.currency, "EUR")):
        add_currency(shop, iso, enabled=iso == shop.currency)


def by_language(shop: Shop, titles: tuple[str, str]) -> dict[str, str]:
    """An English and a Romanian title; other languages have the English one."""
    return shop.all_languages(titles[0], ro=titles[1])


def add_delivery(shop: Shop, titles: dict[str, str], kind: str = COURIER, *, enabled: bool = True) -> int:
    """A way to deliver; its id."""
    delivery_id = shop.new_id("delivery")
    shop.deliveries[delivery_id] = {"title": titles, "type": kind, "enabled": enabled}
    return delivery_id


def add_payment(shop: Shop, titles: dict[str, str], *, simple: bool = True, enabled: bool = True) -> int:
    """A way to pay; its id."""
    payment_id = shop.new_id("payment")
    shop.payments[payment_id] = {"title": titles, "simple": simple, "enabled": enabled}
    return payment_id


def add_currency(shop: Shop, iso: str, *, enabled: bool = True) -> int:
    """A currency; its id."""
    currency_id = shop.new_id("currency")
    shop.currencies[currency_id] = {"iso": iso, "enabled": enabled}
    return currency_id


def choice(table: Mapping[int, Record], wanted: int | str | None) -> int:
    """A way to deliver or to pay, by id or by its title in any language; None is the first.

    Raises:
        ValueError: There is none.
    """
    for record_id, record in table.items():
        if wanted is None or wanted == record_id or wanted in record["title"].values():
            return record_id
    raise ValueError(f"The shop has no {wanted!r}")


def add_section(shop: Shop, titles: dict[str, str], parent: int = 0, *, content: bool = False) -> Section:
    """A section of the catalogue, or a page."""
    section = Section(shop.new_id("section"), titles, parent, content)
    shop.sections[section.id] = section
    return section


def section_at(shop: Shop, path: tuple[str, ...]) -> Section | None:
    """The section at the end of a path of names, in any language."""
    found: Section | None = None
    for name in path:
        found = _child(shop, found.id if found else 0, name)
        if found is None:
            return None
    return found


def made_section(shop: Shop, path: tuple[str, ...]) -> Section:
    """The same one, made where it does not exist.

    Raises:
        ValueError: The path is empty.
    """
    if not path:
        raise ValueError("A path has at least one name")
    parent = 0
    for name in path:
        section = _child(shop, parent, name) or add_section(shop, shop.all_languages(name), parent)
        parent = section.id
    return shop.sections[parent]


def _child(shop: Shop, parent: int, name: str) -> Section | None:
    own = (each for each in shop.sections.values() if each.parent == parent and not each.content)
    return next((each for each in own if name in each.titles.values()), None)


def list_statuses(shop: Shop, _: Record) -> Answer:
    """All statuses, as an object by their ids (C5)."""
    rows = {str(each.id): _status(shop, each) for each in shop.statuses.values()}
    return Answer("OK", {"statuses": list(rows.values()) if shop.assumed.statuses_as_list else rows})


def _status(shop: Shop, status: Status) -> Record:
    return {"id": status.id, "title": shop.shown(status.titles), "is_successful": int(status.successful)}


def list_deliveries(shop: Shop, _: Record) -> Answer:
    """The ways to deliver, with the payments each allows (C14)."""
    allowed = list(shop.payments)
    rows = [_delivery(shop, delivery_id, each, allowed) for delivery_id, each in shop.deliveries.items()]
    return listing("delivery", rows)


def _delivery(shop: Shop, delivery_id: int, each: Record, allowed: list[int]) -> Record:
    return {
        "id": delivery_id,
        "title": shop.shown(each["title"]),
        "type": each["type"],
        "by_carrier": False,
        "enabled": each["enabled"],
        "payment": allowed,
        "price_options": [{"min": 0, "price": 0, "by_carrier": False}],
    }


def list_delivery_types(shop: Shop, _: Record) -> Answer:
    """The kinds of delivery."""
    kinds = DELIVERY_TYPES.items()
    rows = [{"type": kind, "title": shop.shown(by_language(shop, titles))} for kind, titles in kinds]
    return listing("deliveryTypes", rows)


def list_payments(shop: Shop, _: Record) -> Answer:
    """[inferred] The ways to pay, below ``payment`` as those to deliver are below ``delivery``."""
    return listing("payment", [_payment(shop, payment_id, each) for payment_id, each in shop.payments.items()])


def _payment(shop: Shop, payment_id: int, each: Record) -> Record:
    return {
        "id": payment_id,
        "title": shop.shown(each["title"]),
        "description": shop.shown({}),
        "payment_method": _method(each),
        "enabled": each["enabled"],
    }


def _method(each: Record) -> str:
    return "simple" if each["simple"] else "gateway"


def list_payment_methods(shop: Shop, _: Record) -> Answer:
    """The kinds of payment; one that is not simple leads to a gateway."""
    kinds = {_method(each): each["simple"] for each in shop.payments.values()}
    return listing("paymentMethods", [{"id": kind, "is_simple": simple} for kind, simple in kinds.items()])


def list_currencies(shop: Shop, body: Record) -> Answer:
    """[inferred] Currencies, below ``currency``; while only those in use are told, ``iso`` counts for nothing (K1)."""
    enabled = body.get("enabledOnly", True)
    rows = [{"id": currency_id, **each} for currency_id, each in shop.currencies.items()]
    if "id" in body:
        rows = [row for row in rows if row["id"] == whole(body["id"])]
    if enabled:
        return listing("currency", [row for row in rows if row["enabled"]])
    return listing("currency", [row for row in rows if row["iso"] == body.get("iso", row["iso"])])


def list_pages(shop: Shop, body: Record) -> Answer:
    """[inferred] What lies directly below ``parent``: pages with content and sections of products alike."""
    parent = whole(body.get("parent", 0))
    rows = [_page(shop, each) for each in shop.sections.values() if each.parent == parent]
    return listing("pages", rows)


def _page(shop: Shop, section: Section) -> Record:
    image: dict[str, Any] = {} if section.content else {"image": f"https://shop.example.test/{section.id}.jpg"}
    return {"id": section.id, "parent": section.parent, "title": shop.shown(section.titles), **image}


FUNCTIONS: Functions = {
    "orders/get_available_statuses": Function(list_statuses, collection="statuses"),
    "delivery/export": Function(list_deliveries, collection="delivery"),
    "delivery/exportTypes": Function(list_delivery_types, collection="deliveryTypes"),
    "payment/export": Function(list_payments, collection="payment"),
    "payment/exportMethods": Function(list_payment_methods, collection="paymentMethods"),
    "currency/export": Function(
        list_currencies, {"iso": TEXT, "id": COUNT, "enabledOnly": BOOL}, collection="currency"
    ),
    "pages/export": Function(list_pages, {"parent": COUNT}, collection="pages"),
}
