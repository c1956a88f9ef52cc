"""The values a shop knows, for the connection's maps and filters."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pydantic import TypeAdapter

from shopbridge.connectors.kit.rows import read_rows
from shopbridge.connectors.shopware import criteria
from shopbridge.connectors.shopware.api import AdminApi
from shopbridge.connectors.shopware.catalogue.prices import REGULAR, SALE
from shopbridge.connectors.shopware.facts import TITLE, currencies, languages
from shopbridge.connectors.shopware.orders.map import CANCELLED
from shopbridge.connectors.shopware.wire import Named, WireRate, WireState
from shopbridge.errors import NeedsAttention
from shopbridge.model.office import Choice, Vocabulary

MACHINES = {"status": "order.state", "payment_status": "order_transaction.state"}
"""State machines by the map whose values they hold."""

_STATES = TypeAdapter(list[WireState])
_NAMED = TypeAdapter(list[Named])
_RATES = TypeAdapter(list[WireRate])


def read_vocabulary(api: AdminApi) -> Vocabulary:
    """What maps and settings may name; seven searches, each for a short list."""
    machines = criteria.any_of("stateMachine.technicalName", list(MACHINES.values()))
    listed = api.listing("state-machine-state", filter=[machines], associations={"stateMachine": {}})
    states = read_rows(_STATES, list(listed), TITLE, "states")
    return {
        "status": tuple(_marked(choice) for choice in _states(states, MACHINES["status"])),
        "payment_status": _states(states, MACHINES["payment_status"]),
        "payment": _methods(api, "payment-method"),
        "shipping": _methods(api, "shipping-method"),
        "tax": _rates(api),
        "price_group": (Choice(key=REGULAR, title="Price"), Choice(key=SALE, title="Price below the list price")),
        "currency": _choices((row.iso_code, row.iso_code) for row in currencies(api) if row.iso_code),
        "language": _choices((row.locale.code, row.title) for row in languages(api) if row.locale and row.locale.code),
        **_categories(api),
    }


def _categories(api: AdminApi) -> Vocabulary:
    """The upper two levels, to choose ``root_category`` from; nothing without the right, which orders do not need."""
    upper = [{"type": "range", "field": "level", "parameters": {"lte": 2}}]
    try:
        rows = read_rows(_NAMED, list(api.listing("category", filter=upper)), TITLE, "categories")
    except NeedsAttention:
        return {}
    return {"category": _choices((row.id, row.title or row.id) for row in rows)}


def percentage(rate: Decimal) -> str:
    """Without trailing zeros: ``19``, ``5.5``."""
    return f"{rate.normalize():f}"


def _states(states: Sequence[WireState], machine: str) -> tuple[Choice, ...]:
    ours = (row for row in states if row.state_machine and row.state_machine.technical_name == machine)
    return _choices((row.technical_name, row.name or row.technical_name) for row in ours)


def _marked(status: Choice) -> Choice:
    return status.model_copy(update={"off": True}) if status.key == CANCELLED else status


def _methods(api: AdminApi, entity: str) -> tuple[Choice, ...]:
    rows = read_rows(_NAMED, list(api.listing(entity)), TITLE, "payment and shipping methods")
    named = {row.keys[0]: row for row in rows if row.keys}
    return tuple(Choice(key=key, title=row.title or key, also=row.keys[1:]) for key, row in sorted(named.items()))


def _rates(api: AdminApi) -> tuple[Choice, ...]:
    rows = read_rows(_RATES, list(api.listing("tax")), TITLE, "taxes")
    named = ((percentage(row.tax_rate), row.name) for row in rows)
    return _choices((key, name or f"{key} %") for key, name in named)


def _choices(pairs: Iterable[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(key=key, title=title) for key, title in sorted(dict(pairs).items()))
