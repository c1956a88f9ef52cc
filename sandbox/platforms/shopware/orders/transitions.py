"""Moving an order, delivery or transaction to another state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.platforms.shopware import stock
from sandbox.platforms.shopware.errors import ApiError, api_error, unknown_key
from sandbox.platforms.shopware.orders.states import MACHINES
from sandbox.platforms.shopware.schema.model import words
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import LIVE_VERSION

ACTION_KEYS = words("sendMail documentIds documentTypes skipSentDocuments mediaIds stateFieldName")


@dataclass(frozen=True)
class Actor:
    """Who moves a state: an integration through the API, or the shop itself."""

    integration_id: str | None = None
    comment: str | None = None


def check_action(shop: Shop, body: Mapping[str, Any]) -> Actor:
    """Read the body of a transition call; the keys about mails have no effect here.

    Raises:
        ApiError: It has a key this release does not know.
    """
    allowed = ACTION_KEYS | ({"internalComment"} if shop.version.at_least("6.7.8") else set())
    for key in body:
        if key not in allowed:
            raise unknown_key(key, "the body of a transition")
    return Actor(comment=body.get("internalComment"))


def transition(shop: Shop, entity: str, row_id: str, action: str, actor: Actor) -> Row:
    """Do a transition and return the state the record is in then.

    Raises:
        ApiError: 400, there is no such record, or its state does not allow the transition.
    """
    row = stateful(shop, entity, row_id)
    old = shop.state_name(row)
    new = _target(shop, entity, row, action)
    if new is not None:
        _move(shop, row, old, new, action, actor)
    return shop.store.tables["state_machine_state"][row.values["stateId"]]


def stateful(shop: Shop, entity: str, row_id: str) -> Row:
    """The record whose state is meant.

    Raises:
        ApiError: 400, there is none.
    """
    row = shop.store.get(entity, row_id) if entity in MACHINES else None
    if row is None:
        detail = f"Unable to read entity {entity} with id {row_id}."
        raise api_error(400, "SYSTEM__STATE_MACHINE_INVALID_ENTITY_ID", detail, entityName=entity, entityId=row_id)
    return row


def possible(shop: Shop, row: Row) -> list[dict[str, str]]:
    """The transitions out of a record's state, as ``GET …/state`` lists them."""
    machine, state = MACHINES[row.entity], shop.state_name(row)
    return [
        {
            "name": machine.name,
            "technicalName": machine.name,
            "actionName": action,
            "fromStateName": state,
            "toStateName": target,
            "url": f"/api/_action/state-machine/{row.entity}/{row.id}/state/{action}",
        }
        for action, target in machine.moves[state].items()
    ]


def _target(shop: Shop, entity: str, row: Row, action: str) -> str | None:
    """The state to go to; None when the record is there already."""
    machine, state = MACHINES[entity], shop.state_name(row)
    if action == "cancel" and shop.version.cancels_from_anywhere and "cancelled" in machine.moves:
        return "cancelled"
    if state in machine.leads_to(action):
        return None
    if action not in machine.moves[state]:
        raise _illegal(row, action, list(machine.moves[state]))
    return machine.moves[state][action]


def _illegal(row: Row, action: str, allowed: list[str]) -> ApiError:
    names = ", ".join(allowed)
    detail = f'Illegal transition "{action}" from state "{row.values["stateId"]}". Possible transitions are: {names}'
    return api_error(
        400,
        "SYSTEM__ILLEGAL_STATE_TRANSITION",
        detail,
        transition=action,
        currentState=row.values["stateId"],
        possibleTransitionsString=names,
        possibleTransitions=allowed,
    )


def _move(shop: Shop, row: Row, old: str, new: str, action: str, actor: Actor) -> None:
    shop.insert("state_machine_history", _history(shop, row, new, action, actor))
    shop.update(row, {"stateId": shop.state_id(row.entity, new)})
    if row.entity == "order":
        stock.order_moved(shop, row, old, new)
    machine = MACHINES[row.entity].name
    order_id = row.id if row.entity == "order" else row.values["orderId"]
    shop.happened(f"state_leave.{machine}.{old}", order_id)
    shop.happened(f"state_enter.{machine}.{new}", order_id)


def _history(shop: Shop, row: Row, new: str, action: str, actor: Actor) -> dict[str, Any]:
    """Up to 6.5 the id of the moved row sits in a JSON field."""
    old_form = "entityId" in shop.store.schema["state_machine_history"].fields
    reference = (
        {"entityId": {"id": row.id, "version_id": LIVE_VERSION}}
        if old_form
        else {"referencedId": row.id, "referencedVersionId": LIVE_VERSION}
    )
    return reference | {
        "stateMachineId": shop.store.tables["state_machine_state"][row.values["stateId"]].values["stateMachineId"],
        "entityName": row.entity,
        "fromStateId": row.values["stateId"],
        "toStateId": shop.state_id(row.entity, new),
        "transitionActionName": action,
        "integrationId": actor.integration_id,
        "internalComment": actor.comment,
    }
