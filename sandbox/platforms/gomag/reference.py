"""What orders and products refer to: statuses, payments, currencies, carriers, brands, filters and attributes.

[inferred]: names of these collections and what their records hold; only the statuses' answer has been seen.
"""

from dataclasses import dataclass
from functools import partial

from sandbox.platforms.gomag.catalogue.view import text_in
from sandbox.platforms.gomag.errors import SUCCESS, invalid, no_data
from sandbox.platforms.gomag.fields import ID, TEXTS, amount, check_rows
from sandbox.platforms.gomag.paging import page
from sandbox.platforms.gomag.routing import PAGING, Call, Endpoint, Routes, reading, writing
from sandbox.platforms.gomag.state import LANGUAGE, Shop, Status
from sandbox.platforms.gomag.wire import Record
from sandbox.platforms.kit.fields import required

STATUSES = (
    "Comanda NEW",
    "Comanda email",
    "Comanda telefonica",
    "Comanda in asteptare",
    "Comanda depozitata",
    "Comanda depozit",
    "In curs de procesare",
    "Comanda in curs de livrare",
    "Livrata",
    "Comanda incheiata",
    "Anulata",
    "Retur",
    "Returnata",
)
"""The default names clients have seen (platform file, G2)."""
PAYMENTS = {
    "cod": "Plata ramburs",
    "bank": "Ordin de Plata",
    "card": "Plata cu cardul",
    "online": "Card online",
}
"""Method keys are [inferred], names seen (G2)."""


def list_statuses(shop: Shop, _: Call) -> Record:
    """A bare object keyed by id, without an envelope; ``{}`` when there is none."""
    return {str(status.id): _status_view(status) for status in shop.statuses.values()}


def _status_view(status: Status) -> Record:
    """Some rows have a color, and some no usable name."""
    return {"id": str(status.id), "name": status.name, **({"color": status.color} if status.color else {})}


@dataclass(frozen=True)
class _Row:
    id: int
    record: Record


def _list(name: str, kind: str, shop: Shop, call: Call) -> Record:
    rows = [_Row(row_id, record) for row_id, record in shop.table(name).items()]
    return page(shop, call, name, rows, lambda row: {**row.record, "id": shop.turn(kind, row.id).scalar(row.id)})


def list_filters(shop: Shop, call: Call) -> Record:
    """The filters of a category, which must be named."""
    if not call.query.get("category"):
        raise invalid("category is missing")
    rows = [
        _Row(row_id, record)
        for row_id, record in shop.table("filters").items()
        if str(record["category"]) == call.query["category"]
    ]
    return page(shop, call, "filters", rows, lambda row: row.record)


def list_attributes(shop: Shop, call: Call) -> Record:
    """The attributes products can have."""
    rows = [_Row(row_id, record) for row_id, record in shop.attributes.items()]
    return page(shop, call, "attributes", rows, partial(_attribute_view, shop))


def _attribute_view(shop: Shop, row: _Row) -> Record:
    return {"id": shop.turn("attribute", row.id).scalar(row.id), "name": text_in(row.record["name"], LANGUAGE)}


def write_attributes(shop: Shop, call: Call) -> Record:
    """New attributes."""
    for row in check_rows(call.data, {"name": required(TEXTS)}):
        shop.attributes[shop.new_id("attribute")] = dict(row)
    return SUCCESS


def patch_attributes(shop: Shop, call: Call) -> Record:
    """Attributes with other names."""
    rows = check_rows(call.data, {"id": required(ID), "name": required(TEXTS)})
    if not all(int(amount(row["id"])) in shop.attributes for row in rows):
        raise no_data()
    for row in rows:
        shop.attributes[int(amount(row["id"]))]["name"].update(row["name"])
    return SUCCESS


def _plain(name: str, kind: str, area: str) -> Endpoint:
    return reading(partial(_list, name, kind), area, PAGING, name)


ROUTES: Routes = {
    "order/status/read/json": reading(list_statuses, "status", frozenset()),
    "brand/read/json": _plain("brands", "brand", "product"),
    "currency/read/json": _plain("currencies", "currency", "product"),
    "payment/read/json": _plain("payments", "payment", "order"),
    "awb/carrier/read/json": _plain("carriers", "carrier", "awb"),
    "filter/read/json": reading(list_filters, "product", PAGING | {"category"}, "filters"),
    "attribute/read/json": reading(list_attributes, "product", PAGING, "attributes"),
    "attribute/write/json": writing(write_attributes, "product"),
    "attribute/patch/json": writing(patch_attributes, "product"),
}
