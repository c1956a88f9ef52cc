"""The payloads of webhooks: thin for entity events, incomplete for business events."""

from collections.abc import Iterable
from typing import Any

from sandbox.platforms.shopware.search.criteria import Criteria
from sandbox.platforms.shopware.search.render import Renderer
from sandbox.platforms.shopware.state import Written
from sandbox.platforms.shopware.store import Store
from sandbox.platforms.shopware.versions import Version

_ORDER = Criteria(
    loads={
        "orderCustomer": Criteria(),
        "deliveries": Criteria(),
        "transactions": Criteria(loads={"paymentMethod": Criteria()}),
        "lineItems": Criteria(),
        "currency": Criteria(),
        "addresses": Criteria(),
        "tags": Criteria(),
    }
)
"""What state-change events load."""

_HIDDEN = {
    "order": {"stateId", "ruleIds", "itemRounding", "totalRounding", "internalComment"},
    "order_customer": {"customerId", "remoteAddress"},
    "order_line_item": {"price", "priceDefinition"},
}
"""Fields only the Admin API shows. [inferred]: exact visibility per release is an open question."""


def entity_payload(writes: Iterable[Written]) -> list[dict[str, Any]]:
    """The payload of ``order.written`` and its like."""
    return [_written(write) for write in writes]


def _written(write: Written) -> dict[str, Any]:
    entry: dict[str, Any] = {"entity": write.entity, "operation": write.operation, "primaryKey": write.id}
    if write.operation != "delete":
        entry["updatedFields"] = list(write.fields)
    return entry | {"versionId": write.version_id}


def order_payload(store: Store, version: Version, order_id: str) -> dict[str, Any]:
    """The payload of a business event about an order."""
    record = Renderer(store, version).record(store.tables["order"][order_id], _ORDER)
    return {"order": _visible(record)}


def _visible(value: Any) -> Any:
    if isinstance(value, list):
        return [_visible(each) for each in value]
    if not isinstance(value, dict):
        return value
    hidden = _HIDDEN.get(value.get("apiAlias", ""), set())
    return {name: _visible(each) for name, each in value.items() if name not in hidden}
