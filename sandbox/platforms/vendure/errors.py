"""Refusals as the platform words them: an error beside the data with a code, or an error result in its place."""

from typing import Any

from graphql import GraphQLError

Record = dict[str, Any]


def forbidden() -> GraphQLError:
    """The key is wrong, or its role lacks the right: both look alike."""
    return GraphQLError("You are not currently authorized to perform this action", extensions={"code": "FORBIDDEN"})


def no_channel(token: str) -> GraphQLError:
    """No channel has the token that was sent."""
    return GraphQLError(f'No Channel with the token "{token}" could be found', extensions={"code": "CHANNEL_NOT_FOUND"})


def not_found(kind: str, record: str) -> GraphQLError:
    """A change names a record that is not there."""
    return GraphQLError(f'No {kind} with the id "{record}" could be found', extensions={"code": "ENTITY_NOT_FOUND"})


def too_many(most: int) -> GraphQLError:
    """A list is asked for more than it gives."""
    message = f"Cannot take more than {most} results from a list query"
    return GraphQLError(message, extensions={"code": "USER_INPUT_ERROR"})


def wrong_input(message: str) -> GraphQLError:
    """What is sent fits the schema, and makes no sense."""
    return GraphQLError(message, extensions={"code": "USER_INPUT_ERROR"})


def not_emulated(what: str) -> GraphQLError:
    """The real platform can do it, and the sandbox cannot."""
    return GraphQLError(f"{what} is real but not emulated", extensions={"code": "NOT_EMULATED"})


def refused(kind: str, code: str, message: str = "", **more: str) -> Record:
    """An error result: data of another type than the one that was hoped for."""
    return {"__typename": kind, "errorCode": code, "message": message or f"errorResult.{code}", **more}


def no_order_transition(now: str, wanted: str, why: str = "") -> Record:
    """An order does not go from one state to the other."""
    message = f'Cannot transition Order from "{now}" to "{wanted}"'
    return refused("OrderStateTransitionError", "ORDER_STATE_TRANSITION_ERROR", message, transitionError=why or message)


def already_fulfilled() -> Record:
    """Units are to be fulfilled that are, or that nobody ordered."""
    return refused(
        "ItemsAlreadyFulfilledError",
        "ITEMS_ALREADY_FULFILLED_ERROR",
        "One or more OrderItems are already part of a Fulfillment",
    )


def nothing_selected() -> Record:
    """A change of lines names none."""
    return refused(
        "EmptyOrderLineSelectionError", "EMPTY_ORDER_LINE_SELECTION_ERROR", "At least one OrderLine must be specified"
    )
