"""What both sides call things, to fill the maps with."""

from collections.abc import Callable
from typing import Any

from shopbridge.errors import BridgeError
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations.connections import SIDES, NotVerified, lets_the_app_register
from shopbridge.flows.operations.verify import Report, Secrets
from shopbridge.model.connection import Connection, ConnectionSettings
from shopbridge.model.office import Vocabulary
from shopbridge.ports import Parts

Words = dict[str, dict[str, str]]


def words(bridge: Bridge, connection: Connection) -> dict[str, Any]:
    """By side and map: the keys, with what people call them."""
    return {
        "shop": _told(bridge.platforms.parts(connection, "shop").account.vocabulary()),
        "office": _told(bridge.platforms.parts(connection, "office").account.vocabulary()),
    }


def words_of(bridge: Bridge, settings: ConnectionSettings, secrets: Secrets) -> dict[str, Any]:
    """The same before the connection is created: maps and rules may still be empty or wrong.

    Raises:
        NotVerified: Address, credentials or settings of a side are wrong; those of both sides are told.
    """
    problems = [
        each for side in SIDES for each in bridge.platforms.check_settings(settings, side, secrets.get(side, {}))
    ]
    if problems:
        raise NotVerified(Report(tuple(problems), ()))
    platforms = bridge.platforms
    told: dict[str, Any] = {"shop": {}, "remarks": []}
    if lets_the_app_register(secrets):
        told["remarks"].append("The shop's values are known once its app is installed: create the connection first.")
    else:
        told["shop"] = _asked(problems, lambda: platforms.trial(settings, "shop", secrets.get("shop", {})))
    told["office"] = _asked(problems, lambda: platforms.trial(settings, "office", secrets.get("office", {})))
    if problems:
        raise NotVerified(Report(tuple(problems), ()))
    return told


def _asked(problems: list[str], build: Callable[[], Parts]) -> Words:
    """A side's words, after it has let us in; a refusal goes to the problems."""
    try:
        account = build().account
        account.ping()
        return _told(account.vocabulary())
    except BridgeError as error:
        problems.append(str(error))
        return {}


def _told(vocabulary: Vocabulary) -> Words:
    return {name: {choice.key: choice.title for choice in choices} for name, choices in vocabulary.items()}
