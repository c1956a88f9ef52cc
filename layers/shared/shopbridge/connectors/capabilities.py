"""What the settings of a connection ask of each side, and why a side that has nothing for it refuses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from shopbridge.connectors.parts import EXTRAS, Capability, Extra
from shopbridge.connectors.registry import connector_spec
from shopbridge.errors import NeedsAttention
from shopbridge.model.connection import SIDES, SIDES_OF, ConnectionSettings, PlatformSettings, Side
from shopbridge.model.settings import LaterChanges, OrderSettings

if TYPE_CHECKING:
    from shopbridge.connectors.spec import ConnectorSpec

_IN_WORDS: Mapping[Capability, str] = {
    "order_source": "hand out its orders",
    "order_status": "take an order's status or document number",
    "order_target": "take orders",
    "order_changes": "take what becomes of its orders",
    "order_progress": "tell what becomes of its orders",
    "document_source": "hand out documents to be mailed",
    "shipments": "take tracking codes",
    "hook_subscriptions": "be asked to call us",
    "customers": "keep customers",
    "order_products": "find the products of orders",
    "open_orders": "tell its open orders, which stock depends on",
    "stock_source": "tell its stock",
    "stock_target": "take stock",
    "catalogue_source": "hand out its products",
    "catalogue_target": "take products",
}
_OTHER_WAY = "Turn the direction round or switch this flow off in the connection's settings"
_INSTEAD: Mapping[Capability, str] = {
    "order_source": "Choose another platform for the shop",
    "order_status": "Leave status and document_field of orders.write_back empty",
    "order_target": "Choose another platform for the back office",
    "order_progress": "Leave orders.changes as it is by default",
    "shipments": "Leave orders.changes.shipments switched off",
    "document_source": "Set active of orders.document_mail to false",
    "customers": "Leave default, create_guests and update of orders.customers as they are by default",
    "order_products": "Leave missing, text_lines and office_field of orders.products as they are by default",
}


def refusals(settings: ConnectionSettings) -> Iterator[NeedsAttention]:
    """Yield why a side cannot do what the active flows and single settings ask of it."""
    for side, capability in _needed(settings):
        if not is_offered(settings, side, capability):
            yield refusal(settings, side, capability)
    yield from _lacking(settings)
    yield from _unserved(settings)


def _needed(settings: ConnectionSettings) -> Iterator[tuple[Side, Capability]]:
    """What the active flows ask of which side."""
    yield from _needed_by_imports(settings.orders)
    yield from _needed_by_changes(settings.orders.changes)
    if settings.stock.active:
        source, target = SIDES_OF[settings.stock.direction]
        yield from ((source, "stock_source"), (target, "stock_target"), ("shop", "open_orders"))
    if settings.products.active:
        source, target = SIDES_OF[settings.products.direction]
        yield from ((source, "catalogue_source"), (target, "catalogue_target"))


def _needed_by_imports(orders: OrderSettings) -> Iterator[tuple[Side, Capability]]:
    yield from (("shop", "order_source"), ("office", "order_target"))
    customers, products = orders.customers, orders.products
    if orders.write_back.status or orders.write_back.document_field:
        yield "shop", "order_status"
    if orders.document_mail.active:
        yield "office", "document_source"
    if customers.default != "never" or customers.create_guests or customers.update:
        yield "office", "customers"
    if products.missing != "hold" or products.text_lines or products.office_field != "sku":
        yield "office", "order_products"


def _needed_by_changes(changes: LaterChanges) -> Iterator[tuple[Side, Capability]]:
    if changes.follows:
        yield "office", "order_progress"
    if changes.moves or changes.document_number or changes.document_link_field:
        yield "shop", "order_status"
    if changes.shipments:
        yield "shop", "shipments"


def _lacking(settings: ConnectionSettings) -> Iterator[NeedsAttention]:
    """What the shop tells of no order, and the back office takes none without."""
    shop, office = (connector_spec(settings.side(side).platform) for side in SIDES)
    if office.wanted and shop.untold:
        wanted = office.wanted(office.settings.model_validate(settings.office.settings))
        yield from (wanted[fact] for fact in shop.untold if fact in wanted)


def _unserved(settings: ConnectionSettings) -> Iterator[NeedsAttention]:
    """What single settings ask of a side that has nothing for it."""
    orders, asked = settings.orders, list[tuple[Side, Extra]]()
    if orders.write_back.document_field or orders.changes.document_link_field:
        asked += (("shop", "document_number"), ("office", "document_number"))
    if orders.products.missing == "create":
        asked.append(("office", "new_products"))
    yield from (lacks[extra] for side, extra in asked if extra in (lacks := _lacks(settings, side)))


def _lacks(settings: ConnectionSettings, side: Side) -> Mapping[Extra, NeedsAttention]:
    spec = connector_spec(settings.side(side).platform)
    return spec.lacks(spec.settings.model_validate(settings.side(side).settings)) if spec.lacks else {}


def served(settings: ConnectionSettings, side: Side) -> Sequence[Extra]:
    """Return what single settings may ask of a side with its settings."""
    lacks = _lacks(settings, side)
    return [extra for extra in EXTRAS if extra not in lacks]


def is_offered(settings: ConnectionSettings, side: Side, capability: Capability) -> bool:
    """Tell whether a side has it with its settings."""
    spec = connector_spec(settings.side(side).platform)
    return capability in spec.provides and capability not in _withheld(spec, settings.side(side))


def refusal(settings: ConnectionSettings, side: Side, capability: Capability) -> NeedsAttention:
    """Return why a side cannot do it: its settings switch it off, or its platform has nothing for it."""
    spec = connector_spec(settings.side(side).platform)
    return _withheld(spec, settings.side(side)).get(capability) or NeedsAttention(
        f"{spec.title} cannot be asked to {_IN_WORDS[capability]}",
        where=f"{settings.id}, {side}",
        fix=f"{_INSTEAD.get(capability, _OTHER_WAY)}; the table of capabilities lists what each connector can do.",
    )


def _withheld(spec: "ConnectorSpec", chosen: PlatformSettings) -> Mapping[Capability, NeedsAttention]:
    return spec.withheld(spec.settings.model_validate(chosen.settings)) if spec.withheld else {}
