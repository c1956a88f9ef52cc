"""One call on one resource, alone or inside a batch: scope, parameters, then what is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.shoprenter import inferred, reference, webhooks
from sandbox.platforms.shoprenter.auth import Token
from sandbox.platforms.shoprenter.bodies import whole
from sandbox.platforms.shoprenter.catalogue import attributes, categories
from sandbox.platforms.shoprenter.catalogue import parts as product_parts
from sandbox.platforms.shoprenter.catalogue import writes as product_writes
from sandbox.platforms.shoprenter.errors import (
    UNKNOWN_SKU,
    WRONG_DATA,
    WRONG_IDENTITY,
    ApiError,
    bad,
    not_emulated,
    not_found,
)
from sandbox.platforms.shoprenter.fields import key_of, wrong_id
from sandbox.platforms.shoprenter.orders import calls as orders
from sandbox.platforms.shoprenter.orders import parts as order_parts
from sandbox.platforms.shoprenter.paging import collection, entry, full_of, refuse_unknown
from sandbox.platforms.shoprenter.routing import Numbers, Resource, Resources
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Key, Record

RESOURCES: Resources = {
    **orders.RESOURCES,
    **order_parts.RESOURCES,
    **product_writes.RESOURCES,
    **product_parts.RESOURCES,
    **attributes.RESOURCES,
    **categories.RESOURCES,
    **reference.RESOURCES,
    **webhooks.RESOURCES,
}
_NOT_EMULATED = """
addresses customerExtend coupons files urlAliases newsletterSubscribers scriptTags domains zones geoZones
productImages productTags productBadges productProductBadgeRelations productAddons orderProductAddons orderCreditCards
shippingModeDescriptions shippingLanes loyaltyPoints numberAttributes numberAttributeValues textAttributes
textAttributeValues textAttributeValueDescriptions productRelatedProductRelations productCollateralProductRelations
productAddonProductRelations categoryCustomerGroupRelations priceMultipliers
"""
NOT_EMULATED = frozenset(_NOT_EMULATED.split())
IDENTITY_MISSING = 40011


@dataclass(frozen=True)
class Call:
    """One call; ``id`` is empty for a whole collection, ``sent`` what it brings, None for nothing."""

    method: str
    name: str
    id: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    sent: Any = None


def answer(shop: Shop, token: Token, call: Call) -> tuple[int, Any]:
    """Status and body.

    Raises:
        ApiError: The call is refused.
    """
    resource = RESOURCES.get(call.name)
    if resource is None:
        raise not_emulated(call.name) if call.name in NOT_EMULATED else not_found("Resource")
    token.require(f"{resource.area}:{'read' if call.method == 'GET' else 'write'}", shop.assumed)
    if call.method == "GET":
        return 200, _read(shop, call, resource)
    possible = {"POST": resource.create or resource.update, "PUT": resource.update, "DELETE": resource.delete}
    if possible.get(call.method) is None:
        raise ApiError(inferred.METHOD_NOT_ALLOWED, inferred.METHOD_NOT_ALLOWED, "Method not allowed")
    refuse_unknown(call.query, frozenset({"emptyBody", *(["sku"] if resource.by_sku else [])}))
    return _delete(shop, call, resource) if call.method == "DELETE" else _write(shop, call, resource)


def _read(shop: Shop, call: Call, resource: Resource) -> Any:
    if not call.id:
        return collection(shop, call.name, resource, call.query)
    refuse_unknown(call.query, frozenset({"full"}))
    full_of(call.query)
    numbers = _numbers(shop, call.id, resource)
    shown = entry(shop, call.name, resource, numbers, _there(shop, resource, numbers))
    return {"response": shown} if shop.assumed.wrapped_single else shown


def _delete(shop: Shop, call: Call, resource: Resource) -> tuple[int, Any]:
    numbers = _named(shop, call, resource)
    if numbers is None or resource.delete is None:
        raise bad(IDENTITY_MISSING, "The identity is missing")
    resource.delete(shop, _there(shop, resource, numbers))
    shop.chosen.pop(Key(resource.entity, numbers), None)
    return 204, None


def _write(shop: Shop, call: Call, resource: Resource) -> tuple[int, Any]:
    body = whole(call.sent)
    own = body.pop("id", "")
    if call.id and own and call.id != own:
        raise bad(WRONG_IDENTITY, "id is not that of the address")
    wanted = call.id or own
    numbers = _target(shop, call, resource, wanted)
    status = 200
    if numbers is None:
        numbers, status = _created(shop, resource, body, wanted), shop.assumed.created
    elif resource.update:
        resource.update(shop, _there(shop, resource, numbers), body, call.method)
    if call.query.get("emptyBody") == "1" and not resource.answers_always:
        return status, []
    return status, entry(shop, call.name, resource, numbers, _there(shop, resource, numbers))


def _target(shop: Shop, call: Call, resource: Resource, wanted: Any) -> Numbers | None:
    """Whose numbers a write names; None when it is to make something new."""
    if not isinstance(wanted, str):
        raise bad(WRONG_DATA, "id is no text")
    if not wanted and "sku" not in call.query:
        if call.method == "PUT":
            raise bad(IDENTITY_MISSING, "The identity is missing")
        return None
    if call.method == "POST" and wanted and key_of(shop, wanted, resource.entity) is None:
        return None
    return _named(shop, call, resource, wanted)


def _created(shop: Shop, resource: Resource, body: Record, chosen: str) -> Numbers:
    if resource.create is None:
        raise bad(IDENTITY_MISSING, "The identity is missing")
    numbers = resource.create(shop, body)
    if chosen:
        shop.chosen[Key(resource.entity, numbers)] = chosen
    return numbers


def _named(shop: Shop, call: Call, resource: Resource, wanted: str = "") -> Numbers | None:
    if "sku" in call.query and not (wanted or call.id):
        product = shop.product_of(call.query["sku"])
        if product is None:
            raise ApiError(404, UNKNOWN_SKU, f"There is no product with the SKU {call.query['sku']}")
        return (product.id,)
    text = wanted or call.id
    return _numbers(shop, text, resource) if text else None


def _numbers(shop: Shop, text: str, resource: Resource) -> Numbers:
    key = key_of(shop, text, resource.entity)
    if key is None:
        raise wrong_id(text)
    return key.numbers


def _there(shop: Shop, resource: Resource, numbers: Numbers) -> Any:
    record = resource.record(shop, numbers)
    if record is None:
        raise not_found("Resource")
    return record
