"""Orders: listed, found, and changed over ``/orders``; ``/orderExtend`` is for reading only."""

from sandbox.platforms.kit.fields import Shape
from sandbox.platforms.shoprenter.errors import not_emulated
from sandbox.platforms.shoprenter.fields import RELATION, TEXT, check, inside, relation
from sandbox.platforms.shoprenter.orders import placing
from sandbox.platforms.shoprenter.orders.view import mode_of, order_extend_view, order_view
from sandbox.platforms.shoprenter.records import Order
from sandbox.platforms.shoprenter.routing import (
    Filter,
    Resource,
    Resources,
    at_least,
    earliest,
    flagged,
    found_in,
    latest,
    on_day,
    parent,
    same,
    single,
)
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Record

AREA = "order.order"
READ_ONLY = frozenset({"href", "innerId", "dateCreated", "dateUpdated"})
_CHANGES: Shape = {"orderStatus": RELATION, "invoiceId": TEXT, "invoicePrefix": TEXT}
_NAMES = """
firstname lastname phone fax email taxNumber customer customerGroup shippingMethodName shippingMethodTaxRate
shippingMethodTaxName shippingMethodExtension shippingReceivingPointId pickPackPontShopCode shippingMode
paymentMethodName paymentMethodCode paymentMethodTaxRate paymentMethodTaxName paymentMethodAfter total value
couponTaxRate loyaltyPointsTaxRate currency language comment ip shippingCountry shippingZone paymentCountry paymentZone
externalInfo
"""
_PLACE = "Firstname Lastname Company Address1 Address2 City Postcode CountryName ZoneName"
_ALSO_REAL = frozenset(_NAMES.split()) | {
    f"{kind}{name}" for kind in ("shipping", "payment") for name in _PLACE.split()
}
"""Fields that may be written there, and are not here."""

FILTERS: dict[str, Filter] = {
    "innerId": same(lambda order: order.id),
    "innerIdMin": at_least(lambda order: order.id),
    "orderStatusId": parent("orderStatus", lambda order: order.status),
    "email": same(lambda order: order.spec.email),
    "excludeAbandonedCart": flagged(lambda _, order: order.status is not None),
    "excludeStorno": flagged(lambda shop, order: order.status != shop.storno),
    "createdAtMin": earliest(lambda order: order.created),
    "createdAtMax": latest(lambda order: order.created),
    "updatedAtMin": earliest(lambda order: order.updated),
    "updatedAtMax": latest(lambda order: order.updated),
    "createdAt": on_day(lambda order: order.created),
    "updatedAt": on_day(lambda order: order.updated),
    "shippingModeInnerId": Filter(same(int).check, lambda shop, order, wanted: str(mode_of(shop, order)) == wanted),
    "externalInfo": Filter(same(str).check, lambda *_: False),
}


def _update(shop: Shop, order: Order, body: Record, _: str) -> None:
    """A status, or an invoice number: what is sent and nothing else."""
    if real := sorted(body.keys() & _ALSO_REAL):
        raise not_emulated(f"orders.{real[0]} in a write")
    changes = check(body, _CHANGES, READ_ONLY)
    wanted = relation(shop, changes["orderStatus"], "orderStatus") if "orderStatus" in changes else None
    status = inside(shop.statuses, wanted) if wanted else None
    order.invoice_id = changes.get("invoiceId", order.invoice_id)
    order.invoice_prefix = changes.get("invoicePrefix", order.invoice_prefix)
    if shop.assumed.api_writes_move_updated:
        order.updated = shop.now()
    if status is not None:
        placing.set_status(shop, order, status, over_api=True)


def _create(shop: Shop, body: Record) -> tuple[int, ...]:
    del shop, body
    raise not_emulated("Creating orders")


def _orders(shop: Shop) -> dict[int, Order]:
    return shop.orders


RESOURCES: Resources = {
    "orders": Resource(
        "order",
        AREA,
        single(_orders),
        order_view,
        FILTERS,
        found_in(_orders),
        create=_create,
        update=_update,
    ),
    "orderExtend": Resource("order", AREA, single(_orders), order_extend_view, FILTERS, found_in(_orders)),
}
