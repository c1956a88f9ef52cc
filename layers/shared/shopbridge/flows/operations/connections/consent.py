"""Tells what runs of products would overwrite, and takes a person's consent to it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from shopbridge.errors import BridgeError, Conflict
from shopbridge.flows import consent
from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.operations.connections.basics import saved
from shopbridge.flows.operations.connections.verify import Report
from shopbridge.model.catalogue import Category, ProductField
from shopbridge.model.connection import SIDES, SIDES_OF, Connection, Side
from shopbridge.model.messages import RunRequest
from shopbridge.model.product_settings import Policy, ProductSettings
from shopbridge.model.run import Run
from shopbridge.model.run_operations import GiveConsent
from shopbridge.ports import Parts

FIELDS: tuple[ProductField, ...] = get_args(ProductField)
OTHER_SETTINGS = "What you agreed to was of other settings: this is what these would overwrite."


def give(bridge: Bridge, request: GiveConsent) -> dict[str, Any]:
    """Tell what would be overwritten; with the ``consent`` that was told, agree to it.

    Raises:
        BridgeError: The connection does not carry products.
        Conflict: The settings were changed at the same moment.
    """
    connection = load(bridge, request.connection)
    if not connection.settings.products.active:
        raise BridgeError(
            "The connection does not carry products, so there is nothing to agree to",
            where=connection.id,
            fix="Set products.active to true first.",
        )
    unmet = asked(bridge, connection, request.consent, request.by)
    if unmet is not None:
        return {**unmet, "given": consent.is_given(connection)}
    if connection.status == "active":
        bridge.work.send([RunRequest(connection=connection.id, job="products")])
    return {"id": connection.id, "given": True}


def asked(
    bridge: Bridge, connection: Connection, token: str, by: str, *, afresh: bool = False
) -> dict[str, Any] | None:
    """Return what a person has to agree to first; None once they have, by giving back the ``consent`` of that.

    Raises:
        Conflict: The settings were changed at the same moment.
    """
    if token == consent.token_of(connection.settings):
        _agree(bridge, connection, token, by)
        return None
    return {**statement(bridge, connection, afresh=afresh), "note": OTHER_SETTINGS if token else ""}


def _agree(bridge: Bridge, connection: Connection, token: str, by: str) -> None:
    if connection.consent is not None and connection.consent.given == token:
        return
    try:
        agreed = saved(bridge, connection, consent=consent.given_to(connection.settings, by, bridge.clock()))
    except Conflict:
        now = load(bridge, connection.id)
        if now.consent is None or now.consent.given != token or not consent.is_given(now):
            raise
        return  # somebody else agreed to the same at the same moment
    tell_given(bridge, agreed)


def tell_given(bridge: Bridge, connection: Connection) -> None:
    """Write into the log who has agreed, if somebody has."""
    given = connection.consent
    if given is not None and given.by and consent.is_given(connection):
        bridge.activity.info("consent_given", connection.id, by=given.by, version=connection.version)


def waits_for(bridge: Bridge, connection: Connection, report: Report) -> dict[str, Any]:
    """Return what has to be agreed to before products travel with these settings; nothing where that is settled.

    Where the settings themselves agree to the first run, there is no ``consent`` to be given back.

    Args:
        report: Who answered when the connection was verified, and need not be asked to let us in once more.
    """
    by_settings = consent.by_settings(bridge, connection.settings, "") is not None and connection.revived_at is None
    if not connection.settings.products.active or (consent.is_given(connection) and not by_settings):
        return {}
    told = _told(bridge, connection, {"shop": report.shop, "office": report.office})
    return {"overwrites": told, **({} if by_settings else {"consent": consent.token_of(connection.settings)})}


def statement(bridge: Bridge, connection: Connection, *, afresh: bool = False) -> dict[str, Any]:
    """Return what runs of products overwrite, in sentences, and the ``consent`` to be given back."""
    says = _told(bridge, connection, {side: bridge.platforms.parts(connection, side) for side in SIDES})
    if afresh:
        says.append("This run takes everything for changed, whatever was sent before.")
    return {"id": connection.id, "started": False, "overwrites": says, "consent": consent.token_of(connection.settings)}


Ends = Mapping[Side, Parts | None]
"""Both sides; None for one that cannot be asked yet."""


def _told(bridge: Bridge, connection: Connection, ends: Ends) -> list[str]:
    return [
        *_direction(bridge, connection),
        *_counts(bridge, connection, ends),
        *_fields(connection.settings.products),
    ]


def _direction(bridge: Bridge, connection: Connection) -> Iterator[str]:
    source, target = (_named(bridge, connection, side) for side in SIDES_OF[connection.settings.products.direction])
    yield f"Products go from {source} to {target}. Each is found there by its SKU."


def _named(bridge: Bridge, connection: Connection, side: Side) -> str:
    place = bridge.platforms.place(connection.settings, side)
    return f"{connection.settings.side(side).platform} ({place})"


def _counts(bridge: Bridge, connection: Connection, ends: Ends) -> Iterator[str]:
    yield _products(bridge.runs.load(connection.id, "products"))
    if connection.settings.products.policy("categories") != "never":
        source, target = (ends[side] for side in SIDES_OF[connection.settings.products.direction])
        there = _count(lambda: source.catalogue_source.categories() if source else None)
        here = _count(lambda: target.catalogue_target.categories() if target else None)
        yield f"Categories: {there} at the source, {here} in the target."


def _products(run: Run | None) -> str:
    if run is None or not (run.expected or run.counts.found):
        return "How many products there are is known after the first run."
    counts = run.counts
    if run.state != "done":
        return f"The last run was to find about {max(run.expected, counts.found)} products."
    return (
        f"The last run found {counts.found} products, of which the target has "
        f"{counts.created + counts.updated + counts.unchanged}."
    )


def _count(listed: Callable[[], Sequence[Category] | None]) -> str:
    """How many; one call or two, and a platform that is away keeps nobody from agreeing."""
    try:
        found = listed()
    except BridgeError:
        found = None
    return "an unknown number" if found is None else str(len(found))


def _fields(settings: ProductSettings) -> Iterator[str]:
    yield _created(settings)
    yield from _updated(settings) if settings.update else ("Products that are there keep what they have.",)
    if settings.rules:
        yield f"Your own rules write, whatever stands there: {', '.join(_targets(settings))}."
    if settings.policy("categories") != "never":
        yield "Categories that are missing are created, and those that were linked get the source's name and place."
    yield _gone(settings)


def _created(settings: ProductSettings) -> str:
    if not settings.create:
        return "Products that are missing in the target are not created."
    return f"Products that are missing are created with: {_with(settings, 'always', 'on_create', 'only_if_empty')}."


def _updated(settings: ProductSettings) -> Iterator[str]:
    """Of products that are there, by policy."""
    yield f"Overwritten in products that are there: {_with(settings, 'always')}."
    yield f"Filled where it is empty: {_with(settings, 'only_if_empty')}."
    yield f"Left as it is: {_with(settings, 'on_create', 'never')}."


def _with(settings: ProductSettings, *policies: Policy) -> str:
    return ", ".join(field for field in FIELDS if settings.policy(field) in policies) or "nothing"


def _targets(settings: ProductSettings) -> Iterable[str]:
    return dict.fromkeys(rule.target for rule in settings.rules)


def _gone(settings: ProductSettings) -> str:
    if settings.gone == "deactivate":
        return "What is gone from the source, or switched off there, is taken off sale; nothing is deleted."
    return "What is gone from the source is reported; nothing is taken off sale or deleted."
